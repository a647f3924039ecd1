use std::f64::consts::TAU;
use std::time::Duration;

/// How long an answer takes. It is a distribution; chance comes from whoever samples.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Latency {
    /// Always the same.
    Fixed(Duration),
    /// Any between the two, each as likely.
    Uniform {
        /// The shortest.
        min: Duration,
        /// The longest. It is `min` if it is less than that.
        max: Duration,
    },
    /// Mostly near the median and now and then much longer, as networks are.
    Lognormal {
        /// Half of the samples are below.
        median: Duration,
        /// The standard deviation of the logarithm: at 0 all are the median, at 1 one in ten is 3.6 times as long or longer.
        /// What is no number is 0.
        sigma: f64,
    },
}

impl Latency {
    /// No sample is longer.
    pub const MOST: Duration = Duration::from_secs(60);

    /// A sample. `uniform` gives numbers between 0 and 1; none is asked for by [`Fixed`](Self::Fixed), one by
    /// [`Uniform`](Self::Uniform) and two by [`Lognormal`](Self::Lognormal). The same numbers give the same sample.
    #[must_use]
    pub fn sample(&self, mut uniform: impl FnMut() -> f64) -> Duration {
        match *self {
            Self::Fixed(latency) => latency.min(Self::MOST),
            Self::Uniform { min, max } => {
                let min = min.min(Self::MOST);
                let span = max.min(Self::MOST).saturating_sub(min);
                (min + span.mul_f64(inside(uniform()))).min(min + span)
            }
            Self::Lognormal { median, sigma } => {
                let deviation = normal(inside(uniform()), inside(uniform()));
                let factor = (if sigma.is_finite() { sigma } else { 0.0 } * deviation).exp();
                let seconds = median.min(Self::MOST).as_secs_f64() * factor;
                // What is too long for a duration is too long.
                Duration::try_from_secs_f64(seconds).map_or(Self::MOST, |latency| latency.min(Self::MOST))
            }
        }
    }
}

/// The number, if it is between 0 and 1, and else the nearest that is.
fn inside(number: f64) -> f64 {
    if number.is_nan() { 0.5 } else { number.clamp(f64::MIN_POSITIVE, 1.0) }
}

/// A number of the standard normal distribution from two uniform ones (Box and Muller, 1958).
fn normal(first: f64, second: f64) -> f64 {
    (-2.0 * first.ln()).sqrt() * (TAU * second).cos()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Numbers between 0 and 1 from a seed (`SplitMix64`, by Sebastiano Vigna).
    fn source(mut state: u64) -> impl FnMut() -> f64 {
        move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mut mixed = state;
            mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            let [high, low, ..] = (mixed ^ (mixed >> 31)).to_be_bytes();
            f64::from(u16::from_be_bytes([high, low])).mul_add(2.0, 1.0) / f64::from(1_u32 << 17)
        }
    }

    fn samples(latency: Latency, seed: u64) -> Vec<Duration> {
        let mut uniform = source(seed);
        let mut samples: Vec<_> = (0..2_001).map(|_| latency.sample(&mut uniform)).collect();
        samples.sort();
        samples
    }

    fn durations() -> impl Strategy<Value = Duration> {
        prop_oneof![
            (0_u64..100_000).prop_map(Duration::from_millis),
            (0_u64..1_000).prop_map(Duration::from_nanos),
            Just(Duration::MAX)
        ]
    }

    fn latencies() -> impl Strategy<Value = Latency> {
        prop_oneof![
            durations().prop_map(Latency::Fixed),
            (durations(), durations()).prop_map(|(min, max)| Latency::Uniform { min, max }),
            (durations(), any::<f64>()).prop_map(|(median, sigma)| Latency::Lognormal { median, sigma }),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_sample_is_too_long_whatever_the_source_gives(latency in latencies(), first: f64, second: f64) {
            let mut numbers = [first, second].into_iter().cycle();
            prop_assert!(latency.sample(|| numbers.next().unwrap()) <= Latency::MOST);
        }

        #[test]
        fn the_same_source_gives_the_same_samples(latency in latencies(), seed: u64) {
            let (mut one, mut other) = (source(seed), source(seed));
            for _ in 0..10 {
                prop_assert_eq!(latency.sample(&mut one), latency.sample(&mut other));
            }
        }

        #[test]
        fn uniform_samples_are_in_their_range(min in durations(), max in durations(), uniform in 0.0..1.0) {
            let sample = Latency::Uniform { min, max }.sample(|| uniform);
            let (min, max) = (min.min(Latency::MOST), max.min(Latency::MOST));
            prop_assert!(min <= sample && sample <= max.max(min), "{sample:?}");
        }

        #[test]
        fn the_median_is_about_right(median in 1_u64..1_000, sigma in 0.0..1.0, seed: u64) {
            let median = Duration::from_millis(median);
            let lognormal = samples(Latency::Lognormal { median, sigma }, seed);
            let ratio = lognormal[1_000].div_duration_f64(median);
            prop_assert!((0.8..1.25).contains(&ratio), "lognormal: {ratio}");
            let uniform = samples(Latency::Uniform { min: median, max: median * 3 }, seed);
            let ratio = uniform[1_000].div_duration_f64(median * 2);
            prop_assert!((0.9..1.1).contains(&ratio), "uniform: {ratio}");
        }
    }

    #[test]
    fn samples_of_known_numbers() {
        let milliseconds = Duration::from_millis;
        let check = |latency: Latency, numbers: &[f64], expected: Duration| {
            let mut left = numbers.iter();
            let sample = latency.sample(|| *left.next().expect("no more numbers than are documented"));
            assert_eq!((sample, left.len()), (expected, 0), "{latency:?}");
        };
        check(Latency::Fixed(milliseconds(7)), &[], milliseconds(7));
        check(Latency::Fixed(Duration::MAX), &[], Latency::MOST);
        check(Latency::Uniform { min: milliseconds(10), max: milliseconds(20) }, &[0.5], milliseconds(15));
        check(Latency::Uniform { min: milliseconds(20), max: milliseconds(10) }, &[0.5], milliseconds(20));
        let lognormal = |sigma| Latency::Lognormal { median: milliseconds(100), sigma };
        check(lognormal(0.0), &[0.1, 0.9], milliseconds(100));
        check(lognormal(f64::NAN), &[0.1, 0.9], milliseconds(100));
        check(lognormal(1e300), &[0.1, 0.0], Latency::MOST);
        check(lognormal(1e300), &[0.1, 0.5], Duration::ZERO);
    }
}
