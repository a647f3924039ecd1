//! What was measured of the testers, in Markdown.

use std::fmt::Write;

use super::process::Usage;
use crate::bench::proc::megabytes;
use crate::bench::samples::Samples;

/// What was measured of one tester.
#[derive(Debug)]
pub(super) struct Row {
    name: String,
    seconds: Samples,
    requests: Samples,
    /// Requests a second, of the whole time of the process.
    rate: Samples,
    /// Microseconds of the processor a request, of the tester alone.
    cpu: Samples,
    /// Megabytes that the tester had at most.
    memory: Samples,
}

impl Row {
    pub(super) fn new(name: String) -> Self {
        let none = Samples::default;
        Self { name, seconds: none(), requests: none(), rate: none(), cpu: none(), memory: none() }
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// Takes what one run took.
    #[allow(clippy::cast_precision_loss)] // No bench is so long that it matters.
    pub(super) fn add(&mut self, requests: u64, usage: Usage) {
        let (count, seconds) = (requests as f64, usage.wall.as_secs_f64());
        self.seconds.add(seconds);
        self.requests.add(count);
        self.rate.add(count / seconds);
        if let Some(cpu) = usage.cpu {
            self.cpu.add(cpu.as_secs_f64() * 1e6 / count);
        }
        if let Some(peak) = usage.peak {
            self.memory.add(megabytes(peak));
        }
    }
}

/// The rows as a table, and below it the figures that there is a goal for, and the ratios.
pub(super) fn rendered(default: &Row, many: &Row, theirs: &Row) -> String {
    let mut text = String::from(
        "| tester | seconds | requests | requests/s | CPU µs/request | peak memory, MB |\n|---|---|---|---|---|---|\n",
    );
    for Row { name, seconds, requests, rate, cpu, memory } in [default, many, theirs] {
        let [seconds, requests, rate, cpu, memory] =
            [(seconds, 2), (requests, 0), (rate, 0), (cpu, 1), (memory, 1)].map(measured);
        // Writing to memory cannot fail.
        let _ = writeln!(text, "| {name} | {seconds} | {requests} | {rate} | {cpu} | {memory} |");
    }
    text.push_str("\n| figure | measured | goal |\n|---|---|---|\n");
    let (ours, more) = (&default.name, &many.name);
    let mut figure = |what: String, measured: String, goal: &str| {
        let _ = writeln!(text, "| {what} | {measured} | {goal} |");
    };
    figure(format!("seconds, {ours}"), measured((&default.seconds, 2)), "10 at most");
    figure(format!("requests/s, {ours}"), measured((&default.rate, 0)), "10000 at least");
    figure(format!("requests/s, {more}"), measured((&many.rate, 0)), "10000 at least");
    figure(format!("requests/s, {more} to {ours}"), ratio(&many.rate, &default.rate), "1, as the rate holds");
    figure(
        format!("peak memory, {more} to {ours}"),
        ratio(&many.memory, &default.memory),
        "1, as only the report is kept",
    );
    figure(format!("requests/s, {ours} to {}", theirs.name), ratio(&default.rate, &theirs.rate), "");
    figure(format!("seconds, {ours} to {}", theirs.name), ratio(&default.seconds, &theirs.seconds), "");
    text
}

fn measured((samples, digits): (&Samples, usize)) -> String {
    if samples.is_empty() { NOT_MEASURED.to_owned() } else { format!("{samples:.digits$}") }
}

fn ratio(ours: &Samples, theirs: &Samples) -> String {
    if ours.is_empty() || theirs.is_empty() {
        NOT_MEASURED.to_owned()
    } else {
        format!("{:.2}", ours.ratio_to(theirs))
    }
}

const NOT_MEASURED: &str = "not measured";

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Row, Usage, rendered};

    /// A tester that made a request in each millisecond.
    fn row(name: &str, requests: u32, cpu: Option<u32>, peak: Option<u64>) -> Row {
        let mut row = Row::new(name.to_owned());
        for round in [1, 2, 4] {
            let wall = Duration::from_millis((requests * round).into());
            let cpu = cpu.map(|cpu| Duration::from_micros((cpu * requests * round).into()));
            row.add(requests.into(), Usage { wall, cpu, peak });
        }
        row
    }

    #[test]
    fn the_table_has_the_medians_their_spread_the_goals_and_the_ratios() {
        let default = row("ours", 1_000, Some(80), Some(10_000_000));
        let many = row("ours, more", 9_000, Some(70), Some(11_000_000));
        insta::assert_snapshot!(rendered(&default, &many, &row("theirs", 100, None, None)), @r"
        | tester | seconds | requests | requests/s | CPU µs/request | peak memory, MB |
        |---|---|---|---|---|---|
        | ours | 2.00 (1.00–4.00) | 1000 (1000–1000) | 500 (250–1000) | 160.0 (80.0–320.0) | 10.0 (10.0–10.0) |
        | ours, more | 18.00 (9.00–36.00) | 9000 (9000–9000) | 500 (250–1000) | 140.0 (70.0–280.0) | 11.0 (11.0–11.0) |
        | theirs | 0.20 (0.10–0.40) | 100 (100–100) | 500 (250–1000) | not measured | not measured |

        | figure | measured | goal |
        |---|---|---|
        | seconds, ours | 2.00 (1.00–4.00) | 10 at most |
        | requests/s, ours | 500 (250–1000) | 10000 at least |
        | requests/s, ours, more | 500 (250–1000) | 10000 at least |
        | requests/s, ours, more to ours | 1.00 | 1, as the rate holds |
        | peak memory, ours, more to ours | 1.10 | 1, as only the report is kept |
        | requests/s, ours to theirs | 1.00 |  |
        | seconds, ours to theirs | 10.00 |  |
        ");
    }

    #[test]
    fn what_was_not_measured_is_named() {
        let ours = || row("ours", 1_000, None, None);
        let text = rendered(&ours(), &ours(), &Row::new("theirs".to_owned()));
        let lines: Vec<_> = text.lines().filter(|line| line.contains("not measured")).collect();
        insta::assert_snapshot!(lines.join("\n"), @r"
        | ours | 2.00 (1.00–4.00) | 1000 (1000–1000) | 500 (250–1000) | not measured | not measured |
        | ours | 2.00 (1.00–4.00) | 1000 (1000–1000) | 500 (250–1000) | not measured | not measured |
        | theirs | not measured | not measured | not measured | not measured | not measured |
        | peak memory, ours to ours | not measured | 1, as only the report is kept |
        | requests/s, ours to theirs | not measured |  |
        | seconds, ours to theirs | not measured |  |
        ");
    }
}
