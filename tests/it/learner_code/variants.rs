//! A copy of the course in which every wrong program of this module is written at once. An environment variable
//! says which of them its programs are, so that all of them are built once.

use std::sync::LazyLock;

use testkit::{Lab, Run, run};

use super::client_variants;

pub const SERVER: &str = "start_here/src/server.rs";
pub const CLIENT: &str = "start_here/src/client.rs";
const STAGE: &str = "start_here/src/bin/stage.rs";

/// The environment variable that names the variant.
const VARIABLE: &str = "TEST_VARIANT";

/// The copy. Without a variant, its code is right.
pub static LAB: LazyLock<Lab> = LazyLock::new(|| {
    let lab = Lab::new("wrong-code");
    lab.solve_up_to("run-client");
    lab.edit("start_here/src/lib.rs", |text| {
        format!(
            "{text}
/// Whether this run is the variant of this name.
pub fn variant(name: &str) -> bool {{
    std::env::var({VARIABLE:?}).is_ok_and(|variant| variant == name)
}}
"
        )
    });
    list_features(&lab);
    record_route(&lab);
    route_chat(&lab);
    start_server(&lab);
    client(&lab);
    client_variants::write(&lab);
    let service = "    let service = RouteGuideService::new(Features::load()?);\n";
    before(
        &lab,
        STAGE,
        service,
        "    assert!(!routeguide::variant(\"no-stage\"), \"no stage today\");\n",
    );
    before(
        &lab,
        STAGE,
        "    let listener = TcpListener::bind",
        "    if routeguide::variant(\"starts-late\") { tokio::time::sleep(std::time::Duration::from_secs(4)).await; }\n",
    );
    #[cfg(unix)]
    cargo_once(&lab);
    lab
});

/// A program in place of cargo that runs it once with the same words, and repeats what it said then: the code does not
/// change any more, and cargo takes as long to find that out as most of the checks here.
#[cfg(unix)]
const CARGO_ONCE: &str = "cargo-once";

#[cfg(unix)]
fn cargo_once(lab: &Lab) {
    let cargo = std::env::var("CARGO").unwrap_or("cargo".into());
    let script = format!(
        r#"#!/bin/sh
said="said by/$*"
if [ ! -e "$said" ]; then
    '{cargo}' "$@" > "said by/$$" || {{ code=$?; cat "said by/$$"; exit $code; }}
    mv "said by/$$" "$said"
fi
exec cat "$said"
"#
    );
    std::fs::create_dir(lab.path("said by")).unwrap();
    lab.write(CARGO_ONCE, &script);
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(lab.path(CARGO_ONCE), executable).unwrap();
}

/// Checks the programs of a variant.
pub fn check(variant: &str, words: &[&str]) -> Run {
    let mut command = LAB.command(["check"].iter().chain(words));
    #[cfg(unix)]
    command.env("CARGO", LAB.path(CARGO_ONCE));
    run(command.env(VARIABLE, variant))
}

/// Puts code before a text.
pub fn before(lab: &Lab, file: &str, text: &str, code: &str) {
    lab.edit(file, |all| all.replace(text, &format!("{code}{text}")));
}

/// Puts code behind a text.
pub fn after(lab: &Lab, file: &str, text: &str, code: &str) {
    lab.edit(file, |all| all.replace(text, &format!("{text}{code}")));
}

/// Has variants use other expressions in the place of one.
pub fn vary(lab: &Lab, file: &str, expression: &str, variants: &[(&str, &str)]) {
    let mut chosen = String::new();
    for (variant, other) in variants {
        chosen += &format!("if crate::variant({variant:?}) {{ {other} }} else ");
    }
    lab.edit(file, |all| {
        all.replace(expression, &format!("({chosen}{{ {expression} }})"))
    });
}

/// Has a variant do something else in the place of all that stands there from a line on.
pub fn instead(lab: &Lab, file: &str, line: &str, variant: &str, code: &str) {
    let code = format!("    if crate::variant({variant:?}) {{ return {{\n{code}\n}} }}\n");
    before(lab, file, line, &code);
}

