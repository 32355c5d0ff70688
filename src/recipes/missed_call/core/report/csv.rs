//! Comma-separated values by RFC 4180, safe to open in a spreadsheet.
//!
//! A spreadsheet treats a cell that begins with `=`, `+`, `-` or `@` as a formula. Such a cell gets a leading `'`, which
//! makes it text.

/// Appends one record with its line end.
pub(super) fn push_record<'c>(csv: &mut String, cells: impl IntoIterator<Item = &'c str>) {
    for (cell, position) in cells.into_iter().zip(0..) {
        if position > 0 {
            csv.push(',');
        }
        push_cell(csv, cell);
    }
    csv.push_str("\r\n");
}

fn push_cell(csv: &mut String, cell: &str) {
    let guard = if is_formula(cell) { "'" } else { "" };
    if cell.contains([',', '"', '\r', '\n']) {
        csv.push('"');
        csv.push_str(guard);
        csv.push_str(&cell.replace('"', "\"\""));
        csv.push('"');
    } else {
        csv.push_str(guard);
        csv.push_str(cell);
    }
}

/// Leading white space is ignored, because some spreadsheets trim it first. The wide signs are those of East Asian
/// keyboards.
fn is_formula(cell: &str) -> bool {
    let unseen =
        |c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}' || c == '\u{200b}';
    cell.trim_start_matches(unseen)
        .starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn record(cells: &[&str]) -> String {
        let mut csv = String::new();
        push_record(&mut csv, cells.iter().copied());
        csv
    }

    #[test]
    fn quotes_what_would_break_a_record() {
        for (cells, expected) in [
            (&["a", "b"][..], "a,b\r\n"),
            (&["", ""], ",\r\n"),
            (&["a,b", "say \"hi\""], "\"a,b\",\"say \"\"hi\"\"\"\r\n"),
            (&["two\nlines", "\r"], "\"two\nlines\",\"\r\"\r\n"),
        ] {
            assert_eq!(record(cells), expected);
        }
    }

    #[test]
    fn no_cell_is_a_formula() {
        for (cell, expected) in [
            ("=1+1", "'=1+1"),
            ("+13125550142", "'+13125550142"),
            ("-2", "'-2"),
            ("@SUM(A1)", "'@SUM(A1)"),
            (" =1", "' =1"),
            ("\t=1", "'\t=1"),
            ("\u{feff}=1", "'\u{feff}=1"),
            ("\u{0}=1", "'\u{0}=1"),
            ("＝1", "'＝1"),
            (
                "=HYPERLINK(\"x\",\"y\")",
                "\"'=HYPERLINK(\"\"x\"\",\"\"y\"\")\"",
            ),
            ("\r\n=1", "\"'\r\n=1\""),
            ("1=1", "1=1"),
            ("165.00-295.00", "165.00-295.00"),
        ] {
            assert_eq!(record(&[cell]), format!("{expected}\r\n"));
        }
    }

    /// Reads one record as RFC 4180 says.
    fn read(record: &str) -> Vec<String> {
        let mut cells = vec![String::new()];
        let mut quoted = false;
        let mut rest = record.strip_suffix("\r\n").unwrap().chars().peekable();
        while let Some(c) = rest.next() {
            match c {
                '"' if quoted && rest.peek() == Some(&'"') => {
                    cells.last_mut().unwrap().push('"');
                    rest.next();
                }
                '"' => quoted = !quoted,
                ',' if !quoted => cells.push(String::new()),
                c => {
                    assert!(quoted || (c != '\r' && c != '\n'));
                    cells.last_mut().unwrap().push(c);
                }
            }
        }
        cells
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(cells in prop::collection::vec("[=+@\\-,\"\r\n' a-c😀]{0,6}", 1..5)) {
            let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
            let read = read(&record(&cells));
            prop_assert_eq!(read.len(), cells.len());
            for (read, cell) in read.iter().zip(cells) {
                let guarded = read.strip_prefix('\'').filter(|_| is_formula(cell));
                prop_assert_eq!(guarded.unwrap_or(read), cell);
                prop_assert!(!is_formula(read));
            }
        }
    }
}
