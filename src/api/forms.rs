//! Forms and surveys of a location, and what was sent in with forms. The API cannot make or change one.
//!
//! Source: HighLevel's OpenAPI files `forms.json` and `forms-v3.json`, which are alike; HighLevel's live documentation
//! ("Get Surveys") for surveys. Scopes: `forms.readonly`, `surveys.readonly`.

use futures_util::Stream;
use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::{Map, Value};
use serde_with::{apply, serde_as};

use super::numbered::NumberedPage;
use super::offset::OffsetPage;
use crate::api::listing::Entries;
use crate::client::{Call, Location, Request, items, path};
use crate::error::Result;
use crate::ids::{ContactId, FormId, FormSubmissionId, LocationId};
use crate::lenient::{Lenient, LenientPart};
use crate::secret::Private;

/// The forms of one location. Made by [`Location::forms`].
#[derive(Debug, Clone, Copy)]
pub struct Forms<'a> {
    location: &'a Location,
}

/// The surveys of one location. Made by [`Location::surveys`].
#[derive(Debug, Clone, Copy)]
pub struct Surveys<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's forms.
    pub fn forms(&self) -> Forms<'_> {
        Forms { location: self }
    }

    /// The location's surveys.
    pub fn surveys(&self) -> Surveys<'_> {
        Surveys { location: self }
    }
}

impl<'a> Forms<'a> {
    /// One page of forms.
    pub fn list(&self, query: &FormQuery) -> Call<'a, OffsetPage<Form>> {
        query.send::<FormList>(self.location, "forms")
    }

    /// All forms that a query finds, page after page from the one it names.
    pub fn stream(&self, query: &FormQuery) -> impl Stream<Item = Result<Form>> + Send + use<'a> {
        let (forms, query) = (*self, query.clone());
        items("forms.list", Some(query.skip), move |ask| {
            forms.list(&query.at(ask.cursor))
        })
    }

    /// One page of what was sent in.
    pub fn submissions(
        &self,
        search: &FormSubmissionSearch,
    ) -> Call<'a, NumberedPage<FormSubmission>> {
        let (page, limit) = (search.page, search.limit);
        let request = Request::get(path(&["forms", "submissions"]))
            .operation("forms.submissions")
            .query("locationId", self.location.id())
            .query("page", page)
            .query("limit", limit)
            .query_opt("formId", search.form_id.as_ref())
            .query_opt("q", search.text.as_ref().map(|text| text.as_str()))
            .query_opt("startAt", search.from)
            .query_opt("endAt", search.to);
        self.location
            .send::<SubmissionList>(request)
            .map(move |list| {
                let total = list.meta.unwrap_or_default().total;
                NumberedPage::new(list.submissions, total, page, limit)
            })
    }

    /// All that was sent in that a search finds, page after page from the one it names.
    pub fn stream_submissions(
        &self,
        search: &FormSubmissionSearch,
    ) -> impl Stream<Item = Result<FormSubmission>> + Send + use<'a> {
        let (forms, search) = (*self, search.clone());
        let pages = u64::from(search.page.saturating_sub(1));
        let skipped = Some(pages * u64::from(search.limit));
        items("forms.submissions", skipped, move |ask| {
            let mut search = search.clone();
            search.page = ask.cursor.unwrap_or(search.page);
            forms.submissions(&search)
        })
    }
}

impl<'a> Surveys<'a> {
    /// One page of surveys, which HighLevel gives like forms.
    pub fn list(&self, query: &FormQuery) -> Call<'a, OffsetPage<Form>> {
        query.send::<SurveyList>(self.location, "surveys")
    }

    /// All surveys that a query finds, page after page from the one it names.
    pub fn stream(&self, query: &FormQuery) -> impl Stream<Item = Result<Form>> + Send + use<'a> {
        let (surveys, query) = (*self, query.clone());
        items("surveys.list", Some(query.skip), move |ask| {
            surveys.list(&query.at(ask.cursor))
        })
    }
}

