//! The interactive lab in a terminal of its own: keys go in, and the screen can be looked at.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::Shutdown;
use std::num::NonZero;
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, ExitStatus, Stdio};
use std::sync::{Arc, Condvar, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use pty_process::Size;
use pty_process::blocking::{Command, open};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::ioctl_fionread;
use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, Termios, Winsize, tcgetattr, tcsetwinsize};

use crate::processes::PAUSE;
use crate::{Lab, program};

/// How long anything may take before it counts as never.
const NEVER: Duration = Duration::from_secs(90);

/// The lab in a terminal. When it is dropped, the lab is gone.
pub struct Terminal {
    child: Child,
    master: File,
    /// As long as it is open, what the lab writes is read.
    reading: UnixStream,
    shared: Arc<Shared>,
    before: Settings,
}

/// What the lab has written.
struct Shared {
    written: Mutex<Written>,
    changed: Condvar,
}

struct Written {
    screen: vt100::Parser,
    bytes: Vec<u8>,
    closed: bool,
}

/// The settings of a terminal that programs change.
#[derive(Debug, PartialEq, Eq)]
pub struct Settings(String);

impl Terminal {
    /// Starts the lab, without a word, in a terminal of 80 columns and 24 rows.
    pub fn open(lab: &Lab) -> Terminal {
        Terminal::open_with(lab, &[], &[])
    }

    /// Starts it so that the signal that the system sends when the terminal is closed does nothing, as `nohup` does.
    pub fn open_without_hangup(lab: &Lab, words: &[&str]) -> Terminal {
        Terminal::open_through(lab, "trap '' HUP; exec \"$0\" \"$@\"", words)
    }

    /// Starts it so that only the answer goes to the terminal, and no progress.
    pub fn open_without_errors(lab: &Lab, words: &[&str]) -> Terminal {
        Terminal::open_through(lab, "exec \"$0\" \"$@\" 2> /dev/null", words)
    }

