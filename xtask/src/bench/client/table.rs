//! What was measured of the clients, in Markdown.

use std::fmt::Write;

use crate::bench::client::valgrind::PerCall;
use crate::bench::samples::Samples;

/// What was measured of one client, at each concurrency.
#[derive(Debug)]
pub(crate) struct Row {
    name: &'static str,
    /// Calls a second.
    pub(crate) rates: [Samples; 2],
    /// Microseconds of the processor a call.
    pub(crate) cpu: [Samples; 2],
    pub(crate) counted: Option<PerCall>,
}

impl Row {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, rates: Default::default(), cpu: Default::default(), counted: None }
    }
}

/// The rows as a table, and below it the ratios of the second row to each other one.
pub(crate) fn rendered(rows: &[Row]) -> String {
    let mut text = String::from(
        "| client | calls/s, 1 at a time | calls/s, 64 | CPU µs/call, 1 | CPU µs/call, 64 | instructions/call | allocations/call | bytes/call |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for Row { name, rates, cpu, counted } in rows {
        let counted = match counted {
            Some(counted) => {
                format!("{:.0} | {:.2} | {:.0}", counted.instructions, counted.allocations, counted.bytes)
            }
            None => "not counted | not counted | not counted".to_owned(),
        };
        // Writing to memory cannot fail.
        let _ = writeln!(
            text,
            "| {name} | {} | {} | {:.2} | {:.2} | {counted} |",
            rates[0], rates[1], cpu[0], cpu[1]
        );
    }
    if let [bare, ours, others @ ..] = rows {
        text.push_str(
            "\n| CPU of a call, greenapi-transport to | 1 at a time | 64 | goal |\n|---|---|---|---|\n",
        );
        ratio(&mut text, ours, bare, "1.15 at most");
        for other in others {
            ratio(&mut text, ours, other, "0.75 at most");
        }
    }
    text
}

fn ratio(text: &mut String, ours: &Row, other: &Row, goal: &str) {
    let [one, many] = [0, 1].map(|at| ours.cpu[at].ratio_to(&other.cpu[at]));
    let _ = writeln!(text, "| {} | {one:.2} | {many:.2} | {goal} |", other.name);
}

#[cfg(test)]
mod tests {
    use super::{PerCall, Row, rendered};

    fn row(name: &'static str, scale: f64, counted: Option<PerCall>) -> Row {
        let mut row = Row { counted, ..Row::new(name) };
        for round in [1.0, 1.5, 2.0] {
            for at in [0, 1] {
                row.rates[at].add(10_000.0 * round);
                row.cpu[at].add(10.0 * scale * round);
            }
        }
        row
    }

    #[test]
    fn the_table_has_the_medians_their_spread_and_the_ratios() {
        let counted = PerCall { instructions: 12_345.6, allocations: 15.0, bytes: 2_000.0 };
        let rows =
            [row("bare", 1.0, Some(counted)), row("ours", 1.1, Some(counted)), row("other", 2.0, None)];
        insta::assert_snapshot!(rendered(&rows), @r"
        | client | calls/s, 1 at a time | calls/s, 64 | CPU µs/call, 1 | CPU µs/call, 64 | instructions/call | allocations/call | bytes/call |
        |---|---|---|---|---|---|---|---|
        | bare | 15000 (10000–20000) | 15000 (10000–20000) | 15.00 (10.00–20.00) | 15.00 (10.00–20.00) | 12346 | 15.00 | 2000 |
        | ours | 15000 (10000–20000) | 15000 (10000–20000) | 16.50 (11.00–22.00) | 16.50 (11.00–22.00) | 12346 | 15.00 | 2000 |
        | other | 15000 (10000–20000) | 15000 (10000–20000) | 30.00 (20.00–40.00) | 30.00 (20.00–40.00) | not counted | not counted | not counted |

        | CPU of a call, greenapi-transport to | 1 at a time | 64 | goal |
        |---|---|---|---|
        | bare | 1.10 | 1.10 | 1.15 at most |
        | other | 0.55 | 0.55 | 0.75 at most |
        ");
    }
}
