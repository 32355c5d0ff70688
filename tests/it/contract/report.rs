//! The play itself: every driver in every version, with every answer, and what was wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use super::drivers;
use super::exceptions::Table;
use super::request::{self, Sent};
use super::response::{self, Part, Sample};
use super::spec::{self, Operation, Spec, Version};
use super::stage::{Driver, Outcome, Play, Stage};

/// What playing all drivers has shown. Without HighLevel's files there is nothing, and a line says so.
pub(super) fn report() -> Option<&'static Report> {
    static REPORT: OnceLock<Option<Report>> = OnceLock::new();
    let report = REPORT.get_or_init(|| {
        let folder = spec::folder();
        if folder.is_none() {
            skipped();
        }
        folder.map(|folder| Report::make(&folder))
    });
    report.as_ref()
}

/// Tests that check nothing have to say so, also where they run without `--nocapture`.
fn skipped() {
    let line = "the tests against HighLevel's OpenAPI files are skipped; fetch the files and run them with: \
                GHL_OPENAPI_DIR=$(.ci/openapi) cargo test --all-features --test it contract";
    // If stderr is closed, nobody reads it.
    let _ = writeln!(io::stderr(), "{line}");
}

pub(super) struct Report {
    pub(super) specs: [&'static Spec; 2],
    pub(super) table: Table,
    /// The operations that were asked for, and the inputs that they were given.
    pub(super) asked: BTreeMap<(Version, String), BTreeSet<String>>,
    /// Requests that HighLevel's files do not know or would not take.
    pub(super) wrong_requests: Vec<String>,
    /// Inputs that no request has given.
    pub(super) not_given: Vec<String>,
    /// Answers that could not be read, or not whole.
    pub(super) wrong_answers: Vec<String>,
    /// Methods of one version that the other one does not refuse.
    pub(super) not_refused: Vec<String>,
}

/// Answers for all operations of a version.
type Answers = BTreeMap<String, Sample>;

impl Report {
    fn make(folder: &Path) -> Self {
        let specs = [Version::V2, Version::V3].map(|version| {
            let spec: &'static Spec = Box::leak(Box::new(Spec::read(folder, version)));
            spec
        });
        let mut report = Self {
            specs,
            table: Table::new(),
            asked: BTreeMap::new(),
            wrong_requests: Vec::new(),
            not_given: Vec::new(),
            wrong_answers: Vec::new(),
            not_refused: Vec::new(),
        };
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        runtime.block_on(async {
            for spec in specs {
                let answers = answers(spec, &report.table);
                for driver in drivers::all() {
                    report.play(spec, &answers, &driver).await;
                }
            }
        });
        report.look_for_inputs();
        report
    }

    /// Looks whether each input of the operations that were asked for was given once.
    fn look_for_inputs(&mut self) {
        let operations = self.specs.iter().flat_map(|spec| &spec.operations);
        for operation in operations {
            let key = (operation.version, operation.name.clone());
            let Some(given) = self.asked.get(&key) else {
                continue;
            };
            for input in request::inputs(operation) {
                if !given.contains(&input) && !self.table.not_given(operation, &input) {
                    let (version, name) = &key;
                    let problem = format!("{version:?} {name}: no driver gives {input}");
                    self.not_given.push(problem);
                }
            }
        }
    }

    async fn play(&mut self, spec: &'static Spec, answers: &Answers, driver: &Driver) {
        let whom = format!("{} in {:?}", driver.name, spec.version);
        let refuses = driver.only.is_some_and(|version| version != spec.version);
        let mut seen = BTreeSet::new();
        for (index, play) in driver.calls.iter().enumerate() {
            let stage = Stage::new(spec, answers);
            let settled = play(&stage).await;
            let sent = stage.sent();
            if refuses {
                let refused = settled.is_err_and(|failure| failure.refused);
                if !refused || !sent.is_empty() {
                    self.not_refused.push(whom.clone());
                }
                continue;
            }
            let whom_in_call = format!("{whom}, call {index}");
            let operations = self.judge(spec, &whom_in_call, &sent);
            if let Err(failure) = settled {
                self.wrong_answers
                    .push(format!("{whom_in_call}: {failure}"));
                continue;
            }
            for operation in operations {
                let whole = !driver.in_parts.contains(&spec.version);
                if whole && seen.insert(operation.name.clone()) {
                    self.read(&stage, &whom, *play, operation).await;
                    stage.answer(&operation.name, answers[&operation.name].clone());
                }
            }
        }
    }

