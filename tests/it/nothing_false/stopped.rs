//! A lab that is stopped in the midst of calls, or a computer that sleeps: no wait that ended then proves anything.

use std::process::{Child, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use testkit::Lab;
use testkit::course;
use testkit::guide::{Guide, Replies};
use testkit::processes::wait_until;

use super::{Code, LESSON};
use crate::mistakes::list_features::inside;

/// Longer than the patience of the checks here, and than a busy machine delays a thread.
const STANDSTILL: Duration = Duration::from_millis(2_500);

/// How long after that a program answers: less than that patience.
const ANSWER: Duration = Duration::from_millis(100);

/// Starts a check beside the test.
fn start(lab: &Lab, words: &[&str]) -> Child {
    let words = [&["check", "--timeout", "1"], words].concat();
    let mut command = lab.command(words);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().unwrap()
}

/// Stops the lab alone, for longer than it waits for anything. What it has started goes on.
fn stand_still(lab: &Child) {
    let id = Pid::from_child(lab);
    kill_process(id, Signal::STOP).unwrap();
    std::thread::sleep(STANDSTILL);
    kill_process(id, Signal::CONT).unwrap();
}

#[track_caller]
fn passes(lab: Child, when: &str) {
    let output = lab.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{when}: {said}");
}

/// As when a computer sleeps: server and lab go on together, and the server answers then.
#[test]
fn a_lab_that_stood_still_calls_the_server_again() {
    let lab = Lab::new("stood-still-server");
    let is_called = Arc::new(AtomicBool::new(false));
    let (goes_on, gate) = tokio::sync::watch::channel(false);
    let called = Arc::clone(&is_called);
    let server = Guide::streams_features(move |rectangle| {
        called.store(true, Ordering::SeqCst);
        let mut gate = gate.clone();
        Box::pin(async move {
            gate.wait_for(|is_open| *is_open).await.unwrap();
            let features = tokio_stream::iter(inside(&rectangle).into_iter().map(Ok));
            Ok(Box::pin(features) as Replies<_>)
        })
    });
    let check = start(&lab, &["--addr", &server.serve().to_string()]);
    wait_until("it is called", || is_called.load(Ordering::SeqCst));
    stand_still(&check);
    std::thread::sleep(ANSWER);
    goes_on.send(true).unwrap();
    passes(check, "a server");
}

#[test]
fn a_lab_that_stood_still_checks_the_learners_code_again() {
    let code = Code::new("stood-still-track");
    let region = course::place(&code.right, LESSON).unwrap();
    let mut waiting = code.right.clone();
    let wait = "        std::fs::write(\"called\", \"\")?;
        while !std::path::Path::new(\"goes-on\").exists() {
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
";
    waiting.insert_str(region.start, wait);
    code.lab.write(super::SERVER, &waiting);
    let check = start(&code.lab, &[LESSON]);
    wait_until("it is called", || code.lab.path("called").exists());
    stand_still(&check);
    std::thread::sleep(ANSWER);
    code.lab.write("goes-on", "");
    passes(check, "the learner's code");
    assert_eq!(code.lab.record(LESSON)["passed"], true);
}

#[test]
fn a_lab_that_stood_still_runs_the_client_again() {
    let lab = Lab::new("stood-still-client");
    let program = testkit::program().display();
    let addr = format!("127.0.0.1:{}", testkit::outside::free_port());
    let runs = lab.path("runs");
    let client = format!("echo >> runs; exec {program} run-reference client --addr {addr}");
    for run in 1..4 {
        std::fs::write(&runs, "").unwrap();
        let check = start(&lab, &["--client", &client, "--addr", &addr]);
        wait_until("the client runs", || {
            std::fs::read_to_string(&runs).unwrap().lines().count() >= run
        });
        stand_still(&check);
        passes(check, "client");
    }
}

/// It says so, and does not go on for ever.
#[test]
fn a_lab_that_stands_still_again_and_again_says_so() {
    let code = Code::new("stands-still");
    code.lab.write(super::SERVER, &code.wrong);
    code.is_judged(false, "as written");
    let mut check = start(&code.lab, &[LESSON]);
    while check.try_wait().unwrap().is_none() {
        let id = Pid::from_child(&check);
        kill_process(id, Signal::STOP).unwrap();
        std::thread::sleep(Duration::from_millis(1_500));
        kill_process(id, Signal::CONT).unwrap();
        std::thread::sleep(Duration::from_millis(50));
    }
    let output = check.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(
        said.contains("the lab itself did not run for a second or more"),
        "{said}"
    );
    assert_eq!(code.lab.record(LESSON)["passed"], false);
}
