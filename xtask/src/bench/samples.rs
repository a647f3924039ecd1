use std::fmt;

/// What was measured in each round.
#[derive(Clone, Debug, Default)]
pub(crate) struct Samples(Vec<f64>);

impl Samples {
    pub(crate) fn add(&mut self, sample: f64) {
        self.0.push(sample);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The one in the middle, or between the two in the middle; 0 if there is none.
    pub(crate) fn median(&self) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        match sorted.len() {
            0 => 0.0,
            length if length % 2 == 1 => sorted[length / 2],
            length => f64::midpoint(sorted[length / 2 - 1], sorted[length / 2]),
        }
    }

    /// The median of the ratios round by round, as what disturbs a round disturbs all that takes a turn in it.
    pub(crate) fn ratio_to(&self, baseline: &Self) -> f64 {
        Self(self.0.iter().zip(&baseline.0).map(|(own, other)| own / other).collect()).median()
    }
}

/// The median, and in brackets the least and the most.
impl fmt::Display for Samples {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let least = self.0.iter().copied().fold(f64::INFINITY, f64::min);
        let most = self.0.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let digits = formatter.precision().unwrap_or(0);
        write!(formatter, "{:.digits$} ({least:.digits$}–{most:.digits$})", self.median())
    }
}

#[cfg(test)]
mod tests {
    use super::Samples;

    fn samples(samples: &[f64]) -> Samples {
        Samples(samples.to_vec())
    }

    #[test]
    fn the_median_is_in_the_middle() {
        let check = |all: &[f64], expected: &str| assert_eq!(format!("{:.1}", samples(all)), expected);
        check(&[3.0], "3.0 (3.0–3.0)");
        check(&[3.0, 1.0, 2.0], "2.0 (1.0–3.0)");
        check(&[4.0, 1.0, 2.0, 3.0], "2.5 (1.0–4.0)");
    }

    #[test]
    fn a_ratio_is_taken_round_by_round() {
        let ratio = samples(&[2.0, 20.0, 6.0]).ratio_to(&samples(&[1.0, 10.0, 2.0]));
        assert_eq!(format!("{ratio:.2}"), "2.00");
    }
}
