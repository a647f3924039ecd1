use std::time::Duration;

/// How late an answer comes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Latency {
    /// Always as late.
    Fixed(Duration),
    /// Any time between the two, each as likely as the next.
    Uniform {
        /// The shortest.
        min: Duration,
        /// The longest.
        max: Duration,
    },
    /// Mostly near the median, and sometimes much later, as services are.
    Lognormal {
        /// Half of the answers come sooner.
        median: Duration,
        /// The standard deviation of the logarithm: 0 is always as late, 0.5 is a usual service, 1 a bad one.
        sigma: f64,
    },
}

impl Latency {
    /// No answer comes later than this.
    pub const MOST: Duration = Duration::from_secs(60);

    /// How late one answer comes. `uniform` gives numbers between 0 and 1, neither of them.
    pub fn sample(&self, mut uniform: impl FnMut() -> f64) -> Duration {
        let sampled = match self {
            Self::Fixed(delay) => *delay,
            Self::Uniform { min, max } => *min + max.saturating_sub(*min).mul_f64(uniform()),
            Self::Lognormal { median, sigma } => {
                // Box and Muller's normal variate.
                let radius = (-2.0 * uniform().ln()).sqrt();
                let normal = radius * (std::f64::consts::TAU * uniform()).cos();
                let seconds = median.as_secs_f64() * (sigma * normal).exp();
                Duration::try_from_secs_f64(seconds).unwrap_or(Self::MOST)
            }
        };
        sampled.min(Self::MOST)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chance::Chance;

    /// How late a thousand answers come, the soonest first.
    fn samples(latency: Latency) -> Vec<Duration> {
        let mut chance = Chance::new(7);
        let mut samples: Vec<_> = (0..1000).map(|_| latency.sample(|| chance.uniform())).collect();
        samples.sort();
        samples
    }

    #[test]
    fn a_latency_has_the_distribution_that_it_says() {
        let ms = Duration::from_millis;
        let check = |latency: Latency, least: Duration, median: (u64, u64), most: Duration| {
            let samples = samples(latency);
            assert!(
                samples[0] >= least && samples[999] <= most,
                "{latency:?}: {:?} {:?}",
                samples[0],
                samples[999]
            );
            assert!((ms(median.0)..=ms(median.1)).contains(&samples[500]), "{latency:?}: {:?}", samples[500]);
        };
        check(Latency::Fixed(ms(5)), ms(5), (5, 5), ms(5));
        check(Latency::Fixed(Latency::MOST * 2), Latency::MOST, (60_000, 60_000), Latency::MOST);
        check(Latency::Uniform { min: ms(100), max: ms(200) }, ms(100), (140, 160), ms(200));
        check(Latency::Uniform { min: ms(200), max: ms(100) }, ms(200), (200, 200), ms(200));
        check(Latency::Lognormal { median: ms(200), sigma: 0.5 }, ms(20), (180, 220), ms(2000));
        check(Latency::Lognormal { median: ms(200), sigma: 0.0 }, ms(200), (200, 200), ms(200));
        check(Latency::Lognormal { median: ms(200), sigma: 10.0 }, Duration::ZERO, (50, 800), Latency::MOST);
    }

    #[test]
    fn a_lognormal_latency_has_a_long_tail() {
        let samples = samples(Latency::Lognormal { median: Duration::from_millis(100), sigma: 1.0 });
        // The 97.7th percentile is two standard deviations up: e^2 times the median.
        let late = samples[977].as_secs_f64();
        assert!((0.5..1.1).contains(&late), "{late}");
    }
}
