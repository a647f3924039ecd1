//! `greenapi-mock man`.

use std::io::{self, Write};

use clap::Command;
use clap_mangen::Man;

use crate::cli::{self, Section};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::output;

/// Prints the page of the whole, or of the command that these words name.
pub(crate) fn print(words: &[String]) -> Result<(), Failure> {
    // It has no page of its own, and is nothing that a page has to name.
    let mut whole = cli::command().disable_help_subcommand(true);
    whole.build();
    let mut command = &whole;
    for word in words {
        command = command.find_subcommand(word).ok_or_else(|| {
            Failure::use_of(
                &format!("there is no command `{}`", words.join(" ")),
                "`greenapi-mock man` without more is the page of the whole, and lists the commands.",
            )
        })?;
    }
    let mut page = Vec::new();
    write(&mut page, command.clone(), words.is_empty()).map_err(|error| Failure::output(&error))?;
    output::print(&page)
}

/// `clap_mangen` fills the lines of what stands below the options, so that part is written here.
fn write(page: &mut Vec<u8>, command: Command, is_whole: bool) -> io::Result<()> {
    let after = command.get_after_help().map(ToString::to_string);
    let has_commands = command.has_subcommands();
    let man = Man::new(command).source(concat!("greenapi-mock ", env!("CARGO_PKG_VERSION")));
    man.render_title(page)?;
    man.render_name_section(page)?;
    man.render_synopsis_section(page)?;
    man.render_description_section(page)?;
    man.render_options_section(page)?;
    if has_commands {
        man.render_subcommands_section(page)?;
    }
    if is_whole {
        for Section { heading, text } in cli::sections() {
            writeln!(page, ".SH {}", heading.to_uppercase())?;
            paragraphs(page, &text)?;
        }
        writeln!(page, ".SH EXIT STATUS")?;
        for exit in Exit::ALL {
            writeln!(page, ".TP\n{}\n{}", exit.code(), escaped(exit.meaning()))?;
        }
    } else if let Some(text) = after {
        writeln!(page, ".SH NOTES")?;
        paragraphs(page, &text)?;
    }
    Ok(())
}

/// Lines that are indented stay as they are; others are filled.
fn paragraphs(page: &mut Vec<u8>, text: &str) -> io::Result<()> {
    let mut was_indented = false;
    for line in text.lines() {
        let is_indented = line.starts_with(' ');
        if is_indented != was_indented {
            writeln!(page, "{}", if is_indented { ".nf" } else { ".fi" })?;
            was_indented = is_indented;
        }
        match line {
            "" => writeln!(page, ".PP")?,
            line => writeln!(page, "{}", escaped(line))?,
        }
    }
    if was_indented { writeln!(page, ".fi") } else { Ok(()) }
}

/// A line of text in which roff finds nothing to do.
fn escaped(line: &str) -> String {
    let line = line
        .replace('\\', r"\e")
        .replace('-', r"\-")
        .replace('`', r"\(ga")
        .replace('\'', r"\(aq")
        .replace('^', r"\(ha")
        .replace('~', r"\(ti");
    if line.starts_with('.') { format!(r"\&{line}") } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_indented_stays_as_it_is() {
        let check = |text: &str, expected: &str| {
            let mut page = Vec::new();
            paragraphs(&mut page, text).unwrap();
            assert_eq!(String::from_utf8(page).unwrap(), expected, "{text:?}");
        };
        check("a\nb\n", "a\nb\n");
        check("a:\n  b\n    c\n\nd", "a:\n.nf\n  b\n    c\n.fi\n.PP\nd\n");
        check("  --a 'b'", ".nf\n  \\-\\-a \\(aqb\\(aq\n.fi\n");
        check(".a\n'b\n\\c `d`", "\\&.a\n\\(aqb\n\\ec \\(gad\\(ga\n");
    }
}
