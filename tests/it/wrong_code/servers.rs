//! Server programs: starting, listening, ending.

use super::{CLIENT, SERVER, finds};
use crate::support::Lab;

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
        r#"let other = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let service = crate::proto::route_guide_server::RouteGuideServer::new(RouteGuideService::new(Features::load()?));
    tonic::transport::Server::builder()
        .add_service(service)
        .serve_with_incoming(tonic::transport::server::TcpIncoming::from(other))
        .await?;
    Ok(())"#,
    );
    lab.run(["check", "start-server", "--timeout", "1"])
        .exits(1)
        .says("; listen on the address you are given,");
    finds(&lab, "start-server", "port-hard-coded");
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

/// A busy machine starts a right program as late as this. How long to wait for a call has nothing to do with it.
#[test]
fn programs_that_start_late_pass() {
    let lab = Lab::new("late-programs");
    lab.solve_up_to("run-client");
    let late = |file: &str, before: &str| {
        let sleep = "tokio::time::sleep(std::time::Duration::from_secs(4)).await;";
        lab.edit(file, |text| {
            assert!(text.contains(before), "{file}: {text}");
            text.replacen(before, &format!("{sleep}\n    {before}"), 1)
        });
    };
    late(
        "start_here/src/bin/stage.rs",
        "let listener = TcpListener::bind",
    );
    late(SERVER, "Server::builder()");
    late(CLIENT, "let channel = Channel::from_shared");
    lab.run(["check", "--all", "--timeout", "2"]).exits(0);
}
