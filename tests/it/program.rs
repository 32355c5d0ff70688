//! Finds the example programs, built with this test's own profile and all features.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// Where the program of an example is. The first call builds them all.
pub(crate) fn example(name: &str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["build", "--quiet", "--offline", "--examples"])
            .arg("--all-features")
            .current_dir(env!("CARGO_MANIFEST_DIR"));
        if !cfg!(debug_assertions) {
            cargo.arg("--release");
        }
        let built = cargo.status().is_ok_and(|status| status.success());
        assert!(built, "the examples do not build");
        // This test is `deps/it-…` beside the folder `examples`.
        let test = std::env::current_exe().unwrap_or_default();
        test.ancestors()
            .nth(2)
            .map(|profile| profile.join("examples"))
            .unwrap_or_default()
    });
    folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
