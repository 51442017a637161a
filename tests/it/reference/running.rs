//! A running server, or client, whose output is read line by line.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

use testkit::outside;

/// How long to wait for a line that must come, perhaps after a build: only a hang takes so long.
const HANG: Duration = Duration::from_secs(240);

/// A program and what it prints. It is killed when this is dropped.
pub struct Running {
    child: Child,
    lines: Receiver<String>,
    /// What it has printed so far and has been read.
    pub read: Vec<String>,
}

impl Running {
    /// Starts a command.
    pub fn start(command: &mut Command) -> Running {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        let (send, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in output.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Running {
            child,
            lines,
            read: Vec::new(),
        }
    }

    /// Reads up to a line that holds a text, and returns it.
    #[track_caller]
    pub fn until(&mut self, text: &str) -> String {
        loop {
            let Ok(line) = self.lines.recv_timeout(HANG) else {
                panic!("no {text:?} in\n{}", self.read.join("\n"));
            };
            self.read.push(line.clone());
            if line.contains(text) {
                return line;
            }
        }
    }

    /// Writes a line to its standard input, which must be a pipe.
    pub fn types(&mut self, line: &str) {
        writeln!(self.child.stdin.as_mut().unwrap(), "{line}").unwrap();
    }

    /// Closes its standard input, and waits until it ends by itself. Returns its exit code; all that it has printed has
    /// been read then.
    #[track_caller]
    pub fn ends(&mut self) -> Option<i32> {
        drop(self.child.stdin.take());
        // Its output ends with it.
        loop {
            match self.lines.recv_timeout(HANG) {
                Ok(line) => self.read.push(line),
                Err(RecvTimeoutError::Disconnected) => return self.child.wait().unwrap().code(),
                Err(RecvTimeoutError::Timeout) => panic!("never ends:\n{}", self.read.join("\n")),
            }
        }
    }

    /// Sends it a signal.
    #[cfg(unix)]
    pub fn signal(&self, signal: rustix::process::Signal) {
        use rustix::process::{Pid, kill_process};
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Ends it, and returns all that it has printed.
    pub fn end(mut self) -> Vec<String> {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
        while let Ok(line) = self.lines.recv_timeout(HANG) {
            self.read.push(line);
        }
        std::mem::take(&mut self.read)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// The command that runs the binary in a folder that holds no lab.
pub fn lab(words: &[&str]) -> Command {
    outside::lab(&std::env::temp_dir(), words)
}

/// The finished server on a free port, with more options, and its address.
pub fn serve(options: &[&str]) -> (Running, String) {
    let mut command = lab(&["run-reference", "--addr", "127.0.0.1:0"]);
    let mut server = Running::start(command.args(options));
    let line = server.until("Starting server on ");
    let addr = line.trim_start_matches("Starting server on ").to_string();
    (server, addr)
}

/// The command for the client, with more options.
pub fn client(addr: &str, options: &[&str]) -> Command {
    let mut command = lab(&["run-reference", "client", "--addr", addr]);
    command.args(options);
    command
}

/// What one line of a drawing says, after the call's number and the time.
pub fn of_call(lines: &[String], call: usize) -> Vec<String> {
    let number = format!("#{call} ");
    let lines = lines.iter().filter_map(|line| line.strip_prefix(&number));
    let words = lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    words.collect()
}

/// Where the first line stands that holds a text.
#[track_caller]
pub fn place(lines: &[String], text: &str) -> usize {
    let place = lines.iter().position(|line| line.contains(text));
    place.unwrap_or_else(|| panic!("no {text:?} in\n{}", lines.join("\n")))
}
