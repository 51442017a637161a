//! Code as learners write it on the way, judged through the real binary.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it cannot test"
)]

mod support;

use support::{Lab, Run};

const SERVER: &str = "start_here/src/server.rs";
const CLIENT: &str = "start_here/src/client.rs";

/// The ids of the mistakes found in a lesson.
fn mistakes(run: &Run, lesson: &str) -> Vec<String> {
    let report = run.json();
    let lessons = report["lessons"].as_array().unwrap();
    let found = lessons
        .iter()
        .find(|entry| entry["lesson"] == lesson)
        .unwrap();
    let ids = found["diagnosis"]["mistakes"].as_array();
    ids.into_iter()
        .flatten()
        .map(|id| id.as_str().unwrap().to_string())
        .collect()
}

/// Checks a lesson, and asserts that this mistake is found.
#[track_caller]
fn finds(lab: &Lab, lesson: &str, mistake: &str) {
    let run = lab
        .run(["check", lesson, "--format", "json", "--timeout", "3"])
        .exits(1);
    assert_eq!(mistakes(&run, lesson), [mistake], "{}", run.stdout);
}

#[test]
fn handlers_that_panic_hang_or_answer_early() {
    let lab = Lab::new("wrong-handlers");
    lab.solve_up_to("route-chat");

    lab.write_place(
        SERVER,
        "list-features",
        "        panic!(\"no {:?}\", request.into_inner().lo)\n",
    );
    let run = lab.run(["check", "list-features"]).exits(1);
    let line = lab
        .read(SERVER)
        .lines()
        .position(|line| line.contains("panic!("))
        .unwrap()
        + 1;
    run.says(&format!(
        "Your handler panicked at start_here/src/server.rs:{line}."
    ))
    .says("no Some(Point { latitude: 407127753, longitude: -740059728 })")
    .says("the stream broke off")
    .says(&format!("Edit start_here/src/server.rs:{line}, then"));
    finds(&lab, "list-features", "panics");
    lab.solve("list-features");
    lab.edit(SERVER, |text| {
        text.replace("rectangle.lo.unwrap_or_default()", "rectangle.lo.unwrap()")
    });
    lab.run(["check", "list-features"])
        .exits(1)
        .says("A message field can be absent");
    // A server that is gone has not passed, whatever it answered.
    lab.write_place(
        SERVER,
        "list-features",
        "        let _ = request.into_inner();\n        std::process::abort()\n",
    );
    finds(&lab, "list-features", "dies-between-calls");
    lab.write_place(
        SERVER,
        "list-features",
        "        panic!(\"no {:?}\", request.into_inner().lo)\n",
    );
    // Another lesson on the same server is not blamed for it.
    lab.run(["check", "record-route"]).exits(0);

    lab.solve("list-features");
    lab.edit(SERVER, |text| {
        text.replace(
            "if latitudes",
            "std::future::pending::<()>().await;\n if latitudes",
        )
    });
    finds(&lab, "list-features", "hangs");

    lab.solve("list-features");
    lab.edit(SERVER, |text| {
        text.replace(
            "while let Some(point) = points",
            "if let Some(point) = points",
        )
    });
    finds(&lab, "record-route", "answers-early");

    lab.solve("record-route");
    lab.write_place(
        SERVER,
        "route-chat",
        r#"        let mut incoming = request.into_inner();
        let mut notes = Vec::new();
        while let Some(note) = incoming.message().await? {
            notes.push(note);
        }
        let stream = async_stream::try_stream! {
            for (n, note) in notes.iter().enumerate() {
                for earlier in notes[..n].iter().filter(|earlier| earlier.location == note.location) {
                    yield earlier.clone();
                }
            }
        };
        Ok(Response::new(Box::pin(stream)))
"#,
    );
    finds(&lab, "route-chat", "replies-at-end");
}

/// A task of the learner's own that panics leaves the call to end without it.
#[test]
fn a_task_that_panics_is_named_with_its_place() {
    let lab = Lab::new("wrong-tasks");
    lab.solve_up_to("route-chat");
    lab.write_place(
        SERVER,
        "list-features",
        r#"        let rectangle = request.into_inner();
        let features = self.features.clone();
        let (sender, receiver) = tokio::sync::mpsc::channel(4);
        tokio::spawn(async move {
            for feature in features.iter() {
                assert!(feature.name.len() < 60, "too long");
                if crate::features::distance(&rectangle.lo.unwrap_or_default(), &feature.location.unwrap_or_default()) > 100.0 {
                    panic!("a feature far away");
                }
                sender.send(Ok(feature.clone())).await.unwrap();
            }
        });
        let stream = tokio_stream::wrappers::ReceiverStream::new(receiver);
        Ok(Response::new(Box::pin(stream)))
"#,
    );
    let run = lab.run(["check", "list-features"]).exits(1);
    let source = lab.read(SERVER);
    let line = source
        .lines()
        .position(|line| line.contains("panic!("))
        .unwrap()
        + 1;
    run.says(&format!(
        "Your code panicked at start_here/src/server.rs:{line}."
    ))
    .says("a feature far away")
    .says(&format!("Edit start_here/src/server.rs:{line}, then"));
}

