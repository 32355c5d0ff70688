//! The operations that FakeGhl plays, as a table: what a request is matched with, who may ask, and what is played. The
//! documentation and the tests are made from it, too.

use serde_json::Value;

use super::answer::{Fields, Outcome};
use super::visit::{AgencyVisit, Version, Visit};

/// One resource of HighLevel's API.
#[derive(Clone, Copy)]
pub(super) struct Module {
    pub(super) name: &'static str,
    /// HighLevel's rules that are kept, each a sentence.
    pub(super) rules: &'static [&'static str],
    pub(super) operations: &'static [Operation],
}

/// One operation of HighLevel's API.
#[derive(Clone, Copy)]
pub(super) struct Operation {
    pub(super) method: &'static str,
    /// HighLevel's path, with `{name}` for a segment that varies.
    pub(super) path: &'static str,
    /// The one version that has it.
    pub(super) only: Option<Version>,
    pub(super) access: Access,
    /// The scope that a token needs; empty if HighLevel names none.
    pub(super) scope: &'static str,
    /// Whether the body is a list, which the operation reads itself.
    pub(super) takes_list: bool,
    pub(super) play: Play,
}

/// Whose token an operation takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Access {
    Location,
    Agency,
    Either,
    /// No token, or one that the operation looks at itself.
    Open,
}

impl Access {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Location => "location",
            Self::Agency => "agency",
            Self::Either => "location or agency",
            Self::Open => "none",
        }
    }
}

/// What is done. The texts are the segments of the path that vary, in their order; the fields are the body.
#[derive(Clone, Copy)]
pub(super) enum Play {
    InLocation(fn(&mut Visit<'_>, &[&str], &Fields) -> Outcome),
    Above(fn(&mut AgencyVisit<'_>, &[&str], &Fields) -> Outcome),
    /// The token endpoints and the app's own addresses, which are answered before any rule of a resource.
    Apart,
}

type InLocation = fn(&mut Visit<'_>, &[&str], &Fields) -> Outcome;
type Above = fn(&mut AgencyVisit<'_>, &[&str], &Fields) -> Outcome;

impl Operation {
    const fn new(
        method: &'static str,
        path: &'static str,
        scope: &'static str,
        access: Access,
        play: Play,
    ) -> Self {
        Self {
            method,
            path,
            only: None,
            access,
            scope,
            takes_list: false,
            play,
        }
    }

    /// Its body is a list.
    pub(super) const fn taking_list(self) -> Self {
        Self {
            takes_list: true,
            ..self
        }
    }

    /// Only this version has it.
    pub(super) const fn only(self, version: Version) -> Self {
        Self {
            only: Some(version),
            ..self
        }
    }

    pub(super) const fn is_in(&self, version: Version) -> bool {
        !matches!(
            (self.only, version),
            (Some(Version::V2), Version::V3) | (Some(Version::V3), Version::V2)
        )
    }

    /// The segment that stands for this name in the path.
    pub(super) fn param<'s>(&self, name: &str, params: &[&'s str]) -> Option<&'s str> {
        let mut names = segments_of(self.path).filter(|segment| segment.starts_with('{'));
        let position = names.position(|segment| segment == name)?;
        params.get(position).copied()
    }

    /// The segments of `path` that vary, if it is this operation's.
    fn params<'s>(&self, segments: &[&'s str]) -> Option<Vec<&'s str>> {
        let template = segments_of(self.path);
        if template.clone().count() != segments.len() {
            return None;
        }
        let mut params = Vec::new();
        for (wanted, segment) in template.zip(segments) {
            if wanted.starts_with('{') {
                params.push(*segment);
            } else if wanted != *segment {
                return None;
            }
        }
        Some(params)
    }
}

/// The segments of a path; a slash at the end does not count.
fn segments_of(path: &str) -> impl Iterator<Item = &str> + Clone {
    path.trim_matches('/').split('/')
}

/// An operation of a location's token.
pub(super) const fn own(
    method: &'static str,
    path: &'static str,
    scope: &'static str,
    play: InLocation,
) -> Operation {
    Operation::new(
        method,
        path,
        scope,
        Access::Location,
        Play::InLocation(play),
    )
}

/// An operation of an agency's token.
pub(super) const fn agency(
    method: &'static str,
    path: &'static str,
    scope: &'static str,
    play: Above,
) -> Operation {
    Operation::new(method, path, scope, Access::Agency, Play::Above(play))
}

/// An operation that takes both kinds of tokens.
pub(super) const fn either(
    method: &'static str,
    path: &'static str,
    scope: &'static str,
    play: Above,
) -> Operation {
    Operation::new(method, path, scope, Access::Either, Play::Above(play))
}

/// An operation that is answered apart.
pub(super) const fn apart(
    method: &'static str,
    path: &'static str,
    scope: &'static str,
    access: Access,
) -> Operation {
    Operation::new(method, path, scope, access, Play::Apart)
}

/// What a request is, by method and path.
pub(super) enum Found<'s> {
    Played(&'static Operation, Vec<&'s str>),
    /// The other version has it.
    OtherVersion,
    /// The path is within HighLevel's API, and nothing here plays it.
    NotPlayed,
    /// HighLevel has nothing there.
    Unknown,
}

/// Finds the operation of a request: the one with the most segments of its own.
pub(super) fn find<'s>(
    modules: &[Module],
    method: &str,
    segments: &[&'s str],
    version: Version,
) -> Found<'s> {
    let operations = modules.iter().flat_map(|module| module.operations);
    let mut fitting: Vec<(&'static Operation, Vec<&'s str>)> = operations
        .filter(|operation| operation.method == method)
        .filter_map(|operation| Some((operation, operation.params(segments)?)))
        .collect();
    fitting.sort_by_key(|(_, params)| params.len());
    let is_other_version = !fitting.is_empty();
    let mut fitting = fitting.into_iter();
    if let Some((operation, params)) = fitting.find(|(operation, _)| operation.is_in(version)) {
        return Found::Played(operation, params);
    }
    let family = segments.first().copied().unwrap_or_default();
    if is_other_version {
        Found::OtherVersion
    } else if FAMILIES.contains(&family) {
        Found::NotPlayed
    } else {
        Found::Unknown
    }
}

/// The first segments of all paths of HighLevel's API. Source: the files of its public documentation, and the index of its
/// live documentation of August 2026.
const FAMILIES: &[&str] = &[
    "ad-manager",
    "ad-publishing",
    "affiliate-manager",
    "agent-studio",
    "associations",
    "audit-logs",
    "blogs",
    "brand-boards",
    "businesses",
    "calendars",
    "campaigns",
    "chat-widget",
    "companies",
    "contacts",
    "conversation-ai",
    "conversations",
    "courses",
    "custom-fields",
    "custom-menus",
    "email",
    "emails",
    "files",
    "forms",
    "funnels",
    "invoices",
    "knowledge-base",
    "knowledge-bases",
    "links",
    "locations",
    "marketplace",
    "medias",
    "notes",
    "oauth",
    "objects",
    "opportunities",
    "payments",
    "phone-system",
    "products",
    "proposals",
    "saas",
    "saas-api",
    "snapshots",
    "social-media-posting",
    "store",
    "surveys",
    "users",
    "voice-ai",
    "workflows",
    "workflows-marketplace",
];

/// A field of the body as text.
pub(super) fn text<'f>(body: &'f Fields, name: &str) -> &'f str {
    body.get(name).and_then(Value::as_str).unwrap_or_default()
}
