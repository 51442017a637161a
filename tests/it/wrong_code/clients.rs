//! Clients that call, read or print otherwise than they should.

use super::{CLIENT, finds};
use crate::support::Lab;

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
    run.says("but your `connect` returns `Ok`");
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
