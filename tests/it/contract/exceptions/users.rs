//! Rows of the table about `users.json` and `v3/users-v3.json`.

use super::{Exception, What};

pub(super) fn rows() -> Vec<Exception> {
    vec![Exception {
        operations: &["DELETE /users/{userId}"],
        place: "message",
        what: What::NotKept,
        why: "it says in words that the user will be deleted, with name and e-mail address",
        source: "the example of DeleteUserSuccessfulResponseDto",
    }]
}
