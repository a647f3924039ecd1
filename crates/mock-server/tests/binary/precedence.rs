//! Where the value of an option comes from.

use std::collections::BTreeSet;
use std::fs;

use greenapi_model::Contract;

use crate::{command, printed};

/// An option, and what `config show` says of it by default, if anything; then for the file, the variable and the flag what is
/// written there, and what `config show` says.
type Row = (&'static str, &'static str, [(&'static str, &'static str); 3]);

/// `FOLDER` stands for the one in which the file is.
#[rustfmt::skip] // A row is a line.
const ROWS: [Row; 34] = [
    ("listen", "listen = '127.0.0.1:8080'", [("listen = '127.0.0.1:1'", "listen = '127.0.0.1:1'"), ("127.0.0.1:2", "listen = '127.0.0.1:2'"), ("127.0.0.1:3", "listen = '127.0.0.1:3'")]),
    ("drain", "drain = '10s'", [("drain = '1s'", "drain = '1s'"), ("2s", "drain = '2s'"), ("3s", "drain = '3s'")]),
    ("log", "log = 'text'", [("log = 'json'", "log = 'json'"), ("off", "log = 'off'"), ("json", "log = 'json'")]),
    ("ready-file", "", [("ready-file = '1'", "ready-file = 'FOLDER/1'"), ("2", "ready-file = '2'"), ("3", "ready-file = '3'")]),
    ("edition", "edition = '2020-06-29'", [("edition = '2020-06-29'", "edition = '2020-06-29'"), ("2020-06-29", "edition = '2020-06-29'"), ("2020-06-29", "edition = '2020-06-29'")]),
    ("spec", "", [("spec = '1.json'", "spec = 'FOLDER/1.json'"), ("FOLDER/2.json", "spec = 'FOLDER/2.json'"), ("FOLDER/3.json", "spec = 'FOLDER/3.json'")]),
    ("seed", "seed = 0", [("seed = 1", "seed = 1"), ("2", "seed = 2"), ("3", "seed = 3")]),
    ("clock", "clock = 'example'", [("clock = '2021-01-01T00:00:00Z'", "clock = '2021-01-01T00:00:00.000Z'"), ("2022-01-01T00:00:00Z", "clock = '2022-01-01T00:00:00.000Z'"), ("system", "clock = 'system'")]),
    ("instance", "", [("instance = [{ id = 7, state = 'starting' }]", "state = 'starting'"), ("7:not-authorized", "state = 'notAuthorized'"), ("7:authorized", "state = 'authorized'")]),
    ("fault", "", [("fault = ['wire.latency=uniform(1ms,2ms)']", "fault = 'wire.latency=uniform(1ms,2ms)'"), ("wire.latency=uniform(3ms,4ms)", "fault = 'wire.latency=uniform(3ms,4ms)'"), ("empty-reply", "fault = 'wire.empty-reply'")]),
    ("strict", "strict = false", [("strict = true", "strict = true"), ("false", "strict = false"), ("true", "strict = true")]),
    ("tls", "enabled = false", [("tls.enabled = true", "enabled = true"), ("false", "enabled = false"), ("true", "enabled = true")]),
    ("tls-host", "hosts = []", [("tls.hosts = ['a', '::1']", "hosts = ['a', '::1']"), ("b,*.c", "hosts = ['b', '*.c']"), ("127.0.0.3", "hosts = ['127.0.0.3']")]),
    ("tls-ca", "", [("tls.ca = '1'", "ca = 'FOLDER/1'"), ("2", "ca = '2'"), ("3", "ca = '3'")]),
    ("tls-cert", "", [("tls.cert = '1'", "cert = 'FOLDER/1'"), ("2", "cert = '2'"), ("3", "cert = '3'")]),
    ("tls-key", "", [("tls.key = '1'", "key = 'FOLDER/1'"), ("2", "key = '2'"), ("3", "key = '3'")]),
    ("head-timeout", "head-timeout = '30s'", [("limits.head-timeout = '1s'", "head-timeout = '1s'"), ("2s", "head-timeout = '2s'"), ("3s", "head-timeout = '3s'")]),
    ("idle-timeout", "idle-timeout = '30s'", [("limits.idle-timeout = '1s'", "idle-timeout = '1s'"), ("2s", "idle-timeout = '2s'"), ("3s", "idle-timeout = '3s'")]),
    ("body-timeout", "body-timeout = '30s'", [("limits.body-timeout = '1s'", "body-timeout = '1s'"), ("2s", "body-timeout = '2s'"), ("3s", "body-timeout = '3s'")]),
    ("max-connections", "max-connections = 16384", [("limits.max-connections = 1", "max-connections = 1"), ("2", "max-connections = 2"), ("3", "max-connections = 3")]),
    ("max-head-bytes", "max-head-bytes = 417792", [("limits.max-head-bytes = 8193", "max-head-bytes = 8193"), ("8194", "max-head-bytes = 8194"), ("8195", "max-head-bytes = 8195")]),
    ("max-headers", "max-headers = 100", [("limits.max-headers = 1", "max-headers = 1"), ("2", "max-headers = 2"), ("3", "max-headers = 3")]),
    ("max-body-bytes", "", [("limits.max-body-bytes = 1", "max-body-bytes = 1"), ("2", "max-body-bytes = 2"), ("3", "max-body-bytes = 3")]),
    ("cors", "cors = []", [("cors = ['https://a']", "cors = ['https://a']"), ("http://b:81,null", "cors = ['http://b:81', 'null']"), ("*", "cors = ['*']")]),
    ("max-instances", "max-instances = 100000", [("max-instances = 1", "max-instances = 1"), ("2", "max-instances = 2"), ("3", "max-instances = 3")]),
    ("groups-kept", "groups-kept = 100", [("groups-kept = 1", "groups-kept = 1"), ("2", "groups-kept = 2"), ("3", "groups-kept = 3")]),
    ("journal-entries", "entries = 1000", [("journal.entries = 1", "entries = 1"), ("2", "entries = 2"), ("3", "entries = 3")]),
    ("journal-bytes", "bytes = 1048576", [("journal.bytes = 1", "bytes = 1"), ("2", "bytes = 2"), ("3", "bytes = 3")]),
    ("journal-total-bytes", "total-bytes = 16777216", [("journal.total-bytes = 1", "total-bytes = 1"), ("2", "total-bytes = 2"), ("3", "total-bytes = 3")]),
    ("mask-phones", "mask-phones = false", [("journal.mask-phones = true", "mask-phones = true"), ("no", "mask-phones = false"), ("yes", "mask-phones = true")]),
    ("retry-window", "retry-window = '10s'", [("journal.retry-window = '1s'", "retry-window = '1s'"), ("2s", "retry-window = '2s'"), ("3 seconds", "retry-window = '3s'")]),
    ("admin", "enabled = true", [("admin.enabled = false", "enabled = false"), ("true", "enabled = true"), ("false", "enabled = false")]),
    ("admin-listen", "", [("admin.listen = '127.0.0.1:1'", "listen = '127.0.0.1:1'"), ("127.0.0.1:2", "listen = '127.0.0.1:2'"), ("127.0.0.1:3", "listen = '127.0.0.1:3'")]),
    ("admin-token-file", "", [("admin.token-file = '1'", "token-file = 'FOLDER/1'"), ("2", "token-file = '2'"), ("3", "token-file = '3'")]),
];

