//! `completions`.

use super::run;

#[test]
fn each_shell_gets_a_script_of_its_own() {
    for (shell, part) in [
        ("bash", "complete -F _gohighlevel"),
        ("zsh", "#compdef gohighlevel"),
        ("fish", "complete -c gohighlevel"),
        ("powershell", "Register-ArgumentCompleter"),
        ("elvish", "edit:completion"),
    ] {
        let ran = run(&["completions", shell]);
        assert_eq!(ran.code, Some(0), "{}", ran.stderr);
        assert!(ran.stdout.contains(part), "{shell}\n{}", ran.stdout);
        assert!(ran.stdout.contains("recipe"), "{shell}");
    }
    let ran = run(&["completions", "cmd"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr.contains("possible values: bash"),
        "{}",
        ran.stderr
    );
}
