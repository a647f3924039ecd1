use std::time::Duration;

/// How long answers took, in a bounded space: classes that are an eighth of a doubling wide.
#[derive(Clone, Debug)]
pub(crate) struct Latencies {
    classes: [u64; 256],
}

impl Default for Latencies {
    fn default() -> Self {
        Self { classes: [0; 256] }
    }
}

impl Latencies {
    pub(crate) fn add(&mut self, took: Duration) {
        // What is longer than the last class is in it.
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
        let class = ((took.as_micros().max(1) as f64).log2() * 8.0) as usize;
        self.classes[class.min(255)] += 1;
    }

    /// Of a hundred answers so many took at most this.
    pub(crate) fn percentile(&self, percent: u64) -> Duration {
        let all: u64 = self.classes.iter().sum();
        let mut left = (all * percent).div_ceil(100);
        for (class, count) in self.classes.iter().enumerate() {
            left = left.saturating_sub(*count);
            if left == 0 && all > 0 {
                #[allow(clippy::cast_precision_loss)] // There are 256 classes.
                return Duration::from_secs_f64(((class as f64 + 1.0) / 8.0).exp2() / 1e6);
            }
        }
        Duration::ZERO
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_right_within_an_eighth_of_a_doubling() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.percentile(50), Duration::ZERO);
        (1..=1000).for_each(|millis| latencies.add(Duration::from_millis(millis)));
        for (percent, millis) in [(50, 500.0), (99, 990.0), (100, 1000.0)] {
            let found = latencies.percentile(percent).as_secs_f64() * 1e3;
            assert!((millis..millis * 1.1).contains(&found), "p{percent}: {found}");
        }
    }
}
