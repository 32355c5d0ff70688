//! Any text as a recipe: it is read, or refused with problems that a person can act on.
#![no_main]

use gohighlevel::recipes::missed_call::Recipe;
use libfuzzer_sys::fuzz_target;

const FILE: &str = "recipe.toml";

fuzz_target!(|text: &str| {
    match Recipe::from_toml(FILE, text) {
        Ok(recipe) => {
            assert!(!recipe.source().contains('\r'));
            let again = Recipe::from_toml(FILE, recipe.source());
            assert_eq!(
                again.as_ref(),
                Ok(&recipe),
                "read twice, it says two things"
            );
            assert!(recipe.steps().count() > 0, "it does nothing");
        }
        Err(error) => {
            assert!(!error.problems().is_empty(), "refused for no reason");
            let lines = text.replace("\r\n", "\n").split(['\n', '\r']).count();
            for problem in error.problems() {
                assert!((1..=lines).contains(&problem.line()), "{problem}");
                assert!(!problem.what().is_empty(), "{problem}");
                assert!(!problem.remedy().is_empty(), "{problem}");
            }
        }
    }
});
