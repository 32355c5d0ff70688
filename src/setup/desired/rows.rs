//! Puts each row of the spreadsheet into the words of the settings file, and checks what comes out.

use std::collections::BTreeSet;

use url::Url;

use super::DesiredLocation;
use super::file::{FileSpec, Form, ValueSpec, Written};
use super::problems::{Place, Problems};
use super::sheet::{ID, NAME, Row, Sheet, column_key};
use super::wish::{
    FieldWish, LinkWish, PipelineWish, TagWish, UserWish, ValueRule, ValueWish, Wishes,
    WorkflowWish,
};
use crate::api::tags::TagName;
use crate::ids::{InvalidId, LocationId};
use crate::phone::{InvalidPhoneNumber, PhoneNumber};
use crate::secret::Private;
use crate::setup::names;

/// One row, and what its cells fall back to.
struct Cells<'a> {
    file: &'a FileSpec,
    sheet: &'a Sheet,
    row: &'a Row,
}

impl Cells<'_> {
    /// A cell by the key of its column: what the row says, else the default.
    fn get(&self, column: &str) -> Option<String> {
        let mut titles = self.sheet.columns.iter();
        let at = titles.position(|title| column_key(title) == column);
        let cell = at.and_then(|at| self.row.cells.get(at));
        let cell = cell.filter(|cell| !cell.is_empty()).cloned();
        cell.or_else(|| {
            let mut defaults = self.file.defaults.iter();
            let default = defaults.find(|(name, _)| column_key(name) == column);
            default
                .map(|(_, words)| words.text.clone())
                .filter(|text| !text.is_empty())
        })
    }

    /// How a message names the row.
    fn title(&self) -> String {
        let number = self.row.number;
        match self.get(NAME) {
            Some(name) => format!("row {number} ({name})"),
            None => format!("row {number}"),
        }
    }

    /// The words with this row's cells. A missing cell is reported at the words.
    fn render(&self, problems: &mut Problems, written: &Written, rule: &str) -> Option<String> {
        match written.template.render(|column| self.get(column)) {
            Ok(text) if !text.is_empty() => Some(text),
            Ok(_) => None,
            Err(column) => {
                // A column that nobody has was reported once for all rows.
                if self.sheet.column(&column).is_some() {
                    let what = format!("{} has no {column}", self.title());
                    let remedy =
                        format!("fill the column{rule}, or add `{column}` under [defaults]");
                    problems.wrong(&written.place, what, remedy);
                }
                None
            }
        }
    }

    fn phone(&self, problems: &mut Problems, place: &Place, text: &str) -> Option<PhoneNumber> {
        if is_scientific(text) {
            let what = format!(
                "{}: Excel wrote a number as {text}, and its digits are lost",
                self.title()
            );
            let remedy = "format the column as text, enter the numbers again, and export";
            problems.wrong(place, what, remedy);
            return None;
        }
        let number = match self.file.calling_code {
            Some(code) => PhoneNumber::parse_national(text, code),
            None => PhoneNumber::parse(text),
        };
        let error = match number {
            Ok(number) => return Some(number),
            Err(error) => error,
        };
        let (what, remedy) = match error {
            InvalidPhoneNumber::NoCountryCode => (
                "a phone number without country code".to_owned(),
                "write it like +13125550100, or `calling_code = 1` under [agency]",
            ),
            InvalidPhoneNumber::Extension => (
                "a phone number with an extension".to_owned(),
                "leave the extension out",
            ),
            InvalidPhoneNumber::Impossible(why) => (
                format!("a phone number that nobody can have: {why}"),
                "correct it",
            ),
            _ => (
                "not a phone number".to_owned(),
                "write it like +13125550100",
            ),
        };
        problems.wrong(place, format!("{}: {what}", self.title()), remedy);
        None
    }

    fn checked(
        &self,
        problems: &mut Problems,
        written: &Written,
        text: String,
        form: Option<Form>,
    ) -> Option<String> {
        let title = self.title();
        match form {
            None => Some(text),
            Some(Form::Phone) => {
                let number = self.phone(problems, &written.place, &text)?;
                Some(number.e164().to_owned())
            }
            Some(Form::Email) if is_email(&text) => Some(text),
            Some(Form::Email) => {
                let what = format!("{title}: not an e-mail address");
                problems.wrong(&written.place, what, "write it like ana@example.com");
                None
            }
            Some(Form::Https) => {
                let Some((what, remedy)) = link_fault(&text) else {
                    return Some(text);
                };
                problems.wrong(&written.place, format!("{title}: `{text}` {what}"), remedy);
                None
            }
        }
    }

    fn value(&self, problems: &mut Problems, spec: &ValueSpec) -> Option<ValueWish> {
        let rule = if spec.is_default {
            ""
        } else {
            ", write `rule = \"default\"`"
        };
        let text = if spec.is_default {
            // An empty cell of a default leaves what is there.
            spec.value
                .template
                .render(|column| self.get(column))
                .ok()
                .filter(|text| !text.is_empty())
        } else {
            self.render(problems, &spec.value, rule)
        };
        let text = text.and_then(|text| self.checked(problems, &spec.value, text, spec.form));
        let rule = match (text, spec.is_default) {
            (Some(text), false) => ValueRule::Set(text),
            (Some(text), true) => ValueRule::Default(text),
            (None, _) => return None,
        };
        Some(ValueWish {
            key: spec.key.clone(),
            name: spec.name.clone(),
            rule,
        })
    }
}

