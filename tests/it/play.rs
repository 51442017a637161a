//! `play`: the learner's server is started, restarted with each save, and its calls are drawn.

use std::net::TcpListener;
use std::process::Stdio;

use crate::reference::running::{Running, of_call, place};
use testkit::processes::wait_until;
use testkit::{Lab, Run};

const SERVER: &str = "start_here/src/server.rs";
const CALLED: &str = "Call your server at ";

/// A `list_features` that answers with a status.
fn answering(message: &str) -> String {
    format!("        drop(request);\n        Err(Status::not_found(\"{message}\"))\n")
}

/// Starts `play` on a free port. Returns the address at which the server is called.
fn play(lab: &Lab) -> (Running, String) {
    let mut command = lab.command(["play", "--addr", "127.0.0.1:0"]);
    let mut playing = Running::start(command.stderr(Stdio::null()));
    let line = playing.until(CALLED);
    let rest = line.trim_start_matches(CALLED);
    let addr = rest.split_once(". ").unwrap().0.to_string();
    (playing, addr)
}

/// Calls a server.
fn call(lab: &Lab, addr: &str, words: &[&str]) -> Run {
    lab.run([&["call", "--addr", addr], words].concat())
}

#[test]
fn a_server_is_restarted_with_each_save_and_its_calls_are_drawn() {
    let lab = Lab::new("play-restart");
    lab.solve_up_to("route-chat");
    let (mut playing, addr) = play(&lab);
    playing.until("Building your server.");
    let line = playing.until("Your server runs.");
    assert!(line.contains("`serve` is not written yet"), "{line}");
    let notes = ["location.latitude=1", "message=hello"];
    call(&lab, &addr, &[&["RouteChat"], &notes[..]].concat()).exits(0);
    let words = ["ListFeatures", "lo.latitude=407150000"];
    call(&lab, &addr, &words).exits(0);
    playing.until("── ListFeatures: OK");
    let lines = playing.read.clone();
    let (chat, list) = (of_call(&lines, 1), of_call(&lines, 2));
    for event in [
        "RouteChat ───▶",
        "\"hello\" at (1, 0) ───▶",
        "half-close ───▶",
        "◀─── OK",
    ] {
        place(&chat, event);
    }
    place(&list, "◀─── OK");

    lab.write_place(SERVER, "list-features", &answering("first"));
    playing.until("has been restarted with your last save.");
    call(&lab, &addr, &words).exits(1).complains("first");

    // What does not build leaves the server as it was.
    lab.write_place(SERVER, "list-features", "        no_such_thing()\n");
    playing.until("no_such_thing");
    playing.until("The server of your earlier save keeps running.");
    call(&lab, &addr, &words).exits(1).complains("first");

    lab.write_place(SERVER, "list-features", &answering("second"));
    playing.until("has been restarted with your last save.");
    call(&lab, &addr, &words).exits(1).complains("second");

    // Once the learner's own start is written, it is used, and what it prints is shown.
    lab.solve("start-server");
    playing.until("Its own port is ");
    playing.until("server │ Starting server on 127.0.0.1:");
    call(&lab, &addr, &words).exits(1).complains("second");
    let lines = playing.end();
    // What is no terminal gets no colours.
    assert!(lines.iter().all(|line| !line.contains('\u{1b}')));
}

#[test]
fn a_server_that_ends_is_told_and_started_again_with_the_next_save() {
    let lab = Lab::new("play-crash");
    lab.solve_up_to("start-server");
    let right = lab.read(SERVER);
    let ends = "        request.get_ref().hi.unwrap();\n        println!(\"a last word\");\n        \
        std::process::exit(3)\n";
    lab.write_place(SERVER, "list-features", ends);
    let (mut playing, addr) = play(&lab);
    playing.until("Your server runs.");
    // A panic in a handler ends the call alone.
    call(&lab, &addr, &["ListFeatures"]).exits(1);
    playing.until("Your handler panicked at start_here/src/server.rs:");
    playing.until("write `unwrap_or_default()`");
    playing.until("server │ called `Option::unwrap()` on a `None` value");
    call(&lab, &addr, &["ListFeatures", "hi.latitude=1"]).exits(1);
    playing.until("server │ a last word");
    playing.until("Your server has ended, with exit code 3.");
    // The address stays, and says what is the matter.
    call(&lab, &addr, &["ListFeatures"])
        .exits(1)
        .complains("your server does not run at the moment");
    lab.write(SERVER, &right);
    playing.until("Your server runs.");
    call(&lab, &addr, &["ListFeatures"]).exits(0);

    // One that panics while it starts.
    lab.edit(SERVER, |text| {
        text.replace(
            "    // lesson: start-server\n",
            "    // lesson: start-server\n    assert!(addr.port() == 1, \"a panic at the start\");\n",
        )
    });
    playing.until("a panic at the start");
    playing.until("The server of your earlier save keeps running.");
    call(&lab, &addr, &["ListFeatures"]).exits(0);
}

#[test]
fn what_has_to_be_written_first_is_named() {
    let lab = Lab::new("play-first");
    let (mut playing, addr) = play(&lab);
    // Who wants the same address is told who has it, and not to end it: it may be the lab that one works in.
    lab.run(["run-reference", "--addr", &addr])
        .exits(3)
        .complains("a lab that keeps your server running");
    for lesson in ["define-messages", "define-service", "generate-code"] {
        playing.until(&format!("The lesson `{lesson}` comes first"));
        lab.solve(lesson);
    }
    playing.until("Your server runs.");
    call(&lab, &addr, &["ListFeatures"])
        .exits(1)
        .complains("UNIMPLEMENTED");
}

