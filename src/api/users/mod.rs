//! Users: the people who work in HighLevel, to whom contacts and tasks are assigned.
//!
//! Here are the methods; users as they are read are in `model`, what is written in `write`, their permissions in
//! `permissions`, the searches in `search`.
//!
//! Source: HighLevel's OpenAPI files `users.json` and `users-v3.json`. Scopes: `users.readonly`, `users.write`. Most
//! operations take a location's token as well as an agency's: [`Users`] sends the first, [`AgencyUsers`] the second.

mod model;
mod permissions;
mod search;
mod write;

pub use model::{PlatformLanguage, User, UserRole, UserRoles, UserType};
pub use permissions::UserPermissions;
pub use search::{UserEmailSearch, UserSearch};
pub use write::{NewUser, UserUpdate};

use std::pin::pin;

use futures_util::{Stream, TryStreamExt as _};
use model::UserList;

use super::offset::OffsetPage;
use crate::client::{Call, Client, Location, Request, items, path};
use crate::error::{Error, ErrorKind, Result};
use crate::ids::{CompanyId, UserId};

/// The users of one location. Made by [`Location::users`].
#[derive(Debug, Clone, Copy)]
pub struct Users<'a> {
    location: &'a Location,
}

/// The users of an agency and all its locations. Made by [`Client::users`].
#[derive(Debug, Clone, Copy)]
pub struct AgencyUsers<'a> {
    client: &'a Client,
}

impl Location {
    /// The location's users.
    pub fn users(&self) -> Users<'_> {
        Users { location: self }
    }
}

impl Client {
    /// The users of an agency. The client's default token has to be an agency's.
    pub fn users(&self) -> AgencyUsers<'_> {
        AgencyUsers { client: self }
    }
}

impl<'a> Users<'a> {
    /// All users of the location.
    ///
    /// Version 2 of the API gives them at once. Version 3 only has the search, which asks for the location's agency:
    /// the agency is read from the location first (scope `locations.readonly`), then the pages of the search.
    pub async fn list(&self) -> Result<Vec<User>> {
        if self.location.speaks_v3() {
            return self.list_by_search().await;
        }
        let request = Request::get(path(&["users", ""]))
            .operation("users.list")
            .query("locationId", self.location.id());
        self.location
            .send::<UserList>(request)
            .await
            .map(|list| list.users.items)
    }

    async fn list_by_search(&self) -> Result<Vec<User>> {
        let company = self.location.details().await?.company_id.ok_or_else(|| {
            let path = "location.companyId".into();
            Error::new(ErrorKind::Decode { path }, "users.list")
                .with_message(Some("the location names no agency to search in".into()))
        })?;
        let search = UserSearch::default();
        let mut users = Vec::new();
        let mut stream = pin!(self.stream(&company, &search));
        loop {
            match stream.try_next().await {
                Ok(Some(user)) => users.push(user),
                Ok(None) => return Ok(users),
                // A search that gives the same page again gives all users at once, as version 2's list does.
                Err(error) if *error.kind() == ErrorKind::Listing => {
                    let error = &error as &dyn std::error::Error;
                    tracing::warn!(
                        error,
                        "the search for a location's users ends before its count"
                    );
                    return Ok(users);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// One page of the location's users that a search finds. `company` is the location's agency
    /// ([`company_id`](super::locations::LocationDetails::company_id)); the location in `search` is this one always.
    pub fn search(&self, company: &CompanyId, search: &UserSearch) -> Call<'a, OffsetPage<User>> {
        let request = search.request(company, Some(self.location.id()));
        self.location.send(request).map(search.page())
    }

    /// All users that a search finds, page after page from the one it names.
    pub fn stream(
        &self,
        company: &CompanyId,
        search: &UserSearch,
    ) -> impl Stream<Item = Result<User>> + Send + use<'a> {
        let (users, company) = (*self, company.clone());
        found(search, move |search| users.search(&company, search))
    }

    /// One user by the id.
    pub fn get(&self, id: &UserId) -> Call<'a, User> {
        self.location.send(get(id))
    }

    /// Creates a user. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for
    /// the e-mail address with [`search`](Self::search) before creating the user again.
    pub fn create(&self, user: &NewUser) -> Call<'a, User> {
        self.location.send(create(user))
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(&self, id: &UserId, update: &UserUpdate) -> Call<'a, User> {
        self.location.send(self::update(id, update))
    }

