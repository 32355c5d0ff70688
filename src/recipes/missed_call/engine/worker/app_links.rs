//! Where the team works: the pages of HighLevel's app, under the agency's own address if it has one.

use url::Url;

use crate::ids::{ContactId, LocationId};

/// HighLevel's own address of the app.
const HIGHLEVEL: &str = "https://app.gohighlevel.com";

/// The address of the app, without a slash at its end.
pub(in super::super) struct App(String);

impl App {
    pub(in super::super) fn at(url: &Url) -> Self {
        Self(url.as_str().trim_end_matches('/').to_owned())
    }

    /// The page of a contact, which shows the conversation beside it. A link to the conversation itself does not always
    /// open that one: the app may keep to the list that was open last.
    pub(in super::super) fn contact(&self, location: &LocationId, contact: &ContactId) -> String {
        let Self(app) = self;
        format!("{app}/v2/location/{location}/contacts/detail/{contact}")
    }
}

impl Default for App {
    fn default() -> Self {
        Self(HIGHLEVEL.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_s_page_is_under_the_agency_s_address() {
        let location = LocationId::new("loc1").unwrap();
        let contact = ContactId::new("c1").unwrap();
        let page = |app: &App| app.contact(&location, &contact);
        assert_eq!(
            page(&App::default()),
            "https://app.gohighlevel.com/v2/location/loc1/contacts/detail/c1"
        );
        let own: Url = "https://crm.agency.example/".parse().unwrap();
        assert_eq!(
            page(&App::at(&own)),
            "https://crm.agency.example/v2/location/loc1/contacts/detail/c1"
        );
    }
}
