//! Outputs that take nothing: a full disk, a reader that has gone away, a terminal that is closed.

use std::process::Stdio;

use testkit::processes::assert_gone;
use testkit::terminal::Terminal;
use testkit::{Lab, course, outside::free_port};

/// A command line of each kind that prints an answer.
fn command_lines() -> Vec<Vec<String>> {
    let port = free_port();
    let words = [
        "list",
        "list 1",
        "list --format json",
        "next",
        "hint",
        "solution --force",
        "undo",
        "redo",
        "reset --yes",
        "completions bash",
        "doctor",
        "doctor --format json",
        "check define-messages",
        "check define-messages --format json",
        "check define-messages --format junit",
        "check define-messages --format github",
        "check --addr 127.0.0.1:1 list-features",
        "init made",
        "--help",
        "check --help",
        "--version",
        "",
    ];
    let split = |line: &str| line.split_whitespace().map(str::to_string).collect();
    let mut lines: Vec<Vec<String>> = words.into_iter().map(split).collect();
    lines.push(split(&format!("run-reference --addr 127.0.0.1:{port}")));
    lines
}

fn in_lab(lab: &Lab, words: &[String], stdout: impl Into<Stdio>) -> (Option<i32>, String) {
    let output = lab.command(words).stdout(stdout).output().unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    (output.status.code(), errors)
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_an_error_of_every_command() {
    let lab = Lab::new("outputs-full");
    for words in command_lines() {
        let full = std::fs::File::options()
            .write(true)
            .open("/dev/full")
            .unwrap();
        let (code, errors) = in_lab(&lab, &words, full);
        assert_eq!(code, Some(3), "{words:?}: {errors}");
        let why = "cannot write to standard output: No space left on device";
        assert!(errors.contains(why), "{words:?}: {errors}");
    }
}

#[test]
fn a_reader_that_has_gone_away_is_none() {
    let lab = Lab::new("outputs-pipe");
    for words in command_lines() {
        if words.first().is_some_and(|word| word == "run-reference") {
            continue;
        }
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let (code, errors) = in_lab(&lab, &words, writer);
        assert!(code.is_some_and(|code| code < 4), "{words:?}: {errors}");
        assert!(!errors.contains("standard output"), "{words:?}: {errors}");
        assert!(!errors.contains("panicked"), "{words:?}: {errors}");
    }
}

/// A server that hangs keeps the check waiting when the terminal goes away.
#[test]
fn a_check_ends_with_its_terminal() {
    let lab = Lab::new("outputs-terminal-check");
    lab.solve_up_to(course::written()[5]);
    let hang = "    std::fs::write(\"ids\", std::process::id().to_string())?;\n    \
                std::future::pending().await\n";
    lab.write_place("start_here/src/server.rs", "start-server", hang);
    let words = ["check", "start-server", "--timeout", "600"];
    let terminal = Terminal::open_with(&lab, &words, &[]);
    terminal.sees("waiting for your server to listen");
    let id = lab.read("ids").parse().unwrap();
    assert_eq!(terminal.closes(), Some(129));
    assert_gone(&[id]);
}

#[test]
fn the_reference_server_ends_with_its_terminal() {
    let lab = Lab::new("outputs-terminal-server");
    let addr = format!("127.0.0.1:{}", free_port());
    let plain = ["run-reference", "--addr", &addr];
    let traced = ["run-reference", "--addr", &addr, "--trace"];
    for (words, last_line) in [(&plain[..], "Starting server on"), (&traced[..], "client")] {
        let terminal = Terminal::open_with(&lab, words, &[]);
        terminal.sees(last_line);
        // It has been asked to stop, and has.
        assert_eq!(terminal.closes(), Some(0));
    }
}

#[test]
fn a_question_ends_with_its_terminal() {
    let lab = Lab::new("outputs-terminal-question");
    lab.solve("define-messages");
    let own = lab.read("start_here/proto/route_guide.proto");
    for ignored in [false, true] {
        let words = ["reset", "define-messages"];
        let terminal = match ignored {
            true => Terminal::open_without_hangup(&lab, &words),
            false => Terminal::open_with(&lab, &words, &[]),
        };
        terminal.sees("Reset lesson define-messages");
        terminal.closes();
        assert_eq!(lab.read("start_here/proto/route_guide.proto"), own);
    }
}

/// `next` writes to a terminal that is closed before it begins.
#[test]
fn what_a_closed_terminal_does_not_show_is_an_error() {
    let lab = Lab::new("outputs-terminal-next");
    let (code, errors) = Terminal::closed_before(&lab, "next");
    assert_eq!(code, Some(3), "{errors}");
    assert!(
        errors.contains("cannot write to standard output"),
        "{errors}"
    );
}

/// Neither tokio nor the standard library return an error where there are no threads.
#[cfg(target_os = "linux")]
#[test]
fn no_threads_to_be_had_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("lab");
    testkit::copy_program(&program);
    let open = || std::os::unix::fs::PermissionsExt::from_mode(0o777);
    std::fs::set_permissions(&program, open()).unwrap();
    std::fs::set_permissions(folder.path(), open()).unwrap();
    // The limit counts all processes of a user, of whom this one must have no others; root has no limit.
    if !rustix::process::getuid().is_root() {
        return testkit::skipped("only root can be a user without processes");
    }
    for most in 1..6 {
        let user = ["--reuid=61234", "--regid=61234", "--clear-groups"];
        let output = std::process::Command::new("setpriv")
            .args(user)
            .args(["prlimit", &format!("--nproc={most}"), "./lab", "list"])
            .current_dir(folder.path())
            .output()
            .unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(3), "{most}: {errors}");
        assert!(!errors.contains("panicked"), "{most}: {errors}");
        let whys = ["cannot start a thread", "is not inside a lab folder"];
        assert!(
            whys.iter().any(|why| errors.contains(why)),
            "{most}: {errors}"
        );
        assert!(most > 1 || errors.contains(whys[0]), "{most}: {errors}");
    }
}