#[test]
fn an_address_that_is_taken_is_named_and_without_one_the_next_is_used() {
    let lab = Lab::new("play-taken");
    let holder = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = holder.local_addr().unwrap().to_string();
    lab.run(["play", "--addr", &addr])
        .exits(3)
        .complains(&format!("cannot listen on {addr}"))
        .complains(" play --addr ");
    lab.run(["play", "--addr", "nowhere"]).exits(2);
    lab.run(["play", "--db", "no-such-file.json"])
        .exits(3)
        .complains("cannot load the features from no-such-file.json");
    // Either this takes the usual port, or another program has it.
    let usual = TcpListener::bind("127.0.0.1:50051");
    let mut command = lab.command(["play"]);
    let mut playing = Running::start(command.stderr(Stdio::null()));
    playing.until("Call your server at 127.0.0.1:500");
    playing.until("another port than usual");
    drop(usual);
}

#[test]
fn features_of_a_file_are_served() {
    let lab = Lab::new("play-db");
    lab.solve_up_to("list-features");
    let places = r#"[{"location": {"latitude": 1, "longitude": 1}, "name": "the only place"}]"#;
    lab.write("places.json", places);
    let mut command = lab.command(["play", "--addr", "127.0.0.1:0", "--db", "places.json"]);
    let mut playing = Running::start(command.stderr(Stdio::null()));
    let line = playing.until(CALLED);
    let addr = line.trim_start_matches(CALLED).split_once(". ").unwrap().0;
    playing.until("Your server runs.");
    let words = ["ListFeatures", "hi.latitude=9", "hi.longitude=9"];
    call(&lab, addr, &words).exits(0).says("the only place");
}

/// A server that writes its process id when it is called.
#[cfg(unix)]
fn with_id(lab: &Lab) {
    lab.solve_up_to("start-server");
    let body = "        drop(request);\n        std::fs::write(\"ids\", format!(\"{}\\n\", std::process::id()))?;\n        \
                Err(Status::not_found(\"noted\"))\n";
    lab.write_place(SERVER, "list-features", body);
}

#[cfg(unix)]
#[test]
fn every_way_out_ends_the_server() {
    use rustix::process::Signal;
    let lab = Lab::new("play-ends");
    with_id(&lab);
    for (signal, code) in [
        (Signal::INT, Some(0)),
        (Signal::TERM, Some(0)),
        (Signal::KILL, None),
    ] {
        let (mut playing, addr) = play(&lab);
        playing.until("Your server runs.");
        call(&lab, &addr, &["ListFeatures"]).exits(1);
        wait_until("its id is written", || lab.read("ids").ends_with('\n'));
        let id = lab.read("ids").trim().parse().unwrap();
        playing.signal(signal);
        assert_eq!(playing.ends(), code, "{signal:?}");
        testkit::processes::assert_gone(&[id]);
    }
}

#[test]
fn a_reader_that_stands_still_or_leaves_is_noticed_through_the_proxy() {
    let lab = Lab::new("play-window");
    lab.solve_up_to("list-features");
    // It counts what has been taken of a stream that has no end, and tells with the next call. When the stream is dropped,
    // it writes a file.
    let body = "        use std::sync::atomic::{AtomicUsize, Ordering};\n        static TAKEN: AtomicUsize = AtomicUsize::new(0);\n        \
                struct Stream;\n        impl Drop for Stream {\n            fn drop(&mut self) {\n                \
                std::fs::write(\"dropped\", \"\").ok();\n            }\n        }\n        \
                if request.into_inner().lo.is_some() {\n            \
                return Err(Status::not_found(format!(\"taken {}\", TAKEN.load(Ordering::SeqCst))));\n        }\n        \
                let stream = async_stream::try_stream! {\n            let _stream = Stream;\n            loop {\n                \
                TAKEN.fetch_add(1, Ordering::SeqCst);\n                \
                yield Feature { name: \"x\".repeat(1000), location: None };\n            }\n        };\n        \
                Ok(Response::new(Box::pin(stream)))\n";
    lab.write_place(SERVER, "list-features", body);
    let (mut playing, addr) = play(&lab);
    playing.until("Your server runs.");
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let unread = runtime.block_on(async {
        let url = format!("http://{addr}");
        let mut client = routeguide::proto::route_guide_client::RouteGuideClient::connect(url)
            .await
            .unwrap();
        client
            .list_features(routeguide::proto::Rectangle::default())
            .await
            .unwrap()
    });
    let taken = || {
        let run = call(&lab, &addr, &["ListFeatures", "lo.latitude=1"]).exits(1);
        let (_, rest) = run.stderr.split_once("taken ").unwrap();
        let number = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap();
        number.parse::<u64>().unwrap()
    };
    // It stands still in the end; a stream without back-pressure goes on for ever.
    wait_until("no more is taken", || {
        let before = taken();
        before > 0 && before == taken()
    });
    assert!(taken() < 100_000, "{}", taken());
    assert!(!lab.path("dropped").exists());
    drop(unread);
    wait_until("the server never notices", || lab.path("dropped").exists());
}
