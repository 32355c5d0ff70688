//! The kinds of errors, each with what it means and what to do about it.

use crate::ids::{ContactId, ConversationId};

/// The meaning of an [`Error`](super::Error). The examples show what to do about each.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The thing does not exist (404). It was deleted, or the id belongs to another location. Stop working on it.
    ///
    /// ```no_run
    /// # use gohighlevel::{client::Location, error::ErrorKind, ids::ContactId};
    /// # async fn example(location: &Location, id: &ContactId) -> gohighlevel::Result<()> {
    /// let contact = match location.contacts().get(id).await {
    ///     Err(error) if *error.kind() == ErrorKind::NotFound => None,
    ///     other => Some(other?),
    /// };
    /// # drop(contact); Ok(()) }
    /// ```
    NotFound,
    /// The location does not allow two contacts with the same e-mail or phone (400). Use the contact named here, or
    /// `upsert` from the start.
    ///
    /// ```no_run
    /// # use gohighlevel::{api::contacts::NewContact, client::Location, error::ErrorKind};
    /// # async fn example(location: &Location, new: &NewContact) -> gohighlevel::Result<()> {
    /// let id = match location.contacts().create(new).await {
    ///     Ok(contact) => contact.id,
    ///     Err(error) => match error.kind() {
    ///         ErrorKind::Duplicate { contact_id: Some(id), .. } => id.clone(),
    ///         _ => return Err(error),
    ///     },
    /// };
    /// # drop(id); Ok(()) }
    /// ```
    Duplicate {
        /// The contact that holds the value already.
        contact_id: Option<ContactId>,
        /// `email` or `phone`.
        field: Option<String>,
    },
    /// The contact has a conversation already, and can have but one (400). Use the conversation named here; without a name,
    /// [`search`](crate::api::conversations::Conversations::search) finds it some seconds after it was made.
    ///
    /// ```no_run
    /// # use gohighlevel::{client::Location, error::ErrorKind, ids::ContactId};
    /// # async fn example(location: &Location, contact: &ContactId) -> gohighlevel::Result<()> {
    /// let id = match location.conversations().create(contact).await {
    ///     Ok(conversation) => conversation.id,
    ///     Err(error) => match error.kind() {
    ///         ErrorKind::ConversationExists { conversation_id: Some(id) } => id.clone(),
    ///         _ => return Err(error),
    ///     },
    /// };
    /// # drop(id); Ok(()) }
    /// ```
    ConversationExists {
        /// The conversation that is there.
        conversation_id: Option<ConversationId>,
    },
    /// HighLevel does not accept the request as it is (422). Correct what `messages` name, in the program or in what a
    /// user has typed; repeating does not help.
    ///
    /// ```no_run
    /// # use gohighlevel::{api::contacts::NewContact, client::Location, error::ErrorKind};
    /// # async fn example(location: &Location, typed: &NewContact) -> gohighlevel::Result<()> {
    /// if let Err(error) = location.contacts().upsert(typed).await {
    ///     let ErrorKind::Validation { messages } = error.kind() else { return Err(error) };
    ///     for message in messages {
    ///         println!("please correct: {message}"); // such as `email must be an email`
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    Validation {
        /// HighLevel's messages, one per finding.
        messages: Vec<String>,
    },
    /// The contact has opted out of this channel (400, do not disturb), which HighLevel says by its code
    /// (`CONVERSATIONS_MSG_DND_ACTIVE_SMS`) or in words. Do not try again; suppress the number.
    ///
    /// ```no_run
    /// # use gohighlevel::{api::conversations::OutgoingSms, client::Location, error::ErrorKind};
    /// # async fn example(location: &Location, sms: &OutgoingSms) -> gohighlevel::Result<()> {
    /// match location.conversations().send_sms(sms).await {
    ///     Err(error) if *error.kind() == ErrorKind::DoNotDisturb => {
    ///         println!("{} wants no texts", sms.contact_id); // and is taken off the list
    ///     }
    ///     other => drop(other?),
    /// }
    /// # Ok(()) }
    /// ```
    DoNotDisturb,
    /// HighLevel did not let the request in (401, at times 400 or 403). The reason says which of its many meanings applies;
    /// only two of them are about the token itself, and with
    /// [`OAuthCredentials`](crate::auth::oauth::OAuthCredentials) the token has been renewed once before these errors are returned.
    ///
    /// ```no_run
    /// # use gohighlevel::{client::Location, error::{ErrorKind, UnauthorizedReason}};
    /// # async fn example(location: &Location) -> gohighlevel::Result<()> {
    /// if let Err(error) = location.details().await {
    ///     match error.kind() {
    ///         ErrorKind::Unauthorized(UnauthorizedReason::MissingScope) => {
    ///             println!("tick `locations.readonly` at the private integration");
    ///         }
    ///         ErrorKind::Unauthorized(_) => println!("stop this location, and page an operator: {error}"),
    ///         _ => return Err(error),
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    Unauthorized(UnauthorizedReason),
    /// The token may not do this (403), mostly because it is another location's: use the location's own. Otherwise the
    /// message says what is missing, such as a scope or the agency's plan.
    ///
    /// ```
    /// # use gohighlevel::{auth::StaticTokens, Client};
    /// # fn example() -> Result<Client, Box<dyn std::error::Error>> {
    /// let tokens = StaticTokens::default()
    ///     .with_location("ve9EPM428h8vShlRW1KT".parse()?, "pit-of-this-one")
    ///     .with_location("Xw8HqP51r9TnLq2VbA7d".parse()?, "pit-of-the-other");
    /// # Ok(
    /// Client::builder().credentials(tokens).build()?
    /// # ) }
    /// ```
    Forbidden,
    /// The conversation provider does not serve this message: it belongs to an app whose token this is not, does not fit the
    /// kind of message, or has not heard of the message yet, which takes it some ten seconds (401, 403 or 400). A new token
    /// does not help. Nothing was done.
    ///
    /// ```no_run
    /// # use gohighlevel::{api::conversations::{DeliveryStatus, StatusUpdate}, client::Location, clock::Clock};
    /// # use gohighlevel::{error::ErrorKind, ids::MessageId};
    /// # use std::time::Duration;
    /// # async fn example(app: &Location, id: &MessageId, clock: &dyn Clock) -> gohighlevel::Result<()> {
    /// let update = StatusUpdate::new(DeliveryStatus::Delivered);
    /// if let Err(error) = app.conversations().update_status(id, &update).await {
    ///     if *error.kind() != ErrorKind::Provider { return Err(error) }
    ///     clock.sleep(Duration::from_secs(10)).await;
    ///     app.conversations().update_status(id, &update).await?;
    /// }
    /// # Ok(()) }
    /// ```
    Provider,
    /// The location or its agency is paused in HighLevel (`Location is not active`, 400 or 401). Its tokens and grants stay
    /// good. Let it be activated, then try again.
    ///
    /// ```no_run
    /// # use gohighlevel::{client::Location, error::ErrorKind};
    /// # async fn example(location: &Location) -> gohighlevel::Result<()> {
    /// match location.details().await {
    ///     Err(error) if *error.kind() == ErrorKind::LocationPaused => println!("{} rests", location.id()),
    ///     other => drop(other?),
    /// }
    /// # Ok(()) }
    /// ```
    LocationPaused,
    /// Too many requests: HighLevel still answered 429 after repeats, or the client's own queue would delay it past
    /// its deadline. Nothing was done. Try later; send fewer at once, or in the background.
    ///
    /// ```no_run
    /// # use gohighlevel::{api::contacts::ContactSearch, client::Location, clock::Clock, error::ErrorKind};
    /// # use std::time::Duration;
    /// # async fn example(location: &Location, clock: &dyn Clock) -> gohighlevel::Result<()> {
    /// // A sweep lets interactive requests go first.
    /// let background = location.in_background();
    /// while let Err(error) = background.contacts().search(&ContactSearch::default()).await {
    ///     if *error.kind() != ErrorKind::RateLimited { return Err(error) }
    ///     clock.sleep(error.retry_after().unwrap_or(Duration::from_secs(10))).await;
    /// }
    /// # Ok(()) }
    /// ```
    RateLimited,
    /// The day's allowance of requests is used up, or for the background so nearly that the rest is kept for
    /// interactive requests (429 with nothing left, or known from earlier headers). Nothing was done. Put the work off to the
    /// next day.
    ///
    /// ```no_run
    /// # use gohighlevel::{client::Location, error::ErrorKind, Client};
    /// # async fn example(client: &Client, location: &Location) -> gohighlevel::Result<()> {
    /// match location.in_background().tags().list().await {
    ///     Err(error) if *error.kind() == ErrorKind::DailyLimit => {
    ///         println!("the sweep goes on tomorrow; left: {:?}", client.usage(location.id()).daily_remaining);
    ///     }
    ///     other => drop(other?),
    /// }
    /// # Ok(()) }
    /// ```
    DailyLimit,
    /// HighLevel or the network is down, also after retries: a 5xx or 408, trouble of HighLevel's that wears another status
    /// (401 `Command timed out`), or a gateway, a challenge page or plain text in its place, whatever the status. Nothing can
    /// be done but to try later.
    ///
    /// ```no_run
    /// # use gohighlevel::{client::Location, error::ErrorKind};
    /// # async fn example(location: &Location, last_known: Option<String>) -> gohighlevel::Result<()> {
    /// let link = match location.custom_values().find("calendly_link").await {
    ///     Err(error) if *error.kind() == ErrorKind::Unavailable => last_known, // read before
    ///     other => other?.and_then(|found| found.value),
    /// };
    /// # drop(link); Ok(()) }
    /// ```
    Unavailable,
    /// The request may or may not have been carried out, and doing it twice would harm: the answer was lost, or is not
    /// what HighLevel answers to what it has done. The message says what came instead. Look whether it was done before
    /// sending it again. HighLevel may show it some seconds late. The example `send_message` does it for a text.
    ///
    /// ```no_run
    /// # use gohighlevel::{api::tasks::NewTask, client::Location, error::ErrorKind, ids::ContactId};
    /// # async fn example(location: &Location, contact: &ContactId, task: &NewTask) -> gohighlevel::Result<()> {
    /// match location.tasks().create(contact, task).await {
    ///     Err(error) if *error.kind() == ErrorKind::UnknownOutcome => {
    ///         let tasks = location.tasks().list(contact).await?;
    ///         if !tasks.iter().any(|found| found.title.as_ref() == Some(&task.title)) {
    ///             location.tasks().create(contact, task).await?;
    ///         }
    ///     }
    ///     other => drop(other?),
    /// }
    /// # Ok(()) }
    /// ```
    UnknownOutcome,
    /// HighLevel refused the request for a reason of its own (another 4xx, a `false` in a 2xx, or a redirect, which is
    /// never followed). Read the message; repeating does not help by itself.
    ///
    /// ```no_run
    /// # use gohighlevel::{client::Location, error::ErrorKind, ids::MessageId};
    /// # async fn example(location: &Location, message: &MessageId) -> gohighlevel::Result<()> {
    /// if let Err(error) = location.conversations().cancel_scheduled(message).await {
    ///     if *error.kind() != ErrorKind::Refused { return Err(error) }
    ///     println!("{:?} says {:?}", error.status(), error.message()); // with `traceId`, for HighLevel's support
    /// }
    /// # Ok(()) }
    /// ```
    Refused,
    /// The answer was not what the documentation promises; what was asked for has been done, or read. `path` is where
    /// in the JSON reading stopped. If HighLevel has changed, this crate must follow; until then the operation can be
    /// read with types of your own.
    ///
    /// ```no_run
    /// # use gohighlevel::{client::Location, error::ErrorKind};
    /// # async fn example(location: &Location) -> gohighlevel::Result<()> {
    /// match location.tags().list().await {
    ///     Err(error) => match error.kind() {
    ///         ErrorKind::Decode { path } => {
    ///             println!("unreadable at {path}"); // `error.body()` is its beginning: do not log it
    ///             let path = format!("/locations/{}/tags", location.id());
    ///             let raw: serde_json::Value = location.get(&path).await?;
    /// #           drop(raw);
    ///         }
    ///         _ => return Err(error),
    ///     },
    ///     Ok(tags) => println!("{} tags", tags.len()),
    /// }
    /// # Ok(()) }
    /// ```
    Decode {
        /// Where in the JSON, such as `contact.tags[2]`; `.` for the whole body.
        path: String,
    },
    /// A listing cannot be read to its end: HighLevel announces more than it gives, by a count, a next page or a full page,
    /// and nothing says how to ask for the rest; or going on would mean to ask the same for ever. What came before this
    /// error is good, and is not all. The operation names the listing, the message says what stands in the way. Ask again
    /// with another page size or order, or with narrower filters; if that comes to the same, this crate must follow.
    ///
    /// ```no_run
    /// # use std::pin::pin;
    /// # use futures_util::TryStreamExt;
    /// # use gohighlevel::{api::conversations::ConversationSearch, client::Location, error::ErrorKind};
    /// # async fn example(location: &Location) -> gohighlevel::Result<()> {
    /// let search = ConversationSearch { limit: Some(100), ..ConversationSearch::default() };
    /// let conversations = location.conversations();
    /// let mut found = pin!(conversations.stream(&search));
    /// loop {
    ///     match found.try_next().await {
    ///         Ok(Some(conversation)) => println!("{}", conversation.id),
    ///         Ok(None) => break, // these were all
    ///         Err(error) if *error.kind() == ErrorKind::Listing => {
    ///             println!("these were not all: {error}");
    ///             break;
    ///         }
    ///         Err(error) => return Err(error),
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    Listing,
    /// No whole answer came. For requests that may be repeated this is after repeats; for others it is returned only where
    /// nothing was sent ([`Connect`](TransportErrorKind::Connect)).
    ///
    /// ```no_run
    /// # use gohighlevel::{client::Location, error::{ErrorKind, TransportErrorKind}};
    /// # async fn example(location: &Location) -> gohighlevel::Result<()> {
    /// if let Err(error) = location.details().await {
    ///     match error.kind() {
    ///         ErrorKind::Transport(TransportErrorKind::TooLarge) => println!("ask for a smaller page"),
    ///         ErrorKind::Transport(_) => println!("no way to HighLevel: {error}"), // try again later
    ///         _ => return Err(error),
    ///     }
    /// }
    /// # Ok(()) }
    /// ```
    Transport(TransportErrorKind),
    /// The OAuth grant was revoked or has expired: HighLevel refuses its refresh token or authorization code for good, or the app was
    /// uninstalled. Repeating does not help. Send the user through the authorize URL again and exchange the new code.
    ///
    /// ```no_run
    /// # use gohighlevel::{auth::oauth::OAuthApp, client::Location, error::ErrorKind};
    /// # async fn example(location: &Location, app: &OAuthApp, state: &str) -> gohighlevel::Result<()> {
    /// match location.details().await {
    ///     Err(error) if *error.kind() == ErrorKind::GrantDead => {
    ///         println!("please connect again: {}", app.authorize_url().state(state).url());
    ///     }
    ///     other => drop(other?),
    /// }
    /// # Ok(()) }
    /// ```
    GrantDead,
    /// The store of the OAuth tokens failed, so no token could be read, or a new one not saved. New tokens are kept in
    /// memory and saved on the next try. Repair the store, then try again.
    ///
    /// ```no_run
    /// # use gohighlevel::{client::Location, error::ErrorKind};
    /// # async fn example(location: &Location) -> gohighlevel::Result<()> {
    /// match location.details().await {
    ///     Err(error) if *error.kind() == ErrorKind::TokenStore => {
    ///         // Do not restart: a pair that was not saved is in this process alone.
    ///         println!("page an operator: {error}"); // such as `… failed to write a grant: the disk is full`
    ///     }
    ///     other => drop(other?),
    /// }
    /// # Ok(()) }
    /// ```
    TokenStore,
    /// The request was not sent: the client or the request is set up wrongly. The message says what to change.
    ///
    /// ```
    /// # #[cfg(feature = "rustls")] {
    /// use gohighlevel::{Client, error::ErrorKind};
    ///
    /// let error = Client::builder().token("pit-…").base_url("http://example.com").build().unwrap_err();
    /// assert_eq!(*error.kind(), ErrorKind::Config);
    /// assert!(error.to_string().contains("must start with https"));
    /// # }
    /// ```
    Config,
}