fn list_features(lab: &Lab) {
    let first = "        let rectangle = request.into_inner();\n        // A message field";
    instead(
        lab,
        SERVER,
        first,
        "list-panics",
        r#"panic!("no {:?}", request.into_inner().lo)"#,
    );
    instead(
        lab,
        SERVER,
        first,
        "list-aborts",
        "let _ = request.into_inner(); std::process::abort()",
    );
    // A task of the learner's own that panics leaves the call to end without it.
    instead(
        lab,
        SERVER,
        first,
        "list-task-panics",
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
        Ok(Response::new(Box::pin(stream)))"#,
    );
    let unwrap = "rectangle.lo.unwrap()";
    vary(
        lab,
        SERVER,
        "rectangle.lo.unwrap_or_default()",
        &[
            ("list-unwraps", unwrap),
            ("list-unwraps-and-does-not-sort", unwrap),
        ],
    );
    for (sorted, unsorted) in [
        ("lo.latitude.min(hi.latitude)", "lo.latitude"),
        ("lo.latitude.max(hi.latitude)", "hi.latitude"),
    ] {
        vary(
            lab,
            SERVER,
            sorted,
            &[("list-unwraps-and-does-not-sort", unsorted)],
        );
    }
    before(
        lab,
        SERVER,
        "if latitudes",
        "if crate::variant(\"list-hangs\") { std::future::pending::<()>().await; }\n",
    );
}

