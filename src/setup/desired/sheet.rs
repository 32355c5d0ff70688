//! The spreadsheet with one row a location, as Excel, Google Sheets and others write it.

use csv::{ReaderBuilder, StringRecord, Trim};

use super::bytes::text_of;
use super::problems::{Place, Problems};
use crate::recipes::missed_call::nearest;

/// The column with the location's id.
pub(super) const ID: &str = "location_id";
/// The column with the name that a plan shows.
pub(super) const NAME: &str = "name";

/// What a spreadsheet program writes where a formula failed.
const FORMULA_ERRORS: [&str; 7] = [
    "#REF!", "#N/A", "#NAME?", "#VALUE!", "#DIV/0!", "#NULL!", "#NUM!",
];

/// The rows of a spreadsheet.
#[derive(Debug)]
pub(super) struct Sheet {
    pub(super) file: String,
    /// The columns as they are titled, in their order.
    pub(super) columns: Vec<String>,
    pub(super) rows: Vec<Row>,
}

/// One row.
#[derive(Debug)]
pub(super) struct Row {
    /// The line of the file in which it begins, from 1.
    pub(super) line: usize,
    /// The number that a person counts, from 1, without the titles.
    pub(super) number: usize,
    pub(super) cells: Vec<String>,
}

/// A title as columns are looked for: `Booking Link`, `booking_link` and `bookingLink` are one.
pub(super) fn column_key(title: &str) -> String {
    let letters = title.chars().filter(|c| c.is_alphanumeric());
    letters.flat_map(char::to_lowercase).collect()
}

impl Sheet {
    /// Reads the bytes of a file; what is wrong is reported, and the rest is kept.
    pub(super) fn read(problems: &mut Problems, file: &str, bytes: &[u8]) -> Option<Self> {
        let whole = Place::new(file, 1, "");
        let decoded = match text_of(bytes) {
            Ok(decoded) => decoded,
            Err(diagnostic) => {
                problems.wrong(&whole, diagnostic.what, diagnostic.remedy);
                return None;
            }
        };
        if let Some(warning) = decoded.warning {
            problems.warn(&whole, warning.what, warning.remedy);
        }
        let (separator, text, skipped) = separator_of(&decoded.text);
        let mut reader = ReaderBuilder::new()
            .delimiter(separator)
            .has_headers(false)
            .flexible(true)
            .trim(Trim::All)
            .from_reader(text.as_bytes());
        let mut records = reader.records().enumerate().map(|(at, record)| {
            let record = record.unwrap_or_default();
            let line = record.position().map_or(at + 1, |at| at.line() as usize);
            (line + skipped, record)
        });
        let Some((_, titles)) = records.next() else {
            problems.wrong(
                &whole,
                "empty",
                "write a row of titles, and one row a location",
            );
            return None;
        };
        let columns: Vec<String> = titles.iter().map(str::to_owned).collect();
        check_titles(problems, file, 1 + skipped, &columns, separator);
        let mut sheet = Self {
            file: file.to_owned(),
            columns,
            rows: Vec::new(),
        };
        for (number, (line, record)) in records.filter(|(_, record)| !is_blank(record)).enumerate()
        {
            let row = sheet.row(problems, line, number + 1, &record);
            sheet.rows.push(row);
        }
        if sheet.rows.is_empty() {
            let remedy = "write one row a location below the titles";
            problems.wrong(&whole, "no rows", remedy);
        }
        Some(sheet)
    }

    fn row(
        &self,
        problems: &mut Problems,
        line: usize,
        number: usize,
        record: &StringRecord,
    ) -> Row {
        if record.len() > self.columns.len() {
            let extra = record.iter().skip(self.columns.len());
            if extra.into_iter().any(|cell| !cell.is_empty()) {
                let place = Place::new(&self.file, line, "");
                let what = format!(
                    "row {number} has {} cells, and there are {} titles",
                    record.len(),
                    self.columns.len()
                );
                let remedy =
                    "put the cell that holds the separator into \"quotes\", or add a title";
                problems.wrong(&place, what, remedy);
            }
        }
        let cells = (0..self.columns.len()).map(|at| record.get(at).unwrap_or_default());
        let cells: Vec<String> = cells.map(visible).collect();
        for (title, cell) in self.columns.iter().zip(&cells) {
            if FORMULA_ERRORS.contains(&cell.as_str()) {
                let place = Place::new(&self.file, line, title);
                let what = format!("row {number} holds {cell}, the error of a formula");
                problems.wrong(
                    &place,
                    what,
                    "correct the formula, and export the table again",
                );
            }
        }
        Row {
            line,
            number,
            cells,
        }
    }

    /// The place of a column, by its title in any spelling.
    pub(super) fn column(&self, name: &str) -> Option<usize> {
        let wanted = column_key(name);
        let mut titles = self.columns.iter();
        titles.position(|title| column_key(title) == wanted)
    }

