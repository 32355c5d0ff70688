//! Who may see the board: who knows its token, or whom the host lets through.

use std::fmt;

use aws_lc_rs::constant_time::verify_slices_are_equal;
use aws_lc_rs::digest::{Digest, SHA256, digest};
use http::HeaderMap;
use http::header::{AUTHORIZATION, COOKIE};

use crate::digest::sha256_hex;
use crate::secret::Secret;

/// The fewest characters of a token.
const SHORTEST: usize = 16;

/// The name of the cookie that stands for the token.
const COOKIE_NAME: &str = "gohighlevel_board";

/// How long a browser keeps it: thirty days.
const COOKIE_SECONDS: u32 = 30 * 24 * 60 * 60;

/// Who may see a board.
// Exhaustive on purpose: there is no board without a decision about it.
#[derive(Debug, Clone)]
pub enum BoardAccess {
    /// Anyone who knows the token. A person enters it on the board's first page and has a cookie from then on; a program sends
    /// `Authorization: Bearer` and the token. Serve it over https alone.
    Token(BoardToken),
    /// Anyone who reaches the routes: the host's own authentication stands in front of them.
    Host,
}

/// The token of a board. Take a random one, and a new one when somebody is to see the board no longer: all cookies end with
/// it.
#[derive(Clone)]
pub struct BoardToken {
    /// Digests have one length, so comparing them does not tell that of the token.
    token: Digest,
    /// The value of the cookie, from which the token cannot be found.
    cookie: String,
}

/// The token is too short to keep anybody out. Take a random one of at least 16 characters, such as from
/// `openssl rand -hex 16`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the token of the board has fewer than {SHORTEST} characters; take a random one, such as from `openssl rand -hex 16`"
)]
#[non_exhaustive]
pub struct InvalidBoardToken;

impl BoardToken {
    /// A token of at least 16 characters.
    pub fn new(token: impl Into<Secret>) -> Result<Self, InvalidBoardToken> {
        let token = token.into();
        let token = token.expose().trim();
        if token.chars().count() < SHORTEST {
            return Err(InvalidBoardToken);
        }
        Ok(Self {
            token: digest(&SHA256, token.as_bytes()),
            cookie: sha256_hex(format!("the cookie of a board with the token {token}").as_bytes()),
        })
    }

    /// Whether this is the token. It takes the same time whatever differs.
    pub(super) fn is(&self, given: &str) -> bool {
        let given = digest(&SHA256, given.trim().as_bytes());
        verify_slices_are_equal(given.as_ref(), self.token.as_ref()).is_ok()
    }

    /// The header `set-cookie` for a browser that has shown the token.
    pub(super) fn set_cookie(&self, path: &str, is_https: bool) -> String {
        let secure = if is_https { "; Secure" } else { "" };
        format!(
            "{COOKIE_NAME}={}; Path={path}; Max-Age={COOKIE_SECONDS}; HttpOnly; SameSite=Strict{secure}",
            self.cookie
        )
    }

    fn has_cookie(&self, headers: &HeaderMap) -> bool {
        let expected = digest(&SHA256, self.cookie.as_bytes());
        let cookies = headers.get_all(COOKIE).iter();
        let cookies = cookies.filter_map(|value| value.to_str().ok());
        let mut values = cookies
            .flat_map(|value| value.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .filter(|(name, _)| *name == COOKIE_NAME);
        values.any(|(_, value)| {
            let given = digest(&SHA256, value.as_bytes());
            verify_slices_are_equal(given.as_ref(), expected.as_ref()).is_ok()
        })
    }

    fn is_borne_by(&self, headers: &HeaderMap) -> bool {
        let value = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok());
        let token = value.and_then(|value| {
            let (scheme, token) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(token)
        });
        token.is_some_and(|token| self.is(token))
    }
}

impl fmt::Debug for BoardToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BoardToken").finish_non_exhaustive()
    }
}

impl BoardAccess {
    /// Whether a request with these headers may see the board.
    pub(super) fn lets_in(&self, headers: &HeaderMap) -> bool {
        match self {
            Self::Host => true,
            Self::Token(token) => token.has_cookie(headers) || token.is_borne_by(headers),
        }
    }
}
