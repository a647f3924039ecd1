//! Where and when something was measured.

use std::fs;
use std::process::Command;

/// One line on the machine, the day, and how much was measured: `each` is what a round was.
pub(crate) fn described(rounds: u16, each: &str) -> String {
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let rounds = if rounds == 1 { "1 round".to_owned() } else { format!("{rounds} rounds") };
    let model = fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| model(&text));
    format!(
        "{cores} cores ({}), {}, {}, median (least–most) of {rounds}, {each}\n",
        model.as_deref().unwrap_or("of a kind that is not known"),
        first_line("rustc", &["--version"]),
        first_line("date", &["-u", "+%Y-%m-%d"]),
    )
}

fn model(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

/// What a program says of itself, or that it does not.
fn first_line(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().map_or_else(|| format!("no {program}"), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::model;

    #[test]
    fn the_model_is_found() {
        assert_eq!(model("processor: 0\nmodel name\t: Some CPU\nflags : a\n").as_deref(), Some("Some CPU"));
        assert_eq!(model("processor: 0\n"), None);
    }
}
