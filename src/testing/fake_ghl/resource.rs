//! A collection of records whose rules are simple: what may be written, what is unique, and how HighLevel wraps it.

use jiff::Timestamp;
use serde_json::{Map, Value};

use super::answer::{Answer, Fields, Outcome};
use super::check::{Property, check};
use super::values::{fresh_id, wire_time};
use super::visit::{Visit, page};
use super::world::Records;

/// A collection. A seed gives its records under the same name.
pub(super) struct Resource {
    /// Its name in a seed and in the state.
    pub(super) collection: &'static str,
    /// What one of it is called in a refusal.
    pub(super) what: &'static str,
    /// The field that holds the id: `id` or `_id`.
    pub(super) id: &'static str,
    /// The wrapper of one record; empty if it comes bare.
    pub(super) one: &'static str,
    /// The wrapper of a list; empty if it comes bare.
    pub(super) many: &'static str,
    /// What a new record may and must have, apart from the location's id.
    pub(super) create: &'static [Property],
    /// What an update may and must have.
    pub(super) update: &'static [Property],
    /// What both may have besides.
    pub(super) both: &'static [Property],
    /// The field of which each record of a location has its own, whatever the letter case; empty if there is none.
    pub(super) unique: &'static str,
    /// What a new record has besides, as JSON.
    pub(super) defaults: &'static str,
    /// The fields that say when it was made and changed.
    pub(super) dates: Option<(&'static str, &'static str)>,
}

/// A resource with the most common shape, for `..` in a definition.
pub(super) const PLAIN: Resource = Resource {
    collection: "",
    what: "",
    id: "id",
    one: "",
    many: "",
    create: &[],
    update: &[],
    both: &[],
    unique: "",
    defaults: "{}",
    dates: None,
};

