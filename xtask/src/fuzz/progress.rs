//! What libFuzzer says, and what of it is worth a line.

use std::fmt;
use std::path::PathBuf;

/// How far a target is, as libFuzzer counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Progress {
    pub(super) inputs: u64,
    /// How many edges between pieces of code were taken.
    edges: u64,
    /// How many inputs are kept, as each reaches something that no other one does.
    kept: u64,
    megabytes: u64,
    pub(super) seconds: u64,
}

/// What a line is.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// It is counted.
    Progress,
    /// It says where the input is that broke a property.
    Input(PathBuf),
    /// Nobody needs it.
    Noise,
    /// A person has to see it.
    Message,
}

impl Progress {
    /// Reads a line.
    pub(super) fn read(&mut self, line: &str) -> Line {
        if let Some((_, path)) = line.split_once("Test unit written to ") {
            return Line::Input(path.trim().into());
        }
        if let Some(rest) = line.strip_prefix('#') {
            let Some((inputs, rest)) = rest.split_once('\t') else { return Line::Noise };
            set(&mut self.inputs, Some(inputs));
            let mut words = rest.split_whitespace();
            while let Some(word) = words.next() {
                match word {
                    "cov:" => set(&mut self.edges, words.next()),
                    "corp:" => set(&mut self.kept, words.next()),
                    "rss:" => set(&mut self.megabytes, words.next()),
                    _ => {}
                }
            }
            return Line::Progress;
        }
        match line.strip_prefix("stat::").and_then(|stat| stat.split_once(':')) {
            Some(("number_of_executed_units", number)) => set(&mut self.inputs, Some(number.trim())),
            Some(("peak_rss_mb", number)) => set(&mut self.megabytes, Some(number.trim())),
            Some(_) => {}
            None if line.starts_with("Done ") => {
                let seconds = line.split(" in ").nth(1).and_then(|rest| rest.split(' ').next());
                set(&mut self.seconds, seconds);
            }
            None if is_noise(line) => {}
            None => return Line::Message,
        }
        Line::Noise
    }
}

/// What it says of itself, and a dictionary of its own.
fn is_noise(line: &str) -> bool {
    [
        "INFO: ",
        "\tNEW_FUNC",
        "WARNING: Failed to find function",
        "Dictionary: ",
        "\"",
        "Running: ",
        "Executed ",
        "***",
    ]
    .iter()
    .any(|start| line.starts_with(start))
        || line.contains(": Running 1 inputs 1 time(s) each.")
        || line.trim().is_empty()
}

/// Takes the digits that a word starts with.
fn set(number: &mut u64, word: Option<&str>) {
    let word = word.unwrap_or_default();
    let end = word.find(|character: char| !character.is_ascii_digit()).unwrap_or(word.len());
    if let Ok(found) = word[..end].parse() {
        *number = found;
    }
}

impl fmt::Display for Progress {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { inputs, edges, kept, megabytes, seconds } = self;
        let rate = inputs / (*seconds).max(1);
        write!(
            formatter,
            "{inputs} inputs in {seconds} s ({rate}/s), {edges} edges, {kept} inputs kept, {megabytes} MB at most"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Line, Progress};

    #[test]
    fn lines_are_counted_shown_or_dropped() {
        let check = |line: &str, expected: Line| {
            assert_eq!(Progress::default().read(line), expected, "{line}");
        };
        check(
            "#8192\tpulse  cov: 9378 ft: 14346 corp: 465/44Kb lim: 157 exec/s: 5168 rss: 41Mb",
            Line::Progress,
        );
        check("###### Recommended dictionary. ######", Line::Noise);
        check("\"\\000I\" # Uses: 183", Line::Noise);
        check("INFO: Seed: 1", Line::Noise);
        check("Dictionary: 32 entries", Line::Noise);
        check("\tNEW_FUNC[1/2]: 0x55f900b45501", Line::Noise);
        check("stat::new_units_added:          1115", Line::Noise);
        check("Done 51768 runs in 11 second(s)", Line::Noise);
        check("thread '<unnamed>' (1) panicked at src/request.rs:63:17:", Line::Message);
        check("==1== ERROR: libFuzzer: deadly signal", Line::Message);
        check(
            "artifact_prefix='/x/'; Test unit written to /x/crash-adc83b19",
            Line::Input("/x/crash-adc83b19".into()),
        );
    }

    #[test]
    fn the_last_count_is_shown() {
        let mut progress = Progress::default();
        for line in [
            "#51055\tREDUCE cov: 14411 ft: 26746 corp: 887/20Kb lim: 61 exec/s: 5105 rss: 62Mb L: 11/58 MS: 1 EraseBytes-",
            "#51768\tDONE   cov: 14412 ft: 26777 corp: 889/20Kb lim: 66 exec/s: 4706 rss: 62Mb",
            "Done 51768 runs in 11 second(s)",
            "stat::number_of_executed_units: 51769",
            "stat::peak_rss_mb:              63",
        ] {
            progress.read(line);
        }
        let expected = "51769 inputs in 11 s (4706/s), 14412 edges, 889 inputs kept, 63 MB at most";
        assert_eq!(progress.to_string(), expected);
    }
}
