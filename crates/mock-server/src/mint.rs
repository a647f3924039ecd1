//! Makes values of the documented form: the group's id and its invite link.
//!
//! The contract says which characters may stand at each place. A few places in a row that vary make up a part, which is a number
//! whose digits are those characters. The number of the group counts from the right-most part on, the instance from the left-most
//! one, so that no two groups have the same value as long as the two do not meet: in `12345678910-1112131415@g.us` they do after
//! 10^10 groups. The seed moves all of them, and each part moves its neighbours in the same row, first the left one and then the
//! right one, so that values in a row do not look like it.

use crate::chance::Chance;

/// So many parts vary. What would be in a further one stays as the example has it.
const MOST_PARTS: usize = 16;
/// As many characters as there are digits and letters in ASCII, and some more for a power of two.
const MOST_DIGITS: usize = 64;
/// Where there are more places than that, they are put into about so many parts. With fewer the instance and the number of the
/// group would soon meet in one.
const PARTS: usize = 4;

/// Makes values for one member.
#[derive(Debug)]
pub(crate) struct Mint {
    /// The value of the example, as a JSON string.
    json: String,
    parts: Vec<Part>,
}

/// Places in a row whose characters are the digits of one number.
#[derive(Debug)]
struct Part {
    /// Where its first place stands in the JSON string; the others stand behind it.
    at: usize,
    places: Vec<Place>,
    /// How many values it has: at least two, and less than 2^32.
    size: u64,
    /// How far the seed moves it.
    shift: u64,
    /// Whether the part to the right stands next to it.
    chained: bool,
}

#[derive(Debug)]
struct Place {
    /// Those that it has, then any.
    digits: [u8; MOST_DIGITS],
    base: u64,
    /// 2^64 by the base, rounded up: to multiply is faster than to divide.
    reciprocal: u64,
}

impl Mint {
    /// For each character of the value, those that may stand there; one alone stays. Only what JSON writes as one byte varies.
    pub(crate) fn new(places: &[Vec<char>], seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let mut json = String::from('"');
        let mut parts: Vec<Part> = Vec::new();
        let varies = |place: &Vec<char>| place.len() > 1 && place.iter().all(char::is_ascii_alphanumeric);
        let varying = places.iter().filter(|place| varies(place)).count();
        let most_places = if varying <= MOST_PARTS { 1 } else { varying.div_ceil(PARTS) };
        let mut stands_next = false;
        for place in places {
            let room =
                |parts| part_with_room(parts, json.len(), place.len() as u64, most_places, stands_next);
            let part = if varies(place) { room(&mut parts) } else { None };
            stands_next = part.is_some();
            if let Some(part) = part {
                part.add(Place::new(place), &mut chance);
            }
            json.extend(place.first().into_iter().flat_map(|own| escaped(*own)));
        }
        json.push('"');
        Self { json, parts }
    }

    /// What [`vary`](Self::vary) changes: one of the values, as a JSON string.
    pub(crate) fn json(&self) -> &str {
        &self.json
    }

    /// Makes the value for the `nth` group of an instance in the place of another one. `json` begins with a JSON string that was
    /// made by this mint.
    pub(crate) fn vary(&self, instance: u64, nth: u64, json: &mut [u8]) {
        let mut values = [0_u64; MOST_PARTS];
        let values = &mut values[..self.parts.len()];
        for (value, part) in values.iter_mut().zip(&self.parts) {
            *value = part.shift;
        }
        let mut left = instance;
        for (value, part) in values.iter_mut().zip(&self.parts) {
            *value = part.sum(*value, take_digit(&mut left, part.size));
        }
        let mut left = nth;
        for (value, part) in values.iter_mut().zip(&self.parts).rev() {
            *value = part.sum(*value, take_digit(&mut left, part.size));
        }
        for index in (1..values.len()).rev() {
            if self.parts[index - 1].chained {
                values[index - 1] = self.parts[index - 1].moved(values[index - 1], values[index]);
            }
        }
        for index in 1..values.len() {
            if self.parts[index - 1].chained {
                values[index] = self.parts[index].moved(values[index], values[index - 1]);
            }
        }
        for (value, part) in values.iter().zip(&self.parts) {
            part.write(*value, json);
        }
    }

    /// The value for the `nth` group of an instance.
    pub(crate) fn value(&self, instance: u64, nth: u64) -> String {
        let mut json = self.json.clone().into_bytes();
        self.vary(instance, nth, &mut json);
        // A character was exchanged for another one that JSON writes as it is, so it is a JSON string still.
        serde_json::from_slice(&json).unwrap_or_default()
    }
}

