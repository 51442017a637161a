//! The terminal that the interactive lab would use.

use std::io::{IsTerminal as _, stdin, stdout};

use crate::draw::has_escape_codes;

use super::{CheckId, Finding, System};

/// The smallest terminal that the interactive lab is designed for.
const COLUMNS: u16 = 80;
const ROWS: u16 = 24;

/// What was found out about it.
#[derive(Debug, Default)]
pub struct Facts {
    /// Whether standard input and standard output are a terminal.
    input: bool,
    output: bool,
    /// Rows and columns.
    size: Option<(u16, u16)>,
    /// The variable TERM.
    term: Option<String>,
    /// Whether `NO_COLOR` is set.
    no_color: bool,
    /// Whether the output is a terminal that prints escape codes and does not carry them out, as old consoles of Windows.
    prints_escape_codes: bool,
    /// The locale for characters: the first that is set of `LC_ALL`, `LC_CTYPE` and `LANG`.
    locale: Option<String>,
}

/// Asks the terminal and the environment.
pub fn gather() -> Facts {
    let set = |name: &&str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    let value = |name: &str| Some(std::env::var_os(name)?.to_string_lossy().into_owned());
    Facts {
        input: stdin().is_terminal(),
        output: stdout().is_terminal(),
        size: console::Term::stdout().size_checked(),
        term: value("TERM"),
        no_color: set(&"NO_COLOR"),
        prints_escape_codes: stdout().is_terminal() && !has_escape_codes(),
        locale: ["LC_ALL", "LC_CTYPE", "LANG"]
            .iter()
            .find(|name| set(name))
            .and_then(|name| value(name)),
    }
}

/// Findings about the terminal and its size, and about the locale.
pub fn judge(facts: &Facts, system: System, program: &str) -> Vec<Finding> {
    let mut findings = vec![judge_terminal(facts, system, program)];
    if let Some((rows, columns)) = facts.size.filter(|_| facts.output) {
        findings.push(judge_size(rows, columns));
    }
    if system != System::Windows {
        findings.push(judge_locale(facts.locale.as_deref()));
    }
    findings
}

fn judge_terminal(facts: &Facts, system: System, program: &str) -> Finding {
    const CHECK: CheckId = CheckId::Terminal;
    let missing = match (facts.input, facts.output) {
        (false, false) => "Neither input nor output is a terminal",
        (false, true) => "The input is not a terminal",
        (true, false) => "The output is not a terminal",
        (true, true) => "",
    };
    if !missing.is_empty() {
        return Finding::warning(
            CHECK,
            format!("{missing}, and the interactive lab needs both to be one."),
        )
        .fix(format!(
            "All other commands work here. To check a terminal, run `{program} doctor` in it."
        ));
    }
    if facts.prints_escape_codes {
        return Finding::warning(
            CHECK,
            "This console cannot show colours or a full screen, so the lab uses no colour, and the interactive lab does \
             not start in it.",
        )
        .fix("Use Windows Terminal, or the terminal of an editor such as VS Code.");
    }
    let colour = if facts.no_color {
        "the lab uses no colour, because NO_COLOR is set"
    } else {
        "the lab uses colour"
    };
    match facts.term.as_deref() {
        Some("dumb") => Finding::warning(
            CHECK,
            "This is a terminal, but TERM is `dumb`, so the interactive lab prints lines instead of a screen.",
        )
        .fix("If you want that, all is well. Most terminals can do more: run `export TERM=xterm-256color`."),
        None | Some("") if system != System::Windows => Finding::warning(
            CHECK,
            "This is a terminal, but the variable TERM is not set.",
        )
        .fix("Run `export TERM=xterm-256color`."),
        Some(term) if !term.is_empty() => Finding::ok(
            CHECK,
            format!("This is a terminal (TERM is {term}); {colour}."),
        ),
        _ => Finding::ok(CHECK, format!("This is a terminal; {colour}.")),
    }
}

