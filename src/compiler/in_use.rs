//! Programs that cargo cannot replace while they run, which only Windows refuses.

/// The words of cargo and of the linkers of MSVC and MinGW before the path of a program that they cannot replace.
const BEFORE_PATH: [&str; 3] = [
    "failed to remove file",
    "fatal error LNK1104",
    "cannot open output file",
];

/// The file name of the program, if that is why cargo, or the linker that it calls, has failed. What the system adds is
/// translated, and not looked at.
pub fn running_program(words: &str) -> Option<&str> {
    const SUFFIX: &str = ".exe";
    words.lines().find_map(|line| {
        let mut before = BEFORE_PATH.iter();
        let (_, path) = before.find_map(|words| line.split_once(words))?;
        let path = &path[..path.find(SUFFIX)? + SUFFIX.len()];
        path.rsplit(['/', '\\']).next()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_runs_is_named_by_cargo_and_by_each_linker() {
        for words in [
            "error: failed to remove file `C:\\Users\\Ada Byron\\lab\\target\\debug\\server.exe`\n\nCaused by:\n  \
             Access is denied. (os error 5)",
            "error: failed to remove file `C:\\lab\\target\\debug\\server.exe`\n\nCaused by:\n  Zugriff verweigert \
             (os error 5)",
            "  = note: LINK : fatal error LNK1104: cannot open file 'C:\\lab\\target\\debug\\deps\\server.exe'\r",
            "C:/mingw64/bin/ld.exe: cannot open output file C:\\lab\\target\\debug\\deps\\server.exe: Permission denied",
        ] {
            assert_eq!(running_program(words), Some("server.exe"), "{words}");
        }
    }

    #[test]
    fn other_failures_are_about_no_running_program() {
        for words in [
            "",
            "error: failed to remove file `/lab/target/debug/server`\n\nCaused by:\n  Permission denied (os error 13)",
            "LINK : fatal error LNK1181: cannot open input file 'kernel32.lib'",
            "LINK : fatal error LNK1104: cannot open file 'msvcrt.lib'",
            "error: failed to run custom build command for `x` (os error 5)",
        ] {
            assert_eq!(running_program(words), None, "{words}");
        }
    }
}