/// The part that has room for one more place with so many digits, if there is any.
fn part_with_room(
    parts: &mut Vec<Part>,
    at: usize,
    digits: u64,
    most_places: usize,
    stands_next: bool,
) -> Option<&mut Part> {
    let has_room = |part: &Part| {
        part.places.len() < most_places && u32::try_from(part.size.saturating_mul(digits)).is_ok()
    };
    if !(stands_next && parts.last().is_some_and(has_room)) {
        if parts.len() == MOST_PARTS {
            return None;
        }
        if let (true, Some(last)) = (stands_next, parts.last_mut()) {
            last.chained = true;
        }
        parts.push(Part { at, places: Vec::new(), size: 1, shift: 0, chained: false });
    }
    parts.last_mut()
}

/// A character as it stands in a JSON string.
fn escaped(character: char) -> Vec<char> {
    let json = serde_json::to_string(&character).unwrap_or_default();
    json.trim_matches('"').chars().collect()
}

/// The last digit of a number in this base, which is then taken off.
fn take_digit(number: &mut u64, base: u64) -> u64 {
    if *number < base {
        return std::mem::take(number);
    }
    let digit = *number % base;
    *number /= base;
    digit
}

impl Part {
    fn add(&mut self, place: Place, chance: &mut Chance) {
        self.size *= place.base;
        self.places.push(place);
        self.shift = chance.below(self.size);
    }

    /// Both are below the size, and so is the sum.
    fn sum(&self, one: u64, other: u64) -> u64 {
        let sum = one + other;
        if sum < self.size { sum } else { sum - self.size }
    }

    /// A value of this part, moved by that of its neighbour.
    fn moved(&self, value: u64, by: u64) -> u64 {
        let hash = (by + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        // From 2^32 values to as many as this part has.
        self.sum(value, ((hash >> 32) * self.size) >> 32)
    }

    #[allow(clippy::cast_possible_truncation)] // A quotient of what is below 2^32, and a digit.
    fn write(&self, value: u64, json: &mut [u8]) {
        let mut left = value;
        let digits = &mut json[self.at..self.at + self.places.len()];
        for (digit, place) in digits.iter_mut().zip(&self.places).rev() {
            let rest = ((u128::from(left) * u128::from(place.reciprocal)) >> 64) as u64;
            *digit = place.digits[(left - rest * place.base) as usize % MOST_DIGITS];
            left = rest;
        }
    }
}

impl Place {
    #[allow(clippy::cast_possible_truncation)] // They are of ASCII.
    fn new(characters: &[char]) -> Self {
        let mut digits = [0; MOST_DIGITS];
        for (digit, character) in digits.iter_mut().zip(characters) {
            *digit = *character as u8;
        }
        let base = characters.len() as u64;
        Self { digits, base, reciprocal: u64::MAX / base + 1 }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use greenapi_model::{Body, Contract, Group};
    use proptest::prelude::*;

    use super::Mint;

    fn mints(seed: u64) -> (Mint, Mint) {
        let places = |member| Contract::default().variations(Body::Response, member).unwrap();
        (Mint::new(&places("chatId"), seed), Mint::new(&places("groupInviteLink"), seed))
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn values_have_the_documented_form(seed: u64, instance: u64, nth: u64) {
            let (chat_id, link) = mints(seed);
            let group = Group::new(chat_id.value(instance, nth), link.value(instance, nth));
            let body = serde_json::to_vec(&group).unwrap();
            prop_assert_eq!(Contract::default().response(&body), Ok(group));
        }

        #[test]
        fn no_two_groups_have_the_same_values(
            seed: u64,
            groups in prop::collection::hash_set((1_u64..10_000_000_000, 0_u64..10_000_000_000), 2..50),
        ) {
            let (chat_id, link) = mints(seed);
            let ids: HashSet<_> = groups.iter().map(|(instance, nth)| chat_id.value(*instance, *nth)).collect();
            let links: HashSet<_> = groups.iter().map(|(instance, nth)| link.value(*instance, *nth)).collect();
            prop_assert_eq!((ids.len(), links.len()), (groups.len(), groups.len()));
        }
    }

    #[test]
    fn values_in_a_row_are_unique_and_keep_the_creator() {
        let (chat_id, link) = mints(0);
        let ids: HashSet<_> = (0..100_000).map(|nth| chat_id.value(1_101_000_001, nth)).collect();
        let links: HashSet<_> = (0..100_000).map(|nth| link.value(1_101_000_001, nth)).collect();
        assert_eq!((ids.len(), links.len()), (100_000, 100_000));
        let creators: HashSet<_> = ids.iter().map(|id| id.split('-').next().unwrap()).collect();
        assert_eq!(creators.len(), 1, "one instance is one phone");
    }
}
