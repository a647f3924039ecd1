//! Makes values of the documented form: the group's id and its invite link.
//!
//! The contract says which characters may stand at each place. A few places in a row where the same ones may stand make up a part,
//! which is a number whose digits are those characters. The number of the group counts from the right-most part on, the instance
//! from the left-most one, so that no two groups have the same value as long as the two do not meet: in
//! `12345678910-1112131415@g.us` they do after 10^10 groups. The seed moves all of them. Of parts that stand side by side the last
//! one moves all others, and then they move it, so that values in a row do not look like it. Each move can be undone.

use std::ops::Range;

use crate::chance::Chance;

/// So many parts vary. What would be in a further one stays as the example has it.
const MOST_PARTS: usize = 16;
/// Where there are more places than that, they are put into about so many parts. With fewer the instance and the number of the
/// group would soon meet in one.
const PARTS: usize = 4;

/// Makes values for one member.
#[derive(Debug)]
pub(crate) struct Mint {
    /// The value of the example, as a JSON string.
    json: String,
    parts: Vec<Part>,
    /// The indices of parts that stand side by side.
    rows: Vec<Range<usize>>,
    alphabets: Vec<Alphabet>,
}

/// Places in a row whose characters are the digits of one number.
#[derive(Debug)]
struct Part {
    /// Where its first place stands in the JSON string; the others stand behind it.
    at: usize,
    places: usize,
    /// The index of that which all of them have.
    alphabet: usize,
    /// How many values it has: at least two, and less than 2^32.
    size: u64,
    /// How far the seed moves it.
    shift: u64,
    /// An odd number, by which its moves differ from those of the others.
    factor: u64,
}

/// The characters that may stand at a place.
#[derive(Debug)]
struct Alphabet {
    digits: Vec<u8>,
    /// Each two of them: what a number below the square of the base looks like.
    pairs: Vec<[u8; 2]>,
    /// 2^64 by the number of pairs, rounded up: to multiply is faster than to divide.
    reciprocal: u64,
}

impl Mint {
    /// For each character of the value, those that may stand there; one alone stays. Only what JSON writes as one byte varies.
    pub(crate) fn new(places: &[Vec<char>], seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let mut mint =
            Self { json: String::from('"'), parts: Vec::new(), rows: Vec::new(), alphabets: Vec::new() };
        let varies = |place: &Vec<char>| place.len() > 1 && place.iter().all(char::is_ascii_alphanumeric);
        let varying = places.iter().filter(|place| varies(place)).count();
        let most_places = if varying <= MOST_PARTS { 1 } else { varying.div_ceil(PARTS) };
        let mut stands_next = false;
        for place in places {
            stands_next = varies(place) && mint.add_place(place, most_places, stands_next, &mut chance);
            mint.json.extend(place.first().into_iter().flat_map(|own| escaped(*own)));
        }
        mint.json.push('"');
        mint
    }

    /// Has the next place vary, unless there are too many parts.
    fn add_place(
        &mut self,
        place: &[char],
        most_places: usize,
        stands_next: bool,
        chance: &mut Chance,
    ) -> bool {
        let alphabet = self.alphabet(place);
        let base = place.len() as u64;
        let has_room = |part: &Part| {
            part.alphabet == alphabet
                && part.places < most_places
                && u32::try_from(part.size.saturating_mul(base)).is_ok()
        };
        if !(stands_next && self.parts.last().is_some_and(has_room)) {
            if self.parts.len() == MOST_PARTS {
                return false;
            }
            let index = self.parts.len();
            match self.rows.last_mut() {
                Some(row) if stands_next => row.end = index + 1,
                _ => self.rows.push(index..index + 1),
            }
            let (at, factor) = (self.json.len(), chance.next() | 1);
            self.parts.push(Part { at, places: 0, alphabet, size: 1, shift: 0, factor });
        }
        if let Some(part) = self.parts.last_mut() {
            part.places += 1;
            part.size *= base;
            part.shift = chance.below(part.size);
        }
        true
    }

    /// The index of these characters, whatever their order is.
    fn alphabet(&mut self, characters: &[char]) -> usize {
        let alphabet = Alphabet::new(characters);
        let known = self.alphabets.iter().position(|known| known.digits == alphabet.digits);
        known.unwrap_or_else(|| {
            self.alphabets.push(alphabet);
            self.alphabets.len() - 1
        })
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
        let mut left = instance;
        for (value, part) in values.iter_mut().zip(&self.parts) {
            *value = part.sum(part.shift, take_digit(&mut left, part.size));
        }
        let mut left = nth;
        for (value, part) in values.iter_mut().zip(&self.parts).rev() {
            *value = part.sum(*value, take_digit(&mut left, part.size));
            if left == 0 {
                break;
            }
        }
        for row in &self.rows {
            move_row(&mut values[row.clone()], &self.parts[row.clone()]);
        }
        for (value, part) in values.iter().zip(&self.parts) {
            self.alphabets[part.alphabet].write(*value, &mut json[part.at..part.at + part.places]);
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
    /// Both are below the size, and so is the sum.
    fn sum(&self, one: u64, other: u64) -> u64 {
        let sum = one + other;
        // What is below zero wraps, and is the larger one of both. A branch would be taken by chance.
        sum.min(sum.wrapping_sub(self.size))
    }

    /// A value of this part, moved by what others have.
    fn moved(&self, value: u64, by: u64) -> u64 {
        let hash = (by + 1).wrapping_mul(self.factor);
        // From 2^32 values to as many as this part has.
        self.sum(value, ((hash >> 32) * self.size) >> 32)
    }
}

/// Moves values that stand side by side: all others by the last one, and then that by them.
fn move_row(values: &mut [u64], parts: &[Part]) {
    let (Some((last, values)), Some((last_part, parts))) = (values.split_last_mut(), parts.split_last())
    else {
        return;
    };
    let mut sum = 0_u64;
    for (value, part) in values.iter_mut().zip(parts) {
        *value = part.moved(*value, *last);
        sum = sum.wrapping_add(value.wrapping_mul(part.factor));
    }
    if !parts.is_empty() {
        *last = last_part.moved(*last, sum >> 32);
    }
}

impl Alphabet {
    #[allow(clippy::cast_possible_truncation)] // They are of ASCII.
    fn new(characters: &[char]) -> Self {
        let mut digits: Vec<_> = characters.iter().map(|character| *character as u8).collect();
        digits.sort_unstable();
        let pairs: Vec<_> =
            digits.iter().flat_map(|high| digits.iter().map(move |low| [*high, *low])).collect();
        let reciprocal = u64::MAX / pairs.len() as u64 + 1;
        Self { digits, pairs, reciprocal }
    }

    /// Writes a number below 2^32 into all of these places.
    #[allow(clippy::cast_possible_truncation)] // A quotient of what is below 2^32, and digits.
    fn write(&self, number: u64, places: &mut [u8]) {
        let mut left = number;
        let mut pairs = places.rchunks_exact_mut(2);
        for pair in &mut pairs {
            let rest = ((u128::from(left) * u128::from(self.reciprocal)) >> 64) as u64;
            pair.copy_from_slice(&self.pairs[(left - rest * self.pairs.len() as u64) as usize]);
            left = rest;
        }
        if let [digit] = pairs.into_remainder() {
            *digit = self.digits[left as usize];
        }
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
