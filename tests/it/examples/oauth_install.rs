//! The OAuth example, from the authorize URL to a minted token.

use super::{run, stderr, stdout};

#[test]
fn it_connects_renews_and_mints() {
    let output = run("oauth_install", &[], &[]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let text = stdout(&output);
    for expected in [
        "https://marketplace.gohighlevel.com/v2/oauth/chooselocation?response_type=code",
        "10 calls, 1 refresh",
        "UNINSTALL          Changed",
        "the OAuth grant was revoked or has expired",
        "minted token for",
    ] {
        assert!(text.contains(expected), "{expected} in\n{text}");
    }
    assert!(!text.contains("eyJ"));
}