/// Why a text is not a link for customers: what is wrong, and what to write.
fn link_fault(text: &str) -> Option<(&'static str, &'static str)> {
    match Url::parse(text) {
        Ok(url) if url.scheme() == "http" => Some(("is http", "write https://")),
        Ok(url) if url.scheme() == "https" && has_host(&url) => text
            .contains(char::is_whitespace)
            .then_some(("holds a space", "write %20, or remove it")),
        _ if text.contains('.') && !text.contains("://") => Some((
            "has no https:// in front",
            "write the whole link with https://",
        )),
        _ => Some(("is not a link", "write a whole link with https://")),
    }
}

fn has_host(url: &Url) -> bool {
    url.host_str().is_some_and(|host| host.contains('.'))
}

fn is_email(text: &str) -> bool {
    let parts = text.split_once('@');
    parts.is_some_and(|(name, host)| {
        !name.is_empty()
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !text.contains(char::is_whitespace)
            && !host.contains('@')
    })
}

/// `1.31256E+10`, or `1,31256E+10`.
fn is_scientific(text: &str) -> bool {
    let mantissa = |text: &str| {
        text.chars()
            .all(|c| c.is_ascii_digit() || matches!(c, '.' | ','))
    };
    let parts = text.split_once("E+").or_else(|| text.split_once("e+"));
    parts.is_some_and(|(digits, power)| {
        mantissa(digits) && power.chars().all(|c| c.is_ascii_digit())
    })
}

/// What is wrong with an id, without the name of its type.
fn not_an_id(error: &InvalidId) -> String {
    let words = error.to_string();
    let why = words.split_once(": ").map_or("", |(_, why)| why);
    format!(
        "not the id of a location: {}",
        why.split(';').next().unwrap_or(why)
    )
}

/// The wishes of every row.
pub(super) fn locations(
    problems: &mut Problems,
    file: &FileSpec,
    sheet: &Sheet,
) -> Vec<DesiredLocation> {
    let mut seen: BTreeSet<LocationId> = BTreeSet::new();
    let mut all = Vec::new();
    for row in &sheet.rows {
        let cells = Cells { file, sheet, row };
        let place = Place::new(&sheet.file, row.line, ID);
        let id = cells.get(&column_key(ID));
        let id = match id.map(LocationId::new) {
            Some(Ok(id)) => Some(id),
            Some(Err(error)) => {
                let what = format!("{}: {}", cells.title(), not_an_id(&error));
                problems.wrong(
                    &place,
                    what,
                    "copy the id from the location's address in HighLevel",
                );
                None
            }
            None => {
                if sheet.column(ID).is_some() {
                    let what = format!("{} has no {ID}", cells.title());
                    problems.wrong(&place, what, "fill it, or remove the row");
                }
                None
            }
        };
        if let Some(id) = id.as_ref().filter(|id| !seen.insert((*id).clone())) {
            let what = format!("{} names {id} again", cells.title());
            problems.wrong(&place, what, "keep one row a location");
        }
        let wishes = wishes(problems, file, &cells);
        if let Some(id) = id {
            let name = cells.get(NAME).unwrap_or_else(|| id.as_str().to_owned());
            all.push(DesiredLocation { id, name, wishes });
        }
    }
    all
}

