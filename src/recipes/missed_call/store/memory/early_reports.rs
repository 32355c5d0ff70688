//! Reports that may be answers to calls: for several engines on one store, as tests have them.

use std::collections::VecDeque;

use crate::ids::LocationId;
use crate::recipes::missed_call::core::model::Subject;
use crate::recipes::missed_call::store::EarlyReport;

/// In the order of their arrival.
#[derive(Debug, Default)]
pub(super) struct EarlyReports(VecDeque<EarlyReport>);

impl EarlyReports {
    pub(super) fn keep(&mut self, report: &EarlyReport) {
        let is_known = |known: &EarlyReport| {
            (&known.name, &known.subject, &known.location)
                == (&report.name, &report.subject, &report.location)
        };
        if self.0.iter().any(is_known) {
            return;
        }
        let is_old = |old: &EarlyReport| {
            report.received_at.duration_since(old.received_at) > EarlyReport::KEPT
        };
        while self.0.front().is_some_and(is_old) {
            self.0.pop_front();
        }
        self.0.push_back(report.clone());
    }

    pub(super) fn of(&self, location: &LocationId, subject: &Subject) -> Vec<EarlyReport> {
        let theirs = self
            .0
            .iter()
            .filter(|report| report.location == *location && report.subject == *subject);
        let mut newest: Vec<_> = theirs
            .rev()
            .take(EarlyReport::MOST_OF_ONE)
            .cloned()
            .collect();
        newest.reverse();
        newest
    }

    pub(super) fn forget(&mut self, location: &LocationId, subject: &Subject) {
        self.0
            .retain(|report| report.location != *location || report.subject != *subject);
    }
}
