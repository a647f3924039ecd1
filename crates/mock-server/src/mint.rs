//! Makes values of the documented form: the group's id and its invite link.
//!
//! The contract says which characters may stand at each place. A value is then a number whose digits are those
//! characters. The number of the group counts from the right, the instance from the left, so that no two groups have
//! the same value as long as the two do not meet: in `12345678910-1112131415@g.us` they do after 10^10 groups.
//! The seed moves all of them, and each digit moves its neighbours, first the left one and then the right one, so that
//! values in a row do not look like it.

use crate::chance::Chance;

/// Makes values for one member.
#[derive(Debug)]
pub(crate) struct Mint {
    /// For each character of the value, those that may stand there; one alone stays.
    places: Vec<Vec<char>>,
    /// How far the seed moves each place.
    shift: Vec<usize>,
    /// Whether the place to the right varies too, and so belongs to the same run.
    chained: Vec<bool>,
}

impl Mint {
    pub(crate) fn new(places: Vec<Vec<char>>, seed: u64) -> Self {
        let mut chance = Chance::new(seed);
        let shift = places.iter().map(|place| chance.below(place.len())).collect();
        let varies = |index: usize| places.get(index).is_some_and(|place: &Vec<char>| place.len() > 1);
        let chained = (0..places.len()).map(|index| varies(index) && varies(index + 1)).collect();
        Self { places, shift, chained }
    }

    /// The value for the `nth` group of an instance.
    pub(crate) fn value(&self, instance: u64, nth: u64) -> String {
        let mut digits = self.shift.clone();
        let mut left = instance;
        for (digit, place) in digits.iter_mut().zip(&self.places) {
            *digit += take_digit(&mut left, place.len());
        }
        let mut left = nth;
        for (digit, place) in digits.iter_mut().zip(&self.places).rev() {
            *digit += take_digit(&mut left, place.len());
        }
        for index in (0..digits.len()).rev() {
            if self.chained[index] {
                digits[index] += 7 * digits[index + 1];
            }
            digits[index] %= self.places[index].len();
        }
        for index in 1..digits.len() {
            if self.chained[index - 1] {
                digits[index] = (digits[index] + 3 * digits[index - 1]) % self.places[index].len();
            }
        }
        digits.iter().zip(&self.places).map(|(digit, place)| place[*digit]).collect()
    }
}

/// The last digit of a number in this base, which is then taken off. A base of one has nothing to tell.
#[allow(clippy::cast_possible_truncation)] // The rest is below `base`.
fn take_digit(number: &mut u64, base: usize) -> usize {
    if base <= 1 {
        return 0;
    }
    let digit = *number % base as u64;
    *number /= base as u64;
    digit as usize
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use greenapi_model::{Body, Contract, Group};
    use proptest::prelude::*;

    use super::Mint;

    fn mints(seed: u64) -> (Mint, Mint) {
        let places = |member| Contract::default().variations(Body::Response, member).unwrap();
        (Mint::new(places("chatId"), seed), Mint::new(places("groupInviteLink"), seed))
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