fn wishes(problems: &mut Problems, file: &FileSpec, cells: &Cells<'_>) -> Wishes {
    let mut wishes = Wishes::default();
    for written in &file.tags {
        let text = cells.render(problems, written, "");
        let name = text.and_then(|text| TagName::new(text).ok());
        wishes.tags.extend(name.map(|name| TagWish {
            name,
            present: true,
        }));
    }
    for words in &file.absent_tags {
        let Ok(name) = TagName::new(&words.text) else {
            continue;
        };
        if wishes.tags.iter().any(|wish| wish.name == name) {
            let what = format!("`{name}` is also under [tags]");
            problems.wrong(
                &words.place,
                what,
                "decide: either what is to be there, or [absent]",
            );
        }
        wishes.tags.push(TagWish {
            name,
            present: false,
        });
    }
    for spec in &file.values {
        wishes.values.extend(cells.value(problems, spec));
    }
    wishes
        .values
        .extend(file.absent_values.iter().map(|words| ValueWish {
            key: words.text.clone(),
            name: names::name_of(&words.text),
            rule: ValueRule::Absent,
        }));
    wishes
        .fields
        .extend(file.fields.iter().map(|spec| FieldWish {
            model: spec.model.clone(),
            key: spec.key.clone(),
            name: spec.name.clone(),
            data_type: Some(spec.data_type.clone()),
            options: spec.options.clone(),
        }));
    wishes
        .pipelines
        .extend(file.pipelines.iter().map(|spec| PipelineWish {
            name: spec.name.clone(),
            stages: spec.stages.clone(),
            refuses_others: spec.refuses_others,
        }));
    for (name, to) in &file.links {
        let text = cells.render(problems, to, "");
        let text = text.and_then(|text| cells.checked(problems, to, text, Some(Form::Https)));
        wishes.links.extend(text.map(|text| LinkWish {
            name: name.clone(),
            to: Some(text),
        }));
    }
    wishes
        .links
        .extend(file.absent_links.iter().map(|words| LinkWish {
            name: words.text.clone(),
            to: None,
        }));
    for spec in &file.workflows {
        let name = cells.render(problems, &spec.name, "");
        wishes
            .workflows
            .extend(name.map(|name| WorkflowWish::Named {
                name,
                published: spec.published,
            }));
    }
    for written in &file.users {
        let email = cells.render(problems, written, "");
        let email =
            email.and_then(|email| cells.checked(problems, written, email, Some(Form::Email)));
        wishes
            .users
            .extend(email.map(|email| UserWish::Email(Private::new(email))));
    }
    for written in &file.numbers {
        let text = cells.render(problems, written, "");
        let number = text.and_then(|text| cells.phone(problems, &written.place, &text));
        wishes.numbers.extend(number);
    }
    wishes
}

/// Columns that the file names and the spreadsheet does not have, and columns that nobody uses.
pub(super) fn check_columns(problems: &mut Problems, file: &FileSpec, sheet: &Sheet) {
    let values = file.values.iter().map(|spec| &spec.value);
    let links = file.links.iter().map(|(_, to)| to);
    let workflows = file.workflows.iter().map(|spec| &spec.name);
    let rest = file.tags.iter().chain(&file.users).chain(&file.numbers);
    let mut used = BTreeSet::from([column_key(ID), column_key(NAME)]);
    for written in values.chain(links).chain(workflows).chain(rest) {
        for column in written.template.columns() {
            used.insert(column_key(column));
            let mut defaults = file.defaults.iter();
            let has_default = defaults.any(|(name, _)| column_key(name) == column_key(column));
            if sheet.column(column).is_some() || has_default {
                continue;
            }
            let remedy = match sheet.near(column) {
                Some(meant) => format!("did you mean `{{{{ row.{meant} }}}}`?"),
                None => format!("add the column, or `{column}` under [defaults]"),
            };
            problems.wrong(
                &written.place,
                format!("{} has no column `{column}`", sheet.file),
                remedy,
            );
        }
    }
    for title in &sheet.columns {
        if !title.is_empty() && !used.contains(&column_key(title)) {
            let place = Place::new(&sheet.file, 1, title);
            let remedy = format!("use it as `{{{{ row.{title} }}}}`, or remove it");
            problems.warn(&place, "nobody uses this column", remedy);
        }
    }
    for (name, words) in &file.defaults {
        if !used.contains(&column_key(name)) {
            problems.warn(&words.place, "nobody uses this default", "remove it");
        }
    }
}