#[test]
fn servers_that_do_not_serve() {
    let lab = Lab::new("wrong-servers");
    lab.solve_up_to("route-chat");
    let serve = |end: &str| {
        let code = format!("    println!(\"Starting server on {{addr}}\");\n    {end}\n");
        lab.write_place(SERVER, "start-server", &code);
    };
    serve("Ok(())");
    finds(&lab, "start-server", "returned-at-once");
    serve("Err(\"no luck\".into())");
    finds(&lab, "start-server", "crashed-at-start");
    lab.run(["check", "start-server"]).exits(1).says("no luck");
    // Something listens, but it speaks another language.
    serve(
        r#"let listener = tokio::net::TcpListener::bind(addr).await?;
    loop {
        let (mut stream, _) = listener.accept().await?;
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await?;
    }"#,
    );
    finds(&lab, "start-server", "not-http2");
    // It listens on an address of its own, and says so.
    serve(
        r#"let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("Starting server on {}", listener.local_addr()?);
    loop {
        listener.accept().await?;
    }"#,
    );
    let run = lab
        .run(["check", "start-server", "--timeout", "60"])
        .exits(1);
    run.says("; listen on the address you are given,");
    // It is right, and says nothing.
    lab.solve("start-server");
    lab.edit(SERVER, |text| {
        text.replace("println!(\"Starting server on {addr}\");", "")
    });
    lab.run(["check", "start-server"])
        .exits(1)
        .says("Your server does not say where it listens.");
    // It is right, but for Ctrl-C.
    lab.solve("start-server");
    if cfg!(unix) {
        lab.edit(SERVER, |text| {
            text.replace(
                "tokio::signal::ctrl_c().await.ok();",
                "std::future::pending().await",
            )
        });
        lab.run(["check", "start-server"])
            .exits(1)
            .says("Ctrl-C ended your server with signal 2");
        lab.solve("start-server");
        lab.edit(SERVER, |text| {
            text.replace(
                "tokio::signal::ctrl_c().await.ok();",
                "tokio::signal::ctrl_c().await.ok();\nstd::future::pending().await",
            )
        });
        lab.run(["check", "start-server", "--timeout", "2"])
            .exits(1)
            .says("Your server goes on after Ctrl-C.");
    }
    // It listens, but elsewhere, and does not say so.
    serve(
        "let _other = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await?;\n    std::future::pending().await",
    );
    lab.run(["check", "start-server", "--timeout", "1"])
        .exits(1)
        .says("; listen on the address you are given,");
    finds(&lab, "start-server", "port-hard-coded");
    serve("std::future::pending().await");
    lab.run(["check", "start-server", "--timeout", "1"])
        .exits(1)
        .says("nothing listens on 127.0.0.1:");
}

#[test]
fn servers_that_listen_or_read_where_they_should_not() {
    let lab = Lab::new("wrong-places");
    lab.solve_up_to("start-server");
    let changed = |from: &str, to: &str, id: &str| {
        lab.edit(SERVER, |text| text.replace(from, to));
        finds(&lab, "start-server", id);
        lab.solve("start-server");
    };
    let serve = ".serve_with_shutdown(addr,";
    // Every address of the machine; the other loopback; one that it holds already.
    let everywhere = ".serve_with_shutdown(SocketAddr::from(([0; 4], addr.port())),";
    changed(serve, everywhere, "wrong-family");
    if std::net::TcpListener::bind("[::1]:0").is_ok() {
        let other = ".serve_with_shutdown((std::net::Ipv6Addr::LOCALHOST, addr.port()).into(),";
        changed(serve, other, "wrong-family");
    }
    let print = "println!(\"Starting server on {addr}\");";
    let twice = format!("{print}\n    let _first = std::net::TcpListener::bind(addr)?;");
    changed(print, &twice, "port-taken");
    // What it finds only when it is started in start_here.
    let relative = "Features::from_file(std::path::Path::new(\"route_guide_db.json\"))?";
    changed("Features::load()?", relative, "db-not-found");
}

