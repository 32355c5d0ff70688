//! Finds the programs: the examples and the command, built with this test's own profile and all features.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// Where the program of an example is.
pub(crate) fn example(name: &str) -> PathBuf {
    program(&format!("examples/{name}"))
}

/// Where the command `gohighlevel` is.
pub(crate) fn gohighlevel() -> PathBuf {
    program("gohighlevel")
}

/// The first call builds them all: together they take the same dependencies as the tests.
fn program(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["build", "--quiet", "--offline", "--examples", "--bins"])
            .arg("--all-features")
            .current_dir(env!("CARGO_MANIFEST_DIR"));
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let built = cargo.status().is_ok_and(|status| status.success());
        assert!(built, "the programs do not build");
        // This test is `deps/it-…` in that folder.
        let test = std::env::current_exe().unwrap_or_default();
        let profile = test.ancestors().nth(2);
        profile.map(PathBuf::from).unwrap_or_default()
    });
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
