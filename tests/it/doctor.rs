//! `doctor` in broken environments: each test removes or breaks one thing, and the real binary must name it, say
//! how to fix it, and change nothing.

use std::collections::BTreeMap;
use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

use serde_json::Value;
use testkit::outside::fixed_ports;
use testkit::schema::Schema;
use testkit::{Lab, Run, run};

/// The checks that always run, and those that run only in a lab folder.
const EVERYWHERE: [&str; 11] = [
    "cargo",
    "rustc",
    "linker",
    "crates",
    "disk",
    "port",
    "loopback-ipv4",
    "loopback-ipv6",
    "localhost",
    "proxies",
    "terminal",
];
const IN_A_LAB: [&str; 5] = ["folder", "watcher", "start-here", "progress", "locks"];

/// The proxy variables that any program reads.
const PROXIES: [&str; 12] = [
    "http_proxy",
    "https_proxy",
    "all_proxy",
    "grpc_proxy",
    "no_proxy",
    "no_grpc_proxy",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "ALL_PROXY",
    "GRPC_PROXY",
    "NO_PROXY",
    "NO_GRPC_PROXY",
];

/// `doctor --format json` in a lab folder.
fn doctor(lab: &Lab) -> Command {
    lab.command(["doctor", "--format", "json"])
}

/// Removes all proxy variables from the environment of a command.
fn without_proxies(command: &mut Command) {
    for name in PROXIES {
        command.env_remove(name);
    }
}

/// One check of an answer.
#[derive(Debug)]
struct Check {
    outcome: String,
    message: String,
    advice: String,
}

/// The checks of an answer that the schema describes, by id. The exit code must fit.
#[track_caller]
fn checks(run: &Run) -> BTreeMap<String, Check> {
    let answer = run.json();
    let schema = Schema::parse(include_str!("../../src/report/doctor.schema.json"));
    schema.describes(&answer, &[]);
    let passes = answer["outcome"] == "pass";
    assert_eq!(run.code, Some(if passes { 0 } else { 1 }), "{}", run.stderr);
    let list = answer["checks"].as_array().unwrap();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_string();
    let checks: BTreeMap<String, Check> = list
        .iter()
        .map(|check| {
            let judged = Check {
                outcome: text(&check["outcome"]),
                message: text(&check["message"]),
                advice: text(&check["advice"]),
            };
            (text(&check["check"]), judged)
        })
        .collect();
    assert_eq!(checks.len(), list.len(), "an id comes twice");
    checks
}

impl Check {
    #[track_caller]
    fn is(&self, outcome: &str) -> &Check {
        assert_eq!(self.outcome, outcome, "{self:?}");
        self
    }

    #[track_caller]
    fn says(&self, words: &str) -> &Check {
        assert!(self.message.contains(words), "no {words:?} in {self:?}");
        self
    }

    #[track_caller]
    fn advises(&self, words: &str) -> &Check {
        assert!(self.advice.contains(words), "no {words:?} in {self:?}");
        self
    }
}

/// Every file below a folder, with its content and modification time.
fn files(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let time = fs::metadata(&path).unwrap().modified().unwrap();
            found.insert(path.clone(), (fs::read(&path).unwrap(), time));
        }
    }
    found
}

#[test]
fn without_problems_every_check_says_ok_and_nothing_is_changed() {
    let lab = Lab::new("doctor");
    // A copy of the course has a version of its own, which Cargo.lock does not know.
    lab.set_version("start_here", "0.1.0");
    let before = files(&lab.path(""));
    let mut command = doctor(&lab);
    without_proxies(&mut command);
    let run = run(&mut command);
    let checks = checks(&run);
    assert_eq!(files(&lab.path("")), before);
    for id in EVERYWHERE.iter().chain(&IN_A_LAB) {
        assert!(checks.contains_key(*id), "{id} is missing");
    }
    for id in [
        "cargo",
        "rustc",
        "linker",
        "crates",
        "loopback-ipv4",
        "proxies",
    ] {
        checks[id].is("ok");
    }
    checks["crates"].says("All crates that the course needs are on this machine");
    for id in ["folder", "start-here", "progress", "locks"] {
        checks[id].is("ok");
    }
    checks["folder"].says(lab.path("start_here").parent().unwrap().to_str().unwrap());
    // A pipe is not a terminal.
    checks["terminal"].is("remark");
    assert!(!checks.contains_key("terminal-size"));
}

#[test]
fn people_read_the_same_in_any_width() {
    let lab = Lab::new("doctor-width");
    for columns in [40, 80] {
        let mut command = lab.command(["doctor"]);
        let shown = run(command.env("COLUMNS", columns.to_string()).env("PATH", ""));
        let shown = shown.exits(1).says("✗ rustc").says("https://rustup.rs");
        for line in shown.stdout.lines() {
            // A word that is longer than the column is not split.
            let column = columns - 19;
            let long = line.split_whitespace().any(|word| word.len() > column);
            let width = console::measure_text_width(line);
            assert!(width <= columns || long, "{width} columns: {line}");
        }
    }
}

