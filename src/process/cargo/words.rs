//! What cargo writes for people to read.

use super::BuildProgress;

/// What cargo says when it waits for a lock; after it comes what is locked.
const BLOCKED: &str = "Blocking waiting for file lock on ";

/// What cargo has said last about how far it is: `Building [====>   ] 12/180: tonic, …`, or that it
/// waits for another cargo.
pub fn progress_in(stderr: &str) -> Option<BuildProgress> {
    let bar = stderr.rfind("Building [");
    let blocked = stderr.rfind(BLOCKED).filter(|at| Some(*at) > bar);
    // Cargo locks its cache for a moment, whoever else uses it. Only the lock on a target folder is that of a build.
    if blocked.is_some_and(|at| !stderr[at + BLOCKED.len()..].starts_with("package cache")) {
        return Some(BuildProgress::Waiting);
    }
    let (_, after) = stderr[bar?..].split_once("] ")?;
    let (done, rest) = after.split_once('/')?;
    let total: String = rest.chars().take_while(char::is_ascii_digit).collect();
    Some(BuildProgress::Compiling {
        done: done.trim().parse().ok()?,
        total: total.parse().ok()?,
    })
}

/// What cargo wrote, without its progress bar and its list of finished crates.
pub fn without_bar(stderr: &str) -> String {
    let status = [
        "Compiling ",
        "Building [",
        "Blocking ",
        "Fresh ",
        "Dirty ",
        "Locking ",
    ];
    let lines: Vec<String> = stderr
        .split(['\n', '\r'])
        // Cargo clears its bar with an escape sequence.
        .map(|line| console::strip_ansi_codes(line).trim_end().to_string())
        .filter(|line| {
            !line.is_empty()
                && !status
                    .iter()
                    .any(|word| line.trim_start().starts_with(word))
        })
        .collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_is_read_from_whatever_cargo_drew_last() {
        let drawn = "   Compiling a v1\r    Building [>      ] 3/180: a\r    Building [=>   ] 14/180: b, c\r";
        assert_eq!(
            progress_in(drawn),
            Some(BuildProgress::Compiling {
                done: 14,
                total: 180
            })
        );
        assert_eq!(progress_in("   Compiling a v1\n"), None);
        let blocked = "    Blocking waiting for file lock on build directory\n";
        assert_eq!(progress_in(blocked), Some(BuildProgress::Waiting));
        // Whoever holds it builds nothing here.
        let cache = "    Blocking waiting for file lock on package cache\n";
        assert_eq!(progress_in(cache), None);
        assert_eq!(progress_in("    Building [=>   ] what"), None);
    }

    #[test]
    fn cargo_is_quoted_without_its_bar() {
        let written = "    Building [>  ] 3/180: a\r\u{1b}[K   Compiling a v1\nerror: no\n\nCaused by:\n  this\n";
        assert_eq!(without_bar(written), "error: no\nCaused by:\n  this");
    }
}