/// Which forms or surveys to list. The default finds the first 50.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormQuery {
    /// The kind, such as `folder`, which HighLevel does not explain.
    pub kind: Option<String>,
    /// How many to leave out.
    pub skip: u64,
    /// How many a page has, 50 at most.
    pub limit: u32,
}

impl Default for FormQuery {
    fn default() -> Self {
        Self {
            kind: None,
            skip: 0,
            limit: 50,
        }
    }
}

impl FormQuery {
    fn at(&self, skip: Option<u64>) -> Self {
        let skip = skip.unwrap_or(self.skip);
        Self {
            skip,
            ..self.clone()
        }
    }

    fn send<'a, L: Into<FormList> + serde::de::DeserializeOwned + Send + 'a>(
        &self,
        location: &'a Location,
        collection: &'static str,
    ) -> Call<'a, OffsetPage<Form>> {
        let (skip, limit) = (self.skip, u64::from(self.limit));
        let request = Request::get(path(&[collection, ""]))
            .operation(format!("{collection}.list"))
            .query("locationId", location.id())
            .query_opt("type", self.kind.as_ref())
            .query("skip", skip)
            .query("limit", self.limit);
        location.send::<L>(request).map(move |list| {
            let list: FormList = list.into();
            OffsetPage::new(list.forms, list.total, Some(skip), Some(limit))
        })
    }
}

/// Which submissions to find. The default finds the first 100 of the last month, which is what HighLevel takes without days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormSubmissionSearch {
    /// Those with this form.
    pub form_id: Option<FormId>,
    /// Those of the contact with this id, name, e-mail address or number.
    pub text: Option<Private<String>>,
    /// Not before this day.
    pub from: Option<Date>,
    /// Not after this day.
    pub to: Option<Date>,
    /// The number of the page, from 1.
    pub page: u32,
    /// How many a page has, 100 at most.
    pub limit: u32,
}

impl Default for FormSubmissionSearch {
    fn default() -> Self {
        Self {
            form_id: None,
            text: None,
            from: None,
            to: None,
            page: 1,
            limit: 100,
        }
    }
}

/// A form or a survey as HighLevel lists it.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct Form {
    /// Its id.
    pub id: FormId,
    /// The name that people see.
    pub name: Option<String>,
    /// The location it belongs to.
    pub location_id: Option<LocationId>,
}

/// What somebody has sent in with a form.
#[serde_as]
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct FormSubmission {
    /// Its id.
    pub id: FormSubmissionId,
    /// Who it was.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub contact_id: Option<ContactId>,
    /// When it came.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub created_at: Option<Timestamp>,
    /// The form.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub form_id: Option<FormId>,
    /// The name of who it was.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub name: Option<Private<String>>,
    /// The e-mail address of who it was.
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    pub email: Option<Private<String>>,
    /// All answers, by the keys of the form's fields, with what HighLevel noted of the visit (`eventData`).
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    pub others: Option<Private<Map<String, Value>>>,
}

#[serde_as]
#[derive(Deserialize)]
struct FormList {
    #[serde(default)]
    forms: Entries<Form>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    total: Option<u64>,
}

#[serde_as]
#[derive(Deserialize)]
struct SurveyList {
    #[serde(default)]
    surveys: Entries<Form>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    total: Option<u64>,
}

impl From<SurveyList> for FormList {
    fn from(list: SurveyList) -> Self {
        Self {
            forms: list.surveys,
            total: list.total,
        }
    }
}

#[serde_as]
#[derive(Deserialize)]
struct SubmissionList {
    #[serde(default)]
    submissions: Entries<FormSubmission>,
    #[serde(default)]
    #[serde_as(deserialize_as = "LenientPart")]
    meta: Option<SubmissionMeta>,
}

#[serde_as]
#[derive(Default, Deserialize)]
#[serde(default)]
struct SubmissionMeta {
    #[serde_as(deserialize_as = "Lenient")]
    total: Option<u64>,
}
