//! What was found of the servers, and whether that is right.

use std::fmt::Write as _;

use super::Expected;

/// What the harness said of one server.
pub(super) struct Judged {
    pub(super) name: String,
    pub(super) expected: Expected,
    pub(super) breaks: Vec<String>,
    /// Nothing that it breaks is documented.
    pub(super) only_warns: bool,
    pub(super) broken: Vec<String>,
    pub(super) failures: usize,
    pub(super) requests: u64,
    pub(super) seconds: f64,
}

impl Judged {
    /// Whether it is a broken server.
    pub(super) fn is_broken(&self) -> bool {
        matches!(self.expected, Expected::Named | Expected::Something)
    }

    /// Whether it was found to be broken.
    pub(super) fn is_found(&self) -> bool {
        !self.broken.is_empty()
    }

    /// What is wrong with the verdict, if anything is.
    fn defect(&self) -> Option<&'static str> {
        let is_named = self.broken.iter().any(|clause| self.breaks.contains(clause));
        match self.expected {
            Expected::Nothing if self.is_found() => Some("a false alarm"),
            Expected::NoFailure if self.failures > 0 => Some("a false alarm"),
            Expected::Named | Expected::Something if !self.is_found() => Some("not found"),
            Expected::Named if !is_named => Some("named wrongly"),
            _ if self.only_warns && self.failures > 0 => Some("a failure for what is not documented"),
            _ => None,
        }
    }
}

pub(super) struct Score {
    pub(super) text: String,
    /// Everything is found, rightly named, and nothing else is.
    pub(super) is_full: bool,
}

/// The score, and each server of which the verdict is wrong.
pub(super) fn of(what: &str, judged: &[Judged]) -> Score {
    let mut text = String::new();
    let broken: Vec<_> = judged.iter().filter(|one| one.is_broken()).collect();
    let found = broken.iter().filter(|one| one.is_found()).count();
    let named = broken.iter().filter(|one| one.defect().is_none()).count();
    let failing = broken.iter().filter(|one| one.failures > 0).count();
    let alarms = judged.iter().filter(|one| !one.is_broken() && one.defect().is_some()).count();
    let correct = judged.len() - broken.len();
    let (requests, seconds) = judged
        .iter()
        .fold((0, 0.0), |(requests, seconds), one| (requests + one.requests, seconds + one.seconds));
    // Writing to a text cannot fail.
    let _ = writeln!(
        text,
        "{what}: {found} of {} found ({failing} of them as failures), {named} rightly named; {alarms} false alarms at {correct} \
         correct servers; {requests} requests, {seconds:.1} s in all",
        broken.len(),
    );
    for one in judged {
        if let Some(defect) = one.defect() {
            let _ = writeln!(text, "  {defect}: {}", line(one));
        }
    }
    let is_full = judged.iter().all(|one| one.defect().is_none());
    Score { text, is_full }
}

/// Each server on a line.
pub(super) fn each(judged: &[Judged]) -> String {
    judged.iter().fold(String::new(), |text, one| text + "  " + &line(one) + "\n")
}

fn line(one: &Judged) -> String {
    let broken = if one.broken.is_empty() { "nothing".to_owned() } else { one.broken.join(", ") };
    let breaks =
        if one.breaks.is_empty() { String::new() } else { format!(" (of {})", one.breaks.join(", ")) };
    format!("{}: {broken}{breaks}", one.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verdict_is_right_wrong_or_an_alarm() {
        let check = |expected, broken: &[&str], defect| {
            let judged = Judged {
                name: "one".to_owned(),
                expected,
                breaks: vec!["a".to_owned(), "b".to_owned()],
                only_warns: false,
                broken: broken.iter().map(|clause| (*clause).to_owned()).collect(),
                failures: 0,
                requests: 1,
                seconds: 0.1,
            };
            assert_eq!(judged.defect(), defect, "{broken:?}");
            let score = of("servers", &[judged]);
            assert_eq!(
                (score.is_full, score.text.lines().count()),
                (defect.is_none(), 1 + usize::from(defect.is_some()))
            );
        };
        check(Expected::Named, &["b", "c"], None);
        check(Expected::Named, &["c"], Some("named wrongly"));
        check(Expected::Named, &[], Some("not found"));
        check(Expected::Something, &["c"], None);
        check(Expected::Something, &[], Some("not found"));
        check(Expected::Nothing, &[], None);
        check(Expected::Nothing, &["a"], Some("a false alarm"));
    }
}
