//! The location that is asked, the answers as they came, and what was made there and has to be removed again.

use gohighlevel::Client;
use gohighlevel::client::{Credentials as _, Location, Request, StaticTokens, Transport as _};
use gohighlevel::error::Error;
use gohighlevel::ids::LocationId;
use http::HeaderMap;
use serde_json::{Value, json};

use super::check::{Finding, Verdict};
use super::recorder::Recorder;
use super::shape::kind_of_text;

/// Where HighLevel's API is.
const HIGHLEVEL: &str = "https://services.leadconnectorhq.com";

/// A sandbox location.
pub(super) struct Sandbox {
    location: Location,
    tokens: StaticTokens,
    recorder: Recorder,
    base_url: String,
    /// In the words of this run, so that two runs do not meet.
    pub(super) suffix: String,
    /// The contact of its own making, once it is there.
    contact: Option<String>,
    /// Whether one was asked for: its answer may have been lost.
    has_asked_for_contact: bool,
    /// What the creation of the contact answered.
    pub(super) creation: Option<Answer>,
    /// What has to be removed again, the last first: what it is, and its path.
    made: Vec<(&'static str, String)>,
}

/// An answer as it came.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    /// Null if it was not JSON.
    pub(super) body: Value,
}

impl Sandbox {
    /// Fails without a token, or with an address that must not get one.
    pub(super) fn open(
        location: LocationId,
    ) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let tokens = StaticTokens::from_env()?;
        let base_url = std::env::var("GHL_BASE_URL").unwrap_or_else(|_| HIGHLEVEL.to_owned());
        let recorder = Recorder::new(&base_url)?;
        let client = Client::builder()
            .credentials(tokens.clone())
            .transport(recorder.clone())
            .base_url(&base_url)
            .build()?;
        Ok(Self {
            location: client.location(location),
            tokens,
            recorder,
            base_url,
            suffix: format!("{:08x}", fastrand::u32(..)),
            contact: None,
            has_asked_for_contact: false,
            creation: None,
            made: Vec::new(),
        })
    }

    pub(super) fn id(&self) -> &str {
        self.location.id().as_str()
    }

    /// Asks for the location itself: without that, nothing else can be asked.
    pub(super) async fn greet(&self) -> Result<(), String> {
        match self.location.details().await {
            Ok(_) => Ok(()),
            Err(error) => Err(format!(
                "the location cannot be asked: {}",
                with_causes(&error)
            )),
        }
    }

    /// Sends a request within the location's pace, and returns the answer whatever it says. Fails with the finding where there is
    /// none, or where the route is not open.
    pub(super) async fn ask(&self, request: Request) -> Result<Answer, Finding> {
        let _ = self.recorder.take();
        let result = self.location.send::<Value>(request).await;
        match (self.recorder.take(), result) {
            (Some(response), _) => Answer::of(&response).open(),
            (None, Err(error)) => Err(Finding::new(Verdict::Failed, with_causes(&error))),
            (None, Ok(_)) => Err(Finding::new(Verdict::Failed, "no answer was kept")),
        }
    }

    /// Reads a path.
    pub(super) async fn get(&self, path: &str) -> Result<Answer, Finding> {
        self.ask(Request::get(path)).await
    }

    /// Reads the location itself with this `Version` header and token, or without one of them, past the client.
    pub(super) async fn ask_bare(
        &self,
        version: Option<&str>,
        token: Option<&str>,
    ) -> Result<Answer, Finding> {
        let failed =
            |error: &dyn std::fmt::Display| Finding::new(Verdict::Failed, error.to_string());
        let own = self.tokens.token(Some(self.location.id())).await;
        let own = own.map_err(|error| failed(&error))?;
        let token = token.unwrap_or(own.expose());
        let base = self.base_url.trim_end_matches('/');
        let mut request = http::Request::get(format!("{base}/locations/{}", self.id()))
            .header("authorization", format!("Bearer {token}"))
            .header("accept", "application/json");
        if let Some(version) = version {
            request = request.header("version", version);
        }
        let request = request.body(bytes::Bytes::new());
        let request = request.map_err(|error| failed(&error))?;
        let response = self.recorder.call(request).await;
        Answer::of(&response.map_err(|error| failed(&error))?).open()
    }

    /// Remembers that something was made.
    pub(super) fn made(&mut self, what: &'static str, path: String) {
        self.made.push((what, path));
    }

    /// Remembers that something is gone already.
    pub(super) fn removed(&mut self, path: &str) {
        self.made.retain(|(_, made)| made != path);
    }

    /// Removes all that was made, the last first. Returns what could not be removed.
    pub(super) async fn remove_all(&mut self) -> Vec<String> {
        let mut left = Vec::new();
        if self.has_asked_for_contact && self.contact.is_none() {
            self.find_own_contact().await;
        }
        while let Some((what, path)) = self.made.pop() {
            if let Err(error) = self.remove(&path).await {
                let suffix = &self.suffix;
                left.push(format!(
                    "could not remove the {what} made here ({}); remove it by hand: its name ends in {suffix}",
                    with_causes(&error)
                ));
            }
        }
        left
    }

    /// Removes one thing; what is gone already counts. A refusal is not believed at once.
    async fn remove(&self, path: &str) -> Result<(), Error> {
        for is_last in [false, true] {
            match self.location.delete(path).await {
                Err(error) if error.status() == Some(404) => return Ok(()),
                Err(error) if is_last => return Err(error),
                Err(_) => {}
                Ok(()) => return Ok(()),
            }
        }
        Ok(())
    }

    /// A contact of its own making: made when it is first needed. Its number is one of those that are kept free for stories.
    pub(super) async fn own_contact(&mut self) -> Result<String, Finding> {
        if self.contact.is_none() && self.has_asked_for_contact {
            self.find_own_contact().await;
        }
        if let Some(contact) = &self.contact {
            return Ok(contact.clone());
        }
        self.has_asked_for_contact = true;
        let request = Request::post("/contacts/").json(&self.new_contact());
        let answer = self.ask(request).await?;
        let id = answer.text("/contact/id").filter(|_| answer.is_success());
        let Some(id) = id.map(str::to_owned) else {
            return Err(Finding::of_refusal(&answer, false));
        };
        self.creation = Some(answer);
        self.keep_contact(id.clone());
        Ok(id)
    }

    /// Looks for the contact whose creation was not answered.
    async fn find_own_contact(&mut self) {
        let asked = Request::get("/contacts/search/duplicate")
            .query("locationId", self.id())
            .query("email", self.email());
        let found = self.ask(asked).await.ok();
        let id = found.as_ref().and_then(|answer| answer.text("/contact/id"));
        if let Some(id) = id.map(str::to_owned) {
            self.keep_contact(id);
        }
    }

    fn keep_contact(&mut self, id: String) {
        self.made("contact", format!("/contacts/{id}"));
        self.contact = Some(id);
    }

    pub(super) fn new_contact(&self) -> Value {
        json!({
            "locationId": self.id(),
            "firstName": "Live",
            "lastName": format!("Check {}", self.suffix),
            "email": self.email(),
            "phone": self.phone(),
            "source": "gohighlevel live-check",
        })
    }

    pub(super) fn email(&self) -> String {
        format!("live-check-{}@example.com", self.suffix)
    }

    /// In E.164. The numbers 555-0100 to 555-0199 of every area belong to nobody.
    pub(super) fn phone(&self) -> String {
        let last = u32::from_str_radix(&self.suffix, 16).unwrap_or_default() % 100;
        format!("+1773555{:04}", 100 + last)
    }
}