#[test]
fn clients_that_do_not_do_their_part() {
    let lab = Lab::new("wrong-clients");
    lab.solve_up_to("run-client");

    lab.edit(CLIENT, |text| {
        text.replace("longitude: -750_000_000", "longitude: 750_000_000")
    });
    lab.edit(CLIENT, |text| {
        text.replace("longitude: -730_000_000", "longitude: 730_000_000")
    });
    finds(&lab, "call-list-features", "minus-missing");
    lab.solve("call-list-features");

    lab.edit(CLIENT, |text| {
        text.replace("(features.iter(), 10)", "(features.iter(), 9)")
    });
    finds(&lab, "call-record-route", "wrong-point-count");
    lab.solve("call-record-route");

    lab.edit(CLIENT, |text| {
        text.replace("reply.message, place", "\"a reply\", place")
    });
    finds(&lab, "call-route-chat", "prints-wrong");
    // Waiting for a reply to each note: the first gets none.
    lab.write_place(
        CLIENT,
        "call-route-chat",
        r#"        let (sender, notes) = tokio::sync::mpsc::channel(1);
    let notes = tokio_stream::wrappers::ReceiverStream::new(notes);
    let mut replies = client.route_chat(notes).await?.into_inner();
    for message in ["First message", "Second message"] {
        let location = Some(proto::Point { latitude: 0, longitude: 0 });
        sender.send(proto::RouteNote { location, message: message.into() }).await?;
        if let Some(reply) = replies.message().await? {
            println!("{}", reply.message);
        }
    }
    Ok(())
"#,
    );
    finds(&lab, "call-route-chat", "waits-for-each-reply");
    lab.solve("call-route-chat");

    lab.edit(CLIENT, |text| {
        text.replace(
            "        .connect()\n        .await?;",
            "        .connect_lazy();",
        )
    });
    finds(&lab, "create-client", "never-connects");
    lab.solve("create-client");

    // It connects, whatever happens.
    lab.edit(CLIENT, |text| {
        text.replace("        .connect()\n        .await?;", "        .connect()\n        .await\n        .unwrap_or_else(|_| Channel::from_static(\"http://[::1]:1\").connect_lazy());")
    });
    let run = lab.run(["check", "create-client"]).exits(1);
    run.says("but your `connect` says that all is well");
    lab.solve("create-client");

    // A client that takes its time is not taken for one that hangs.
    lab.edit(CLIENT, |text| {
        text.replace("            yield point;", "            tokio::time::sleep(std::time::Duration::from_millis(300)).await;\n            yield point;")
    });
    lab.run(["check", "call-record-route", "--timeout", "1"])
        .exits(0);
    lab.solve("call-record-route");

    // Another wording, and an end in the middle.
    lab.edit(CLIENT, |text| {
        text.replace("\"Third message\"", "\"third message\"")
    });
    finds(&lab, "call-route-chat", "notes-altered");
    lab.solve("call-route-chat");
    lab.edit(CLIENT, |text| {
        text.replace(
            "            yield point;",
            "            yield point;\n            std::process::exit(7);",
        )
    });
    let run = lab.run(["check", "call-record-route"]).exits(1);
    run.says("Your client ended with exit code 7");
    lab.solve("call-record-route");

    // A call that is left out.
    lab.edit(CLIENT, |text| {
        text.replace("guide_route_chat(&mut client).await?;", "")
    });
    finds(&lab, "run-client", "rpc-never-called");
    lab.solve("run-client");
    lab.run(["check", "run-client", "try-it-out"]).exits(0);
}

