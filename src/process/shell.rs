//! How shells end where they do not find a command.

/// The exit code of `cmd /C` for a command that it does not find, as for many other failures; and that of a script in
/// which a command is not found.
const CMD_FAILED: [i32; 2] = [1, 9009];

/// The exit code of a shell of Unix that does not find a command (POSIX, XCU 2.8.2). A program whose libraries are
/// missing ends with it, too.
const SH_NOT_FOUND: i32 = 127;

/// Commands that `cmd` carries out itself.
const BUILT_IN: [&str; 12] = [
    "call", "cd", "copy", "del", "echo", "for", "if", "mkdir", "pushd", "set", "start", "type",
];

/// Whether a shell of Unix ended because it did not find a command.
pub fn sh_lacks_command(code: i32, stderr: &str) -> bool {
    code == SH_NOT_FOUND && stderr.contains("not found")
}

/// Whether `cmd` ended because it did not find the first command of a line. Then it names the command in quotation
/// marks, whatever its language: `'serve' is not recognized as an internal or external command, …`.
pub fn cmd_lacks_command(
    code: i32,
    line: &str,
    stderr: &str,
    is_found: impl Fn(&str) -> bool,
) -> bool {
    let Some(name) = first_word(line) else {
        return false;
    };
    let is_built_in = BUILT_IN.iter().any(|own| own.eq_ignore_ascii_case(name));
    let is_named = ["'", "\""]
        .iter()
        .any(|mark| stderr.contains(&format!("{mark}{name}{mark}")));
    CMD_FAILED.contains(&code) && is_named && !is_built_in && !is_found(name)
}

/// The first word of a command line; a path with spaces is in quotation marks.
fn first_word(line: &str) -> Option<&str> {
    let line = line.trim_start();
    match line.strip_prefix('"') {
        Some(rest) => rest.split('"').next(),
        None => line.split_whitespace().next(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_that_is_not_found_is_known_in_every_language() {
        let nothing = |_: &str| false;
        for (line, stderr) in [
            (
                "nosuch --port 1",
                "'nosuch' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n",
            ),
            (
                "nosuch",
                "Der Befehl \"nosuch\" ist entweder falsch geschrieben oder\r\nkonnte nicht gefunden werden.\r\n",
            ),
            (
                "\"C:\\no such\\server.exe\" 1",
                "'\"C:\\no such\\server.exe\"' is not recognized as an internal or external command,",
            ),
        ] {
            for code in CMD_FAILED {
                assert!(cmd_lacks_command(code, line, stderr, nothing), "{line}");
            }
            assert!(!cmd_lacks_command(1, line, stderr, |_| true), "{line}");
            assert!(!cmd_lacks_command(2, line, stderr, nothing), "{line}");
        }
        for (line, stderr) in [
            ("python server.py", "Traceback (most recent call last):"),
            ("", "'' is not recognized"),
            ("start /B nosuch", "The system cannot find the file 'start'"),
        ] {
            assert!(!cmd_lacks_command(1, line, stderr, nothing), "{line}");
        }
    }

    #[test]
    fn a_shell_of_unix_says_what_it_does_not_find() {
        assert!(sh_lacks_command(127, "sh: 1: nosuch: not found"));
        assert!(!sh_lacks_command(126, "sh: 1: /tmp: Permission denied"));
        let library =
            "error while loading shared libraries: libx.so: cannot open shared object file";
        assert!(!sh_lacks_command(127, library));
    }
}
