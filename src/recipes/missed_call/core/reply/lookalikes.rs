//! Letters that look like Latin ones, as some keyboards and people who evade filters write them: Cyrillic, Greek, small
//! capitals and letters in boxes.

/// Letters with the Latin letter that each looks like, in lower case and without accents.
const LETTERS: &str = "
    ꓢs ꓔt ꓳo ꓑp ꓰe ꓠn ꓓd ꓮa ꓴu ꓲi ꓣr ꓚc ꓡl ꓟm ꓗk ꓐb ꓦv ꓫx ꓬy ꓝf ꓖg ꓧh ꓪw ꓙj ꓜz
    аa вb сc ԁd еe һh нh іi јj кk ӏl мm пn оo рp ԛq ѕs тt цu ԝw хx уy αa βb εe ηn ιi κk μm νn οo ρp σs ςs τt υu χx
    ʙb ᴀa ᴄc ᴅd ᴇe ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ʀr ꜱs ᴛt ᴜu ᴠv ᴡw ʏy ᴢz
";

/// The word in Latin letters, if each of its letters is or looks like one. The Russian word for stop counts too.
pub(super) fn latin(word: &str) -> Option<String> {
    if word.is_ascii() {
        return None;
    }
    if word == "стоп" {
        return Some("stop".to_owned());
    }
    word.chars().map(letter).collect()
}

fn letter(character: char) -> Option<char> {
    if character.is_ascii() {
        return Some(character);
    }
    // Letters in a filled circle or box are in alphabetical order.
    let boxed = |first: char| {
        u32::from(character)
            .checked_sub(u32::from(first))
            .filter(|at| *at < 26)
    };
    if let Some(at) = boxed('🅐').or_else(|| boxed('🅰')) {
        return char::from_u32(u32::from('a') + at);
    }
    let known = LETTERS
        .split_whitespace()
        .find(|pair| pair.starts_with(character));
    known.and_then(|pair| pair.chars().nth(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_latin_is_read_so() {
        for (word, read) in [
            ("ѕтор", Some("stop")),
            ("stoр", Some("stop")),
            ("στορ", Some("stop")),
            ("ꜱᴛᴏᴘ", Some("stop")),
            ("🆂🆃🅾🅿", Some("stop")),
            ("🅢🅣🅞🅟", Some("stop")),
            ("стоп", Some("stop")),
            ("stop", None),
            ("привет", None),
            ("停止", None),
        ] {
            assert_eq!(latin(word).as_deref(), read, "{word}");
        }
    }
}