    /// The title that may have been meant.
    pub(super) fn near(&self, name: &str) -> Option<&str> {
        nearest(name, self.columns.iter().map(String::as_str))
    }
}

/// The separator, the text without a line that only names it, and how many lines that took.
fn separator_of(text: &str) -> (u8, &str, usize) {
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    // Excel writes and reads a first line `sep=;`.
    if let Some(separator) = first.trim().strip_prefix("sep=")
        && let &[separator] = separator.as_bytes()
    {
        return (separator, rest, 1);
    }
    let mut counts = [(b',', 0), (b';', 0), (b'\t', 0), (b'|', 0)];
    let mut quoted = false;
    for byte in first.bytes() {
        quoted ^= byte == b'"';
        for (separator, count) in &mut counts {
            *count += usize::from(!quoted && byte == *separator);
        }
    }
    let most = counts
        .iter()
        .max_by_key(|(separator, count)| (*count, *separator == b','));
    (most.map_or(b',', |(separator, _)| *separator), text, 0)
}

fn check_titles(
    problems: &mut Problems,
    file: &str,
    line: usize,
    columns: &[String],
    separator: u8,
) {
    let place = |key: &str| Place::new(file, line, key);
    for (at, title) in columns.iter().enumerate() {
        if title.is_empty() {
            let what = format!("column {} has no title", at + 1);
            problems.warn(&place(""), what, "give it one, or remove the column");
            continue;
        }
        let same = |other: &&String| column_key(other) == column_key(title);
        if columns.iter().take(at).any(|other| same(&other)) {
            let remedy = "rename one of them, or remove it";
            problems.wrong(&place(title), "two columns have this title", remedy);
        }
    }
    if columns
        .iter()
        .any(|title| column_key(title) == column_key(ID))
    {
        return;
    }
    let known = [
        ("id", ()),
        ("location", ()),
        ("subaccountid", ()),
        ("locationids", ()),
    ];
    let meant = columns.iter().find(|title| {
        let key = column_key(title);
        known.iter().any(|(known, ())| *known == key) || nearest(&key, ["locationid"]).is_some()
    });
    let remedy = match meant {
        Some(meant) => format!("rename the column `{meant}` to `{ID}`"),
        None if columns.len() == 1 => format!(
            "add one, and separate the columns with commas, semicolons or tabs (read with `{}`)",
            char::from(separator)
        ),
        None => "add one with the id of each location, from its address in HighLevel".to_owned(),
    };
    problems.wrong(&place(""), format!("no column `{ID}`"), remedy);
}

fn is_blank(record: &StringRecord) -> bool {
    record.iter().all(str::is_empty)
}

/// The cell without white space and without the apostrophe by which Excel keeps a number as text.
fn visible(cell: &str) -> String {
    let invisible =
        |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}' | '\u{200e}');
    let cell = cell.trim_matches(invisible);
    let number = cell
        .strip_prefix('\'')
        .filter(|rest| rest.starts_with(['+', '0', '1', '(']));
    number.unwrap_or(cell).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Option<Sheet>, Problems) {
        let mut problems = Problems::default();
        let sheet = Sheet::read(&mut problems, "l.csv", text.as_bytes());
        (sheet, problems)
    }

    #[test]
    fn every_separator_gives_the_same_rows() {
        for text in [
            "location_id,name,link\na1,\"Loop, East\",x\n\n,,\na2,B,y\n",
            "location_id;name;link\na1;Loop, East;x\r\n\r\n;;\r\na2;B;y",
            "Location ID\tName\tLink\na1\tLoop, East\tx\na2\tB\ty\n",
            "sep=;\nlocationId;name;link\na1;Loop, East;x\na2;B;y\n",
        ] {
            let (sheet, problems) = read(text);
            assert!(problems.finish().unwrap().is_empty(), "{text}");
            let sheet = sheet.unwrap();
            assert_eq!(sheet.column("location_id"), Some(0));
            let cells: Vec<_> = sheet.rows.iter().map(|row| row.cells.join("|")).collect();
            assert_eq!(cells, ["a1|Loop, East|x", "a2|B|y"], "{text}");
        }
    }

    #[test]
    fn a_row_knows_its_line_and_its_number() {
        let (sheet, _) = read("location_id,note\na1,\"two\nlines\"\n\na2,x\n");
        let sheet = sheet.unwrap();
        let places: Vec<_> = sheet
            .rows
            .iter()
            .map(|row| (row.line, row.number))
            .collect();
        assert_eq!(places, [(2, 1), (5, 2)]);
    }

    #[test]
    fn a_number_kept_as_text_loses_its_apostrophe() {
        assert_eq!(visible(" '+1312 "), "+1312");
        assert_eq!(visible("\u{a0}'tis"), "'tis");
    }
}