#[test]
fn the_command_line_wins_over_the_environment_and_that_over_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    for name in ["1.json", "2.json", "3.json"] {
        fs::write(folder.path().join(name), Contract::default().document()).unwrap();
    }
    let file = format!("{path}/mock.toml");
    for (option, default, [of_file, variable, flag]) in &ROWS {
        let place = |text: &str| text.replace("FOLDER", path);
        let name = format!("GREENAPI_MOCK_{}", option.to_uppercase().replace('-', "_"));
        let given = format!("--{option}={}", place(flag.0));
        fs::write(&file, of_file.0).unwrap();
        let check = |places: [bool; 3], expected: &str, origin: &str| {
            let [with_file, with_variable, with_flag] = places;
            let mut arguments = vec!["config", "show"];
            arguments.extend(with_file.then_some(["--config", &file]).into_iter().flatten());
            arguments.extend(with_flag.then_some(given.as_str()));
            let mut command = command(&arguments);
            if with_variable {
                command.env(&name, place(variable.0));
            }
            let shown = printed(&mut command);
            let expected = place(expected).replace('\'', "\"");
            assert!(
                says(&shown, option, &expected, origin),
                "{option}: no `{expected}` by {origin}\n{shown}"
            );
        };
        check([false, false, false], default, "default");
        check([true, false, false], of_file.1, "file");
        check([true, true, false], variable.1, &format!("environment: {name}"));
        check([true, true, true], flag.1, &format!("flag: --{option}"));
        check([false, false, true], flag.1, &format!("flag: --{option}"));
    }
}

/// Whether that line is there with its origin. Of an instance or a fault the origin stands at the head of its table.
fn says(shown: &str, option: &str, expected: &str, origin: &str) -> bool {
    let lines = shown.lines().map(|line| line.split_once("  # ").unwrap_or((line, "")));
    let mut lines = lines.map(|(line, origin)| (line.trim_end(), origin));
    let head = format!("[[{option}]]");
    match option {
        "instance" | "fault" if expected.is_empty() => lines.all(|(line, _)| line != head),
        "instance" | "fault" => {
            lines.any(|line| line == (&head, origin)) && lines.any(|(line, _)| line == expected)
        }
        _ => expected.is_empty() || lines.any(|line| line == (expected, origin)),
    }
}

#[test]
fn no_option_is_missing_in_the_table() {
    let help = printed(&mut command(&["--help"]));
    let options: BTreeSet<&str> = help
        .lines()
        .filter_map(|line| line.trim_start().strip_prefix("--"))
        .map(|line| line.split([' ', '[', '=']).next().unwrap())
        .collect();
    let rows = ROWS.iter().map(|(option, ..)| *option);
    // The file itself, and another way to write `--admin=false`.
    assert_eq!(options, rows.chain(["config", "no-admin"]).collect());
}