    /// Starts it through a shell script, which gets the program and the words.
    fn open_through(lab: &Lab, script: &str, words: &[&str]) -> Terminal {
        let command = lab.command(words);
        let mut shell = std::process::Command::new("sh");
        shell
            .args(["-c", script])
            .arg(command.get_program())
            .args(command.get_args())
            .current_dir(command.get_current_dir().unwrap());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => shell.env(name, value),
                None => shell.env_remove(name),
            };
        }
        Terminal::start(shell, &[])
    }

    /// Starts it with these words, and this in its environment.
    pub fn open_with(lab: &Lab, words: &[&str], environment: &[(&str, &str)]) -> Terminal {
        Terminal::start(lab.command(words), environment)
    }

    fn start(mut from: std::process::Command, environment: &[(&str, &str)]) -> Terminal {
        let (pty, pts) = open().unwrap();
        pty.resize(Size::new(24, 80)).unwrap();
        from.env("TERM", "xterm-256color")
            .envs(environment.iter().copied());
        let mut command = Command::new(from.get_program()).args(from.get_args());
        let is_set = |name: &str| environment.iter().any(|(other, _)| *other == name);
        for name in ["VISUAL", "TERM_PROGRAM"]
            .into_iter()
            .filter(|name| !is_set(name))
        {
            command = command.env_remove(name);
        }
        // Which editors there are is the machine's matter.
        if !is_set("EDITOR") {
            command = command.env("EDITOR", "no-such-editor");
        }
        for (name, value) in from.get_envs() {
            command = match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let master = File::from(OwnedFd::from(pty));
        let before = settings(&master);
        let child = command
            .current_dir(from.get_current_dir().unwrap())
            .spawn(pts)
            .unwrap();
        let shared = Arc::new(Shared {
            written: Mutex::new(Written {
                screen: vt100::Parser::new(columns_or_rows(24), columns_or_rows(80), 0),
                bytes: Vec::new(),
                closed: false,
            }),
            changed: Condvar::new(),
        });
        let mut reader = master.try_clone().unwrap();
        let (reading, stopped) = UnixStream::pair().unwrap();
        let writing = Arc::clone(&shared);
        thread::spawn(move || {
            let mut chunk = [0; 4096];
            // Reading fails when the last program has closed its side.
            while can_read(&reader, &stopped)
                && let Ok(count @ 1..) = reader.read(&mut chunk)
            {
                let mut written = writing.written.lock().unwrap();
                written.screen.process(&chunk[..count]);
                written.bytes.extend_from_slice(&chunk[..count]);
                writing.changed.notify_all();
            }
            writing.written.lock().unwrap().closed = true;
            writing.changed.notify_all();
        });
        Terminal {
            child,
            master,
            reading,
            shared,
            before,
        }
    }

    /// Runs a command of the lab in a terminal that has been closed before. Returns the exit code and what it has
    /// written to standard error, which is no terminal.
    pub fn closed_before(lab: &Lab, word: &str) -> (Option<i32>, String) {
        let (master, terminal) = open().unwrap();
        // It says when the signal does nothing any more, and begins when the terminal is closed.
        let script = "trap '' HUP; echo ready >&2; read line; exec \"$0\" \"$1\"";
        let mut child = Command::new("sh")
            .args(["-c", script])
            .arg(program())
            .arg(word)
            .current_dir(lab.path(""))
            .stdin(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn(terminal)
            .unwrap();
        let mut stderr = BufReader::new(child.stderr.take().unwrap());
        let mut errors = String::new();
        stderr.read_line(&mut errors).unwrap();
        drop(master);
        drop(child.stdin.take());
        errors.clear();
        stderr.read_to_string(&mut errors).unwrap();
        (child.wait().unwrap().code(), errors)
    }

    /// What stands on the screen.
    pub fn screen(&self) -> String {
        self.shared
            .written
            .lock()
            .unwrap()
            .screen
            .screen()
            .contents()
    }

    /// All bytes that the lab has written.
    pub fn bytes(&self) -> Vec<u8> {
        self.shared.written.lock().unwrap().bytes.clone()
    }

    /// Presses keys.
    pub fn press(&mut self, keys: &str) {
        self.master.write_all(keys.as_bytes()).unwrap();
    }

    /// Waits until the screen is as it should be, and returns it.
    #[track_caller]
    pub fn wait(&self, what: &str, is_so: impl Fn(&str) -> bool) -> String {
        let deadline = Instant::now() + NEVER;
        let mut written = self.shared.written.lock().unwrap();
        loop {
            let screen = written.screen.screen().contents();
            if is_so(&screen) {
                return screen;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() || written.closed {
                drop(written);
                panic!("never: {what}\n{screen}");
            }
            (written, _) = self.shared.changed.wait_timeout(written, left).unwrap();
        }
    }

    /// Waits until a text stands on the screen.
    #[track_caller]
    pub fn sees(&self, text: &str) -> String {
        self.wait(text, |screen| screen.contains(text))
    }

    /// Presses keys, and waits until a text stands on the screen.
    #[track_caller]
    pub fn press_and_see(&mut self, keys: &str, text: &str) -> String {
        self.press(keys);
        self.sees(text)
    }

    /// Waits until the command has ended by itself, and returns the exit code and all that it has written.
    #[track_caller]
    pub fn output(mut self) -> (Option<i32>, Vec<u8>) {
        let status = self.wait_for_end();
        let mut written = self.shared.written.lock().unwrap();
        while !written.closed {
            written = self.shared.changed.wait(written).unwrap();
        }
        (status.code(), written.bytes.clone())
    }

    /// Gives the terminal another size.
    pub fn resize(&self, rows: u16, columns: u16) {
        let mut written = self.shared.written.lock().unwrap();
        let screen = written.screen.screen_mut();
        screen.set_size(columns_or_rows(rows), columns_or_rows(columns));
        self.resize_unseen(rows, columns);
    }

    /// Tells the lab another size, while the screen that the test looks at stays as it is.
    pub fn resize_unseen(&self, rows: u16, columns: u16) {
        let size = Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        };
        tcsetwinsize(&self.master, size).unwrap();
    }

    /// Sends the lab a signal.
    pub fn signal(&self, signal: Signal) {
        let id = Pid::from_child(&self.child);
        kill_process(id, signal).unwrap();
    }

    /// Closes the terminal, as happens when its window or the connection to it is closed, and waits until the lab has
    /// ended by itself.
    #[track_caller]
    pub fn closes(mut self) -> Option<i32> {
        self.reading.shutdown(Shutdown::Both).unwrap();
        let mut written = self.shared.written.lock().unwrap();
        while !written.closed {
            written = self.shared.changed.wait(written).unwrap();
        }
        drop(written);
        self.master = File::open("/dev/null").unwrap();
        self.wait_for_end().code()
    }

    /// Reads nothing more, as a terminal does that was stopped with Ctrl-S, until the lab cannot write any more. Then
    /// asks it to end, and waits until it has.
    #[track_caller]
    pub fn ends_unread(mut self, signal: Signal) -> Option<i32> {
        self.reading.shutdown(Shutdown::Both).unwrap();
        let mut unread = 0;
        let mut unchanged = 0;
        for columns in (80..120).cycle() {
            self.resize(24, columns);
            thread::sleep(PAUSE);
            let now = ioctl_fionread(&self.master).unwrap();
            unchanged = if now == unread { unchanged + 1 } else { 0 };
            unread = now;
            if unchanged == 100 {
                break;
            }
        }
        self.signal(signal);
        self.wait_for_end().code()
    }

    /// Waits until the lab has ended by itself.
    #[track_caller]
    fn wait_for_end(&mut self) -> ExitStatus {
        let deadline = Instant::now() + NEVER;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < deadline, "never ends:\n{}", self.screen());
            thread::sleep(PAUSE);
        }
    }

    /// Whether the terminal takes keys one by one, without showing them.
    pub fn is_raw(&self) -> bool {
        let local = tcgetattr(&self.master).unwrap().local_modes;
        !local.contains(LocalModes::ICANON) && !local.contains(LocalModes::ECHO)
    }

    /// Waits until the lab has ended by itself, and asserts that it has left the terminal as it was: its
    /// settings, the screen, the cursor. Returns the exit code and what stands on the screen.
    #[track_caller]
    pub fn ends(mut self) -> (Option<i32>, String) {
        let status = self.wait_for_end();
        let mut written = self.shared.written.lock().unwrap();
        while !written.closed {
            written = self.shared.changed.wait(written).unwrap();
        }
        let screen = written.screen.screen();
        assert!(!screen.alternate_screen(), "{}", screen.contents());
        assert!(!screen.hide_cursor(), "{}", screen.contents());
        let contents = screen.contents();
        drop(written);
        assert_eq!(settings(&self.master), self.before);
        (status.code(), contents)
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        // It may have ended already. Asked to end, it takes along what it has started; only a lab that is
        // beyond that is killed.
        let deadline = Instant::now() + Duration::from_secs(10);
        if matches!(self.child.try_wait(), Ok(None)) {
            self.signal(Signal::TERM);
        }
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < deadline {
            thread::sleep(PAUSE);
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Waits until a terminal has something to read; not if the reading has been stopped first.
fn can_read(terminal: &File, stopped: &UnixStream) -> bool {
    let mut waiting = [
        PollFd::new(terminal, PollFlags::IN),
        PollFd::new(stopped, PollFlags::IN),
    ];
    poll(&mut waiting, None).is_ok() && waiting[1].revents().is_empty()
}

fn columns_or_rows(number: u16) -> NonZero<u16> {
    NonZero::new(number).unwrap()
}

fn settings(terminal: &File) -> Settings {
    let Termios {
        input_modes,
        output_modes,
        control_modes,
        local_modes,
        ..
    } = tcgetattr(terminal).unwrap();
    Settings(format!(
        "{input_modes:?} {output_modes:?} {control_modes:?} {local_modes:?}"
    ))
}
