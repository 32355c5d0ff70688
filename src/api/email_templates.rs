//! E-mail templates of a location, and the folders that they are kept in; in version 3 of the API only. Templates of texts
//! cannot be written: they are in [`templates`](super::templates).
//!
//! Source: HighLevel's OpenAPI file `emails-v3.json`, `/emails/locations/{locationId}/templates`. Scopes:
//! `emails/templates.readonly`, `emails/templates.write`.

use futures_util::Stream;
use jiff::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use serde_with::{apply, serde_as, skip_serializing_none};

use super::cursor::SortDirection;
use super::offset::OffsetPage;
use super::version_gate;
use crate::api::listing::Entries;
use crate::client::{Call, Location, Request, items, path};
use crate::error::Result;
use crate::ids::{TemplateFolderId, TemplateId, UserId};
use crate::lenient::Lenient;
use crate::open_enum::open_enum;
use crate::secret::Private;

/// The e-mail templates of one location. Made by [`Location::email_templates`].
#[derive(Debug, Clone, Copy)]
pub struct EmailTemplates<'a> {
    location: &'a Location,
}

impl Location {
    /// The location's e-mail templates.
    pub fn email_templates(&self) -> EmailTemplates<'_> {
        EmailTemplates { location: self }
    }
}

impl<'a> EmailTemplates<'a> {
    /// One page of templates and folders.
    pub fn list(&self, query: &EmailTemplateQuery) -> Call<'a, OffsetPage<EmailTemplateEntry>> {
        const OPERATION: &str = "email_templates.list";
        let (skip, limit) = (query.skip, u64::from(query.limit));
        let request = Request::get(self.path(None))
            .operation(OPERATION)
            .query("limit", query.limit)
            .query("offset", skip)
            .query_opt("search", query.name.as_ref())
            .query_opt("sortBy", query.by_update.map(|_| "updatedAt"))
            .query_opt("sortOrder", query.by_update.map(SortDirection::as_str))
            .query_opt("archived", query.archived)
            .query_opt(
                "folderId",
                query.folder.as_ref().map(TemplateFolder::as_str),
            )
            .query_opt("include", query.include.as_ref());
        self.location
            .send::<EmailTemplateList>(request)
            .map(move |list| OffsetPage::new(list.items, list.total, Some(skip), Some(limit)))
            .only_if(self.checked(OPERATION))
    }

    /// All templates and folders that a query finds, page after page from the one it names.
    pub fn stream(
        &self,
        query: &EmailTemplateQuery,
    ) -> impl Stream<Item = Result<EmailTemplateEntry>> + Send + use<'a> {
        let (templates, query) = (*self, query.clone());
        items("email_templates.list", Some(query.skip), move |ask| {
            let mut query = query.clone();
            query.skip = ask.cursor.unwrap_or(query.skip);
            templates.list(&query)
        })
    }

    /// One template by its id.
    pub fn get(&self, id: &TemplateId) -> Call<'a, EmailTemplate> {
        const OPERATION: &str = "email_templates.get";
        let request = Request::get(self.path(Some(id.as_str()))).operation(OPERATION);
        self.location.send(request).only_if(self.checked(OPERATION))
    }

    /// Creates a template. It is not repeated: after [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for
    /// it with [`list`](Self::list) before creating it again; HighLevel allows two with the same name.
    pub fn create(&self, template: &NewEmailTemplate) -> Call<'a, EmailTemplate> {
        const OPERATION: &str = "email_templates.create";
        let request = Request::post(self.path(None))
            .operation(OPERATION)
            .json(template);
        self.location.send(request).only_if(self.checked(OPERATION))
    }

    /// Changes what `update` names and leaves the rest.
    pub fn update(&self, id: &TemplateId, update: &EmailTemplateUpdate) -> Call<'a, EmailTemplate> {
        const OPERATION: &str = "email_templates.update";
        let request = Request::patch(self.path(Some(id.as_str())))
            .operation(OPERATION)
            .json(&update.body());
        self.location.send(request).only_if(self.checked(OPERATION))
    }

    /// Deletes a template.
    pub async fn delete(&self, id: &TemplateId) -> Result<()> {
        const OPERATION: &str = "email_templates.delete";
        self.checked(OPERATION)?;
        let request = Request::delete(self.path(Some(id.as_str()))).operation(OPERATION);
        self.location.send_discarding(request).await
    }

    /// Creates a folder, for `user` if one is named. It is not repeated: after
    /// [`UnknownOutcome`](crate::error::ErrorKind::UnknownOutcome), look for it with [`list`](Self::list) before creating
    /// it again.
    pub fn create_folder(
        &self,
        name: &str,
        user: Option<&UserId>,
    ) -> Call<'a, CreatedTemplateFolder> {
        const OPERATION: &str = "email_templates.create_folder";
        let request = Request::post(self.path(Some("folders")))
            .operation(OPERATION)
            .json(&NewFolder {
                name,
                user_id: user,
            });
        self.location.send(request).only_if(self.checked(OPERATION))
    }

    fn checked(&self, operation: &'static str) -> Result<()> {
        let instead = "build the client with `ApiVersion::V3`";
        version_gate::version_3(self.location.speaks_v3(), operation, instead)
    }

    fn path(&self, last: Option<&str>) -> String {
        let location = self.location.id().as_str();
        let mut segments = vec!["emails", "locations", location, "templates"];
        segments.extend(last);
        path(&segments)
    }
}