#[test]
fn clients_that_take_no_notice_of_the_end() {
    let lab = Lab::new("careless-clients");
    lab.solve_up_to("run-client");
    lab.run(["check", "8", "9", "10", "11", "12"]).exits(0);

    // An error ends the loop as the end of the stream does.
    lab.edit(CLIENT, |text| {
        text.replace(
            "while let Some(feature) = features.message().await? {",
            "while let Ok(Some(feature)) = features.message().await {",
        )
    });
    finds(&lab, "call-list-features", "ignores-error");
    lab.run(["check", "call-list-features"])
        .exits(1)
        .says("call-list-features · ListFeatures-fails")
        .says("The server ended ListFeatures with DATA_LOSS: Storm ")
        .says("it ended with exit code 0")
        .says("Looking for features between")
        .says("◀─── DATA_LOSS: Storm ")
        .says("Look at the final status");
    finds(&lab, "run-client", "ignores-error");
    // It is said, though not with the exit code.
    lab.edit(CLIENT, |text| {
        text.replace(
            "while let Ok(Some(feature)) = features.message().await {",
            "while let Some(feature) = features.message().await.inspect_err(|status| println!(\"{status}\")).unwrap_or(None) {",
        )
    });
    lab.run(["check", "call-list-features"])
        .exits(1)
        .says("but ends with exit code 0, as if");
    lab.solve("call-list-features");

    lab.edit(CLIENT, |text| {
        text.replace(
            "let summary = client.record_route(points).await?.into_inner();",
            "let Ok(summary) = client.record_route(points).await else { return Ok(()) };\n    let summary = summary.into_inner();",
        )
    });
    finds(&lab, "call-record-route", "ignores-error");
    lab.solve("call-record-route");

    lab.edit(CLIENT, |text| {
        text.replace(
            "let mut replies = client.route_chat(notes).await?.into_inner();\n    while let Some(reply) = replies.message().await? {",
            "let mut replies = client.route_chat(notes).await?.into_inner();\n    while let Ok(Some(reply)) = replies.message().await {",
        )
    });
    finds(&lab, "call-route-chat", "ignores-error");
    lab.solve("call-route-chat");

    // Only the first is read; nothing is read; and it reads only what is there at once.
    let first_only = |text: String| {
        text.replace(
            "while let Some(feature) = features.message().await? {",
            "if let Some(feature) = features.message().await? {",
        )
    };
    lab.edit(CLIENT, first_only);
    finds(&lab, "call-list-features", "stops-after-first");
    lab.solve("call-list-features");
    lab.edit(CLIENT, |text| {
        text.replace(
            "let mut replies = client.route_chat(notes).await?.into_inner();\n    while let",
            "let mut replies = client.route_chat(notes).await?.into_inner();\n    while false && let",
        )
    });
    finds(&lab, "call-route-chat", "never-reads");
    lab.solve("call-route-chat");
    lab.edit(CLIENT, |text| {
        text.replace(
            "while let Some(feature) = features.message().await? {",
            "while let Some(feature) = tokio::time::timeout(std::time::Duration::from_millis(5), features.message()).await.unwrap_or(Ok(None))? {",
        )
    });
    lab.run(["check", "call-list-features"]).exits(1);
    lab.solve("call-list-features");

    // It reads all, and prints other things or nothing.
    lab.edit(CLIENT, |text| {
        text.replace("            feature.name,\n", "            \"a place\",\n")
    });
    finds(&lab, "call-list-features", "prints-wrong");
    lab.solve("call-list-features");
    lab.edit(CLIENT, |text| {
        text.replace(
            "        println!(\n            \"Found",
            "        let _ = format!(\n            \"Found",
        )
    });
    finds(&lab, "call-list-features", "prints-nothing");
    lab.solve("call-list-features");

    lab.edit(CLIENT, |text| {
        text.replace(
            "Channel::from_shared(format!(\"http://{addr}\"))?",
            "Channel::from_shared(format!(\"http://127.0.0.1:50051\", ))?",
        )
        .replace(
            "pub async fn connect(addr: &str)",
            "pub async fn connect(_: &str)",
        )
    });
    if std::net::TcpListener::bind("127.0.0.1:50051").is_ok() {
        finds(&lab, "create-client", "address-hard-coded");
        lab.run(["check", "create-client"])
            .exits(1)
            .says("Your client connected to 127.0.0.1:50051, but it was told to connect to");
    }
}

#[test]
fn a_client_and_a_server_that_do_not_get_along() {
    let lab = Lab::new("wrong-together");
    lab.solve_up_to("run-client");
    lab.run(["check", "try-it-out"]).exits(0);

    // The texts of the replies stand on the output, but only as what was sent.
    lab.edit(CLIENT, |text| {
        text.replace("reply.message, place", "\"a reply\", place")
    });
    finds(&lab, "try-it-out", "prints-wrong");
    lab.solve("call-route-chat");

    lab.edit(SERVER, |text| {
        text.replace("summary.feature_count += 1;", "summary.feature_count += 2;")
    });
    lab.run(["check", "try-it-out"])
        .exits(1)
        .says("`feature_count` is 20, but for this route of 10 points it must be 10.");
    lab.solve("record-route");

    lab.edit(SERVER, |text| {
        text.replace(
            "let mut summary =",
            "std::process::exit(3);\n        let mut summary =",
        )
    });
    finds(&lab, "try-it-out", "dies-between-calls");
    lab.solve("record-route");

    lab.edit(SERVER, |text| {
        text.replace(
            "let mut summary =",
            "std::future::pending::<()>().await;\n        let mut summary =",
        )
    });
    let run = lab.run(["check", "try-it-out", "--timeout", "2"]).exits(1);
    run.says("and then nothing moved any more");
}