fn record_route(lab: &Lab) {
    vary(
        lab,
        SERVER,
        "points.message().await?",
        &[("record-swallows", "points.message().await.unwrap_or(None)")],
    );
    let first = "        let started = std::time::Instant::now();\n";
    // As a beginner's loop does that forgets the end of the stream; but asleep, so that other tests go on.
    instead(
        lab,
        SERVER,
        first,
        "record-busy",
        "let _ = request.into_inner(); loop { std::thread::park(); }",
    );
    before(
        lab,
        SERVER,
        first,
        "        if crate::variant(\"record-panics-in-a-helper\") { refuse_to_measure(); }
        static POINTS: std::sync::atomic::AtomicI32 = std::sync::atomic::AtomicI32::new(0);
        let shared = crate::variant(\"record-shared-counter\");
        POINTS.store(0, std::sync::atomic::Ordering::SeqCst);
        if crate::variant(\"record-exits\") { std::process::exit(3); }
        if crate::variant(\"record-hangs\") { std::future::pending::<()>().await; }\n",
    );
    vary(
        lab,
        SERVER,
        "summary.point_count += 1",
        &[(
            "record-shared-counter",
            "POINTS.fetch_add(1, std::sync::atomic::Ordering::SeqCst);",
        )],
    );
    vary(
        lab,
        SERVER,
        "summary.feature_count += 1",
        &[("record-counts-features-twice", "summary.feature_count += 2")],
    );
    after(
        lab,
        SERVER,
        "            previous = Some(point);\n",
        "            if crate::variant(\"record-answers-early\") { break; }\n",
    );
    before(
        lab,
        SERVER,
        "        Ok(Response::new(summary))\n",
        "        if shared { summary.point_count = POINTS.load(std::sync::atomic::Ordering::SeqCst); }
        if summary.elapsed_time > 0 {
            if crate::variant(\"record-exits-late\") { std::process::exit(3); }
            if crate::variant(\"record-panics-late\") { panic!(\"too slow\"); }
            if crate::variant(\"record-hangs-late\") { std::future::pending::<()>().await; }
        }
        if crate::variant(\"record-milliseconds\") { summary.elapsed_time = started.elapsed().as_millis() as i32; }\n",
    );
}

fn route_chat(lab: &Lab) {
    vary(
        lab,
        SERVER,
        "notes.message().await?",
        &[("chat-swallows", "notes.message().await.unwrap_or(None)")],
    );
    let first = "        let mut notes = request.into_inner();\n";
    instead(
        lab,
        SERVER,
        first,
        "chat-busy",
        "println!(\"{:?}\", request.metadata()); loop { std::thread::park(); }",
    );
    instead(
        lab,
        SERVER,
        first,
        "chat-replies-at-end",
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
        Ok(Response::new(Box::pin(stream)))"#,
    );
}

fn start_server(lab: &Lab) {
    let service = "    let service = RouteGuideService::new(Features::load()?);\n";
    let says = "println!(\"Starting server on {addr}\");";
    for (variant, code) in [
        ("serve-returns", "Ok(())"),
        ("serve-fails", "Err(\"no luck\".into())"),
        // Something listens, but it speaks another language.
        (
            "serve-speaks-http1",
            r#"let listener = tokio::net::TcpListener::bind(addr).await?;
    loop {
        let (mut stream, _) = listener.accept().await?;
        tokio::io::AsyncWriteExt::write_all(&mut stream, b"HTTP/1.1 400 Bad Request\r\n\r\n").await?;
    }"#,
        ),
        // It listens on an address of its own, and says so.
        (
            "serve-elsewhere-and-says-so",
            r#"let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("Starting server on {}", listener.local_addr()?);
    loop {
        listener.accept().await?;
    }"#,
        ),
        // It listens, but elsewhere, and does not say so.
        (
            "serve-elsewhere",
            r#"let other = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let service = crate::proto::route_guide_server::RouteGuideServer::new(RouteGuideService::new(Features::load()?));
    tonic::transport::Server::builder()
        .add_service(service)
        .serve_with_incoming(tonic::transport::server::TcpIncoming::from(other))
        .await?;
    Ok(())"#,
        ),
    ] {
        instead(
            lab,
            SERVER,
            service,
            variant,
            &format!("{says}\n    {code}"),
        );
    }
    vary(
        lab,
        SERVER,
        "RouteGuideServer::new(service)",
        &[(
            "serve-small-messages",
            "RouteGuideServer::new(service).max_decoding_message_size(1_000)",
        )],
    );
    vary(
        lab,
        SERVER,
        "Features::load()?",
        &[(
            // What it finds only when it is started in start_here.
            "serve-relative-database",
            "Features::from_file(std::path::Path::new(\"route_guide_db.json\"))?",
        )],
    );
    lab.edit(SERVER, |all| {
        format!("{all}\n/// Is called by a method, and stands in no region.\nfn refuse_to_measure() {{\n    panic!(\"not this leg\");\n}}\n")
    });
    lab.edit(SERVER, |all| {
        let shutdown = "            tokio::signal::ctrl_c().await.ok();\n";
        all.replace(
            "    println!(\"Starting server on {addr}\");\n    Server::builder()",
            "    if !crate::variant(\"serve-silent\") && !crate::variant(\"serve-announces-late\") { println!(\"Starting server on {addr}\"); }
    // An address that it holds already.
    let _first = match crate::variant(\"serve-binds-twice\") {
        true => Some(std::net::TcpListener::bind(addr)?),
        false => None,
    };
    if crate::variant(\"starts-late\") { tokio::time::sleep(std::time::Duration::from_secs(4)).await; }
    Server::builder()",
        )
        // Every address of the machine; the other loopback.
        .replace(
            ".serve_with_shutdown(addr,",
            ".serve_with_shutdown(
            if crate::variant(\"serve-everywhere\") { SocketAddr::from(([0; 4], addr.port())) }
            else if crate::variant(\"serve-other-loopback\") { (std::net::Ipv6Addr::LOCALHOST, addr.port()).into() }
            else { addr },",
        )
        .replace(
            shutdown,
            &format!(
                "            if crate::variant(\"serve-ignores-ctrl-c\") {{ std::future::pending::<()>().await; }}\n\
                 {shutdown}            \
                 if crate::variant(\"serve-announces-late\") {{ println!(\"Starting server on {{addr}}\"); }}\n            \
                 if crate::variant(\"serve-goes-on\") {{ std::future::pending::<()>().await; }}\n"
            ),
        )
    });
    let text = lab.read(SERVER);
    for variant in ["serve-silent", "serve-everywhere", "serve-goes-on"] {
        assert!(text.contains(variant), "{variant} is not written");
    }
    vary(
        lab,
        SERVER,
        "    Server::builder()\n",
        &[
            (
                "serve-times-out",
                "Server::builder().timeout(std::time::Duration::from_millis(500))",
            ),
            (
                "serve-sheds-load",
                "Server::builder().concurrency_limit_per_connection(1).load_shed(true)",
            ),
        ],
    );
}

fn client(lab: &Lab) {
    lab.write_place(
        CLIENT,
        "create-client",
        r#"    let addr = if crate::variant("connect-hard-coded") { "127.0.0.1:50051" } else { addr };
    if crate::variant("starts-late") { tokio::time::sleep(std::time::Duration::from_secs(4)).await; }
    let endpoint = Channel::from_shared(format!("http://{addr}"))?;
    let channel = if crate::variant("connect-never") {
        endpoint.connect_lazy()
    } else if crate::variant("connect-always-ok") {
        let nowhere = |_| Channel::from_static("http://[::1]:1").connect_lazy();
        endpoint.connect().await.unwrap_or_else(nowhere)
    } else {
        endpoint.connect().await?
    };
    Ok(RouteGuideClient::new(channel))
"#,
    );
    for (west, east) in [
        ("-750_000_000", "750_000_000"),
        ("-730_000_000", "730_000_000"),
    ] {
        vary(lab, CLIENT, west, &[("call-list-minus-missing", east)]);
    }
    vary(
        lab,
        CLIENT,
        "features.message().await?",
        &[
            // An error ends the loop as the end of the stream does.
            (
                "call-list-ignores-error",
                "features.message().await.unwrap_or(None)",
            ),
            // It is said, though not with the exit code.
            (
                "call-list-prints-error",
                "features.message().await.inspect_err(|status| println!(\"{status}\")).unwrap_or(None)",
            ),
            // It reads only what is there at once.
            (
                "call-list-reads-at-once",
                "tokio::time::timeout(std::time::Duration::from_millis(5), features.message()).await.unwrap_or(Ok(None))?",
            ),
        ],
    );
    before(
        lab,
        CLIENT,
        "        println!(\n            \"Found",
        "        if crate::variant(\"call-list-prints-nothing\") { continue; }\n",
    );
    vary(
        lab,
        CLIENT,
        "feature.name",
        &[("call-list-prints-wrong", "\"a place\".to_string()")],
    );
    after(
        lab,
        CLIENT,
        "            degrees(feature.location.unwrap_or_default())\n        );\n",
        "        if crate::variant(\"call-list-stops-after-first\") { break; }\n",
    );

    lab.edit(CLIENT, |all| {
        all.replace(
            "(features.iter(), 10)",
            "(features.iter(), if crate::variant(\"call-record-nine-points\") { 9 } else { 10 })",
        )
    });
    before(
        lab,
        CLIENT,
        "            yield point;\n",
        "            if crate::variant(\"call-record-slow\") { tokio::time::sleep(std::time::Duration::from_millis(300)).await; }\n",
    );
    after(
        lab,
        CLIENT,
        "            yield point;\n",
        "            if crate::variant(\"call-record-exits\") { std::process::exit(7); }\n",
    );
    vary(
        lab,
        CLIENT,
        "client.record_route(points).await?.into_inner()",
        &[(
            "call-record-ignores-error",
            "match client.record_route(points).await { Ok(summary) => summary.into_inner(), Err(_) => return Ok(()) }",
        )],
    );

    // It waits for a reply to each note: the first gets none.
    instead(
        lab,
        CLIENT,
        "    let itinerary = [\n",
        "call-chat-waits",
        r#"    let (sender, notes) = tokio::sync::mpsc::channel(1);
    let notes = tokio_stream::wrappers::ReceiverStream::new(notes);
    let mut replies = client.route_chat(notes).await?.into_inner();
    for message in ["First message", "Second message"] {
        let location = Some(proto::Point { latitude: 0, longitude: 0 });
        sender.send(proto::RouteNote { location, message: message.into() }).await?;
        if let Some(reply) = replies.message().await? {
            println!("{}", reply.message);
        }
    }
    Ok(())"#,
    );
    vary(
        lab,
        CLIENT,
        "\"Third message\"",
        &[("call-chat-alters-note", "\"third message\"")],
    );
    lab.edit(CLIENT, |all| {
        all.replace(
            "Some(reply) = replies.message().await? {",
            "Some(reply) = (if crate::variant(\"call-chat-ignores-error\") { replies.message().await.unwrap_or(None) }
            else if crate::variant(\"call-chat-never-reads\") { None }
            else { replies.message().await? }) {",
        )
    });
    lab.edit(CLIENT, |all| {
        all.replace(
            "            reply.message, place.latitude",
            "            if crate::variant(\"call-chat-prints-wrong\") { \"a reply\" } else { &reply.message }, place.latitude",
        )
    });
    before(
        lab,
        CLIENT,
        "    guide_route_chat(&mut client).await?;\n",
        "    if crate::variant(\"run-without-chat\") { return Ok(()) }\n",
    );
}
