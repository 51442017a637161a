//! The lab as lines: for screen readers, with `--plain` or a terminal that says it is dumb.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, ChildStdin, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use rustix::process::Signal;

use super::{PROTO, SERVER, lab_at, program};
use testkit::processes::assert_gone;
use testkit::terminal::Terminal;
use testkit::{Lab, course};

/// Only a lab that says nothing more takes so long.
const NEVER: Duration = Duration::from_secs(90);

/// A lab that is typed at through a pipe.
struct Piped {
    child: Child,
    input: Option<ChildStdin>,
    /// The lines of its output, as they come.
    output: Receiver<String>,
}

impl Drop for Piped {
    /// A test that fails leaves no lab behind.
    fn drop(&mut self) {
        if !matches!(self.child.try_wait(), Ok(Some(_))) {
            self.child.kill().ok();
            self.child.wait().ok();
        }
    }
}

impl Piped {
    fn open(lab: &Lab) -> Piped {
        let mut command = lab.command(["--plain"]);
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let input = child.stdin.take();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let (lines, output) = channel();
        thread::spawn(move || {
            loop {
                let mut line = String::new();
                if stdout.read_line(&mut line).unwrap() == 0 || lines.send(line).is_err() {
                    return;
                }
            }
        });
        Piped {
            child,
            input,
            output,
        }
    }