/// What a 401 means. Source: answers collected in HighLevel's issue threads and by integrators; the documented text is
/// `Invalid token: access token is invalid`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum UnauthorizedReason {
    /// The token is wrong, revoked or expired. Make a new private integration token, or let the grant refresh.
    InvalidToken,
    /// HighLevel does not say why. Most likely it is the token: check that it is valid, and the location's own.
    Unexplained,
    /// HighLevel gives a reason that is not the token. A new one does not help; read the message.
    Other,
    /// The token lacks the scope of this operation. Add the scope to the integration; an app must be installed again to
    /// get it.
    MissingScope,
    /// The token is of the wrong kind, such as an agency's on a location's operation. Use the location's own, or mint
    /// one.
    WrongTokenKind,
    /// The gateway does not know the route: HighLevel's way to say 404 for a path. Check the path and the API version.
    UnknownRoute,
    /// There was no `Version` header. The client always sends one: check what stands between here and HighLevel.
    MissingVersion,
    /// HighLevel does not know the value of the `Version` header (401 or 400). Build the client for another
    /// [`ApiVersion`](crate::client::ApiVersion).
    UnknownVersion,
}

/// How the way to HighLevel failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum TransportErrorKind {
    /// No connection was made, so nothing was sent. Check the network and the base URL.
    Connect,
    /// No answer in time, or not all of it. The request may have been carried out. Try again later, or give it more
    /// time with [`ClientBuilder::request_timeout`](crate::client::ClientBuilder::request_timeout).
    Timeout,
    /// The connection broke, or what came was no HTTP. The request may have been carried out. Try again later.
    Interrupted,
    /// The answer was larger than the transport reads (10 MiB). Ask for a smaller page.
    TooLarge,
    /// Something else; the source says what.
    Other,
}

