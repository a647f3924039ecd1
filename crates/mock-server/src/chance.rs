//! Numbers that look like chance and follow from the seed alone.

/// A generator whose state is one number: `SplitMix64`, by Sebastiano Vigna.
#[derive(Clone, Debug)]
pub(crate) struct Chance(u64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// The generator for one call: it depends on what is called and on how often it was called before, so that the calls
    /// of other instances, and the order in which threads come by, change nothing.
    pub(crate) fn of_call(seed: u64, whose: u64, nth: u64) -> Self {
        let mut mixed = Self(seed);
        let seed = mixed.next();
        let mut mixed = Self(seed ^ whose);
        let whose = mixed.next();
        Self(whose ^ nth.wrapping_mul(0xd6e8_feb8_6659_fd93))
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number between 0 and 1, neither of them.
    #[allow(clippy::cast_precision_loss)] // Both have at most 53 bits.
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.next() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// A number below `bound`, or 0 if there is none.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        if bound <= 1 { 0 } else { self.next() % bound }
    }
}

#[cfg(test)]
mod tests {
    use super::Chance;

    #[test]
    fn the_same_call_has_the_same_chance_and_another_has_another() {
        let first = |seed, whose, nth| Chance::of_call(seed, whose, nth).next();
        assert_eq!(first(1, 2, 3), first(1, 2, 3));
        for (seed, whose, nth) in [(0, 2, 3), (1, 0, 3), (1, 2, 0), (2, 1, 3), (1, 3, 2)] {
            assert_ne!(first(1, 2, 3), first(seed, whose, nth), "{seed} {whose} {nth}");
        }
    }

    #[test]
    fn uniform_numbers_are_spread_between_zero_and_one() {
        let mut chance = Chance::new(7);
        let numbers: Vec<f64> = (0..10_000).map(|_| chance.uniform()).collect();
        assert!(numbers.iter().all(|number| *number > 0.0 && *number < 1.0));
        let below = |bound: f64| numbers.iter().filter(|number| **number < bound).count();
        assert!((2_300..2_700).contains(&below(0.25)), "{}", below(0.25));
        assert!((7_300..7_700).contains(&below(0.75)), "{}", below(0.75));
    }
}