fn judge_size(rows: u16, columns: u16) -> Finding {
    const CHECK: CheckId = CheckId::TerminalSize;
    let size = format!("The terminal has {columns} columns and {rows} rows");
    if columns < COLUMNS || rows < ROWS {
        Finding::warning(
            CHECK,
            format!("{size}; the interactive lab is designed for at least {COLUMNS} and {ROWS}."),
        )
        .fix("Make the window larger, or the font smaller.")
    } else {
        Finding::ok(CHECK, format!("{size}."))
    }
}

fn judge_locale(locale: Option<&str>) -> Finding {
    const CHECK: CheckId = CheckId::Locale;
    const ADVICE: &str =
        "If characters such as ✓ are not shown correctly, run `export LC_ALL=C.UTF-8`.";
    let is_utf8 = |locale: &str| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    };
    match locale {
        Some(locale) if is_utf8(locale) => {
            Finding::ok(CHECK, format!("The locale {locale} uses UTF-8."))
        }
        Some(locale) => {
            Finding::warning(CHECK, format!("The locale {locale} does not use UTF-8.")).fix(ADVICE)
        }
        None => Finding::warning(CHECK, "No locale is set (LC_ALL, LC_CTYPE or LANG).").fix(ADVICE),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    fn good() -> Facts {
        Facts {
            input: true,
            output: true,
            size: Some((24, 80)),
            term: Some("xterm".into()),
            no_color: false,
            prints_escape_codes: false,
            locale: Some("de_AT.utf8".into()),
        }
    }

    fn outcomes(facts: &Facts) -> Vec<(&'static str, Severity)> {
        let findings = judge(facts, System::Linux, "lab");
        assert!(
            findings
                .iter()
                .all(|f| (f.severity == Severity::Ok) == f.fix.is_none())
        );
        findings
            .iter()
            .map(|f| (f.check.name(), f.severity))
            .collect()
    }

    #[test]
    fn a_good_terminal_has_no_warning() {
        use Severity::Ok;
        let all = [("terminal", Ok), ("terminal-size", Ok), ("locale", Ok)];
        assert_eq!(outcomes(&good()), all);
        // Windows has neither TERM nor a locale in its environment.
        let windows = Facts {
            term: None,
            locale: None,
            ..good()
        };
        let findings = judge(&windows, System::Windows, "lab");
        assert!(findings.iter().all(|f| f.severity == Ok) && findings.len() == 2);
    }

    #[test]
    fn a_small_terminal_is_a_warning() {
        for size in [(23, 80), (24, 79), (5, 20)] {
            let facts = Facts {
                size: Some(size),
                ..good()
            };
            assert_eq!(outcomes(&facts)[1], ("terminal-size", Severity::Warning));
        }
    }

    #[test]
    fn a_console_that_prints_escape_codes_gets_neither_colour_nor_the_interactive_lab() {
        let old = Facts {
            prints_escape_codes: true,
            ..good()
        };
        let finding = judge_terminal(&old, System::Windows, "lab");
        assert_eq!(finding.severity, Severity::Warning);
        assert!(finding.message.contains("uses no colour"));
        assert!(finding.fix.unwrap().contains("Windows Terminal"));
    }

    #[test]
    fn pipes_dumb_terminals_and_other_locales_are_warnings() {
        let pipe = Facts {
            output: false,
            ..good()
        };
        let [(_, terminal), _] = outcomes(&pipe)[..] else {
            panic!("a pipe has a size")
        };
        assert_eq!(terminal, Severity::Warning);
        for term in [None, Some("dumb".to_string()), Some(String::new())] {
            assert_eq!(outcomes(&Facts { term, ..good() })[0].1, Severity::Warning);
        }
        for locale in [None, Some("C".to_string())] {
            assert_eq!(
                outcomes(&Facts { locale, ..good() })[2].1,
                Severity::Warning
            );
        }
        let quiet = judge(
            &Facts {
                no_color: true,
                ..good()
            },
            System::Mac,
            "lab",
        );
        assert!(quiet[0].message.contains("NO_COLOR is set"));
    }
}
