//! `check --server`: commands that start a server, right ones and wrong ones, and what is left of them.

use std::net::TcpStream;

use serde_json::Value;
use testkit::outside::{
    LOOPBACK, check, codelabs_features, free_port, has_ipv6, host, mistakes, this_program,
};

/// The command that runs the finished server at an address.
fn reference(addr: &str) -> String {
    let binary = env!("CARGO_BIN_EXE_routeguide-lab");
    format!("\"{binary}\" run-reference --addr {addr}")
}

/// Has a command started that should serve at an address, and returns the JSON report and the exit code.
fn report(addr: &str, command: &str, more: &[&str]) -> (Value, i32) {
    let words = ["--addr", addr, "--server", command, "--format", "json"];
    let run = check(&[&words, more].concat());
    (run.json(), run.code.unwrap())
}

/// The message of the first lesson that has one.
fn message(report: &Value) -> &str {
    let lessons = report["lessons"].as_array().unwrap();
    lessons
        .iter()
        .find_map(|lesson| lesson["diagnosis"]["message"].as_str())
        .unwrap()
}

/// Asserts what a check finds about a command, and returns the report.
#[track_caller]
fn assert_found(addr: &str, command: &str, ids: &[&str], code: i32, words: &str) -> Value {
    let (report, exit) = report(addr, command, &[]);
    assert_eq!(mistakes(&report), ids, "{command}: {report:#}");
    assert_eq!(exit, code, "{command}: {report:#}");
    let message = message(&report);
    assert!(message.contains(words), "{command}: {message}");
    report
}

fn free_addr() -> String {
    format!("127.0.0.1:{}", free_port())
}

#[test]
fn a_server_is_started_checked_and_stopped() {
    let addr = free_addr();
    check(&["--addr", &addr, "--server", &reference(&addr)])
        .exits(0)
        .says(&format!("Passed. {addr} does what RouteGuide promises."));
    assert!(TcpStream::connect(&addr).is_err(), "it still listens");
    // It ends when it is asked to, so there is nothing to remark.
    let (report, code) = report(&addr, &reference(&addr), &["list-features"]);
    assert_eq!((code, &report["notes"]), (0, &Value::Null), "{report:#}");
    // A name is as good, and so is one family of addresses.
    let name = format!("localhost:{}", free_port());
    let v6 = name.replace("localhost", "[::1]");
    let one = "list-features";
    check(&[one, "--addr", &name, "--server", &reference(&name)]).exits(0);
    if has_ipv6("a server for one family of addresses") {
        check(&[one, "--addr", &name, "--server", &reference(&v6)]).exits(0);
    }
}

#[test]
fn a_port_that_is_taken_is_said_to_be_before_anything_is_started() {
    let other = host(LOOPBACK, codelabs_features());
    let addr = other.addr.to_string();
    let report = assert_found(&addr, "exit 1", &["port-taken"], 3, "already listens on");
    assert_eq!(report["outcome"], "error");
    // This process is the one that listens.
    let pid = format!("(pid {})", std::process::id());
    assert!(message(&report).contains(&pid), "{}", message(&report));
}

#[test]
fn a_command_that_ends_is_quoted() {
    let addr = free_addr();
    assert_found(
        &addr,
        "exit 0",
        &["returned-at-once"],
        1,
        "Your server stopped at once",
    );
    let words = assert_found(
        &addr,
        "echo out of luck>&2 && exit 3",
        &["crashed-at-start"],
        1,
        "with exit code 3",
    );
    assert!(message(&words).contains("out of luck"), "{words:#}");
    // A command that is none says nothing about a server.
    assert_found(
        &addr,
        "no-such-program-anywhere",
        &["crashed-at-start"],
        3,
        "Your server ended at once",
    );
    check(&["--addr", &addr, "--server", ""]).exits(2);
}

#[test]
fn a_server_that_wants_another_port_that_is_taken_is_told_both() {
    let other = host(LOOPBACK, codelabs_features());
    let command = reference(&other.addr.to_string());
    let ids = ["port-taken", "port-hard-coded"];
    let report = assert_found(&free_addr(), &command, &ids, 1, "wanted another address");
    let pid = format!("(pid {})", std::process::id());
    assert!(message(&report).contains(&pid), "{}", message(&report));
}

/// What needs a shell as Unix has it.
#[cfg(unix)]
mod unix {
    use std::fs;
    use std::path::Path;
    use std::process::{Child, Stdio};

    use rustix::process::{Pid, Signal, kill_process};

    use super::*;
    use testkit::outside::lab;
    use testkit::processes::{assert_gone, wait_until};

    /// Process ids that a command has written down.
    fn ids(file: &Path) -> Vec<i32> {
        let text = fs::read_to_string(file).unwrap();
        text.split_whitespace()
            .map(|id| id.parse().unwrap())
            .collect()
    }

