//! The client against HighLevel's own OpenAPI files: every operation is typed or left out for a reason, every request
//! is one that the files allow, every input they name can be given, and every answer they describe is read without a
//! loss.
//!
//! `GHL_OPENAPI_DIR` names the folder of the files; `.ci/openapi` fetches them. Without it the tests say that they are
//! skipped, and pass.
//!
//! To add a module: write `drivers/<module>.rs` with one [`Driver`](stage::Driver) for each typed method, and name it in
//! `drivers/mod.rs`; what `left_out.rs` says of its files goes. A driver's calls are the method with every
//! input set, with the fewest, and any between that send something of another form. Where the test complains, mend
//! `src/api`; only where the files are wrong or the field tells nobody anything, add a row to
//! `exceptions/<module>.rs` with its reason and source.

mod drivers;
mod exceptions;
mod left_out;
mod played;
mod report;
mod request;
mod response;
mod schema;
mod spec;
mod stage;

use report::report;

fn none(found: &[String]) {
    assert!(
        found.is_empty(),
        "{} problems:\n{}\n",
        found.len(),
        found.join("\n")
    );
}

#[test]
fn every_operation_is_typed_or_left_out() {
    let Some(report) = report() else { return };
    let mut problems = Vec::new();
    for spec in report.specs {
        for operation in &spec.operations {
            let asked = report
                .asked
                .contains_key(&(spec.version, operation.name.clone()));
            let left_out = left_out::OPERATIONS.iter().any(|left_out| {
                left_out.file == operation.file && left_out.operation == operation.name
            });
            let problem = match (asked, left_out) {
                (true, true) => "is on the list of what is left out, and typed",
                (false, false) => "is neither typed nor on the list of what is left out",
                _ => continue,
            };
            problems.push(format!("{:?} {}: {problem}", spec.version, operation.name));
        }
    }
    none(&problems);
}

#[test]
fn what_is_left_out_is_there_and_has_a_reason() {
    let Some(report) = report() else { return };
    for left_out in left_out::OPERATIONS {
        assert!(!left_out.why.is_empty(), "{}", left_out.operation);
        let mut operations = report.specs.iter().flat_map(|spec| &spec.operations);
        let there = operations.any(|operation| {
            operation.file == left_out.file && operation.name == left_out.operation
        });
        assert!(there, "HighLevel has no {}", left_out.operation);
    }
    for (file, why) in left_out::FILES {
        assert!(!why.is_empty(), "{file}");
    }
}

#[test]
fn every_request_is_one_that_highlevel_takes() {
    let Some(report) = report() else { return };
    none(&report.wrong_requests);
}

#[test]
fn every_input_is_given_by_some_call() {
    let Some(report) = report() else { return };
    none(&report.not_given);
}

#[test]
fn every_answer_is_read_without_a_loss() {
    let Some(report) = report() else { return };
    none(&report.wrong_answers);
}

#[test]
fn a_method_of_one_version_is_refused_in_the_other() {
    let Some(report) = report() else { return };
    none(&report.not_refused);
}

#[test]
fn every_exception_excuses_something_and_has_its_reason() {
    let Some(report) = report() else { return };
    none(&report.table.unfounded());
    none(&report.table.stale());
}