    /// Deletes a user. HighLevel puts it into a queue and takes some minutes.
    pub async fn delete(&self, id: &UserId) -> Result<()> {
        self.location.send_discarding(delete(id)).await
    }
}

impl<'a> AgencyUsers<'a> {
    /// One page of the agency's users that a search finds.
    pub fn search(&self, company: &CompanyId, search: &UserSearch) -> Call<'a, OffsetPage<User>> {
        let request = search.request(company, search.location_id.as_ref());
        self.client.send(request).map(search.page())
    }

    /// All users that a search finds, page after page from the one it names.
    pub fn stream(
        &self,
        company: &CompanyId,
        search: &UserSearch,
    ) -> impl Stream<Item = Result<User>> + Send + use<'a> {
        let (users, company) = (*self, company.clone());
        found(search, move |search| users.search(&company, search))
    }

    /// One page of the agency's users with one of these e-mail addresses.
    pub fn search_by_email(
        &self,
        company: &CompanyId,
        search: &UserEmailSearch,
    ) -> Call<'a, OffsetPage<User>> {
        self.client
            .send::<UserList>(search.request(company))
            .map(search.page())
    }

    /// All of the agency's users with one of these e-mail addresses, page after page from the one that `search` names.
    pub fn stream_by_email(
        &self,
        company: &CompanyId,
        search: &UserEmailSearch,
    ) -> impl Stream<Item = Result<User>> + Send + use<'a> {
        let (users, company, search) = (*self, company.clone(), search.clone());
        let skipped = Some(search.skip.unwrap_or(0));
        items("users.search_by_email", skipped, move |ask| {
            let mut search = search.clone();
            search.skip = ask.cursor.or(search.skip);
            users.search_by_email(&company, &search)
        })
    }

    /// One user by the id.
    pub fn get(&self, id: &UserId) -> Call<'a, User> {
        self.client.send(get(id))
    }

    /// Creates a user. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for
    /// the user with [`search_by_email`](Self::search_by_email) before creating it again.
    pub fn create(&self, user: &NewUser) -> Call<'a, User> {
        self.client.send(create(user))
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(&self, id: &UserId, update: &UserUpdate) -> Call<'a, User> {
        self.client.send(self::update(id, update))
    }

    /// Deletes a user. HighLevel puts it into a queue and takes some minutes.
    pub async fn delete(&self, id: &UserId) -> Result<()> {
        self.client.send_discarding(delete(id)).await
    }
}

/// All users of a search, page after page.
fn found<'a, F>(
    search: &UserSearch,
    page: F,
) -> impl Stream<Item = Result<User>> + Send + use<'a, F>
where
    F: Fn(&UserSearch) -> Call<'a, OffsetPage<User>> + Send + 'a,
{
    let search = search.clone();
    let skipped = Some(search.skip.unwrap_or(0));
    items("users.search", skipped, move |ask| {
        let mut search = search.clone();
        search.skip = ask.cursor.or(search.skip);
        page(&search)
    })
}

fn get(id: &UserId) -> Request {
    Request::get(path(&["users", id.as_str()]))
        .operation("users.get")
        .data_key("user")
}

fn create(user: &NewUser) -> Request {
    Request::post(path(&["users", ""]))
        .operation("users.create")
        .json(user)
        .data_key("user")
}

fn update(id: &UserId, update: &UserUpdate) -> Request {
    Request::put(path(&["users", id.as_str()]))
        .operation("users.update")
        .json(update)
        .data_key("user")
}

fn delete(id: &UserId) -> Request {
    Request::delete(path(&["users", id.as_str()])).operation("users.delete")
}
