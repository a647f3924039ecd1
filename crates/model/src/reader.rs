//! Reads a JSON body once, applies the rules on the way, and keeps the values that the types hold.

use std::fmt;
use std::sync::Arc;

use serde::de::{DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};

use crate::clause::Clause;
use crate::pointer::Pointer;
use crate::rules::{self, BranchRule, FieldRules, Kind, ObjectRules, Seen, ValueRules};
use crate::violation::{Violation, Violations};

/// What the reader keeps of one member.
#[derive(Debug, Default)]
pub(crate) enum Slot {
    #[default]
    Missing,
    /// Of another type than its rules say (which is then a violation), or of one that no type here holds.
    Opaque,
    Text(String),
    Boolean(bool),
    Integer(i128),
    List {
        length: usize,
        items: Items,
    },
}

/// The items of a list, as long as all of them are of one type that the types here hold.
#[derive(Debug)]
pub(crate) enum Items {
    Texts(Vec<String>),
    Integers(Vec<u64>),
    Opaque,
}

/// Why there are no slots.
pub(crate) enum Unreadable {
    /// The bytes are not JSON; the text says where they stop to be.
    NotJson(String),
    Violations(Violations),
}

/// Reads `bytes` as one JSON object; the slots stand in the order of the rules' fields.
///
/// What is JSON here: what `serde_json` reads into a `Value`. So UTF-8 without a byte order mark, at most 127 levels
/// deep, no lone surrogates in texts, no number beyond the range of a double, and of a repeated key the last one.
pub(crate) fn read(rules: &ObjectRules, bytes: &[u8]) -> Result<Vec<Slot>, Unreadable> {
    // What is text as a whole need not be looked at text by text; if it is none, the reader says where.
    match str::from_utf8(bytes) {
        Ok(text) => read_by(rules, serde_json::Deserializer::from_str(text)),
        Err(_) => read_by(rules, serde_json::Deserializer::from_slice(bytes)),
    }
}

fn read_by<'de, R: serde_json::de::Read<'de>>(
    rules: &ObjectRules,
    mut deserializer: serde_json::Deserializer<R>,
) -> Result<Vec<Slot>, Unreadable> {
    let mut found = Found::default();
    let slots = Body { rules, found: &mut found }
        .deserialize(&mut deserializer)
        .and_then(|slots| deserializer.end().map(|()| slots))
        .map_err(|error| Unreadable::NotJson(error.to_string()))?;
    if let Some(slots) = &slots {
        found.of_the_whole(rules, slots);
    }
    match (found.into_violations(), slots) {
        (None, Some(slots)) => Ok(slots),
        (Some(violations), _) => Err(Unreadable::Violations(violations)),
        (None, None) => {
            let violation = Violation::new(&rules.object, Pointer::root(), "is no object");
            Err(Unreadable::Violations(violation.into()))
        }
    }
}

/// How many violations of one clause are kept. A body has room for thousands of items that are all wrong.
const KEPT: usize = 16;

/// The violations so far.
#[derive(Default)]
struct Found(Vec<Entry>);

struct Entry {
    /// The field that it belongs to.
    owner: Option<usize>,
    violation: Violation,
    /// How many more of the same clause were found after this one, and not kept.
    more: u64,
}

impl Found {
    fn add(
        &mut self,
        owner: Option<usize>,
        clause: &Arc<Clause>,
        place: impl FnOnce() -> Pointer,
        found: impl Into<String>,
    ) {
        let same = |entry: &&mut Entry| Arc::ptr_eq(entry.violation.clause(), clause);
        if let Some(last) = self.0.iter_mut().filter(same).nth(KEPT - 1) {
            last.more += 1;
        } else {
            self.0.push(Entry { owner, violation: Violation::new(clause, place(), found), more: 0 });
        }
    }

    /// Of a repeated key the last one counts, so what was said of the earlier one is taken back.
    fn forget(&mut self, field: usize) {
        self.0.retain(|entry| entry.owner != Some(field));
    }