#[test]
fn without_cargo_the_other_checks_run() {
    let lab = Lab::new("doctor-no-cargo");
    let empty = tempfile::tempdir().unwrap();
    let mut command = doctor(&lab);
    command.env("PATH", empty.path()).env_remove("CARGO");
    let checks = checks(&run(command.env_remove("RUSTC")).exits(1));
    for tool in ["cargo", "rustc"] {
        checks[tool]
            .is("trouble")
            .says("on your PATH")
            .advises("https://rustup.rs");
    }
    for id in ["linker", "crates"] {
        checks[id].is("remark").says("cargo or rustc does not work");
    }
    checks["loopback-ipv4"].is("ok");
    checks["start-here"].is("ok");
}

#[cfg(unix)]
#[test]
fn an_old_rustc_is_named_with_the_version_that_is_needed() {
    let lab = Lab::new("doctor-old");
    let folder = tempfile::tempdir().unwrap();
    script(
        folder.path(),
        "rustc",
        "echo 'rustc 1.63.0 (4b91a6ea7 2022-08-08)'",
    );
    let path = std::env::var_os("PATH").unwrap();
    let folders = [folder.path().to_path_buf()].into_iter();
    let path = std::env::join_paths(folders.chain(std::env::split_paths(&path))).unwrap();
    let mut command = doctor(&lab);
    command.env("PATH", &path).env_remove("RUSTC");
    let checks = checks(&run(&mut command).exits(1));
    checks["rustc"]
        .is("trouble")
        .says("rustc 1.63.0, but the course needs 1.89")
        .says(folder.path().join("rustc").to_str().unwrap());
    assert!(checks["rustc"].advice.contains("rustup"), "{checks:?}");

    // One that fails is quoted.
    script(
        folder.path(),
        "rustc",
        "echo 'error: no default toolchain' >&2; exit 1",
    );
    let mut command = doctor(&lab);
    command.env("PATH", &path).env_remove("RUSTC");
    let checks = self::checks(&run(&mut command).exits(1));
    checks["rustc"]
        .is("trouble")
        .says("exit code 1")
        .says("no default toolchain");
}

