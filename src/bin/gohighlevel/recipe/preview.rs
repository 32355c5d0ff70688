//! `recipe preview`: every message as it will read, and what else the recipe does.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use gohighlevel::recipes::missed_call::recipe::{
    MessagePreview, Preview, PreviewedCall, PreviewedNumber, PreviewedOptOut, PreviewedOutcome,
    StepPreview,
};
use gohighlevel::recipes::missed_call::report::pages::Pages;
use gohighlevel::recipes::missed_call::{MergeField, MergeValues, Recipe};
use serde::Serialize;

use crate::exit::Exit;
use crate::terminal::{self, BAD, DOUBTFUL, FAINT, TITLE, count, styled};

/// Made up, for callers and places that nobody has named.
const FIRST_NAME: &str = "Rosan";
const LAST_NAME: &str = "Vega";
const BUSINESS: &str = "Maple Studio";
const PHONE: &str = "+13125550100";

/// Read every message of a recipe as it will be sent: each number, with and without a name, open and closed
///
/// Encoding and segments are those that are billed. Values that the recipe asks for and --value does not give are made up and marked.
/// Exit code 0, or 1 if the recipe is wrong or a message could not be sent with these values.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// A file in TOML, or the name of a preset: soleil, ghl_blog, hi_skin, nebru, zfire
    #[arg(value_name = "FILE|PRESET")]
    recipe: String,
    /// A custom value of the location, such as calendly_link=https://book.example/visit; also location.name and location.phone
    #[arg(long, value_name = "KEY=VALUE", value_parser = pair)]
    value: Vec<(String, String)>,
    /// Print one JSON object
    #[arg(long)]
    json: bool,
    /// Print a page with the messages as on a phone, in their order, and what stops them
    #[arg(long, conflicts_with_all = ["json", "value"])]
    html: bool,
}

#[derive(Serialize)]
struct Report {
    recipe: String,
    version: u32,
    /// Which of the values are not the location's.
    made_up: BTreeMap<String, String>,
    #[serde(flatten)]
    preview: Preview,
}

fn pair(text: &str) -> Result<(String, String), &'static str> {
    let (key, value) = text
        .split_once('=')
        .ok_or("write a key and a value, such as calendly_link=https://book.example/visit")?;
    let key = key.trim().trim_start_matches("custom_values.");
    Ok((key.to_owned(), value.trim().to_owned()))
}

pub(crate) fn run(arguments: &Arguments) -> Exit {
    let recipe = match Recipe::from_preset_or_file(&arguments.recipe) {
        Ok(recipe) => recipe,
        Err(problems) => {
            terminal::complain(&problems.to_string());
            return Exit::Wrong;
        }
    };
    if arguments.html {
        return match Pages::new().storyboard(&recipe) {
            Ok(page) => {
                terminal::print(&page);
                Exit::AsWished
            }
            Err(error) => {
                terminal::complain(&error.to_string());
                Exit::Wrong
            }
        };
    }
    let (values, made_up) = values(&recipe, &arguments.value);
    let report = Report {
        recipe: recipe.name().to_owned(),
        version: recipe.version(),
        made_up,
        preview: recipe.preview(&values),
    };
    if arguments.json {
        terminal::print_json(&report);
    } else {
        terminal::print(&report.text());
    }
    if report.is_whole() {
        Exit::AsWished
    } else {
        Exit::Wrong
    }
}

/// The given values, and made-up ones for what else the recipe asks for.
fn values(recipe: &Recipe, given: &[(String, String)]) -> (MergeValues, BTreeMap<String, String>) {
    let mut given: BTreeMap<String, String> = given.iter().cloned().collect();
    let mut made_up = BTreeMap::new();
    let mut value = |name: &str, otherwise: String| {
        given.remove(name).unwrap_or_else(|| {
            made_up.insert(name.to_owned(), otherwise.clone());
            otherwise
        })
    };
    let mut values = MergeValues {
        first_name: Some(FIRST_NAME.to_owned().into()),
        last_name: Some(LAST_NAME.to_owned().into()),
        ..MergeValues::default()
    };
    for field in recipe.merge_fields() {
        match &field {
            MergeField::LocationName => {
                values.location_name = Some(value("location.name", BUSINESS.to_owned()));
            }
            MergeField::LocationPhone => {
                values.location_phone = Some(value("location.phone", PHONE.to_owned()));
            }
            MergeField::CustomValue(key) => {
                let is_link = key.contains("link") || key.contains("url");
                let otherwise = if is_link {
                    format!("https://book.example/{}", key.replace('_', "-"))
                } else {
                    format!("({})", key.replace('_', " "))
                };
                let value = value(key, otherwise);
                values.custom_values.insert(key.clone(), value);
            }
            _ => {}
        }
    }
    // What the recipe does not ask for is a value of the location all the same.
    values.custom_values.extend(given);
    (values, made_up)
}