    fn into_violations(self) -> Option<Violations> {
        let more = self.0.iter().map(|entry| entry.more).sum();
        Violations::from_vec(self.0.into_iter().map(|entry| entry.violation).collect(), more)
    }

    /// What can be judged only when all members are known.
    fn of_the_whole(&mut self, rules: &ObjectRules, slots: &[Slot]) {
        for (field, slot) in rules.fields.iter().zip(slots) {
            if let (Some(clause), Slot::Missing) = (&field.required, slot) {
                self.add(None, clause, || Pointer::root().child(&field.name), "is missing");
            }
        }
        if let Some(any_of) = &rules.any_of
            && !any_of.branches.iter().any(|branch| branch.iter().all(|rule| rule.holds(slots)))
        {
            self.add(None, &any_of.clause, Pointer::root, "does neither");
        }
    }
}

impl BranchRule {
    /// Where a member has the wrong type, that is the violation, and the branch adds none.
    pub(crate) fn holds(&self, slots: &[Slot]) -> bool {
        match self {
            Self::Given { field } => !matches!(slots[*field], Slot::Missing),
            Self::Limit { field, check } => match &slots[*field] {
                Slot::Missing | Slot::Opaque => true,
                Slot::Text(text) => check.is_kept_by(Seen::Text(text)),
                Slot::Boolean(value) => check.is_kept_by(Seen::Boolean(*value)),
                Slot::Integer(number) => check.is_kept_by(Seen::Integer(*number)),
                Slot::List { length, .. } => check.is_kept_by(Seen::List(*length)),
            },
        }
    }
}

/// The whole body. `None` if it is JSON, but no object.
struct Body<'r> {
    rules: &'r ObjectRules,
    found: &'r mut Found,
}

impl Body<'_> {
    fn other(self, found: &str) -> Option<Vec<Slot>> {
        self.found.add(None, &self.rules.object, Pointer::root, found);
        None
    }
}

impl<'de> DeserializeSeed<'de> for Body<'_> {
    type Value = Option<Vec<Slot>>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Body<'_> {
    type Value = Option<Vec<Slot>>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let Self { rules, found } = self;
        let mut slots: Vec<Slot> = Vec::new();
        slots.resize_with(rules.fields.len(), Slot::default);
        while let Some(key) = map.next_key_seed(Key(rules))? {
            match key {
                KeyRead::Field(index) => {
                    if !matches!(slots[index], Slot::Missing) {
                        found.forget(index);
                    }
                    let field = &rules.fields[index];
                    let place = Place { field, index, item: None };
                    slots[index] = map.next_value_seed(Value { rules: &field.value, place, found })?;
                }
                KeyRead::Other => {
                    map.next_value_seed(Anything)?;
                    if let Some(clause) = &rules.closed {
                        // The name is the sender's own text, which may be a secret, so it is not repeated.
                        found.add(None, clause, Pointer::root, "has another member");
                    }
                }
            }
        }
        Ok(Some(slots))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        Anything.visit_seq(list)?;
        Ok(self.other("is an array"))
    }

    fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
        Ok(self.other("is a string"))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
        Ok(self.other("is a boolean"))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
        Ok(self.other("is a number"))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
        Ok(self.other("is a number"))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
        Ok(self.other("is a number"))
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(self.other("is null"))
    }
}

/// A key of the body.
struct Key<'r>(&'r ObjectRules);

enum KeyRead {
    Field(usize),
    Other,
}

impl<'de> DeserializeSeed<'de> for Key<'_> {
    type Value = KeyRead;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<KeyRead, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for Key<'_> {
    type Value = KeyRead;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a key")
    }

    fn visit_str<E>(self, name: &str) -> Result<KeyRead, E> {
        Ok(self.0.field(name).map_or(KeyRead::Other, KeyRead::Field))
    }
}

/// Where a value stands. The pointer is made only when there is a violation to name it.
#[derive(Clone, Copy)]
struct Place<'r> {
    field: &'r FieldRules,
    index: usize,
    item: Option<usize>,
}

