//! The learner's server, which the lab keeps running.

use rustix::process::Signal;
use testkit::Lab;
use testkit::processes::{assert_gone, wait_until};
use testkit::terminal::Terminal;

use super::{SERVER, lab_at};

/// Writes down the id of its process, and answers with a status.
fn noting(status: &str) -> String {
    format!(
        "        drop(request);\n        std::fs::write(\"ids\", format!(\"{{}}\\n\", std::process::id()))?;\n        \
         Err(Status::not_found(\"{status}\"))\n"
    )
}

/// Starts the server with its key. Returns its address.
fn start(terminal: &mut Terminal) -> String {
    terminal.press_and_see("p", "─ your server ─");
    let screen = terminal.sees("Your server runs.");
    let (_, rest) = screen.split_once("Call your server at ").unwrap();
    rest.split_once(". ").unwrap().0.to_string()
}

/// Calls it. Returns the id of its process.
fn call(lab: &Lab, addr: &str, status: &str) -> i32 {
    let words = ["call", "--addr", addr, "ListFeatures"];
    lab.run(words).exits(1).complains(status);
    lab.read("ids").trim().parse().unwrap()
}

#[test]
fn the_server_runs_until_its_key_stops_it() {
    let lab = lab_at("lab-server", "list-features");
    lab.write_place(SERVER, "list-features", &noting("first"));
    let mut terminal = Terminal::open(&lab);
    terminal.sees("✗ Not yet.");
    let addr = start(&mut terminal);
    terminal.sees("Call it from another terminal");
    let first = call(&lab, &addr, "first");
    terminal.sees("── ListFeatures: NOT_FOUND");
    terminal.press_and_see("t", &format!("Your server runs at {addr}. p shows it."));
    // A save is checked, and then the server is restarted.
    lab.write_place(SERVER, "list-features", &noting("second"));
    terminal.sees("─ the verdict ─");
    terminal.press_and_see("p", "has been restarted with your last save");
    assert_gone(&[first]);
    let second = call(&lab, &addr, "second");
    // What does not build is told, and changes nothing.
    lab.write_place(SERVER, "list-features", "        no_such_thing()\n");
    terminal.sees("The server of your earlier save runs");
    assert_eq!(call(&lab, &addr, "second"), second);
    terminal.press_and_see("p", "The server of your earlier save keeps running.");
    terminal.press_and_see("p", "Your server has been stopped. p starts it again.");
    assert_gone(&[second]);
    terminal.press("q");
    assert_eq!(terminal.ends().0, Some(0));
}

#[test]
fn every_way_out_ends_the_server() {
    let lab = lab_at("lab-server-out", "list-features");
    lab.write_place(SERVER, "list-features", &noting("noted"));
    let open = || {
        let mut terminal = Terminal::open(&lab);
        terminal.sees("✗ Not yet.");
        let addr = start(&mut terminal);
        let id = call(&lab, &addr, "noted");
        (terminal, id)
    };
    for (keys, code) in [("q", 0), ("\u{3}", 130)] {
        let (mut terminal, id) = open();
        terminal.press(keys);
        assert_eq!(terminal.ends().0, Some(code), "{keys:?}");
        assert_gone(&[id]);
    }
    let (terminal, id) = open();
    terminal.signal(Signal::TERM);
    assert_eq!(terminal.ends().0, Some(143));
    assert_gone(&[id]);
    let (terminal, id) = open();
    terminal.signal(Signal::KILL);
    assert_gone(&[id]);
    drop(terminal);
    let (terminal, id) = open();
    assert_eq!(terminal.closes(), Some(129));
    assert_gone(&[id]);
}

#[test]
fn lines_tell_each_event_once() {
    let lab = lab_at("lab-server-plain", "list-features");
    lab.write_place(SERVER, "list-features", &noting("noted"));
    let mut terminal = Terminal::open_with(&lab, &["--plain"], &[]);
    terminal.resize(200, 120);
    terminal.sees("✗ Not yet.");
    terminal.press_and_see("p\n", "-- your server --");
    let screen = terminal.sees("Your server runs.");
    let (_, rest) = screen.split_once("Call your server at ").unwrap();
    let addr = rest.split_once(". ").unwrap().0.to_string();
    let id = call(&lab, &addr, "noted");
    let screen = terminal.sees("── ListFeatures: NOT_FOUND");
    assert_eq!(screen.matches("Your server runs.").count(), 1, "{screen}");
    terminal.press_and_see("p\n", "has been stopped");
    wait_until("its id is there", || lab.path("ids").exists());
    assert_gone(&[id]);
    terminal.press("q\n");
    assert_eq!(terminal.ends().0, Some(0));
}
