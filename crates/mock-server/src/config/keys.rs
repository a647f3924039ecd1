//! Finds the keys that are not known.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};
use serde::forward_to_deserialize_any;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::{Admin, Document, FaultTable, Instance, Journal, Limits, Tls};
use super::problem::Found;
use crate::fault::nearest;

/// All the keys of the file that mean nothing.
pub(super) fn unknown(table: &DeTable<'_>) -> Vec<Found> {
    let mut found = Vec::new();
    look(table, keys_of::<Document>(), "the file", &mut found);
    below(table, "tls", |table| look(table, keys_of::<Tls>(), "`[tls]`", &mut found));
    below(table, "limits", |table| look(table, keys_of::<Limits>(), "`[limits]`", &mut found));
    below(table, "journal", |table| look(table, keys_of::<Journal>(), "`[journal]`", &mut found));
    below(table, "admin", |table| look(table, keys_of::<Admin>(), "`[admin]`", &mut found));
    below(table, "fault", |table| look(table, keys_of::<FaultTable>(), "a fault", &mut found));
    below(table, "instance", |instance| {
        look(instance, keys_of::<Instance>(), "an instance", &mut found);
        below(instance, "faults", |table| look(table, keys_of::<FaultTable>(), "a fault", &mut found));
    });
    found
}

/// Whether a key of that name stands somewhere in the file.
pub(super) fn is_known(name: &str) -> bool {
    [
        keys_of::<Document>(),
        keys_of::<Tls>(),
        keys_of::<Limits>(),
        keys_of::<Journal>(),
        keys_of::<Admin>(),
        keys_of::<Instance>(),
        keys_of::<FaultTable>(),
    ]
    .into_iter()
    .any(|known| known.contains(&name))
}

fn look(table: &DeTable<'_>, known: &[&'static str], place: &str, found: &mut Vec<Found>) {
    for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
        let name = key.get_ref();
        let message = match nearest(name, known.iter().copied()) {
            Some(near) => format!("`{name}` is no key of {place}; the nearest is `{near}`"),
            None => format!("`{name}` is no key of {place}; known are {}", known.join(", ")),
        };
        found.push(Found { span: key.span(), message });
    }
}

/// The table below a key, or each of the tables in the list there.
fn below<'t>(table: &'t DeTable<'_>, key: &str, mut each: impl FnMut(&'t DeTable<'t>)) {
    match table.get(key).map(Spanned::get_ref) {
        Some(DeValue::Table(table)) => each(table),
        Some(DeValue::Array(items)) => {
            items.iter().filter_map(|item| item.get_ref().as_table()).for_each(each);
        }
        _ => {}
    }
}

/// The names of the fields as serde reads them, so that they stand in one place.
fn keys_of<'de, T: Deserialize<'de>>() -> &'static [&'static str] {
    match T::deserialize(Asking) {
        Err(Fields(fields)) => fields,
        Ok(_) => &[],
    }
}

/// Asked to read a struct, it gives the struct's fields back as its error.
struct Asking;

#[derive(Debug)]
struct Fields(&'static [&'static str]);

impl<'de> Deserializer<'de> for Asking {
    type Error = Fields;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, Fields> {
        Err(Fields(&[]))
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        fields: &'static [&'static str],
        _: V,
    ) -> Result<V::Value, Fields> {
        Err(Fields(fields))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

impl Error for Fields {
    fn custom<M: fmt::Display>(_: M) -> Self {
        Self(&[])
    }
}

impl fmt::Display for Fields {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("it has these fields")
    }
}

impl std::error::Error for Fields {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_keys_are_those_that_serde_reads() {
        assert_eq!(keys_of::<Journal>(), ["entries", "bytes", "total-bytes", "mask-phones", "retry-window"]);
        assert_eq!(keys_of::<FaultTable>(), ["fault", "calls", "probability"]);
    }
}