impl ErrorKind {
    /// A word for the kind that stays the same over releases, for records and metrics: `not_found`, `duplicate`,
    /// `conversation_exists`, `validation`, `do_not_disturb`, `unauthorized`, `forbidden`, `provider`, `location_paused`,
    /// `rate_limited`, `daily_limit`, `unavailable`, `unknown_outcome`, `refused`, `decode`, `listing`, `transport`,
    /// `grant_dead`, `token_store` or `config`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFound => "not_found",
            Self::Duplicate { .. } => "duplicate",
            Self::ConversationExists { .. } => "conversation_exists",
            Self::Validation { .. } => "validation",
            Self::DoNotDisturb => "do_not_disturb",
            Self::Unauthorized(_) => "unauthorized",
            Self::Forbidden => "forbidden",
            Self::Provider => "provider",
            Self::LocationPaused => "location_paused",
            Self::RateLimited => "rate_limited",
            Self::DailyLimit => "daily_limit",
            Self::Unavailable => "unavailable",
            Self::UnknownOutcome => "unknown_outcome",
            Self::Refused => "refused",
            Self::Decode { .. } => "decode",
            Self::Listing => "listing",
            Self::Transport(_) => "transport",
            Self::GrantDead => "grant_dead",
            Self::TokenStore => "token_store",
            Self::Config => "config",
        }
    }

    /// Whether HighLevel may mean that the token has ended, so that a renewed one can help.
    ///
    /// A 401 that says nothing counts: by its status it is about the token, and if it were not, the cost is one refresh,
    /// while a location whose token HighLevel ended early would stay shut out until the token's own end.
    pub(crate) fn may_mean_the_token(&self) -> bool {
        matches!(
            self,
            Self::Unauthorized(UnauthorizedReason::InvalidToken | UnauthorizedReason::Unexplained)
        )
    }

    pub(super) fn meaning(&self) -> &'static str {
        match self {
            Self::NotFound => "not found",
            Self::Duplicate { .. } => "another contact holds this e-mail or phone",
            Self::ConversationExists { .. } => "the contact has a conversation already",
            Self::Validation { .. } => "the request is not accepted as it is",
            Self::DoNotDisturb => "the contact has opted out",
            Self::Unauthorized(UnauthorizedReason::InvalidToken) => "the token was refused",
            Self::Unauthorized(UnauthorizedReason::Unexplained) => {
                "HighLevel did not let the request in, and does not say why"
            }
            Self::Unauthorized(UnauthorizedReason::Other) => {
                "HighLevel did not let the request in, for another reason than the token"
            }
            Self::Unauthorized(UnauthorizedReason::UnknownVersion) => {
                "HighLevel does not know the API version"
            }
            Self::Unauthorized(UnauthorizedReason::MissingScope) => "the token lacks a scope",
            Self::Unauthorized(UnauthorizedReason::WrongTokenKind) => {
                "the token is of the wrong kind"
            }
            Self::Unauthorized(UnauthorizedReason::UnknownRoute) => {
                "HighLevel does not know this route"
            }
            Self::Unauthorized(UnauthorizedReason::MissingVersion) => {
                "the Version header did not arrive"
            }
            Self::Forbidden => {
                "the token has no access to this location, or to what was asked of it"
            }
            Self::Provider => "the conversation provider does not serve this message",
            Self::LocationPaused => "the location is paused in HighLevel",
            Self::RateLimited => "too many requests",
            Self::DailyLimit => "the daily quota of requests is used up",
            Self::Unavailable => "HighLevel is not available",
            Self::UnknownOutcome => "it is not known whether the request was carried out",
            Self::Refused => "HighLevel refused the request",
            Self::Decode { .. } => "the answer could not be read",
            Self::Listing => "the listing cannot be read to its end",
            Self::Transport(TransportErrorKind::Connect) => "no connection",
            Self::Transport(TransportErrorKind::Timeout) => "no answer in time",
            Self::Transport(TransportErrorKind::Interrupted) => "the connection broke",
            Self::Transport(TransportErrorKind::TooLarge) => "the answer is too large",
            Self::Transport(TransportErrorKind::Other) => "the transport failed",
            Self::GrantDead => "the OAuth grant was revoked or has expired",
            Self::TokenStore => "the token store failed",
            Self::Config => "not sent",
        }
    }

    pub(super) fn advice(&self) -> &'static str {
        match self {
            Self::NotFound => "check the id; it may have been deleted",
            Self::Duplicate { .. } => "use that contact, or upsert",
            Self::ConversationExists {
                conversation_id: Some(_),
            } => "use the conversation that the error names",
            Self::ConversationExists { .. } => {
                "use that conversation; search for it by the contact"
            }
            Self::Validation { .. } => "correct the request; retrying it unchanged does not help",
            Self::DoNotDisturb => "do not send to this contact on this channel",
            Self::Unauthorized(UnauthorizedReason::InvalidToken) => "check it, or make a new one",
            Self::Unauthorized(UnauthorizedReason::Unexplained) => {
                "check that the token is valid, and this location's own"
            }
            Self::Unauthorized(UnauthorizedReason::Other) => {
                "read the message; a new token does not help"
            }
            Self::Unauthorized(UnauthorizedReason::UnknownVersion) => {
                "build the client for another `ApiVersion`"
            }
            Self::Unauthorized(UnauthorizedReason::MissingScope) => {
                "add the scope to the integration, or to the app and install it again"
            }
            Self::Unauthorized(UnauthorizedReason::WrongTokenKind) => {
                "use the location's own token"
            }
            Self::Unauthorized(UnauthorizedReason::UnknownRoute) => {
                "check the path and the API version"
            }
            Self::Unauthorized(UnauthorizedReason::MissingVersion) => {
                "check for a proxy that removes headers"
            }
            Self::Forbidden => {
                "use the token of this location; if it is that, read the message: a scope or the agency's plan may be missing"
            }
            Self::Provider => {
                "use a token of the app that the conversation provider belongs to; a message that was just sent reaches its \
                 provider some ten seconds later"
            }
            Self::LocationPaused => "have the location activated, then try again",
            Self::RateLimited | Self::Unavailable => "try again later",
            Self::DailyLimit => "try again tomorrow",
            Self::UnknownOutcome => "check whether it was done before you send it again",
            Self::Refused => "read the message; retrying alone does not help",
            Self::Decode { .. } => {
                "look at `Error::body`; if HighLevel has changed, this crate must follow"
            }
            Self::Listing => {
                "what came before this is not all; ask again with another page size or order, or with narrower filters"
            }
            Self::Transport(TransportErrorKind::TooLarge) => "ask for a smaller page",
            Self::Transport(TransportErrorKind::Timeout) => {
                "try again later, or give it more time with `ClientBuilder::request_timeout`"
            }
            Self::Transport(_) => "check the network and the base URL, then try again",
            Self::GrantDead => {
                "send the user through the authorize URL again and exchange the new code"
            }
            Self::TokenStore => "repair the store, then try again",
            Self::Config => "correct the configuration",
        }
    }
}
