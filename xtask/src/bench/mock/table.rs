//! What was measured of the servers, in Markdown.

use std::fmt::Write;

use super::CONNECTIONS;
use super::growth::{Growth, Stage};
use super::servers::Kind;
use crate::bench::proc::{Memory, megabytes};
use crate::bench::samples::Samples;
use crate::bench::wrk::Load;

/// What was measured of one server.
#[derive(Debug)]
pub(super) struct Row {
    kind: Kind,
    /// Milliseconds from the start of the process to the end of its first answer.
    pub(super) first: Samples,
    pub(super) idle: Memories,
    /// With each number of connections.
    pub(super) loads: [Figures; 2],
    /// After the loads of a round.
    pub(super) loaded: Memories,
    /// After so many requests.
    pub(super) after: Option<(u64, Memory)>,
}

/// Megabytes: what there is, and what there was at most.
#[derive(Debug, Default)]
pub(super) struct Memories {
    resident: Samples,
    peak: Samples,
}

/// What was measured under load.
#[derive(Debug, Default)]
pub(super) struct Figures {
    /// Requests a second.
    rate: Samples,
    /// Milliseconds.
    p50: Samples,
    p99: Samples,
    /// Microseconds of the processor a request, of the server alone.
    cpu: Samples,
}

impl Row {
    pub(super) fn new(kind: Kind) -> Self {
        Self {
            kind,
            first: Samples::default(),
            idle: Memories::default(),
            loads: Default::default(),
            loaded: Memories::default(),
            after: None,
        }
    }

    pub(super) fn kind(&self) -> Kind {
        self.kind
    }

    pub(super) fn name(&self) -> &'static str {
        self.kind.name()
    }
}

impl Memories {
    pub(super) fn add(&mut self, memory: Memory) {
        self.resident.add(megabytes(memory.resident));
        self.peak.add(megabytes(memory.peak));
    }
}

impl Figures {
    pub(super) fn add(&mut self, load: &Load, cpu: f64) {
        self.rate.add(load.requests_per_second());
        self.p50.add(load.p50());
        self.p99.add(load.p99());
        self.cpu.add(cpu);
    }
}

/// The rows as tables, and below them the figures that there is a goal for.
pub(super) fn rendered(rows: &[Row], growth: &Growth, binary: u64) -> String {
    let mut text = String::new();
    loads(&mut text, rows);
    memories(&mut text, rows);
    goals(&mut text, rows, binary);
    growths(&mut text, growth);
    text
}

// Below, writing to memory cannot fail.

fn loads(text: &mut String, rows: &[Row]) {
    text.push_str("| server ");
    for connections in CONNECTIONS {
        let _ = write!(
            text,
            "| requests/s, {connections} connections | p50 ms, {connections} | p99 ms, {connections} | CPU µs/request, {connections} "
        );
    }
    text.push_str("|\n|---|---|---|---|---|---|---|---|---|\n");
    for row in rows {
        let _ = write!(text, "| {} ", row.name());
        for Figures { rate, p50, p99, cpu } in &row.loads {
            let _ = write!(text, "| {rate:.0} | {p50:.2} | {p99:.2} | {cpu:.2} ");
        }
        text.push_str("|\n");
    }
}

fn memories(text: &mut String, rows: &[Row]) {
    text.push_str(
        "\n| server | first 200, ms | idle, MB | idle, peak | after the loads, MB | after the loads, peak | after so many requests, MB | their peak |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for Row { kind, first, idle, loaded, after, .. } in rows {
        let after = after.map_or("not measured | not measured".to_owned(), |(requests, memory)| {
            let [resident, peak] = [memory.resident, memory.peak].map(megabytes);
            format!("{resident:.1} ({requests}) | {peak:.1}")
        });
        let _ = writeln!(
            text,
            "| {} | {first:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {after} |",
            kind.name(),
            idle.resident,
            idle.peak,
            loaded.resident,
            loaded.peak
        );
    }
}

