//! Pipes, sockets and devices in the place of files: the lab never waits for them.

use std::fs;
use std::io::Read as _;
use std::os::unix::fs::symlink;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::{Made, SERVER};
use testkit::outside::lab;
use testkit::processes::PAUSE;
use testkit::{Run, course};

/// Only what hangs takes so long.
const NEVER: Duration = Duration::from_secs(120);

/// Runs a command that must not hang.
#[track_caller]
fn ends(command: &mut Command) -> Run {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let started = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if started.elapsed() > NEVER {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("{command:?} hangs");
        }
        std::thread::sleep(PAUSE);
    };
    // What a command says here fits into a pipe.
    let (mut stdout, mut stderr) = (String::new(), String::new());
    child
        .stdout
        .take()
        .unwrap()
        .read_to_string(&mut stdout)
        .unwrap();
    child
        .stderr
        .take()
        .unwrap()
        .read_to_string(&mut stderr)
        .unwrap();
    Run {
        code: status.code(),
        stdout,
        stderr,
    }
}

fn make_pipe(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::remove_file(path).ok();
    let made = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(made.success());
}

#[test]
fn what_is_no_regular_file_is_not_opened() {
    let rows: [(&str, &[&[&str]]); 9] = [
        (
            ".routeguide-lab/progress.json",
            &[&["list"], &["hint", "4"], &["check", "1"], &["init"]],
        ),
        (
            ".routeguide-lab/lock",
            &[&["hint", "4"], &["reset", "4"], &["undo"]],
        ),
        (".routeguide-lab/build.lock", &[&["init"]]),
        (
            SERVER,
            &[&["reset", "4"], &["solution", "4", "--write", "--force"]],
        ),
        (SERVER, &[&["check", "4"]]),
        ("start_here/proto/route_guide.proto", &[&["check", "1"]]),
        ("start_here/build.rs", &[&["check", "4"]]),
        (
            "lessons/04-list-features/lesson.md",
            &[
                &["list", "--lessons", "lessons"],
                &["next", "4", "--lessons", "lessons"],
            ],
        ),
        (
            "lessons/04-list-features/check.json",
            &[
                &["list", "--lessons", "lessons"],
                &["check", "1", "--lessons", "lessons"],
            ],
        ),
    ];
    let template = Made::new();
    for (path, commands) in rows {
        for kind in ["pipe", "socket", "device"] {
            let made = template.copy();
            let path = made.path(path);
            let _socket = match kind {
                "pipe" => {
                    make_pipe(&path);
                    None
                }
                "socket" => {
                    fs::remove_file(&path).ok();
                    Some(UnixListener::bind(&path).unwrap())
                }
                _ => {
                    fs::remove_file(&path).ok();
                    symlink("/dev/zero", &path).unwrap();
                    None
                }
            };
            for words in commands {
                let run = ends(&mut lab(&made.course, words));
                assert_eq!(run.code, Some(3), "{path:?} {kind} {words:?}: {run:?}");
                let name = path.file_name().unwrap().to_str().unwrap();
                // A report has it on standard output.
                let said = format!("{}{}", run.stdout, run.stderr);
                assert!(said.contains(name), "{path:?} {kind}: {said}");
                assert!(
                    said.contains("this is not a regular file") || said.contains("this is a link"),
                    "{path:?} {kind}: {said}"
                );
            }
        }
    }
}

#[test]
fn what_belongs_to_nothing_is_passed_over() {
    let made = Made::new();
    make_pipe(&made.path(".routeguide-lab/snapshots/1/snapshot.json"));
    make_pipe(&made.path(".routeguide-lab/seen.json"));
    make_pipe(&made.path("start_here/pipe"));
    let _socket = UnixListener::bind(made.path("start_here/socket")).unwrap();
    symlink("/dev/zero", made.path("start_here/zero")).unwrap();
    // As if they had been there for long: a file that has just been saved is not touched.
    let touch = Command::new("touch")
        .args(["-h", "-t", "200001010000"])
        .args(["pipe", "socket", "zero"].map(|name| made.path("start_here").join(name)))
        .status();
    assert!(touch.unwrap().success());
    made.write_place("list-features", "        mine();\n");
    let mine = made.read(SERVER);
    for (words, code) in [
        (&["undo"][..], 0),
        (&["check", "define-messages"], 1),
        (&["reset", "list-features", "--yes"], 0),
        (&["undo"], 0),
    ] {
        let run = ends(&mut lab(&made.course, words));
        run.exits(code);
    }
    assert_eq!(made.read(SERVER), mine);
}

#[test]
fn an_import_that_is_a_pipe_is_not_waited_for() {
    let made = Made::new();
    make_pipe(&made.path("start_here/proto/other.txt"));
    let proto = "start_here/proto/route_guide.proto";
    let mut text = made.read(proto);
    for (_, region, code) in &course::lesson("define-messages").solution {
        let place = course::place(&text, region).unwrap();
        text.replace_range(place, code);
    }
    let text = text.replace(
        "package routeguide;",
        "package routeguide;\nimport \"other.txt\";",
    );
    fs::write(made.path(proto), text).unwrap();
    ends(&mut lab(&made.course, &["check", "define-messages"]))
        .exits(1)
        .says("other.txt");
}

#[test]
fn features_and_notes_come_from_regular_files() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    make_pipe(&pipe);
    let pipe = pipe.to_str().unwrap();
    for words in [
        &["check", "--addr", "127.0.0.1:1", "--db", pipe][..],
        &["run-reference", "--addr", "127.0.0.1:0", "--db", pipe],
        &["run-reference", "client", "--notes", pipe],
    ] {
        ends(&mut lab(folder.path(), words))
            .exits(3)
            .complains("this is not a regular file");
    }
}

/// A lock that another lab does not give back, as when that one is stopped.
#[cfg(target_os = "linux")]
#[test]
fn a_check_that_waits_for_the_system_ends_with_a_signal() {
    use rustix::process::{Pid, Signal, kill_process};
    use testkit::Lab;
    use testkit::processes::wait_until;

    let lab = Lab::new("stuck");
    lab.run(["hint", "4"]).exits(0);
    let lock = fs::File::options()
        .write(true)
        .open(lab.path(".routeguide-lab/lock"))
        .unwrap();
    lock.lock().unwrap();
    let mut command = lab.command(["check", "define-messages"]);
    command.stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let caught = || {
        let status = fs::read_to_string(&status).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("SigCgt:"));
        u64::from_str_radix(line.unwrap().trim(), 16).unwrap()
    };
    // The first signal is the second bit.
    wait_until("it catches signals", || caught() & 2 != 0);
    // While another thread of it waits, and this one does not.
    let id = Pid::from_raw(child.id().try_into().unwrap()).unwrap();
    kill_process(id, Signal::INT).unwrap();
    let started = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if started.elapsed() > NEVER {
            child.kill().unwrap();
            child.wait().unwrap();
            panic!("no signal ends it");
        }
        std::thread::sleep(PAUSE);
    }
    assert_eq!(child.wait().unwrap().code(), Some(130));
}
