//! Values that must not be printed: [`Secret`] for tokens, [`Private`] for what belongs to a person.
//!
//! Both hide their content in `Debug` and `Display`; reading it takes a call (or a dereference) that a reviewer can see.
//!
//! ```
//! use gohighlevel::secret::{Private, Secret};
//!
//! let token = Secret::new("pit-1234\n"); // a file's last line
//! assert_eq!((token.to_string().as_str(), token.expose()), ("[secret]", "pit-1234"));
//!
//! let name: Private<String> = "Rosan".into();
//! assert_eq!(format!("{name} {name:?}"), "[private] [private]");
//! assert_eq!(name.as_str(), "Rosan");
//! ```

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A token, key or password. It prints as `[secret]`, cannot be serialised, and is read with [`Secret::expose`]. Clones
/// share the text.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Arc<str>);

impl Secret {
    /// Takes the secret, without the white space that copying or a file's last line left around it.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(text.as_ref().trim().into())
    }

    /// The secret itself. Do not log it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl fmt::Display for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

/// Personal data: names, addresses, the text of a message. It prints as `[private]`, and is otherwise the value itself
/// (it dereferences to it and serialises as it).
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Private<T>(T);

impl<T> Private<T> {
    /// Marks `value` as personal.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// Takes the value out; from here on it prints again.
    pub fn into_inner(self) -> T {
        self.0
    }
}

impl<T> Deref for Private<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl From<&str> for Private<String> {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Private<String> {
    fn from(text: String) -> Self {
        Self(text)
    }
}

impl<T> fmt::Debug for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[private]")
    }
}

impl<T> fmt::Display for Private<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[private]")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neither_prints_its_content() {
        let secret = Secret::new(" pit-1234\n");
        let private = Private::new("Rosan".to_owned());
        let printed = format!(
            "{secret:?} {secret} {private:?} {private} {:?}",
            Some(&private)
        );
        assert_eq!(
            printed,
            "[secret] [secret] [private] [private] Some([private])"
        );
        assert_eq!(secret.expose(), "pit-1234");
        assert_eq!(private.len(), 5);
        assert_eq!(serde_json::to_string(&private).unwrap(), "\"Rosan\"");
    }
}