    fn in_background(folder: &Path, words: &[&str]) -> Child {
        let mut command = lab(folder, &[&["check"], words].concat());
        command
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap()
    }

    #[test]
    fn a_slow_start_is_waited_for_whatever_the_time_out() {
        let addr = free_addr();
        let command = format!("sleep 4; exec {}", reference(&addr));
        let words = ["list-features", "--addr", &addr, "--server", &command];
        check(&[&words[..], &["--timeout", "1"]].concat()).exits(0);
    }

    #[test]
    fn a_server_in_the_background_is_the_commands_server_too() {
        let addr = free_addr();
        let command = format!("{} & true", reference(&addr));
        let one = "list-features";
        check(&[one, "--addr", &addr, "--server", &command]).exits(0);
        assert!(TcpStream::connect(&addr).is_err(), "it still listens");
    }

    #[test]
    fn a_server_that_listens_elsewhere_is_told_where() {
        let (told, other) = (free_addr(), free_addr());
        let words = format!("You listen on {other}; listen on the address you are given, {told}.");
        assert_found(&told, &reference(&other), &["port-hard-coded"], 1, &words);
        if has_ipv6("a server on the loopback of IPv6") {
            let other = told.replace("127.0.0.1", "[::1]");
            let words = format!("You listen on {other}, which is IPv6");
            assert_found(&told, &reference(&other), &["wrong-family"], 1, &words);
        }
    }

    #[test]
    fn a_database_that_is_not_found_is_named() {
        let command = "cat route_guide_db.json";
        assert_found(&free_addr(), command, &["db-not-found"], 1, "its database");
    }

    #[test]
    fn a_server_that_ends_while_another_answers_is_told_who() {
        let folder = tempfile::tempdir().unwrap();
        let port = free_port();
        let addr = format!("127.0.0.1:{port}");
        let command = "touch started; until [ -e go ]; do sleep 0.1; done; exit 1";
        let words = [
            "--addr",
            &addr,
            "--server",
            command,
            "--timeout",
            "60",
            "--format",
            "json",
        ];
        let check = in_background(folder.path(), &words);
        wait_until("the command never ran", || {
            folder.path().join("started").exists()
        });
        let other = std::net::TcpListener::bind(&addr).unwrap();
        fs::write(folder.path().join("go"), "").unwrap();
        let output = check.wait_with_output().unwrap();
        drop(other);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(mistakes(&report), ["stale-server"], "{report:#}");
        assert_eq!(output.status.code(), Some(1));
        let pid = format!("(pid {})", std::process::id());
        assert!(message(&report).contains(&pid), "{}", message(&report));
    }

    #[test]
    fn a_server_that_will_not_die_is_killed_and_that_is_noted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ids");
        let addr = free_addr();
        // A child in the group, and on Linux one that leaves it and one that forgets where it comes from.
        let leaver = if cfg!(target_os = "linux") {
            "setsid sh -c 'trap \"\" TERM; echo $$ >> \"$0\"; sleep 1001' \"$IDS\" &
             env -i PATH=\"$PATH\" setsid sh -c 'echo $$ >> \"$0\"; sleep 1002' \"$IDS\" &"
        } else {
            ""
        };
        let script = format!(
            "IDS='{}'; trap '' TERM INT; echo $$ >> \"$IDS\"
             sh -c 'echo $$ >> \"$0\"; sleep 1000' \"$IDS\" &
             {leaver}
             {}
             sleep 1003",
            file.display(),
            reference(&addr)
        );
        let (report, code) = report(&addr, &script, &["list-features"]);
        assert_eq!(
            (code, &report["outcome"]),
            (0, &Value::from("pass")),
            "{report:#}"
        );
        assert_eq!(report["notes"][0]["mistakes"][0], "will-not-die");
        let ids = ids(&file);
        assert_eq!(ids.len(), if cfg!(target_os = "linux") { 4 } else { 2 });
        assert_gone(&ids);
        assert!(TcpStream::connect(&addr).is_err(), "it still listens");
    }

    #[test]
    fn nothing_is_left_when_the_check_is_interrupted() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("ids");
        let leaver = if cfg!(target_os = "linux") {
            "setsid sh -c 'echo $$ >> ids.part; mv ids.part ids; sleep 1001' &"
        } else {
            "mv ids.part ids"
        };
        let script = format!("trap '' TERM INT; echo $$ >> ids.part; {leaver}\nsleep 1000");
        let addr = free_addr();
        let mut check = in_background(folder.path(), &["--addr", &addr, "--server", &script]);
        wait_until("the command never ran", || file.exists());
        let id = Pid::from_raw(check.id().try_into().unwrap()).unwrap();
        kill_process(id, Signal::INT).unwrap();
        assert_eq!(check.wait().unwrap().code(), Some(130));
        assert_gone(&ids(&file));
    }

    #[test]
    fn a_hundred_megabytes_of_output_do_no_harm() {
        let addr = free_addr();
        let command = format!(
            "head -c 100000000 /dev/zero; yes chatter | head -c 100000000 >&2; exec {}",
            reference(&addr)
        );
        let one = "list-features";
        check(&[one, "--addr", &addr, "--server", &command]).exits(0);
    }

    #[test]
    fn what_a_server_writes_reaches_the_terminal_as_text_only() {
        let command = r"printf '\033]0;title\007\033[31mred\033[0m \377\376 \233\n' >&2; exit 1";
        let run = check(&["--addr", &free_addr(), "--server", command]).exits(1);
        assert!(run.stdout.contains("red"), "{}", run.stdout);
        let harmful = |c: char| c.is_control() && c != '\n';
        assert!(!run.stdout.contains(harmful), "{:?}", run.stdout);
    }
}