impl Resource {
    pub(super) fn all<'r>(&self, records: &'r Records) -> &'r [Fields] {
        records.get(self.collection).map_or(&[], Vec::as_slice)
    }

    pub(super) fn find<'r>(&self, records: &'r Records, id: &str) -> Result<&'r Fields, Answer> {
        let mut all = self.all(records).iter();
        all.find(|record| record[self.id] == id)
            .ok_or_else(|| Answer::not_found(self.what, id))
    }

    /// Makes a record of a checked body; `owner` holds the ids of what it belongs to.
    pub(super) fn make(
        &self,
        records: &mut Records,
        owner: &[(&str, &str)],
        body: &Fields,
        now: Timestamp,
    ) -> Result<Fields, Answer> {
        self.check(body, self.create, owner)?;
        self.is_free(records, owner, None, body)?;
        let mut record = Fields::new();
        record.insert(self.id.to_owned(), fresh_id().into());
        record.extend(self.defaults());
        record.extend(body.clone());
        let belongs = owner.iter();
        record.extend(belongs.map(|(name, id)| ((*name).to_owned(), Value::from(*id))));
        if let Some((made, changed)) = self.dates {
            for name in [made, changed] {
                record.insert(name.to_owned(), wire_time(now).into());
            }
        }
        let all = records.entry(self.collection).or_default();
        all.push(record.clone());
        Ok(record)
    }

    /// A seed's record: as it is given, with an id and what a new one has.
    pub(super) fn seed(&self, records: &mut Records, owner: (&str, &str), fields: &Fields) {
        let mut record = self.defaults();
        record.extend(fields.clone());
        let id = || fresh_id().into();
        record.entry(self.id).or_insert_with(id);
        record.insert(owner.0.to_owned(), owner.1.into());
        records.entry(self.collection).or_default().push(record);
    }

    fn defaults(&self) -> Fields {
        // A test parses the defaults of every resource.
        serde_json::from_str(self.defaults).unwrap_or_default()
    }

    /// Writes a checked body over a record.
    pub(super) fn change(
        &self,
        records: &mut Records,
        owner: &[(&str, &str)],
        id: &str,
        body: &Fields,
        now: Timestamp,
    ) -> Result<Fields, Answer> {
        self.find(records, id)?;
        self.check(body, self.update, owner)?;
        self.is_free(records, owner, Some(id), body)?;
        let all = records.entry(self.collection).or_default();
        let mut all = all.iter_mut();
        let record = all
            .find(|record| record[self.id] == id)
            .ok_or_else(|| Answer::not_found(self.what, id))?;
        record.extend(body.clone());
        if let Some((_, changed)) = self.dates {
            record.insert(changed.to_owned(), wire_time(now).into());
        }
        Ok(record.clone())
    }

    pub(super) fn remove(&self, records: &mut Records, id: &str) -> Result<Fields, Answer> {
        let all = records.entry(self.collection).or_default();
        let position = all.iter().position(|record| record[self.id] == id);
        position
            .map(|position| all.remove(position))
            .ok_or_else(|| Answer::not_found(self.what, id))
    }

    /// Checks a body in which the ids of its owner may stand, too.
    fn check(
        &self,
        body: &Fields,
        properties: &[Property],
        owner: &[(&str, &str)],
    ) -> Result<(), Answer> {
        let mut body = body.clone();
        for (name, _) in owner {
            body.remove(*name);
        }
        check(&body, &[properties, self.both].concat())
    }

    /// Refuses a natural key that another record of the same owner has. HighLevel's wording is not documented.
    fn is_free(
        &self,
        records: &Records,
        owner: &[(&str, &str)],
        id: Option<&str>,
        body: &Fields,
    ) -> Result<(), Answer> {
        let key = |record: &Fields| match record.get(self.unique)?.as_str()?.trim() {
            "" => None,
            text => Some(text.to_lowercase()),
        };
        let Some(wanted) = key(body) else {
            return Ok(());
        };
        let is_taken = self.all(records).iter().any(|record| {
            id.is_none_or(|id| record[self.id] != id)
                && owner.iter().all(|(name, id)| record[*name] == *id)
                && key(record).as_deref() == Some(wanted.as_str())
        });
        if is_taken {
            let (what, unique) = (self.what, self.unique);
            return Err(Answer::bad_request(format!(
                "{what} with this {unique} already exists"
            )));
        }
        Ok(())
    }

    pub(super) fn one(&self, record: &Fields) -> Value {
        wrapped(self.one, record.clone().into())
    }

    pub(super) fn many<'r>(&self, found: impl IntoIterator<Item = &'r Fields>) -> Value {
        let list = found.into_iter().cloned().map(Value::Object).collect();
        wrapped(self.many, Value::Array(list))
    }

    // What most operations on a location's collection do.

    pub(super) fn list(&self, visit: &Visit<'_>) -> Outcome {
        visit.request.required_query("locationId")?;
        Ok(Answer::ok(self.many(self.all(&visit.location.records))))
    }

    /// A page of what is left after `wanted`, and how many that is.
    pub(super) fn page<'r>(
        &self,
        visit: &'r Visit<'_>,
        (skip, limit): (&str, &str),
        default: usize,
        wanted: impl Fn(&Fields) -> bool,
    ) -> Result<(Vec<&'r Fields>, usize), Answer> {
        let skip = visit.request.offset(skip)?;
        let limit = visit.request.count(limit, default, 1000)?;
        let all = self.all(&visit.location.records).iter();
        let all: Vec<&Fields> = all.filter(|record| wanted(record)).collect();
        let total = all.len();
        Ok((page(all, skip, limit), total))
    }

    pub(super) fn get(&self, visit: &Visit<'_>, id: &str) -> Outcome {
        let found = self.find(&visit.location.records, id)?;
        Ok(Answer::ok(self.one(found)))
    }

    /// Makes a record of the location's own.
    pub(super) fn made(&self, visit: &mut Visit<'_>, body: &Fields) -> Result<Fields, Answer> {
        let owner = [("locationId", visit.location.id.as_str())];
        self.make(&mut visit.location.records, &owner, body, visit.now)
    }

    pub(super) fn changed(
        &self,
        visit: &mut Visit<'_>,
        id: &str,
        body: &Fields,
    ) -> Result<Fields, Answer> {
        let owner = [("locationId", visit.location.id.as_str())];
        self.change(&mut visit.location.records, &owner, id, body, visit.now)
    }

    pub(super) fn removed(&self, visit: &mut Visit<'_>, id: &str) -> Result<Fields, Answer> {
        self.remove(&mut visit.location.records, id)
    }

    pub(super) fn create(&self, visit: &mut Visit<'_>, body: &Fields) -> Outcome {
        Ok(Answer::created(self.one(&self.made(visit, body)?)))
    }

    pub(super) fn update(&self, visit: &mut Visit<'_>, id: &str, body: &Fields) -> Outcome {
        Ok(Answer::ok(self.one(&self.changed(visit, id, body)?)))
    }

    /// Deletes with `{"success": true}`.
    pub(super) fn delete(&self, visit: &mut Visit<'_>, id: &str) -> Outcome {
        self.removed(visit, id)?;
        Ok(Answer::success())
    }
}

fn wrapped(name: &str, value: Value) -> Value {
    if name.is_empty() {
        return value;
    }
    Value::Object(Map::from_iter([(name.to_owned(), value)]))
}
