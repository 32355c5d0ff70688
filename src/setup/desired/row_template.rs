//! Words with cells of the spreadsheet in them: `{{ row.booking_link }}`. Merge fields of HighLevel stay as they are.

use super::sheet::column_key;

/// Words, parsed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RowTemplate {
    parts: Vec<Part>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Words(String),
    /// A column, as the author wrote it.
    Column(String),
}

/// What cannot be a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct InvalidRowTemplate {
    pub(super) what: String,
    pub(super) remedy: String,
}

impl RowTemplate {
    pub(super) fn parse(text: &str) -> Result<Self, InvalidRowTemplate> {
        let invalid = |what: String, remedy: &str| InvalidRowTemplate {
            what,
            remedy: remedy.to_owned(),
        };
        let mut parts = Vec::new();
        let mut words = String::new();
        let mut rest = text;
        while let Some(at) = rest.find("{{") {
            let (before, field) = rest.split_at(at);
            words.push_str(before);
            let is_of_row = field[2..].trim_start().starts_with("row");
            let Some(end) = field.find("}}") else {
                if is_of_row {
                    let what = format!("`{field}` is not closed");
                    return Err(invalid(what, "write `}}` at its end"));
                }
                words.push_str(field);
                rest = "";
                break;
            };
            let (whole, after) = field.split_at(end + 2);
            let inner = whole[2..end].trim();
            rest = after;
            match inner.strip_prefix("row") {
                Some(column) if column.starts_with('.') => {
                    let column = column[1..].trim();
                    let is_name = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | ' ');
                    if column.is_empty() || !column.chars().all(is_name) {
                        let what = format!("`{whole}` names no column");
                        return Err(invalid(
                            what,
                            "write `{{ row.column }}` and nothing else in it",
                        ));
                    }
                    if !words.is_empty() {
                        parts.push(Part::Words(std::mem::take(&mut words)));
                    }
                    parts.push(Part::Column(column.to_owned()));
                }
                Some("" | "s") => {
                    let what = format!("`{whole}` names no column");
                    return Err(invalid(what, "write `{{ row.column }}`"));
                }
                _ => words.push_str(whole),
            }
        }
        words.push_str(rest);
        if let Some(at) = words.find("{row.").or_else(|| words.find("{ row.")) {
            let what = format!(
                "`{}` has one brace",
                words[at..].chars().take(20).collect::<String>()
            );
            return Err(invalid(what, "write two: `{{ row.column }}`"));
        }
        if !words.is_empty() {
            parts.push(Part::Words(words));
        }
        Ok(Self { parts })
    }

    /// The columns that it names.
    pub(super) fn columns(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Column(column) => Some(column.as_str()),
            Part::Words(_) => None,
        })
    }

    /// The words with cells in them. Fails with the first column that has no cell.
    pub(super) fn render(&self, cell: impl Fn(&str) -> Option<String>) -> Result<String, String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Words(words) => text.push_str(words),
                Part::Column(column) => {
                    text.push_str(&cell(&column_key(column)).ok_or_else(|| column.clone())?);
                }
            }
        }
        Ok(text.trim().to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rendered(text: &str) -> Result<String, String> {
        let template = RowTemplate::parse(text).map_err(|invalid| invalid.what)?;
        template.render(|column| (column == "bookinglink").then(|| "https://x".to_owned()))
    }

    #[test]
    fn cells_are_put_in_and_merge_fields_stay() {
        assert_eq!(
            rendered("{{ row.booking_link }}?a"),
            Ok("https://x?a".into())
        );
        assert_eq!(rendered("{{row.Booking Link}}"), Ok("https://x".into()));
        let field = "Hi {{ contact.first_name }} {{row_id}}";
        assert_eq!(rendered(field), Ok(field.into()));
        assert_eq!(rendered("a {{ b"), Ok("a {{ b".into()));
        assert_eq!(rendered("{{ row.other }}"), Err("other".into()));
    }

    #[test]
    fn what_is_no_template_is_refused() {
        for text in [
            "{{ row.x",
            "{{ row. }}",
            "{{ row }}",
            "{ row.x }",
            "{{ row.x | upper }}",
        ] {
            assert!(RowTemplate::parse(text).is_err(), "{text}");
        }
    }
}