impl Place<'_> {
    fn pointer(&self) -> Pointer {
        let member = Pointer::root().child(&self.field.name);
        self.item.map_or(member.clone(), |item| member.index(item))
    }
}

/// One value, with the rules for it.
struct Value<'r, 'f> {
    rules: &'r ValueRules,
    place: Place<'r>,
    found: &'f mut Found,
}

impl Value<'_, '_> {
    fn wrong_type(self, found: &str) -> Slot {
        if let Some(clause) = &self.rules.kind_clause {
            self.found.add(Some(self.place.index), clause, || self.place.pointer(), found);
        }
        Slot::Opaque
    }

    fn limits(&mut self, seen: Seen<'_>) {
        for limit in &self.rules.limits {
            if let Some(found) = limit.check.broken_by(seen) {
                self.found.add(Some(self.place.index), &limit.clause, || self.place.pointer(), found);
            }
        }
    }

    fn integer(mut self, number: i128) -> Slot {
        if self.rules.kind != Kind::Integer {
            return self.wrong_type("is a number");
        }
        self.limits(Seen::Integer(number));
        Slot::Integer(number)
    }
}

impl<'de> DeserializeSeed<'de> for Value<'_, '_> {
    type Value = Slot;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Slot, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Value<'_, '_> {
    type Value = Slot;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_str<E>(mut self, text: &str) -> Result<Slot, E> {
        if self.rules.kind != Kind::Text {
            return Ok(self.wrong_type("is a string"));
        }
        self.limits(Seen::Text(text));
        Ok(Slot::Text(text.to_owned()))
    }

    fn visit_bool<E>(mut self, value: bool) -> Result<Slot, E> {
        if self.rules.kind != Kind::Boolean {
            return Ok(self.wrong_type("is a boolean"));
        }
        self.limits(Seen::Boolean(value));
        Ok(Slot::Boolean(value))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Slot, E> {
        Ok(self.integer(number.into()))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Slot, E> {
        Ok(self.integer(number.into()))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Slot, E> {
        Ok(match rules::integer(number) {
            Some(integer) => self.integer(integer),
            None if self.rules.kind == Kind::Integer => self.wrong_type("is a number with a fraction"),
            None => self.wrong_type("is a number"),
        })
    }

    fn visit_unit<E>(self) -> Result<Slot, E> {
        Ok(self.wrong_type("is null"))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Slot, A::Error> {
        Anything.visit_map(map)?;
        Ok(self.wrong_type("is an object"))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut list: A) -> Result<Slot, A::Error> {
        let Some(rules) = self.rules.items.as_deref() else {
            Anything.visit_seq(list)?;
            return Ok(self.wrong_type("is an array"));
        };
        let mut items = Items::of(rules.kind);
        let mut length = 0;
        loop {
            let place = Place { item: Some(length), ..self.place };
            let Some(slot) = list.next_element_seed(Value { rules, place, found: self.found })? else {
                break;
            };
            items.push(slot);
            length += 1;
        }
        self.limits(Seen::List(length));
        Ok(Slot::List { length, items })
    }
}

impl Items {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Text => Self::Texts(Vec::new()),
            Kind::Integer => Self::Integers(Vec::new()),
            Kind::Boolean | Kind::List => Self::Opaque,
        }
    }

    fn push(&mut self, slot: Slot) {
        match (&mut *self, slot) {
            (Self::Texts(texts), Slot::Text(text)) => return texts.push(text),
            (Self::Integers(integers), Slot::Integer(number)) => {
                if let Ok(number) = number.try_into() {
                    return integers.push(number);
                }
            }
            _ => {}
        }
        *self = Self::Opaque;
    }
}

/// Any JSON, read to its end as strictly as everything else and thrown away.
///
/// `serde::de::IgnoredAny` would skip over it: past lone surrogates, numbers without bounds, and nesting of any depth.
struct Anything;

impl<'de> DeserializeSeed<'de> for Anything {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Anything {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        while map.next_key_seed(Self)?.is_some() {
            map.next_value_seed(Self)?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        while list.next_element_seed(Self)?.is_some() {}
        Ok(())
    }
}