/// Servers that break while they are called. Each is this very test program, started again as a server.
mod breaking {
    use std::pin::Pin;

    use routeguide::proto::route_guide_server::{RouteGuide, RouteGuideServer};
    use routeguide::proto::{Feature, Point, Rectangle, RouteNote, RouteSummary};
    use tokio_stream::Stream;
    use tonic::{Request, Response, Status, Streaming};

    use super::*;

    /// What kind of server this program is to be, and where: `dies 127.0.0.1:50051`.
    const ROLE: &str = "ROUTEGUIDE_TEST_ROLE";

    /// The command that starts a server of some kind.
    fn server(kind: &str, addr: &str) -> String {
        let run = this_program("any_server::started::breaking::role");
        if cfg!(windows) {
            format!("set {ROLE}={kind} {addr}&& {run}")
        } else {
            format!("{ROLE}='{kind} {addr}' exec {run}")
        }
    }

    /// The server, when the lab runs this program.
    #[test]
    #[ignore = "a server for the tests of this file, which run it"]
    fn role() {
        let role = std::env::var(ROLE).unwrap();
        let (kind, addr) = role.split_once(' ').unwrap();
        let serving = tonic::transport::Server::builder()
            .add_service(RouteGuideServer::new(Breaking {
                kind: kind.to_string(),
            }))
            .serve(addr.trim().parse().unwrap());
        tokio::runtime::Runtime::new()
            .unwrap()
            .block_on(serving)
            .unwrap();
    }

    /// It breaks in RouteChat, and is right otherwise but for answering nothing.
    struct Breaking {
        kind: String,
    }

    type Replies<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

    #[tonic::async_trait]
    impl RouteGuide for Breaking {
        type ListFeaturesStream = Replies<Feature>;
        type RouteChatStream = Replies<RouteNote>;

        async fn list_features(
            &self,
            _request: Request<Rectangle>,
        ) -> Result<Response<Self::ListFeaturesStream>, Status> {
            Err(Status::unimplemented("later"))
        }

        async fn record_route(
            &self,
            _request: Request<Streaming<Point>>,
        ) -> Result<Response<RouteSummary>, Status> {
            Err(Status::unimplemented("later"))
        }

        async fn get_feature(&self, _request: Request<Point>) -> Result<Response<Feature>, Status> {
            Err(Status::unimplemented("later"))
        }

        async fn route_chat(
            &self,
            _request: Request<Streaming<RouteNote>>,
        ) -> Result<Response<Self::RouteChatStream>, Status> {
            match self.kind.as_str() {
                "panics" => panic!("on purpose"),
                _ => {
                    eprintln!("out of luck");
                    std::process::abort()
                }
            }
        }
    }

    #[test]
    fn a_server_that_dies_is_told_how_and_quoted() {
        let addr = free_addr();
        let words = ["route-chat"];
        let (report, code) = report(&addr, &server("dies", &addr), &words);
        assert_eq!(mistakes(&report), ["dies-between-calls"], "{report:#}");
        assert_eq!(code, 1);
        let message = message(&report);
        let how = if cfg!(unix) { "signal 6" } else { "exit code" };
        assert!(
            message.contains(how) && message.contains("out of luck"),
            "{message}"
        );
    }

    #[test]
    fn a_handler_that_panics_is_told_where() {
        let addr = free_addr();
        let words = ["route-chat"];
        let (report, code) = report(&addr, &server("panics", &addr), &words);
        assert_eq!(mistakes(&report), ["panics"], "{report:#}");
        assert_eq!(code, 1);
        let message = message(&report);
        assert!(message.contains("started.rs:"), "{message}");
    }
}