impl Report {
    /// Whether every message can be sent.
    fn is_whole(&self) -> bool {
        let messages = self.preview.steps.iter().flat_map(|step| &step.messages);
        messages
            .filter(|message| matches!(message.outcome, PreviewedOutcome::Refused(_)))
            .all(|message| self.may_be_refused(message))
    }

    /// To callers of numbers that the recipe does not list, a message need not be sent.
    fn may_be_refused(&self, message: &MessagePreview) -> bool {
        let calls = &message.calls;
        let lists_numbers = !self.preview.numbers.is_empty();
        lists_numbers && !calls.is_empty() && calls.iter().all(|call| call.called.is_none())
    }

    fn text(&self) -> String {
        let mut out = String::new();
        let title = format!("{} {}", self.recipe, self.version);
        let _ = writeln!(out, "{}", styled(TITLE, &title));
        for number in &self.preview.numbers {
            let _ = writeln!(out, "  {}", shown(number));
        }
        if !self.made_up.is_empty() {
            let _ = writeln!(out, "  {}", styled(DOUBTFUL, "made up here:"));
            for (key, value) in &self.made_up {
                let _ = writeln!(out, "    {key} = {value}");
            }
        }
        for step in &self.preview.steps {
            self.add_step(&mut out, step);
        }
        out
    }

    fn add_step(&self, out: &mut String, step: &StepPreview) {
        let name = styled(TITLE, step.step.as_str());
        let _ = writeln!(out, "\n{name}  {}, {}", step.action, step.when);
        for detail in &step.details {
            terminal::add(out, "  ", detail);
        }
        for message in &step.messages {
            self.add_message(out, step, message);
        }
    }

    fn add_message(&self, out: &mut String, step: &StepPreview, message: &MessagePreview) {
        let mut about = Vec::new();
        if message.variant != step.step.as_str() {
            about.push(format!("variant {}", message.variant));
        }
        if let Some(experiment) = &message.experiment {
            about.push(format!("some callers, by the experiment {experiment}"));
        }
        about.push(match message.named {
            Some(true) => format!("for {FIRST_NAME}"),
            Some(false) => "without a name".to_owned(),
            None => "for everybody".to_owned(),
        });
        let calls: Vec<String> = message.calls.iter().map(|call| self.words(call)).collect();
        terminal::add(out, "  ", &styled(FAINT, &about.join(", ")));
        for call in calls {
            terminal::add(out, "  ", &styled(FAINT, &call));
        }
        match &message.outcome {
            PreviewedOutcome::Text {
                body,
                encoding,
                units,
                segments,
                opt_out,
                remarks,
                ..
            } => {
                terminal::add(out, "    ", body);
                let opt_out = match opt_out {
                    _ if step.action == "confirm_opt_out" => "it needs no opt-out line",
                    PreviewedOptOut::Line => "with the opt-out line",
                    PreviewedOptOut::OwnWords => "it says itself how to opt out",
                    _ => "no opt-out line: HighLevel adds one to a first text if that is on",
                };
                let segments = count(*segments, "segment");
                let facts = format!("{segments}, {encoding}, {units} units; {opt_out}");
                terminal::add(out, "    ", &styled(FAINT, &facts));
                for remark in remarks {
                    terminal::add(out, "    ", &styled(DOUBTFUL, remark));
                }
            }
            PreviewedOutcome::Email { subject, text, .. } => {
                terminal::add(out, "    ", &styled(TITLE, subject));
                terminal::add(out, "    ", text.trim_end());
            }
            PreviewedOutcome::Refused(why) => {
                let may_be = self.may_be_refused(message);
                let style = if may_be { DOUBTFUL } else { BAD };
                terminal::add(out, "    ", &styled(style, &format!("not sent: {why}")));
            }
            _ => {}
        }
    }

    /// The call in words, as far as it makes a difference.
    fn words(&self, call: &PreviewedCall) -> String {
        let mut words = vec![match &call.called {
            Some(called) => {
                let mut numbers = self.preview.numbers.iter();
                let known = numbers.find(|number| number.number == *called);
                let name = known.and_then(|known| known.name.as_deref());
                let name = name.map_or_else(String::new, |name| format!(" ({name})"));
                format!("calls to {}{name}", called.e164())
            }
            None if self.preview.numbers.is_empty() => "calls".to_owned(),
            None => "calls to any other number".to_owned(),
        }];
        words.extend(
            call.in_hours
                .map(|open| if open { "while open" } else { "while closed" }.to_owned()),
        );
        words.extend(call.voicemail.map(|left| {
            if left {
                "with a voicemail"
            } else {
                "without a voicemail"
            }
            .to_owned()
        }));
        words.extend(call.repeat_caller.map(|again| {
            if again {
                "missed before"
            } else {
                "for the first time"
            }
            .to_owned()
        }));
        words.join(", ")
    }
}

fn shown(number: &PreviewedNumber) -> String {
    let mut parts = vec![number.number.e164().to_owned()];
    parts.extend(number.name.clone());
    if !number.active {
        parts.push(styled(FAINT, "not active: nothing is done"));
    }
    parts.join("  ")
}
