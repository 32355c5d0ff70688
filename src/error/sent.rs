//! Removes the personal values that a request sent from HighLevel's message about it.

use serde_json::Value;

/// Keys whose values are words of HighLevel's own; those of ids are, too.
const NOT_PERSONAL: &[&str] = &[
    "type",
    "status",
    "channel",
    "country",
    "timezone",
    "zone",
    "order",
    "direction",
    "source",
];
/// How many values of a request are looked for at most.
const MOST: usize = 1_000;

/// The words that a request sent, the longest first.
pub(crate) struct Sent(Vec<Vec<char>>);

impl Sent {
    /// Reads them from the parameters and the JSON body of a request.
    pub(crate) fn new<'a>(
        query: impl IntoIterator<Item = (&'a str, &'a str)>,
        body: Option<&[u8]>,
    ) -> Self {
        let mut words = Vec::new();
        for (key, value) in query {
            add(key, value, &mut words);
        }
        if let Some(Ok(body)) = body.map(serde_json::from_slice) {
            read("", &body, &mut words);
        }
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        Self(words)
    }

    /// `message` without these words, wherever they stand as whole words, in whichever case.
    pub(crate) fn taken_out_of(&self, message: &str) -> String {
        let mut out = String::with_capacity(message.len());
        let mut rest = message;
        let mut boundary = true;
        while let Some(first) = rest.chars().next() {
            let sent = self.0.iter().filter(|_| boundary);
            if let Some(length) = sent.filter_map(|word| length_of(word, rest)).next() {
                out.push_str("[value]");
                rest = &rest[length..];
                boundary = false;
                continue;
            }
            out.push(first);
            boundary = !first.is_alphanumeric();
            rest = &rest[first.len_utf8()..];
        }
        out
    }
}

fn read(key: &str, value: &Value, words: &mut Vec<Vec<char>>) {
    match value {
        Value::String(text) => add(key, text, words),
        Value::Array(items) => items.iter().for_each(|item| read(key, item, words)),
        Value::Object(fields) => fields
            .iter()
            .for_each(|(key, value)| read(key, value, words)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Of a name each part counts, of anything else the whole: single words of a text are in half of all messages.
fn add(key: &str, value: &str, words: &mut Vec<Vec<char>>) {
    let key = key.to_ascii_lowercase();
    if key.ends_with("id") || key.ends_with("ids") || NOT_PERSONAL.contains(&&*key) {
        return;
    }
    let whole = value.trim();
    let parts = whole.split_whitespace().filter(|_| key.contains("name"));
    for word in parts.chain([whole]) {
        let word: Vec<char> = word.chars().flat_map(char::to_lowercase).collect();
        if word.len() > 1 && words.len() < MOST {
            words.push(word);
        }
    }
}

/// How long `word` is at the start of `text`, if it stands there as a whole.
fn length_of(word: &[char], text: &str) -> Option<usize> {
    let mut wanted = word.iter();
    let mut end = 0;
    for (at, character) in text.char_indices() {
        if wanted.as_slice().is_empty() {
            break;
        }
        if !character
            .to_lowercase()
            .all(|lower| wanted.next() == Some(&lower))
        {
            return None;
        }
        end = at + character.len_utf8();
    }
    let is_whole = wanted.as_slice().is_empty() && !text[end..].starts_with(char::is_alphanumeric);
    is_whole.then_some(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken_out(body: &str, message: &str) -> String {
        Sent::new([("query", "maria")], Some(body.as_bytes())).taken_out_of(message)
    }

    #[test]
    fn what_a_request_sent_is_taken_out_and_what_is_wrong_with_it_stays() {
        let body = r#"{"firstName":"Rosan","name":"Rosan O'Neil","locationId":"loc1","type":"SMS","city":"New York",
            "tags":["botox"],"customFields":[{"id":"f1","value":"pollen"}],"message":"Hi there","age":"7"}"#;
        for (message, expected) in [
            (
                "contact rosan o'neil exists: name must be unique",
                "contact [value] exists: name must be unique",
            ),
            (
                "firstName ROSAN is too short",
                "firstName [value] is too short",
            ),
            ("O'Neil, new york; Rosanne", "[value], [value]; Rosanne"),
            ("tag botox, value pollen", "tag [value], value [value]"),
            (
                "DND is active for SMS in loc1",
                "DND is active for SMS in loc1",
            ),
            (
                "there is no message \"Hi there\"",
                "there is no message \"[value]\"",
            ),
            ("nobody is called Maria", "nobody is called [value]"),
            ("7 is no age", "7 is no age"),
        ] {
            assert_eq!(taken_out(body, message), expected);
        }
        assert_eq!(taken_out("no JSON", "Rosan"), "Rosan");
        assert_eq!(
            taken_out(r#"{"name":"Zoë İpek"}"#, "ZOË ipek İPEK"),
            "[value] ipek [value]"
        );
    }
}