open_enum! {
    /// What a template is written with.
    pub enum EmailEditor {
        /// HTML.
        Html = "html",
        /// Plain text.
        Text = "text",
        /// HighLevel's editor with blocks; the API cannot write such a template.
        Builder = "builder",
    }
}

open_enum! {
    /// What a list of templates has.
    pub enum EmailTemplateInclude {
        /// Both.
        All = "all",
        /// Templates alone.
        Templates = "templates",
        /// Folders alone.
        Folders = "folders",
    }
}

open_enum! {
    /// What an entry of a list of templates is.
    pub enum EmailTemplateKind {
        /// A template.
        Template = "template",
        /// A folder.
        Folder = "folder",
    }
}

/// Where a template is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
// Exhaustive on purpose: a template is in a folder or in none.
pub enum TemplateFolder {
    /// In none.
    Root,
    /// In this one.
    In(TemplateFolderId),
}

impl TemplateFolder {
    fn as_str(&self) -> &str {
        match self {
            Self::Root => "root",
            Self::In(folder) => folder.as_str(),
        }
    }
}

impl Serialize for TemplateFolder {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Root => serializer.serialize_none(),
            Self::In(folder) => folder.serialize(serializer),
        }
    }
}

/// Which templates to list. The default finds the first 20.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EmailTemplateQuery {
    /// Those with this in their name.
    pub name: Option<String>,
    /// Sorts by the last change.
    pub by_update: Option<SortDirection>,
    /// Those that are archived (`true`), or are not.
    pub archived: Option<bool>,
    /// Those in this folder.
    pub folder: Option<TemplateFolder>,
    /// Templates, folders or both.
    pub include: Option<EmailTemplateInclude>,
    /// How many to leave out.
    pub skip: u64,
    /// How many a page has, 20 at most.
    pub limit: u32,
}

impl Default for EmailTemplateQuery {
    fn default() -> Self {
        Self {
            name: None,
            by_update: None,
            archived: None,
            folder: None,
            include: None,
            skip: 0,
            limit: 20,
        }
    }
}

/// A template or a folder in a list.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EmailTemplateEntry {
    /// Its id; that of a folder is a [`TemplateFolderId`] elsewhere.
    pub id: TemplateId,
    /// The name that people see.
    pub name: Option<String>,
    /// Whether it is a template or a folder.
    #[serde(rename = "type")]
    pub kind: Option<EmailTemplateKind>,
    /// What a template is written with.
    pub editor_type: Option<EmailEditor>,
    /// Whether a template is plain text.
    pub is_plain_text: Option<bool>,
    /// Where a template can be looked at.
    pub preview_url: Option<String>,
    /// How many entries a folder has.
    pub child_count: Option<u64>,
    /// Whether a folder has entries.
    pub has_children: Option<bool>,
    /// The folder it is in; `None` if it is in none.
    pub parent_folder_id: Option<TemplateFolderId>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// An e-mail template as HighLevel gives it. Its subject and preview hold merge fields, not persons, and are printed; its