/// Writes a program for the shell.
#[cfg(unix)]
fn script(folder: &Path, name: &str, words: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = folder.join(name);
    fs::write(&path, format!("#!/bin/sh\n{words}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_missing_linker_and_the_errors_of_one_are_quoted() {
    let lab = Lab::new("doctor-linker");
    let rustc = std::env::var_os("RUSTC").unwrap_or("rustc".into());
    let version = Command::new(rustc).arg("-vV").output().unwrap().stdout;
    let version = String::from_utf8(version).unwrap();
    let host = version
        .lines()
        .find_map(|line| line.strip_prefix("host: "))
        .unwrap();
    let host = host.to_uppercase().replace('-', "_");
    let variable = format!("CARGO_TARGET_{host}_LINKER");
    // Flags for all targets would come first.
    let plain = |lab: &Lab| {
        let mut command = doctor(lab);
        command
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS");
        command
    };
    let checks_of = |command: &mut Command| checks(&run(command).exits(1));
    let checks = checks_of(plain(&lab).env(&variable, "no-such-linker"));
    checks["linker"]
        .is("trouble")
        .says("compiles, but cannot be linked")
        .says("no-such-linker")
        .advises(&variable)
        .advises("Install");

    let checks = checks_of(plain(&lab).env("RUSTFLAGS", "-Clink-arg=no-such-file.o"));
    checks["linker"]
        .is("trouble")
        .says("no-such-file.o")
        .advises("RUSTFLAGS");

    // This is not the linker's fault.
    let checks = checks_of(plain(&lab).env("RUSTFLAGS", "--no-such-flag"));
    checks["linker"]
        .is("trouble")
        .says("cannot be compiled")
        .says("no-such-flag")
        .advises("RUSTFLAGS");
}

#[test]
fn the_process_that_uses_the_port_is_named() {
    let lab = Lab::new("doctor-port");
    let _ports = fixed_ports();
    let take = || TcpListener::bind((Ipv4Addr::LOCALHOST, 50051));
    // Another program may use the port, and stop using it at any time: then its state is not known, and the
    // next try counts.
    for _ in 0..10 {
        let held = take();
        let checks = checks(&run(&mut doctor(&lab)));
        let is_taken = held.is_ok() || take().is_err();
        if !is_taken {
            continue;
        }
        let port = checks["port"]
            .is("remark")
            .says("50051")
            .advises("run-reference --addr");
        if held.is_ok() {
            port.says(&format!("(pid {})", std::process::id()));
        }
        return;
    }
    panic!("other programs took port 50051 and released it ten times");
}

#[test]
fn a_proxy_that_would_receive_calls_to_this_machine_is_named_without_its_password() {
    let lab = Lab::new("doctor-proxies");
    let ask = |variables: &[(&str, &str)]| {
        let mut command = doctor(&lab);
        without_proxies(&mut command);
        run(command.envs(variables.iter().copied()))
    };
    let proxy = "http://me:secret@127.0.0.1:1";
    let caught = ask(&[("http_proxy", proxy), ("no_proxy", "localhost,127.0.0.1")]);
    assert!(!caught.stdout.contains("secret"), "{}", caught.stdout);
    checks(&caught)["proxies"]
        .is("remark")
        .says("http_proxy is set, and no_proxy does not exclude ::1")
        .advises("no_proxy");
    let left_out = ask(&[
        ("grpc_proxy", proxy),
        ("no_proxy", "localhost,127.0.0.1,::1"),
    ]);
    checks(&left_out)["proxies"]
        .is("ok")
        .says("excludes this machine");
    let unread = ask(&[("ALL_PROXY", proxy)]);
    let checks = checks(&unread);
    let named = &checks["proxies"].is("ok").message;
    // On Windows, upper and lower case are the same in the names of variables, and the first one that was named stays.
    assert!(named.to_uppercase().contains("ALL_PROXY"), "{named}");
}

#[test]
fn without_crates_and_network_the_fix_is_named() {
    let lab = Lab::new("doctor-crates");
    lab.set_version("start_here", "0.1.0");
    let empty = tempfile::tempdir().unwrap();
    // rustup looks for its toolchains elsewhere, if it is there.
    let mut command = doctor(&lab);
    command.env("CARGO_HOME", empty.path());
    let checks = checks(&run(command.env("CARGO_NET_OFFLINE", "true")).exits(1));
    checks["crates"]
        .is("trouble")
        .says("cargo is set to work offline")
        .advises("CARGO_NET_OFFLINE")
        .advises("`cargo fetch --locked`");

    // A Cargo.toml that cargo rejects is another error.
    lab.edit("Cargo.toml", |text| {
        text.replace("[workspace]", "[workspace")
    });
    let checks = self::checks(&run(&mut doctor(&lab)).exits(1));
    checks["crates"]
        .is("trouble")
        .says("Cargo rejects the workspace")
        .says("Cargo.toml");
}

#[test]
fn outside_a_lab_folder_the_machine_is_checked() {
    let lab = Lab::new("doctor-no-lab");
    let elsewhere = tempfile::tempdir().unwrap();
    let answer = run(doctor(&lab).current_dir(elsewhere.path()));
    let checks = checks(&answer);
    checks["folder"]
        .is("remark")
        .says("is not inside a lab folder")
        .advises("start_here");
    for id in ["cargo", "rustc", "linker", "loopback-ipv4"] {
        checks[id].is("ok");
    }
    for id in &IN_A_LAB[1..] {
        assert!(!checks.contains_key(*id), "{id}");
    }
    assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[test]
fn a_damaged_folder_is_named_with_its_fix_and_is_not_changed() {
    let lab = Lab::new("doctor-broken");
    fs::create_dir(lab.path(".routeguide-lab")).unwrap();
    lab.write(".routeguide-lab/progress.json", "{ broken");
    lab.edit("start_here/src/server.rs", |text| {
        text.replace("// lesson: record-route", "// mine")
    });
    let before = files(&lab.path(""));
    let found = checks(&run(&mut doctor(&lab)).exits(1));
    found["progress"]
        .is("trouble")
        .says("is not a valid progress file")
        .advises("check --all");
    found["start-here"]
        .is("trouble")
        .says("start_here/src/server.rs: the line `// lesson: record-route`")
        .advises("`routeguide-lab reset record-route --whole-file`");
    assert_eq!(files(&lab.path("")), before);

    fs::remove_file(lab.path("start_here/build.rs")).unwrap();
    lab.write(".routeguide-lab/progress.json", r#"{"version": 99}"#);
    let found = checks(&run(&mut doctor(&lab)).exits(1));
    found["start-here"]
        .says("start_here/build.rs is missing")
        .advises("git checkout");
    found["progress"].is("trouble").says("newer lab");

    // A lock file means nothing; a process that holds the lock does.
    let lock = fs::File::create(lab.path(".routeguide-lab/lock")).unwrap();
    checks(&run(&mut doctor(&lab)))["locks"].is("ok");
    lock.lock().unwrap();
    let held = checks(&run(&mut doctor(&lab)));
    held["locks"]
        .is("remark")
        .says(".routeguide-lab")
        .advises("another window");
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_to_is_an_error() {
    use std::os::unix::fs::PermissionsExt as _;
    let lab = Lab::new("doctor-read-only");
    let folder = lab.path("start_here/src");
    let set = |mode| fs::set_permissions(&folder, fs::Permissions::from_mode(mode)).unwrap();
    set(0o555);
    // Root may write all the same, and then that must be said.
    let probe = folder.join("probe");
    let may_write = fs::write(&probe, "").is_ok();
    if may_write {
        fs::remove_file(&probe).unwrap();
    }
    let answer = run(&mut doctor(&lab));
    set(0o755);
    let checks = checks(&answer);
    if may_write {
        checks["folder"].is("ok");
        testkit::skipped("this user may write everywhere");
    } else {
        checks["folder"]
            .is("trouble")
            .says("start_here/src")
            .advises("chmod -R u+w");
    }
}
