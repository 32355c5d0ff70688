//! A secret in a header, compared in constant time: the only proof there is that a request comes from a workflow.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Digest, SHA256, digest};
use http::{HeaderMap, HeaderName};

use crate::secret::Secret;

/// The fewest characters of a secret.
const SHORTEST: usize = 16;

/// A secret that is configured in HighLevel as a header of the requests of a step.
///
/// It proves that the sender knows the secret and nothing more: neither that the body is unchanged nor that the request
/// is new. Give each endpoint a random one of its own, and serve it over https alone.
///
/// ```
/// use gohighlevel::workflows::SharedSecret;
/// use http::HeaderMap;
///
/// let secret = SharedSecret::new("x-workflow-secret", "Jq8mV2tR5xZ7cB1nK4")?;
/// let mut headers = HeaderMap::new();
/// assert!(!secret.proves(&headers));
/// headers.insert("x-workflow-secret", "Jq8mV2tR5xZ7cB1nK4".parse().expect("a header"));
/// assert!(secret.proves(&headers));
/// assert!(SharedSecret::new("x-workflow-secret", "").is_err());
/// # Ok::<(), gohighlevel::workflows::InvalidSecret>(())
/// ```
#[derive(Clone)]
pub struct SharedSecret {
    header: HeaderName,
    /// Digests have one length, so comparing them does not tell that of the secret.
    accepted: Vec<Digest>,
}

/// The header or the secret cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidSecret {
    /// No HTTP header has this name. It is not quoted, since it may be the secret.
    #[error("the first argument is not the name of an HTTP header")]
    Header,
    /// The secret could be guessed.
    #[error("the secret has fewer than {SHORTEST} characters; make a random one")]
    Short,
    /// No request could bring the secret.
    #[error(
        "the secret holds a line break or another character that no header can carry; make a random one of ASCII letters and digits"
    )]
    NoHeaderValue,
}

impl SharedSecret {
    /// The value of `header` must be `secret`, as a whole: with `authorization` as the header, the secret begins with
    /// `Bearer ` where the step is set up with a bearer token. White space around it, such as a file's
    /// last line break, is taken off, as HTTP takes it off in requests.
    ///
    /// Fails if no request could bring the header or the secret, and if the secret is short.
    pub fn new(header: &str, secret: impl Into<Secret>) -> Result<Self, InvalidSecret> {
        let name = header.trim().to_ascii_lowercase();
        let header = HeaderName::try_from(name).map_err(|_| InvalidSecret::Header)?;
        let none = Self {
            header,
            accepted: Vec::new(),
        };
        none.or(secret)
    }

    /// Another secret is as good: to change one, accept both until every step has the new one.
    pub fn or(mut self, secret: impl Into<Secret>) -> Result<Self, InvalidSecret> {
        let secret = secret.into();
        // Beyond ASCII it is not settled which bytes stand for a character in a header, so none could be compared.
        let sendable = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        if !secret.expose().bytes().all(sendable) {
            return Err(InvalidSecret::NoHeaderValue);
        }
        if secret.expose().chars().count() < SHORTEST {
            return Err(InvalidSecret::Short);
        }
        self.accepted
            .push(digest(&SHA256, secret.expose().as_bytes()));
        Ok(self)
    }

    /// Whether a request with these headers comes from a sender who knows the secret.
    pub fn proves(&self, headers: &HeaderMap) -> bool {
        let mut values = headers.get_all(&self.header).iter();
        let (Some(value), None) = (values.next(), values.next()) else {
            return false;
        };
        let given = digest(&SHA256, value.as_bytes());
        // All are compared, so that the time does not tell which one it is.
        self.accepted.iter().fold(false, |proven, accepted| {
            verify_slices_are_equal(given.as_ref(), accepted.as_ref()).is_ok() | proven
        })
    }
}

impl fmt::Debug for SharedSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedSecret")
            .field("header", &self.header)
            .field("accepted", &self.accepted.len())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "Jq8mV2tR5xZ7cB1nK4";
    const NEWER: &str = "Lw3yD6fG9hT2pS8aQ5";

    fn headers(values: &[&str]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append("x-secret", value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn only_the_whole_secret_proves() {
        let secret = SharedSecret::new(" X-Secret ", SECRET).unwrap();
        assert!(secret.proves(&headers(&[SECRET])));
        for wrong in [
            &[][..],
            &[""],
            &["Jq8mV2tR5xZ7cB1nK"],
            &["Jq8mV2tR5xZ7cB1nK4x"],
            &["jq8mV2tR5xZ7cB1nK4"],
            &[SECRET, SECRET],
            &[SECRET, "other"],
            &[NEWER],
        ] {
            assert!(!secret.proves(&headers(wrong)), "{wrong:?}");
        }
        let both = secret.or(NEWER).unwrap();
        assert!(both.proves(&headers(&[SECRET])) && both.proves(&headers(&[NEWER])));
        assert!(!format!("{both:?}").contains("Jq8"));
    }

    #[test]
    fn what_could_be_guessed_is_refused() {
        for short in ["", "   ", "fifteen letters"] {
            assert_eq!(
                SharedSecret::new("x-secret", short).unwrap_err(),
                InvalidSecret::Short
            );
        }
        let error = SharedSecret::new("x secret", SECRET).unwrap_err();
        assert_eq!(error, InvalidSecret::Header);
    }

    #[test]
    fn what_no_header_can_carry_is_refused() {
        for secret in [
            "Jq8mV2tR5xZ7cB1nK4\nLw3yD6fG9hT2pS8aQ5",
            "Jq8mV2tR5x\u{0}Z7cB1nK4",
            "Grüße aus Straßburg 67",
            "Jq8mV2tR5xZ7\u{200b}cB1nK4",
        ] {
            let error = SharedSecret::new("x-secret", secret).unwrap_err();
            assert_eq!(error, InvalidSecret::NoHeaderValue, "{secret:?}");
            let accepted = SharedSecret::new("x-secret", SECRET).unwrap();
            assert_eq!(
                accepted.or(secret).unwrap_err(),
                InvalidSecret::NoHeaderValue
            );
        }
    }

    #[test]
    fn white_space_around_it_does_not_count() {
        for around in [format!("{SECRET}\n"), format!(" \t{SECRET}\r\n")] {
            let secret = SharedSecret::new("x-secret", around).unwrap();
            assert!(secret.proves(&headers(&[SECRET])));
        }
    }
}
