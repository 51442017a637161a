//! Opening a file at a line in the learner's editor.

use std::ffi::OsString;
use std::path::Path;

use tokio::process::Command;

/// An editor, named by its command.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Editor {
    /// The command, which may have arguments of its own.
    words: String,
}

/// A command to run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EditorCommand {
    /// The program.
    pub program: OsString,
    /// Its arguments.
    pub arguments: Vec<OsString>,
    /// The end of the command line, which is not quoted: the shell of Windows reads it unchanged.
    #[cfg(windows)]
    pub verbatim: OsString,
    /// Whether it runs in the terminal, so that the lab must wait for it.
    pub in_terminal: bool,
}

/// Editors that open a window, and how each takes a line number.
const WINDOWS: [(&str, LineArgument); 32] = [
    ("code", LineArgument::Goto),
    ("code-insiders", LineArgument::Goto),
    ("codium", LineArgument::Goto),
    ("vscodium", LineArgument::Goto),
    ("cursor", LineArgument::Goto),
    ("windsurf", LineArgument::Goto),
    ("zed", LineArgument::Colon),
    ("zeditor", LineArgument::Colon),
    ("subl", LineArgument::Colon),
    ("sublime_text", LineArgument::Colon),
    ("lapce", LineArgument::Colon),
    ("gvim", LineArgument::Plus),
    ("mvim", LineArgument::Plus),
    ("nvim-qt", LineArgument::None),
    ("neovide", LineArgument::None),
    ("geany", LineArgument::Plus),
    ("mousepad", LineArgument::None),
    ("pluma", LineArgument::Plus),
    ("leafpad", LineArgument::None),
    ("xdg-open", LineArgument::None),
    ("open", LineArgument::None),
    ("gedit", LineArgument::Plus),
    ("gnome-text-editor", LineArgument::Plus),
    ("xed", LineArgument::Plus),
    ("kate", LineArgument::Option("--line")),
    ("kwrite", LineArgument::Option("--line")),
    ("mate", LineArgument::Option("--line")),
    ("rustrover", LineArgument::Option("--line")),
    ("clion", LineArgument::Option("--line")),
    ("idea", LineArgument::Option("--line")),
    ("notepad++", LineArgument::Short),
    ("notepad", LineArgument::None),
];

/// Editors that many people have, the easiest to leave first.
const USUAL: [&str; 8] = [
    "code", "codium", "zed", "hx", "nano", "vim", "vi", "notepad",
];

/// Editors in the terminal that do not take a line number as `+12`.
const IN_TERMINAL: [(&str, LineArgument); 3] = [
    ("hx", LineArgument::Colon),
    ("helix", LineArgument::Colon),
    ("ed", LineArgument::None),
];

/// How an editor takes a line number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LineArgument {
    /// `+12 file`
    Plus,
    /// `file:12`
    Colon,
    /// `--goto file:12`
    Goto,
    /// `--line 12 file`
    Option(&'static str),
    /// `-n12 file`
    Short,
    /// It cannot.
    None,
}

impl EditorCommand {
    /// The command, ready to be started.
    pub fn command(&self) -> Command {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        #[cfg(windows)]
        command.raw_arg(&self.verbatim);
        command
    }
}

impl Editor {
    /// The editor that the environment names: `$VISUAL`, then `$EDITOR`; or else the first of [`USUAL`] whose command
    /// `found` finds.
    pub fn from_environment(
        variable: impl Fn(&str) -> Option<String>,
        found: impl Fn(&str) -> bool,
    ) -> Option<Editor> {
        let named = ["VISUAL", "EDITOR"].into_iter().filter_map(&variable);
        let named = named.map(|words| words.trim().to_string());
        let usual = || USUAL.into_iter().find(|name| found(name));
        named
            .filter(|words| !words.is_empty())
            .chain(usual().map(str::to_string))
            .next()
            .map(|words| Editor { words })
    }

    /// The command that opens a file at a line, counted from 1.
    pub fn call(&self, file: &Path, line: usize) -> EditorCommand {
        let (line_option, in_terminal) = self.kind();
        let line_of = |prefix: &str| OsString::from(format!("{prefix}{line}"));
        let mut with_colon = file.as_os_str().to_os_string();
        with_colon.push(format!(":{line}"));
        let file = file.as_os_str().to_os_string();
        let arguments = match line_option {
            LineArgument::Plus => vec![line_of("+"), file],
            LineArgument::Colon => vec![with_colon],
            LineArgument::Goto => vec!["--goto".into(), with_colon],
            LineArgument::Option(option) => vec![option.into(), line_of(""), file],
            LineArgument::Short => vec![line_of("-n"), file],
            LineArgument::None => vec![file],
        };
        self.shell(arguments, in_terminal)
    }

