//! What the caller does in the tour: a story for each preset, and one for all other recipes.

use jiff::SignedDuration;

/// Something that the caller does, so long after the first call's end.
pub(crate) struct Scene {
    pub(crate) after: SignedDuration,
    pub(crate) what: What,
}

pub(crate) enum What {
    /// They call, and nobody answers.
    Calls,
    /// They write this.
    Writes(&'static str),
}

/// Who calls, and what they do.
pub(crate) struct Story {
    /// The name and address that HighLevel has of them; nothing if it has never heard of them. Whom it knows has
    /// consented to texts on the business's website.
    pub(crate) known_as: Option<(&'static str, &'static str)>,
    /// In order; the first one is a call at once.
    pub(crate) scenes: Vec<Scene>,
    /// How long the story lasts.
    pub(crate) until: SignedDuration,
}

/// What the caller writes where no preset has a story of its own.
pub(crate) const REPLY: &str = "Thanks! I have just booked for tomorrow.";

impl Story {
    /// The story of a recipe, by its name.
    pub(crate) fn of(recipe: &str) -> Self {
        let known = Some(("Rosan", "rosan@example.com"));
        let (known_as, scenes, hours) = match recipe {
            // Nobody calls back, so the third call brings in the manager.
            "ghl_blog" => (known, vec![calls(0), calls(5), calls(25)], 26),
            // Only somebody who asks for help is handed over.
            "hi_skin" => (
                None,
                vec![
                    calls(0),
                    writes(4, "Can you help me find the right appointment?"),
                ],
                2,
            ),
            // Silence, until the sequence has come to its end.
            "nebru" => (known, vec![calls(0)], 50),
            "zfire" => (
                None,
                vec![calls(0), writes(2, "Can somebody call me? I need help")],
                2,
            ),
            _ => (None, vec![calls(0), calls(2), writes(10, REPLY)], 2),
        };
        Self {
            known_as,
            scenes,
            until: SignedDuration::from_hours(hours),
        }
    }
}

fn calls(minutes: i64) -> Scene {
    Scene {
        after: SignedDuration::from_mins(minutes),
        what: What::Calls,
    }
}

fn writes(minutes: i64, text: &'static str) -> Scene {
    Scene {
        after: SignedDuration::from_mins(minutes),
        what: What::Writes(text),
    }
}
