//! Messages from standard input.

use std::io::Write as _;
use std::process::{Command, Stdio};

use testkit::Run;
use testkit::reference::Server;

use super::call;
use crate::reference::running::{Running, serve};

/// A note at a place.
fn note(place: i32, text: &str) -> String {
    format!("{{\"location\": {{\"latitude\": {place}}}, \"message\": \"{text}\"}}")
}

/// Runs a command with this as its standard input.
fn fed(mut command: Command, input: &[u8]) -> Run {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that refuses its arguments reads nothing.
    child.stdin.take().unwrap().write_all(input).ok();
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

#[test]
fn a_reply_comes_before_the_next_line_is_typed() {
    let server = Server::start(&[]);
    let mut chat =
        Running::start(call(&["RouteChat", "--addr", &server.addr]).stdin(Stdio::piped()));
    chat.types(&note(1, "first"));
    chat.types("");
    chat.types(&note(1, "second"));
    assert!(chat.until("first").starts_with("{\"location\""));
    chat.types(&note(2, "elsewhere"));
    chat.types(&note(1, "third"));
    chat.until("first");
    chat.until("second");
    chat.read.clear();
    // The end of the input half-closes, and then the call ends.
    assert_eq!(chat.ends(), Some(0));
    assert_eq!(chat.read, Vec::<String>::new());
}

#[test]
fn a_stream_from_a_pipe_is_sent_to_its_end() {
    let server = Server::start(&[]);
    let record = || call(&["RecordRoute", "--addr", &server.addr]);
    // With a byte-order mark, empty lines, line ends of Windows, and no line end at the end.
    let input = "\u{feff}{\"latitude\": 407127753, \"longitude\": -740059728}\r\n\r\n{}";
    fed(record(), input.as_bytes())
        .exits(0)
        .says("\"point_count\": 2, \"feature_count\": 1,");
    fed(record(), b"").exits(0).says("\"point_count\": 0,");
    let dash = call(&["RecordRoute", "-", "--addr", &server.addr]);
    fed(dash, b"{}\n").exits(0).says("\"point_count\": 1,");
}

#[test]
fn one_message_may_take_several_lines() {
    let server = Server::start(&[]);
    let get = || call(&["GetFeature", "-", "--addr", &server.addr]);
    fed(
        get(),
        b"{\n  \"latitude\": 407127753,\n  \"longitude\": -740059728\n}\n",
    )
    .exits(0)
    .says("City Hall");
    fed(get(), b"\n")
        .exits(2)
        .complains("error: standard input is empty\nAn empty message is `{}`.");
    fed(get(), b"{}\n{}\n")
        .exits(2)
        .complains("error: standard input is not valid JSON: there is more text behind the message\n    {}\n    ^");
    fed(get(), &[b'{', 0xff, b'}'])
        .exits(2)
        .complains("error: standard input is not UTF-8");
}

#[test]
fn a_line_that_is_no_message_ends_a_call_from_a_pipe() {
    let server = Server::start(&[]);
    let chat = || call(&["RouteChat", "--addr", &server.addr]);
    let input = format!(
        "{}\n\n{{\"mesage\": \"b\"}}\n{}\n",
        note(1, "a"),
        note(1, "c")
    );
    let refused = fed(chat(), input.as_bytes()).exits(2);
    refused
        .complains(
            "error: line 3 cannot be sent: RouteNote has no field `mesage`; did you mean `message`?",
        )
        .complains("The call is cancelled. Messages before this line: 1.");
    fed(chat(), b"nonsense\n")
        .exits(2)
        .complains("error: line 1 is not valid JSON")
        .complains("The call is cancelled. Messages before this line: 0.");
}

#[test]
fn a_line_that_is_no_message_ends_the_call_for_the_server_too() {
    let (mut server, addr) = serve(&["--trace"]);
    let mut chat = Running::start(call(&["RouteChat", "--addr", &addr]).stdin(Stdio::piped()));
    chat.types(&note(1, "a"));
    chat.types(&note(1, "b"));
    chat.until("\"a\"");
    chat.types("nonsense");
    server.until("RouteChat: no status");
    assert_eq!(chat.ends(), Some(2));
}

#[cfg(unix)]
mod at_a_terminal {
    use rustix::process::Signal;
    use testkit::Lab;
    use testkit::terminal::Terminal;

    use super::*;

    const CTRL_C: &str = "\u{3}";
    const CTRL_D: &str = "\u{4}";

    #[test]
    fn what_to_type_is_said_and_a_slip_does_not_end_the_call() {
        let server = Server::start(&[]);
        let folder = tempfile::tempdir().unwrap();
        let lab = Lab::at(folder.path().to_path_buf());
        let words = ["call", "RouteChat", "--addr", &server.addr];
        let mut chat = Terminal::open_with(&lab, &words, &[]);
        chat.sees("Type a RouteNote in each line, such as");
        chat.sees("Ctrl-D half-closes the call.");
        chat.press("{\"message\": \"a\"}\n");
        chat.press_and_see(
            "{\"message\"; \"b\"}\n",
            "line 2 is not valid JSON: expected `:`",
        );
        chat.press_and_see(
            "{\"message\": \"c\"}\n",
            "{\"location\": null, \"message\": \"a\"}",
        );
        chat.press(CTRL_D);
        assert_eq!(chat.ends().0, Some(0));
    }

    #[test]
    fn ctrl_c_cancels_the_call() {
        let (mut server, addr) = serve(&["--trace"]);
        let folder = tempfile::tempdir().unwrap();
        let lab = Lab::at(folder.path().to_path_buf());
        let words = ["call", "RouteChat", "--addr", &addr];
        let mut chat = Terminal::open_with(&lab, &words, &[]);
        chat.sees("Type a RouteNote");
        chat.press("{\"message\": \"open\"}\n");
        server.until("\"open\"");
        chat.press(CTRL_C);
        let (code, screen) = chat.ends();
        assert_eq!(code, Some(130));
        assert!(
            screen.contains("Interrupted. The call is cancelled."),
            "{screen}"
        );
        server.until("RouteChat: no status");
    }

    #[test]
    fn a_signal_cancels_a_call_whose_input_stays_open() {
        let (mut server, addr) = serve(&["--trace"]);
        let mut route =
            Running::start(call(&["RecordRoute", "--addr", &addr]).stdin(Stdio::piped()));
        route.types("{\"latitude\": 77}");
        server.until("(77, 0)");
        route.signal(Signal::INT);
        server.until("RecordRoute: no status");
        assert_eq!(route.ends(), Some(130));
    }
}
