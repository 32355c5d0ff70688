//! Turns the bytes of a settings file or of a spreadsheet into text.
//!
//! Excel saves the same table in three encodings, by what is chosen in *Save as*: UTF-8 with a byte order mark, UTF-16
//! ("Unicode text"), and the old code page of Windows. All of them are read.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::recipes::missed_call::Diagnostic;

/// The text in a file, and what to say of the way it was saved.
#[derive(Debug)]
pub(super) struct Decoded {
    /// Without a byte order mark, and with `\n` at the end of each line.
    pub(super) text: String,
    /// Something that works and is better done otherwise.
    pub(super) warning: Option<Diagnostic>,
}

/// Fails if the bytes are no text at all.
pub(super) fn text_of(bytes: &[u8]) -> Result<Decoded, Diagnostic> {
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(Diagnostic::new(
            "this is a workbook, a document or an archive, not a text",
            "save it from Excel with File > Save as > CSV UTF-8, or from Google Sheets with File > Download > CSV",
        ));
    }
    let (encoding, guessed) = encoding_of(bytes);
    let (text, _, broken) = encoding.decode(bytes);
    if text.contains('\0') || (broken && encoding != UTF_8) {
        return Err(Diagnostic::new(
            "this is not a text",
            "save it as CSV or as text, in UTF-8",
        ));
    }
    let warning = guessed.then(|| {
        Diagnostic::new(
            "not in UTF-8; read as the old code page of Windows (1252)",
            "check names with accents, or save it again as CSV UTF-8",
        )
    });
    Ok(Decoded {
        text: text.replace("\r\n", "\n").replace('\r', "\n"),
        warning,
    })
}

/// The encoding, and whether it is a guess that may be wrong.
fn encoding_of(bytes: &[u8]) -> (&'static Encoding, bool) {
    if let Some((encoding, _)) = Encoding::for_bom(bytes) {
        return (encoding, false);
    }
    // ASCII in UTF-16 has a zero in every second byte.
    let zeros = |from: usize| {
        bytes
            .iter()
            .skip(from)
            .step_by(2)
            .take(50)
            .filter(|b| **b == 0)
            .count()
    };
    let half = bytes.len().min(100) / 4;
    if half > 0 && zeros(1) > half {
        return (UTF_16LE, false);
    }
    if half > 0 && zeros(0) > half {
        return (UTF_16BE, false);
    }
    match std::str::from_utf8(bytes) {
        Ok(_) => (UTF_8, false),
        Err(_) => (WINDOWS_1252, true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_text_however_it_was_saved() {
        let utf_16 = |mark: &[u8], bytes: fn(u16) -> [u8; 2]| {
            let units = "é,b\r\nc,d\r\n".encode_utf16().flat_map(bytes);
            mark.iter().copied().chain(units).collect::<Vec<u8>>()
        };
        for bytes in [
            "é,b\nc,d\n".as_bytes().to_vec(),
            "\u{feff}é,b\r\nc,d\r\n".as_bytes().to_vec(),
            utf_16(b"\xff\xfe", u16::to_le_bytes),
            utf_16(b"\xfe\xff", u16::to_be_bytes),
            utf_16(b"", u16::to_le_bytes),
            utf_16(b"", u16::to_be_bytes),
            b"\xe9,b\rc,d\r".to_vec(),
        ] {
            let decoded = text_of(&bytes).unwrap();
            assert_eq!(decoded.text, "é,b\nc,d\n", "{bytes:?}");
            assert_eq!(decoded.warning.is_some(), bytes.starts_with(b"\xe9"));
        }
    }

    #[test]
    fn a_workbook_is_no_text() {
        assert!(text_of(b"PK\x03\x04abc").is_err());
        assert!(text_of(b"a\0\0\0\0\0b,c").is_err());
        assert_eq!(text_of(b"").unwrap().text, "");
    }
}
