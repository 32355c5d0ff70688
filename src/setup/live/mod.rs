//! A location as it is: what was read of it. Reading is in `read`; here is nothing that asks anybody.

mod read;

pub(super) use read::{find, pipeline, read};

use std::collections::BTreeMap;

use super::names;
use super::thing::{Kind, Thing};
use crate::ids::UserId;
use crate::recipes::missed_call::{NumberFacts, WorkflowFacts};
use crate::secret::Private;

/// What was read of a location. A list that was not read is absent, unlike an empty one.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Live {
    pub(super) name: Option<String>,
    pub(super) phone: Option<String>,
    things: BTreeMap<Kind, Vec<Thing>>,
    pub(super) workflows: Option<Vec<(WorkflowFacts, Option<String>)>>,
    pub(super) users: Option<Vec<(UserId, Option<Private<String>>)>>,
    pub(super) numbers: Option<Vec<NumberFacts>>,
    /// The provider of its texts, if it is none of HighLevel's own.
    pub(super) texts_by: Option<String>,
}

impl Live {
    pub(super) fn put(&mut self, kind: Kind, things: Vec<Thing>) {
        self.things.insert(kind, things);
    }

    /// Everything of a kind.
    pub(super) fn all(&self, kind: Kind) -> &[Thing] {
        self.things.get(&kind).map_or(&[], Vec::as_slice)
    }

    /// Whether the list of this kind was read.
    pub(super) fn has(&self, kind: Kind) -> bool {
        self.things.contains_key(&kind)
    }

    /// Everything that goes by this key, as people write it: more than one is for a person to sort out.
    pub(super) fn by_key<'l>(&'l self, kind: Kind, key: &str) -> Vec<&'l Thing> {
        let all = self.all(kind).iter();
        all.filter(|thing| names::same(&thing.key, key)).collect()
    }

    /// How many things there are of the kinds that were read.
    pub(super) fn count(&self) -> usize {
        self.things.values().map(Vec::len).sum()
    }

    /// The location as it will be when a thing was made or changed (`after`), or deleted.
    pub(super) fn set(&mut self, kind: Kind, key: &str, after: Option<Thing>) {
        let all = self.things.entry(kind).or_default();
        let at = all.iter().position(|thing| names::same(&thing.key, key));
        match (at, after) {
            (Some(at), Some(after)) => all[at] = after,
            (Some(at), None) => drop(all.remove(at)),
            (None, Some(after)) => all.push(after),
            (None, None) => {}
        }
    }
}
