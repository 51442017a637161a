//! The commands of the texts: each is run as it is written, against a solved course.

use std::io::Write as _;
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use testkit::processes::wait_until;
use testkit::{Lab, outside, program};

use super::{parts, texts};

/// A command of a text.
#[derive(Debug)]
struct Typed {
    words: Vec<String>,
    /// What is typed after it, for it to read.
    input: String,
    /// Whether it goes on while the next one runs.
    is_first_terminal: bool,
    /// The status that it ends with, if the comment above it names one.
    status: Option<String>,
}

/// The commands of a block.
fn typed(block: &str) -> Vec<Typed> {
    let mut all: Vec<Typed> = Vec::new();
    let mut is_first_terminal = false;
    let mut status = None;
    for line in block.replace("\\\n", " ").lines() {
        if let Some(comment) = line.strip_prefix("# ") {
            is_first_terminal = comment == "terminal 1";
            let is_code = |word: &&str| {
                word.len() > 2 && word.contains('_') && !word.contains(char::is_lowercase)
            };
            let mut words = comment.split(|c: char| !c.is_ascii_alphabetic() && c != '_');
            let any_error = comment
                .contains("ends with an error")
                .then(|| "error".to_string());
            status = words.find(is_code).map(str::to_string).or(any_error);
        } else if line.starts_with('{') {
            all.last_mut().unwrap().input += &format!("{line}\n");
        } else {
            all.push(Typed {
                words: line.split_whitespace().map(str::to_string).collect(),
                input: String::new(),
                is_first_terminal,
                status: status.clone(),
            });
        }
    }
    all
}

/// The command that is typed, at this address in the place of the usual one. The lab's binary is there already.
fn command(lab: &Lab, typed: &Typed, addr: &str) -> Command {
    let words = typed.words.iter().map(|word| match word.as_str() {
        "127.0.0.1:50051" | "localhost:50051" => addr,
        word => word,
    });
    let words: Vec<&str> = words.collect();
    let (mut command, rest) = match words.as_slice() {
        ["cargo", "run", "--", rest @ ..] => (Command::new(program()), rest),
        ["cargo", rest @ ..] => (Command::new(env!("CARGO")), rest),
        other => panic!("what is this? {other:?}"),
    };
    command
        .args(rest)
        .current_dir(lab.path(""))
        .envs(lab.environment());
    command
        .env("ROUTEGUIDE_ADDR", addr)
        .env_remove("CARGO_MANIFEST_DIR");
    let listens = rest == ["play"] || rest.first() == Some(&"run-reference");
    if listens && !rest.contains(&"--addr") {
        command.args(["--addr", addr]);
    }
    command
}

/// A server, which is ended with this value.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself. `cargo run` becomes the program that it runs.
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

#[test]
fn each_command_does_what_it_is_there_for() {
    let lab = Lab::new("commands-of-texts");
    let lessons = testkit::course::LESSONS.iter();
    for lesson in lessons.filter(|lesson| !lesson.solution.is_empty()) {
        lab.solve(&lesson.id);
    }
    let build = Command::new(env!("CARGO"))
        .args(["build", "--quiet", "-p", "start_here"])
        .current_dir(lab.path(""))
        .envs(lab.environment())
        .status();
    assert!(build.unwrap().success());
    for (lesson, text) in texts("lesson.md") {
        let mut server = None;
        let (_, blocks) = parts(&text);
        for block in blocks.iter().filter(|block| block.info == "sh") {
            let commands = typed(&block.code);
            if commands.iter().any(|typed| typed.is_first_terminal) {
                // A server goes on until the next one is started.
                server = None;
            }
            for typed in commands {
                let (addr, _) = server.get_or_insert_with(|| {
                    (
                        format!("127.0.0.1:{}", outside::free_port()),
                        None::<Running>,
                    )
                });
                let mut command = command(&lab, &typed, addr);
                command
                    .stdin(Stdio::piped())
                    .stdout(Stdio::piped())
                    .stderr(Stdio::piped());
                if typed.is_first_terminal {
                    command.stdout(Stdio::null()).stderr(Stdio::null());
                    let addr = addr.clone();
                    let child = Running(command.spawn().unwrap());
                    wait_until("the server never listened", || {
                        TcpStream::connect(&addr).is_ok()
                    });
                    server = Some((addr, Some(child)));
                    continue;
                }
                let mut child = command.spawn().unwrap();
                child
                    .stdin
                    .take()
                    .unwrap()
                    .write_all(typed.input.as_bytes())
                    .unwrap();
                let output = child.wait_with_output().unwrap();
                let said = String::from_utf8_lossy(&output.stderr);
                match &typed.status {
                    None => assert!(output.status.success(), "{lesson}: {typed:?}: {said}"),
                    Some(code) => assert!(
                        !output.status.success() && said.contains(code),
                        "{lesson}: {typed:?}: {said}"
                    ),
                }
            }
        }
    }
}
