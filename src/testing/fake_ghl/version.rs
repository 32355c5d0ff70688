//! The two versions of the API.

/// Which API a request asks for with its `Version` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Version {
    /// The dates, and `legacy`.
    V2,
    V3,
}
