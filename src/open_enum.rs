//! Enumerations that HighLevel may extend: every known word is a variant, any other is kept as `Other`.

/// Declares a string enumeration with an `Other(String)` arm. Reading never fails on a string; the wire word is what
/// `as_str` and serialising give back.
macro_rules! open_enum {
    // Words in another spelling are read as what `$fold` makes of them; so aliases are written in that form.
    (
        fold = $fold:path;
        $(#[$doc:meta])*
        pub enum $name:ident {
            $($(#[$variant_doc:meta])* $variant:ident = $word:literal $(| $alias:literal)*),+ $(,)?
        }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A word this release does not know.
            Other(String),
        }

        impl $name {
            fn known(word: &str) -> Option<Self> {
                match word {
                    $($word $(| $alias)* => Some(Self::$variant),)+
                    _ => None,
                }
            }

            /// The word as HighLevel writes it.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $word,)+
                    Self::Other(word) => word,
                }
            }
        }

        impl From<&str> for $name {
            fn from(word: &str) -> Self {
                Self::known(word)
                    .or_else(|| Self::known(&$fold(word)))
                    .unwrap_or_else(|| Self::Other(word.to_owned()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                <std::borrow::Cow<'de, str>>::deserialize(deserializer).map(|word| Self::from(&*word))
            }
        }

        impl crate::lenient::FromScalar for $name {
            fn from_text(text: &str) -> Option<Self> {
                (!text.is_empty()).then(|| Self::from(text))
            }
        }
    };
    // One spelling alone.
    ($(#[$doc:meta])* pub enum $($rest:tt)*) => {
        open_enum! {
            fold = str::to_owned;
            $(#[$doc])* pub enum $($rest)*
        }
    };
}

pub(crate) use open_enum;