/// sender is not.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct EmailTemplate {
    /// Its id.
    pub id: TemplateId,
    /// The name that people see.
    pub name: Option<String>,
    /// What it is written with.
    pub editor_type: Option<EmailEditor>,
    /// Whether it is plain text.
    pub is_plain_text: Option<bool>,
    /// The folder it is in; `None` if it is in none.
    pub parent_folder_id: Option<TemplateFolderId>,
    /// The subject. HighLevel calls it `subject` where a template is read, and `subjectLine` where one is written.
    #[serde(alias = "subjectLine")]
    pub subject: Option<String>,
    /// What mail programs show beside the subject.
    pub preview_text: Option<String>,
    /// The name of the sender.
    pub from_name: Option<Private<String>>,
    /// The address of the sender.
    pub from_email: Option<Private<String>>,
    /// Where its HTML can be read, of a template that is read. The address needs no token.
    pub editor_content_url: Option<String>,
    /// Where it can be looked at, of a template that was written.
    pub preview_url: Option<String>,
    /// Whether it is archived, of a template that was changed.
    pub archived: Option<bool>,
    /// Whether it was deleted, of a template that is read.
    pub deleted: Option<bool>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

/// An e-mail template to create.
#[skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NewEmailTemplate {
    /// The name that people see.
    pub name: String,
    /// HTML or text.
    pub editor_type: EmailEditor,
    /// What it says, in that form.
    pub editor_content: Option<String>,
    /// The folder to put it in.
    pub parent_folder_id: Option<TemplateFolderId>,
    /// The subject.
    pub subject_line: Option<String>,
    /// What mail programs show beside the subject.
    pub preview_text: Option<String>,
    /// The name of the sender.
    pub from_name: Option<Private<String>>,
    /// The address of the sender.
    pub from_email: Option<Private<String>>,
    /// Who makes it.
    pub user_id: Option<UserId>,
}

impl NewEmailTemplate {
    /// A template of HTML.
    pub fn html(
        name: impl Into<String>,
        subject: impl Into<String>,
        html: impl Into<String>,
    ) -> Self {
        Self {
            name: name.into(),
            editor_type: EmailEditor::Html,
            editor_content: Some(html.into()),
            parent_folder_id: None,
            subject_line: Some(subject.into()),
            preview_text: None,
            from_name: None,
            from_email: None,
            user_id: None,
        }
    }
}

/// What to change about an e-mail template; `None` leaves a field as it is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EmailTemplateUpdate {
    /// The name that people see.
    pub name: Option<String>,
    /// What it says, with its form; HighLevel asks for both together.
    pub content: Option<(EmailEditor, String)>,
    /// The subject.
    pub subject_line: Option<String>,
    /// What mail programs show beside the subject.
    pub preview_text: Option<String>,
    /// The name of the sender.
    pub from_name: Option<Private<String>>,
    /// The address of the sender.
    pub from_email: Option<Private<String>>,
    /// Whether it is archived.
    pub archived: Option<bool>,
    /// Where to move it.
    pub folder: Option<TemplateFolder>,
    /// Who changes it.
    pub user_id: Option<UserId>,
}

impl EmailTemplateUpdate {
    fn body(&self) -> UpdateBody<'_> {
        let content = self.content.as_ref();
        UpdateBody {
            name: self.name.as_deref(),
            editor_type: content.map(|(editor, _)| editor),
            editor_content: content.map(|(_, content)| content.as_str()),
            subject_line: self.subject_line.as_deref(),
            preview_text: self.preview_text.as_deref(),
            from_name: self.from_name.as_ref(),
            from_email: self.from_email.as_ref(),
            archived: self.archived,
            parent_folder_id: self.folder.as_ref(),
            user_id: self.user_id.as_ref(),
        }
    }
}

/// A folder that was created.
#[apply(Option<_> => #[serde(default)] #[serde_as(deserialize_as = "Lenient")])]
#[serde_with::serde_as]
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct CreatedTemplateFolder {
    /// Its id.
    pub id: TemplateFolderId,
    /// The name that people see.
    pub name: Option<String>,
    /// When it was made.
    pub created_at: Option<Timestamp>,
    /// When it was last changed.
    pub updated_at: Option<Timestamp>,
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct UpdateBody<'a> {
    name: Option<&'a str>,
    editor_type: Option<&'a EmailEditor>,
    editor_content: Option<&'a str>,
    subject_line: Option<&'a str>,
    preview_text: Option<&'a str>,
    from_name: Option<&'a Private<String>>,
    from_email: Option<&'a Private<String>>,
    archived: Option<bool>,
    parent_folder_id: Option<&'a TemplateFolder>,
    user_id: Option<&'a UserId>,
}

#[skip_serializing_none]
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewFolder<'a> {
    name: &'a str,
    user_id: Option<&'a UserId>,
}

#[serde_as]
#[derive(Deserialize)]
struct EmailTemplateList {
    #[serde(default)]
    items: Entries<EmailTemplateEntry>,
    #[serde(default)]
    #[serde_as(deserialize_as = "Lenient")]
    total: Option<u64>,
}
