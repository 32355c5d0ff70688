//! Templates of texts, e-mails and WhatsApp messages of a location: list and delete. The API cannot write one; e-mails
//! have [`email_templates`](super::email_templates) beside these.
//!
//! Source: HighLevel's OpenAPI file `locations.json`, `/locations/{locationId}/templates`. Scope:
//! `locations/templates.readonly`.

use futures_util::Stream;
use jiff::Timestamp;
use serde::Deserialize;
use serde_with::serde_as;

use super::offset::OffsetPage;
use crate::api::listing::Entries;
use crate::client::{Call, Location, Request, items, path};
use crate::error::Result;
use crate::ids::{LocationId, TemplateId};
use crate::lenient::{Lenient, LenientList, LenientPart};
use crate::open_enum::open_enum;

/// The templates of one location. Made by [`Location::templates`].
#[derive(Debug, Clone, Copy)]
pub struct Templates<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's templates.
    pub fn templates(&self) -> Templates<'_> {
        Templates { location: self }
    }
}

impl<'a> Templates<'a> {
    /// One page of templates.
    pub fn list(&self, query: &TemplateQuery) -> Call<'a, OffsetPage<Template>> {
        let (skip, limit) = (query.skip, u64::from(query.limit));
        let request = Request::get(path(&[
            "locations",
            self.location.id().as_str(),
            "templates",
        ]))
        .operation("templates.list")
        .query("originId", &query.origin_id)
        .query_opt("type", query.kind.as_ref())
        .query("deleted", query.deleted)
        .query("skip", skip)
        .query("limit", query.limit);
        self.location
            .send::<TemplateList>(request)
            .map(move |answer| {
                OffsetPage::new(
                    answer.templates,
                    answer.total_count,
                    Some(skip),
                    Some(limit),
                )
            })
    }

    /// All templates that a query finds, page after page from the one it names.
    pub fn stream(
        &self,
        query: &TemplateQuery,
    ) -> impl Stream<Item = Result<Template>> + Send + use<'a> {
        let (templates, query) = (*self, query.clone());
        items("templates.list", Some(query.skip), move |ask| {
            let mut query = query.clone();
            query.skip = ask.cursor.unwrap_or(query.skip);
            templates.list(&query)
        })
    }

    /// Deletes a template.
    pub async fn delete(&self, id: &TemplateId) -> Result<()> {
        let location = self.location.id().as_str();
        let request = Request::delete(path(&["locations", location, "templates", id.as_str()]))
            .operation("templates.delete");
        self.location.send_discarding(request).await
    }
}

open_enum! {
    /// What a template is for.
    pub enum TemplateKind {
        /// Text messages.
        Sms = "sms",
        /// E-mails.
        Email = "email",
        /// WhatsApp messages.
        WhatsApp = "whatsapp",
    }
}

/// Which templates to list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateQuery {
    /// HighLevel's *origin id*, which it asks for and does not explain; the id of the location is taken.
    pub origin_id: String,
    /// Only templates for this; all if `None`.
    pub kind: Option<TemplateKind>,
    /// The deleted ones in place of the others.
    pub deleted: bool,
    /// How many templates to leave out.
    pub skip: u64,
    /// How many templates a page has.
    pub limit: u32,
}

impl TemplateQuery {
    /// The first page of all templates that are not deleted.
    pub fn new(origin_id: impl Into<String>) -> Self {
        Self {
            origin_id: origin_id.into(),
            kind: None,
            deleted: false,
            skip: 0,
            limit: 25,
        }
    }
}

/// A template as HighLevel gives it.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Template {
    /// Its id.
    pub id: TemplateId,
    /// The name that people see.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub name: Option<String>,
    /// What it is for.
    #[serde(default, rename = "type")]
    #[serde_as(deserialize_as = "Lenient")]
    pub kind: Option<TemplateKind>,
    /// What it says.
    #[serde(default, rename = "template")]
    #[serde_as(deserialize_as = "LenientPart")]
    pub content: Option<TemplateContent>,
    /// URLs of what goes with a text.
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientList")]
    pub url_attachments: Vec<String>,
    /// When it was made.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub date_added: Option<Timestamp>,
    /// The location it belongs to.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub location_id: Option<LocationId>,
}

/// What a template says. It holds merge fields, not persons, and is printed.
#[serde_as]
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[non_exhaustive]
pub struct TemplateContent {
    /// The text of a text message.
    #[serde_as(deserialize_as = "Lenient")]
    pub body: Option<String>,
    /// The subject of an e-mail.
    #[serde_as(deserialize_as = "Lenient")]
    pub subject: Option<String>,
    /// The HTML of an e-mail.
    #[serde_as(deserialize_as = "Lenient")]
    pub html: Option<String>,
    /// What goes with it; HighLevel's documentation does not say in which form.
    #[serde_as(deserialize_as = "LenientList")]
    pub attachments: Vec<serde_json::Value>,
}

#[serde_as]
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct TemplateList {
    #[serde(default)]
    templates: Entries<Template>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    total_count: Option<u64>,
}