    /// The words go through a shell, as git does it, so that they may hold arguments and quotation marks.
    #[cfg(not(windows))]
    fn shell(&self, arguments: Vec<OsString>, in_terminal: bool) -> EditorCommand {
        let script = format!("{} \"$@\"", self.words);
        let mut all: Vec<OsString> = vec!["-c".into(), script.into(), "editor".into()];
        all.extend(arguments);
        EditorCommand {
            program: "sh".into(),
            arguments: all,
            in_terminal,
        }
    }

    /// `cmd` finds `code.cmd` where a program would not be found. With /S, the outer quotation marks go, and
    /// everything between them stays as it is. A path that is the whole command may hold blanks.
    #[cfg(windows)]
    fn shell(&self, arguments: Vec<OsString>, in_terminal: bool) -> EditorCommand {
        let mut verbatim = OsString::from("\"");
        match Path::new(&self.words).is_file() {
            true => verbatim.push(format!("\"{}\"", self.words)),
            false => verbatim.push(&self.words),
        }
        for argument in arguments {
            verbatim.push(" \"");
            verbatim.push(argument);
            verbatim.push("\"");
        }
        verbatim.push("\"");
        EditorCommand {
            program: "cmd".into(),
            arguments: vec!["/D".into(), "/S".into(), "/C".into()],
            verbatim,
            in_terminal,
        }
    }

    /// How it takes a line number, and whether it runs in the terminal.
    fn kind(&self) -> (LineArgument, bool) {
        let name = self.name();
        let among = |known: &[(&str, LineArgument)]| {
            let mut known = known.iter();
            known
                .find(|(other, _)| *other == name)
                .map(|(_, line)| *line)
        };
        // Emacs without a window is one in the terminal, and so is its client.
        if name == "emacs" || name == "emacsclient" {
            let in_terminal = ["-nw", "-t", "-tty"]
                .iter()
                .any(|option| self.words.split_whitespace().any(|word| word == *option));
            return (LineArgument::Plus, in_terminal || name == "emacs");
        }
        match among(&WINDOWS) {
            Some(line) => (line, false),
            None => (among(&IN_TERMINAL).unwrap_or(LineArgument::Plus), true),
        }
    }

    /// The name of its program, without folders and `.exe`.
    fn name(&self) -> String {
        let words = self.words.trim_start();
        let first = match words.chars().next() {
            Some(mark @ ('"' | '\'')) => words[1..].split(mark).next(),
            _ => words.split_whitespace().next(),
        };
        let name = first.unwrap_or_default().rsplit(['/', '\\']).next();
        let name = name.unwrap_or_default().to_lowercase();
        let endings = [".exe", ".cmd", ".bat"];
        let ending = endings.iter().find_map(|ending| name.strip_suffix(ending));
        ending.unwrap_or(&name).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(not(windows))]
    fn call(words: &str) -> (Vec<String>, bool) {
        let editor = Editor {
            words: words.to_string(),
        };
        let call = editor.call(Path::new("src/a b.rs"), 12);
        // Behind `sh -c SCRIPT editor`.
        let arguments = call.arguments.iter().skip(3);
        let arguments = arguments.map(|word| word.to_string_lossy().into_owned());
        (arguments.collect(), call.in_terminal)
    }

    #[cfg(not(windows))]
    #[test]
    fn every_editor_gets_the_line_in_its_own_syntax() {
        let plus = vec!["+12".to_string(), "src/a b.rs".to_string()];
        for words in [
            "vim",
            "/usr/bin/nano",
            "emacs -nw",
            "emacsclient -t",
            "micro",
        ] {
            assert_eq!(call(words), (plus.clone(), true), "{words}");
        }
        assert_eq!(call("gvim"), (plus, false));
        assert_eq!(call("hx"), (vec!["src/a b.rs:12".into()], true));
        let goto = vec!["--goto".to_string(), "src/a b.rs:12".to_string()];
        for words in [
            "code --wait",
            "\"/opt/VS Code/bin/code\" -n",
            "C:\\x\\Code.exe",
        ] {
            assert_eq!(call(words), (goto.clone(), false), "{words}");
        }
    }

    #[test]
    fn visual_comes_before_editor_and_what_is_there_last() {
        let from = |visual: Option<&str>, editor: Option<&str>, there: &[&str]| {
            let variable = |name: &str| match name {
                "VISUAL" => visual.map(str::to_string),
                _ => editor.map(str::to_string),
            };
            Editor::from_environment(variable, |name| there.contains(&name)).map(|e| e.words)
        };
        assert_eq!(from(Some("a"), Some("b"), &["code"]).as_deref(), Some("a"));
        assert_eq!(
            from(Some("  "), Some("b -x"), &["code"]).as_deref(),
            Some("b -x")
        );
        for there in ["code", "hx", "nano", "vi"] {
            assert_eq!(from(None, None, &["vi", there]).as_deref(), Some(there));
        }
        assert_eq!(from(None, None, &[]), None);
    }
}