fn goals(text: &mut String, rows: &[Row], binary: u64) {
    let of = |kind| rows.iter().find(|row| row.kind == kind);
    let (Some(one), Some(threads), Some(logging), Some(silent)) =
        (of(Kind::OneThread), of(Kind::Threads), of(Kind::Logging), of(Kind::Silent))
    else {
        return;
    };
    text.push_str("\n| greenapi-mock | log to /dev/null | log off | goal |\n|---|---|---|---|\n");
    let mut goal = |what: &str, figure: &dyn Fn(&Row) -> String, goal: &str| {
        let _ = writeln!(text, "| {what} | {} | {} | {goal} |", figure(logging), figure(silent));
    };
    for (at, connections) in CONNECTIONS.into_iter().enumerate() {
        let mut ratio = |what: &str, better: Better, samples: &dyn Fn(&Figures) -> &Samples, wanted: &str| {
            let baseline = better.of(one, threads, |row| samples(&row.loads[at]));
            goal(
                &format!("{what}, {connections}, to {}", baseline.name()),
                &|row| format!("{:.2}", samples(&row.loads[at]).ratio_to(samples(&baseline.loads[at]))),
                wanted,
            );
        };
        ratio("requests/s", Better::More, &|load| &load.rate, "0.95 at least");
        ratio("CPU of a request", Better::Less, &|load| &load.cpu, "1.2 at most");
        ratio("p99", Better::Less, &|load| &load.p99, "1.5 at most");
    }
    goal("first 200, ms", &|row| format!("{:.1}", row.first), "10 at most");
    goal("memory idle, MB", &|row| format!("{:.1}", row.idle.resident), "8 at most");
    let after = |row: &Row| {
        row.after.map_or("not measured".to_owned(), |(requests, memory)| {
            format!("{:.1} after {requests}", megabytes(memory.resident))
        })
    };
    goal("memory after many requests, MB", &after, "32 at most after 5000000");
    goal("binary, MB", &|_| format!("{:.1}", megabytes(binary)), "8 at most");
}

/// Which of two servers is the better one.
#[derive(Clone, Copy)]
enum Better {
    More,
    Less,
}

impl Better {
    /// By the median of a figure.
    fn of<'r>(self, one: &'r Row, other: &'r Row, figure: impl Fn(&Row) -> &Samples) -> &'r Row {
        let is_more = figure(one).median() >= figure(other).median();
        if is_more == matches!(self, Self::More) { one } else { other }
    }
}