    /// Checks what a call has sent. Gives the operations it was meant for.
    fn judge(&mut self, spec: &'static Spec, whom: &str, sent: &[Sent]) -> Vec<&'static Operation> {
        if sent.is_empty() {
            self.wrong_requests.push(format!("{whom}: nothing is sent"));
        }
        let mut operations = Vec::new();
        for sent in sent {
            let Some(operation) = spec.find(&sent.method, &sent.path) else {
                let problem = format!("{whom}: HighLevel has no {} {}", sent.method, sent.path);
                self.wrong_requests.push(problem);
                continue;
            };
            let problems = request::problems(sent, operation, &self.table).into_iter();
            let problems = problems.map(|problem| format!("{whom}: {}: {problem}", operation.name));
            self.wrong_requests.extend(problems);
            let key = (spec.version, operation.name.clone());
            let given = self.asked.entry(key).or_default();
            given.extend(request::given(sent));
            operations.push(operation);
        }
        operations
    }

    /// Plays all answers of an operation to a call.
    async fn read(&mut self, stage: &Stage, whom: &str, play: Play, operation: &Operation) {
        for sample in response::least(operation, &self.table) {
            let name = sample.name.clone();
            stage.answer(&operation.name, sample);
            if let Err(failure) = play(stage).await {
                let problem = format!("{whom}: {}: {name}: {failure}", operation.name);
                self.wrong_answers.push(problem);
            }
        }
        let mut seen = Seen::new();
        for sample in response::whole(operation, &self.table) {
            let problem =
                |problem: String| format!("{whom}: {}: {}: {problem}", operation.name, sample.name);
            stage.answer(&operation.name, sample.clone());
            match play(stage).await {
                Err(failure) => self.wrong_answers.push(problem(failure.to_string())),
                Ok(outcome) => {
                    let lost = lost(stage, play, operation, (&sample, &*outcome), &mut seen).await;
                    let kept = lost
                        .into_iter()
                        .filter(|part| !self.table.not_kept(operation, &part.place));
                    let problems: Vec<_> = kept
                        .map(|part| problem(format!("`{}` is lost", part.place)))
                        .collect();
                    self.wrong_answers.extend(problems);
                }
            }
        }
        stage.sent();
    }
}

/// The first answer of each operation.
fn answers(spec: &Spec, table: &Table) -> Answers {
    let operations = spec.operations.iter();
    operations
        .filter_map(|operation| {
            let sample = response::whole(operation, table).into_iter().next()?;
            Some((operation.name.clone(), sample))
        })
        .collect()
}

/// The values that were looked for in an outcome already, by their places, and whether they were found.
type Seen = BTreeMap<String, Vec<(Value, bool)>>;

/// The parts of an answer that leave no trace in the outcome: the call comes to the same without them and with others.
async fn lost(
    stage: &Stage,
    play: Play,
    operation: &Operation,
    (sample, outcome): (&Sample, &dyn Outcome),
    seen: &mut Seen,
) -> Vec<Part> {
    let (mut lost, mut told): (Vec<Part>, Vec<Part>) = (Vec::new(), Vec::new());
    let Some(body) = &sample.body else {
        return lost;
    };
    for part in response::parts(body) {
        if lost.iter().chain(&told).any(|outer| outer.contains(&part)) {
            continue;
        }
        let known = seen.entry(part.place.clone()).or_default();
        match known.iter().find(|(value, _)| *value == part.value) {
            Some((_, true)) => continue,
            Some((_, false)) => {
                told.push(part);
                continue;
            }
            None => {}
        }
        let mut traced = false;
        for otherwise in part.otherwise(body) {
            let body = Some(otherwise);
            let sample = Sample {
                body,
                ..sample.clone()
            };
            stage.answer(&operation.name, sample);
            traced = match play(stage).await {
                Ok(other) => !outcome.same(&*other),
                Err(_) => true,
            };
            if traced {
                break;
            }
        }
        known.push((part.value.clone(), traced));
        if !traced {
            lost.push(part);
        }
    }
    lost
}