/// A file system from which no program can be run. Nothing of it is left when its first process has ended.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_without_programs_is_named() {
    let lab = Lab::new("outputs-noexec");
    lab.solve_up_to("list-features");
    let folder = lab.path("no-programs");
    std::fs::create_dir(&folder).unwrap();
    let mount = "mount -t tmpfs -o noexec,size=500m tmpfs no-programs";
    let can_mount = std::process::Command::new("unshare")
        .args(["--mount", "sh", "-c", mount])
        .current_dir(lab.path(""))
        .output()
        .is_ok_and(|output| output.status.success());
    if !can_mount {
        return testkit::skipped("only root can mount, and not everywhere");
    }
    let run = |words: &str, variable: &str| {
        let mut command = lab.command::<&str>([]);
        let script = format!("{mount} && exec \"$0\" {words}");
        let mut inside = std::process::Command::new("unshare");
        inside
            .args(["--mount", "sh", "-c", &script])
            .arg(command.get_program());
        for (name, value) in command.get_envs() {
            match value {
                Some(value) => inside.env(name, value),
                None => inside.env_remove(name),
            };
        }
        command = inside;
        testkit::run(command.current_dir(lab.path("")).env(variable, &folder))
    };
    // What is built cannot be started, and what a build runs cannot be run.
    for variable in ["CARGO_TARGET_DIR", "CARGO_BUILD_BUILD_DIR"] {
        let found = run("check list-features", variable).exits(3);
        let text = found.stdout + &found.stderr;
        assert!(text.contains("mounted with `noexec`"), "{variable}: {text}");
        assert!(text.contains("CARGO_TARGET_DIR"), "{variable}: {text}");
    }
    let found = run("doctor", "CARGO_TARGET_DIR").exits(1);
    let words: Vec<&str> = found.stdout.split_whitespace().collect();
    assert!(
        words.join(" ").contains("mounted with `noexec`"),
        "{}",
        found.stdout
    );
}