fn growths(text: &mut String, growth: &Growth) {
    text.push_str(
        "\n| greenapi-mock, log off, after so many | groups: CPU µs/request | to the first | instances: CPU µs/request | to the first | goal |\n\
         |---|---|---|---|---|---|\n",
    );
    let [first, ..] = &growth.0;
    for Stage { before, groups, instances } in &growth.0 {
        let [to_groups, to_instances] =
            [groups.ratio_to(&first.groups), instances.ratio_to(&first.instances)];
        let _ = writeln!(
            text,
            "| {before} | {groups:.2} | {to_groups:.2} | {instances:.2} | {to_instances:.2} | 1, as it does not grow |"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::{Better, Growth, Row, rendered};
    use crate::bench::mock::servers::Kind;
    use crate::bench::proc::Memory;
    use crate::bench::wrk::Load;

    /// As fast as `speed` says at 16 connections, and the other way round at 64.
    fn row(kind: Kind, speed: u64) -> Row {
        let mut row = Row::new(kind);
        let memory = Memory { resident: 5_000_000 * speed, peak: 6_000_000 * speed };
        for round in [10, 11, 12] {
            row.first.add(2.5);
            row.idle.add(memory);
            row.loaded.add(memory);
            for (load, speed) in row.loads.iter_mut().zip([speed, 5 - speed]) {
                let cpu = [0.0, 40.0, 20.0, 13.0, 10.0][usize::try_from(speed).unwrap_or_default()];
                load.add(&Load::of(10_000 * speed * round, 1_000_000, 400 / speed, 4_000 / speed), cpu);
            }
        }
        row
    }

    #[test]
    fn the_tables_have_the_medians_their_spread_the_ratios_and_the_goals() {
        let mut rows = Kind::ALL.map(|kind| match kind {
            Kind::OneThread => row(kind, 4),
            Kind::Threads => row(kind, 2),
            Kind::Wiremock => row(kind, 1),
            Kind::Logging | Kind::Silent => row(kind, 3),
        });
        rows[4].after = Some((1_000, Memory { resident: 20_000_000, peak: 21_000_000 }));
        let mut growth = Growth::new([1, 10, 100]);
        for (stage, cost) in growth.0.iter_mut().zip([10.0, 11.0, 12.5]) {
            stage.groups.add(cost);
            stage.instances.add(cost * 2.0);
        }
        insta::assert_snapshot!(rendered(&rows, &growth, 5_089_456), @r"
        | server | requests/s, 16 connections | p50 ms, 16 | p99 ms, 16 | CPU µs/request, 16 | requests/s, 64 connections | p50 ms, 64 | p99 ms, 64 | CPU µs/request, 64 |
        |---|---|---|---|---|---|---|---|---|
        | raw hyper, one thread | 440000 (400000–480000) | 0.10 (0.10–0.10) | 1.00 (1.00–1.00) | 10.00 (10.00–10.00) | 110000 (100000–120000) | 0.40 (0.40–0.40) | 4.00 (4.00–4.00) | 40.00 (40.00–40.00) |
        | raw hyper, tokio's threads | 220000 (200000–240000) | 0.20 (0.20–0.20) | 2.00 (2.00–2.00) | 20.00 (20.00–20.00) | 330000 (300000–360000) | 0.13 (0.13–0.13) | 1.33 (1.33–1.33) | 13.00 (13.00–13.00) |
        | wiremock, not recording | 110000 (100000–120000) | 0.40 (0.40–0.40) | 4.00 (4.00–4.00) | 40.00 (40.00–40.00) | 440000 (400000–480000) | 0.10 (0.10–0.10) | 1.00 (1.00–1.00) | 10.00 (10.00–10.00) |
        | greenapi-mock, log to /dev/null | 330000 (300000–360000) | 0.13 (0.13–0.13) | 1.33 (1.33–1.33) | 13.00 (13.00–13.00) | 220000 (200000–240000) | 0.20 (0.20–0.20) | 2.00 (2.00–2.00) | 20.00 (20.00–20.00) |
        | greenapi-mock, log off | 330000 (300000–360000) | 0.13 (0.13–0.13) | 1.33 (1.33–1.33) | 13.00 (13.00–13.00) | 220000 (200000–240000) | 0.20 (0.20–0.20) | 2.00 (2.00–2.00) | 20.00 (20.00–20.00) |

        | server | first 200, ms | idle, MB | idle, peak | after the loads, MB | after the loads, peak | after so many requests, MB | their peak |
        |---|---|---|---|---|---|---|---|
        | raw hyper, one thread | 2.5 (2.5–2.5) | 20.0 (20.0–20.0) | 24.0 (24.0–24.0) | 20.0 (20.0–20.0) | 24.0 (24.0–24.0) | not measured | not measured |
        | raw hyper, tokio's threads | 2.5 (2.5–2.5) | 10.0 (10.0–10.0) | 12.0 (12.0–12.0) | 10.0 (10.0–10.0) | 12.0 (12.0–12.0) | not measured | not measured |
        | wiremock, not recording | 2.5 (2.5–2.5) | 5.0 (5.0–5.0) | 6.0 (6.0–6.0) | 5.0 (5.0–5.0) | 6.0 (6.0–6.0) | not measured | not measured |
        | greenapi-mock, log to /dev/null | 2.5 (2.5–2.5) | 15.0 (15.0–15.0) | 18.0 (18.0–18.0) | 15.0 (15.0–15.0) | 18.0 (18.0–18.0) | not measured | not measured |
        | greenapi-mock, log off | 2.5 (2.5–2.5) | 15.0 (15.0–15.0) | 18.0 (18.0–18.0) | 15.0 (15.0–15.0) | 18.0 (18.0–18.0) | 20.0 (1000) | 21.0 |

        | greenapi-mock | log to /dev/null | log off | goal |
        |---|---|---|---|
        | requests/s, 16, to raw hyper, one thread | 0.75 | 0.75 | 0.95 at least |
        | CPU of a request, 16, to raw hyper, one thread | 1.30 | 1.30 | 1.2 at most |
        | p99, 16, to raw hyper, one thread | 1.33 | 1.33 | 1.5 at most |
        | requests/s, 64, to raw hyper, tokio's threads | 0.67 | 0.67 | 0.95 at least |
        | CPU of a request, 64, to raw hyper, tokio's threads | 1.54 | 1.54 | 1.2 at most |
        | p99, 64, to raw hyper, tokio's threads | 1.50 | 1.50 | 1.5 at most |
        | first 200, ms | 2.5 (2.5–2.5) | 2.5 (2.5–2.5) | 10 at most |
        | memory idle, MB | 15.0 (15.0–15.0) | 15.0 (15.0–15.0) | 8 at most |
        | memory after many requests, MB | not measured | 20.0 after 1000 | 32 at most after 5000000 |
        | binary, MB | 5.1 | 5.1 | 8 at most |

        | greenapi-mock, log off, after so many | groups: CPU µs/request | to the first | instances: CPU µs/request | to the first | goal |
        |---|---|---|---|---|---|
        | 1 | 10.00 (10.00–10.00) | 1.00 | 20.00 (20.00–20.00) | 1.00 | 1, as it does not grow |
        | 10 | 11.00 (11.00–11.00) | 1.10 | 22.00 (22.00–22.00) | 1.10 | 1, as it does not grow |
        | 100 | 12.50 (12.50–12.50) | 1.25 | 25.00 (25.00–25.00) | 1.25 | 1, as it does not grow |
        ");
    }

    #[test]
    fn the_better_one_is_the_baseline() {
        let (slow, fast) = (row(Kind::OneThread, 1), row(Kind::Threads, 2));
        assert_eq!(Better::More.of(&slow, &fast, |row| &row.loads[0].rate).kind(), Kind::Threads);
        assert_eq!(Better::Less.of(&slow, &fast, |row| &row.loads[0].cpu).kind(), Kind::Threads);
        assert_eq!(Better::More.of(&slow, &fast, |row| &row.loads[1].rate).kind(), Kind::OneThread);
        assert_eq!(Better::Less.of(&slow, &fast, |row| &row.loads[1].cpu).kind(), Kind::OneThread);
    }
}