impl Answer {
    fn of(response: &http::Response<bytes::Bytes>) -> Self {
        Self {
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: serde_json::from_slice(response.body()).unwrap_or_default(),
        }
    }

    /// The answer, unless it says that the route is not open to this token or is not played by FakeGhl.
    fn open(self) -> Result<Self, Finding> {
        let words = self.words();
        let scope = words.contains("not authorized for this scope") || words.contains("authClass");
        if self.status == 501 || (self.status == 401 && scope) {
            let seen = format!("{} {words}", self.status);
            return Err(Finding::new(Verdict::NotAvailable, seen));
        }
        Ok(self)
    }

    /// The same, where a route that the gateway does not know makes the question void.
    pub(super) fn known(self) -> Result<Self, Finding> {
        if self.status == 401 && self.words().contains("IAM Service") {
            let seen = format!("{} {}", self.status, self.words());
            return Err(Finding::new(Verdict::NotAvailable, seen));
        }
        Ok(self)
    }

    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn at(&self, pointer: &str) -> Option<&Value> {
        self.body.pointer(pointer).filter(|value| !value.is_null())
    }

    pub(super) fn text(&self, pointer: &str) -> Option<&str> {
        self.at(pointer)?.as_str()
    }

    pub(super) fn list(&self, pointer: &str) -> &[Value] {
        let list = self.at(pointer).and_then(Value::as_array);
        list.map_or(&[], Vec::as_slice)
    }

    /// What HighLevel says of a failure, without what may be a number, an address or an id.
    pub(super) fn words(&self) -> String {
        let message = self
            .at("/message")
            .or_else(|| self.at("/error_description"));
        let words = match message {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Array(list)) => {
                let texts: Vec<&str> = list.iter().filter_map(Value::as_str).collect();
                format!("[{}]", texts.join("; "))
            }
            _ => return "without a message".to_owned(),
        };
        let code = self.text("/canonicalCode");
        let code = code.map_or_else(String::new, |code| format!(" ({code})"));
        let shown: Vec<&str> = words.split(' ').map(without_data).collect();
        format!("`{}`{code}", shown.join(" "))
    }
}

/// The word, unless it may be data of the location.
fn without_data(word: &str) -> &str {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '+');
    let digits = bare.chars().filter(char::is_ascii_digit).count();
    let is_data = bare.contains('@') || digits >= 5 || (bare.len() >= 15 && digits > 0);
    if is_data { "<…>" } else { word }
}

/// How a time or number is written, by its kind.
pub(super) fn kind(value: &Value) -> String {
    match value {
        Value::String(text) => kind_of_text(text).to_owned(),
        other => super::shape::shape(other),
    }
}

fn with_causes(error: &Error) -> String {
    let causes = std::iter::successors(std::error::Error::source(error), |error| error.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