    fn types(&mut self, line: &str) {
        writeln!(self.input.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Reads until a line that holds a text, and returns what was read.
    #[track_caller]
    fn says(&mut self, text: &str) -> String {
        let mut read = String::new();
        loop {
            let Ok(line) = self.output.recv_timeout(NEVER) else {
                panic!("no {text:?} in {read}");
            };
            assert!(!line.contains(['\u{1b}', '\r', '\u{8}']), "{line:?}");
            read.push_str(&line);
            if line.contains(text) {
                return read;
            }
        }
    }

    #[track_caller]
    fn types_and_says(&mut self, line: &str, text: &str) -> String {
        self.types(line);
        self.says(text)
    }

    fn ends(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

#[test]
fn every_key_is_a_command_and_every_save_a_verdict() {
    let lab = Lab::new("lab-plain-pipe");
    let handed_out = lab.read(PROTO);
    let mut piped = Piped::open(&lab);
    piped.says("Type a letter and Enter");
    piped.says("Lesson 1: Define the messages");
    piped.says(&course::passed(0));
    piped.says("Write at start_here/proto/route_guide.proto:");
    piped.types_and_says("h", "define-messages: hint 1 of 3");
    // The hint before it is not repeated.
    let second = piped.types_and_says("h", "define-messages: hint 2 of 3");
    assert!(!second.contains("hint 1 of 3"), "{second}");
    lab.solve("define-messages");
    piped.says("-- the verdict --");
    piped.says("✓ define-messages");
    piped.says("✓ Passed. n goes on with lesson 2");
    let right = lab.read(PROTO);
    for _ in 0..2 {
        // Each save has its verdict, also if it says the same.
        lab.write(PROTO, &right.replace("int32 longitude", "int64 longitude"));
        piped.says("✗ define-messages");
        piped.says("✗ Not yet. Edit");
        lab.write(PROTO, &right);
        piped.says("✓ define-messages");
        piped.says("✓ Passed.");
    }
    piped.types_and_says(
        "x",
        "Reset lesson 1? Your code is kept, and u restores it. y/n and Enter",
    );
    piped.types_and_says("n", "Nothing has been changed.");
    assert_eq!(lab.read(PROTO), right);
    piped.types_and_says("x", "Reset lesson 1?");
    piped.types_and_says("y", "has been reset. u restores your code");
    assert_eq!(lab.read(PROTO), handed_out);
    piped.types_and_says("u", "Undone:");
    piped.says("✓ Passed.");
    piped.types_and_says("?", "-- keys --");
    piped.types_and_says("l", "-- all lessons --");
    piped.types_and_says("4", "Lesson 4: ");
    piped.types_and_says("m 4", "list-features");
    for unknown in ["hello", "0", "99", "12345678901234567890", "h h"] {
        for _ in 0..2 {
            piped.types_and_says(unknown, &format!("`{unknown}` is no command"));
        }
    }
    piped.types_and_says("§", "does nothing here");
    // An empty line says once more where the learner is.
    piped.types_and_says("", "-- ");
    piped.types_and_says("n", "-- the lesson --");
    piped.types("q");
    assert_eq!(piped.ends(), Some(0));
}

#[test]
fn the_end_of_the_input_quits() {
    let lab = Lab::new("lab-plain-end");
    let mut piped = Piped::open(&lab);
    piped.says("Write at");
    // The last line has no end.
    write!(piped.input.as_mut().unwrap(), "h").unwrap();
    piped.input = None;
    piped.says("hint 1 of 3");
    assert_eq!(piped.ends(), Some(0));
}

#[test]
fn a_line_without_end_is_no_command() {
    let lab = Lab::new("lab-plain-long");
    let mut piped = Piped::open(&lab);
    piped.says("Write at");
    let input = piped.input.as_mut().unwrap();
    for _ in 0..1_000 {
        input.write_all(&[b'q'; 1_000]).unwrap();
    }
    piped.types("");
    piped.says("is no command");
    piped.types("q");
    assert_eq!(piped.ends(), Some(0));
}

/// Nothing is moved, drawn over or turned on and off: what comes is text and ends of lines.
#[track_caller]
fn is_lines(bytes: &[u8]) {
    let text = String::from_utf8(bytes.to_vec()).unwrap();
    let text = text.replace("\r\n", "\n");
    // What the terminal shows of Ctrl-C is its own.
    let command = text.find(|c: char| c.is_control() && c != '\n' && c != '\t');
    assert_eq!(command.map(|at| &text[at..]), None);
}

#[test]
fn a_dumb_terminal_gets_lines() {
    let lab = lab_at("lab-plain-dumb", "list-features");
    for (words, term) in [(&[][..], "dumb"), (&["--plain"][..], "xterm-256color")] {
        let mut terminal = Terminal::open_with(&lab, words, &[("TERM", term)]);
        terminal.sees("Write at");
        assert!(!terminal.is_raw());
        terminal.press("r\n");
        terminal.sees("Checking lesson 4.");
        terminal.wait("the verdict", |screen| screen.contains("Not yet. Edit"));
        terminal.press("q\n");
        let (code, bytes) = terminal.output();
        assert_eq!(code, Some(0));
        is_lines(&bytes);
    }
}

#[test]
fn every_way_out_of_lines() {
    let lab = lab_at("lab-plain-out", "list-features");
    let hang = "        std::fs::write(\"ids\", format!(\"{}\\n\", std::process::id()))?;\n        \
                std::future::pending().await\n";
    lab.write_place(SERVER, "list-features", hang);
    let open = || {
        let terminal = Terminal::open_with(&lab, &["--plain"], &[]);
        terminal.sees("Checking lesson 4.");
        let is_called = || lab.path("ids").exists() && lab.read("ids").ends_with('\n');
        testkit::processes::wait_until("the method is called", is_called);
        let id = lab.read("ids").trim().parse().unwrap();
        std::fs::remove_file(lab.path("ids")).unwrap();
        (terminal, id)
    };
    for (keys, code) in [("\u{3}", 130), ("\u{4}", 0), ("q\n", 0)] {
        let (mut terminal, id) = open();
        terminal.press(keys);
        assert_eq!(terminal.ends().0, Some(code), "{keys:?}");
        assert_gone(&[id]);
    }
    for (signal, code) in [(Signal::TERM, 143), (Signal::HUP, 129)] {
        let (terminal, id) = open();
        terminal.signal(signal);
        assert_eq!(terminal.ends().0, Some(code), "{signal:?}");
        assert_gone(&[id]);
    }
    let (terminal, id) = open();
    assert_eq!(terminal.closes(), Some(129));
    assert_gone(&[id]);
    let terminal = Terminal::open_without_hangup(&lab, &["--plain"]);
    terminal.sees("Checking lesson 4.");
    assert_eq!(terminal.closes(), Some(129));
}

#[test]
fn an_editor_in_the_terminal_has_the_lines_to_itself() {
    let lab = Lab::new("lab-plain-editor");
    let editor = program(
        &lab,
        "edit",
        "echo editing; read answer; echo \"got $answer\"",
    );
    let mut terminal = Terminal::open_with(&lab, &["--plain"], &[("EDITOR", &editor)]);
    terminal.sees("Write at");
    terminal.press("o\n");
    terminal.sees("editing");
    terminal.press("h\n");
    terminal.sees("got h");
    terminal.press("q\n");
    let (code, screen) = terminal.ends();
    assert_eq!(code, Some(0));
    assert!(!screen.contains("hint 1 of 3"), "{screen}");
}
