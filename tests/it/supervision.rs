//! Whatever the lab starts is gone when the lab is.

use std::process::{Child, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use testkit::Lab;
use testkit::processes::{assert_gone, wait_until};

/// A server that starts a child of its own, writes both process ids down, and then does `end`.
fn server(end: &str) -> String {
    format!(
        r#"    let child = std::process::Command::new("sleep").arg("1000").spawn()?;
    let ids = format!("{{}} {{}}", std::process::id(), child.id());
    println!("asked to listen on {{addr}}");
    std::fs::write("ids.part", ids)?;
    std::fs::rename("ids.part", "ids")?;
    {end}
"#
    )
}

/// A course whose server does that, ready for a check of lesson 7.
fn lab(name: &str, end: &str) -> Lab {
    let lab = Lab::new(name);
    lab.solve_up_to("route-chat");
    lab.write_place("start_here/src/server.rs", "start-server", &server(end));
    lab
}

const HANG: &str = "std::future::pending().await";

fn ids(lab: &Lab) -> Vec<i32> {
    lab.read("ids")
        .split(' ')
        .map(|id| id.parse().unwrap())
        .collect()
}

/// A check that runs beside the test.
fn start(lab: &Lab) -> Child {
    let mut command = lab.command(["check", "start-server", "--timeout", "600"]);
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
fn after_a_server_that_listens_elsewhere() {
    let elsewhere = "let other = tokio::net::TcpListener::bind(\"127.0.0.1:0\").await?;\n    \
        tonic::transport::Server::builder()\
        .add_service(crate::proto::route_guide_server::RouteGuideServer::new(RouteGuideService::new(Features::load()?)))\
        .serve_with_incoming(tonic::transport::server::TcpIncoming::from(other)).await?;\n    Ok(())";
    let lab = lab("supervise-elsewhere", elsewhere);
    lab.run(["check", "start-server", "--timeout", "1"])
        .exits(1)
        .says("; listen on the address you are given,");
    assert_gone(&ids(&lab));
}

#[test]
fn after_a_server_that_returns_and_leaves_a_child() {
    let lab = lab("supervise-return", "Ok(())");
    let run = lab.run(["check", "start-server"]).exits(1);
    assert!(
        run.stdout.contains("Your server stopped at once"),
        "{}",
        run.stdout
    );
    assert_gone(&ids(&lab));
}

#[test]
fn after_a_server_that_panics() {
    let lab = lab("supervise-panic", "panic!(\"on purpose\")");
    let run = lab.run(["check", "start-server"]).exits(1);
    run.says("Your server ended at once, with exit code 101")
        .says("on purpose");
    assert_gone(&ids(&lab));
}

#[test]
fn after_success() {
    let serve = "println!(\"Starting server on {addr}\");\n    tonic::transport::Server::builder()\
        .add_service(crate::proto::route_guide_server::RouteGuideServer::new(RouteGuideService::new(Features::load()?)))\
        .serve_with_shutdown(addr, async { tokio::signal::ctrl_c().await.ok(); }).await?;\n    Ok(())";
    let lab = lab("supervise-success", serve);
    lab.run(["check", "start-server"]).exits(0);
    assert_gone(&ids(&lab));
}

#[test]
fn after_ctrl_c_and_after_being_asked_to_end() {
    let lab = lab("supervise-signals", HANG);
    for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
        let mut check = start(&lab);
        wait_until("the server never started", || lab.path("ids").exists());
        kill_process(
            Pid::from_raw(check.id().try_into().unwrap()).unwrap(),
            signal,
        )
        .unwrap();
        assert_eq!(check.wait().unwrap().code(), Some(130), "{signal:?}");
        assert_gone(&ids(&lab));
        std::fs::remove_file(lab.path("ids")).unwrap();
    }
}

#[test]
fn the_stage_ends_even_when_the_lab_is_killed() {
    let lab = Lab::new("supervise-kill");
    lab.solve_up_to("generate-code");
    // A handler that never answers keeps the check busy.
    lab.write_place(
        "start_here/src/server.rs",
        "list-features",
        r#"        let _ = request;
        std::fs::write("ids.part", std::process::id().to_string())?;
        std::fs::rename("ids.part", "ids")?;
        std::future::pending().await
"#,
    );
    let mut command = lab.command(["check", "list-features", "--timeout", "600"]);
    let mut check = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_until("the handler was never called", || lab.path("ids").exists());
    check.kill().unwrap();
    check.wait().unwrap();
    assert_gone(&ids(&lab));
}

/// Lessons may have a process each: all of them are gone.
#[test]
fn every_stage_ends_with_the_lab() {
    let lab = Lab::new("supervise-stages");
    lab.solve_up_to("generate-code");
    for lesson in ["list-features", "record-route"] {
        let hang = format!(
            r#"        let _ = request;
        std::fs::write("{lesson}.part", std::process::id().to_string())?;
        std::fs::rename("{lesson}.part", "{lesson}.id")?;
        std::future::pending().await
"#
        );
        lab.write_place("start_here/src/server.rs", lesson, &hang);
    }
    let files = ["list-features.id", "record-route.id"];
    for signal in [Signal::INT, Signal::TERM, Signal::KILL] {
        let words = ["check", "list-features", "record-route", "--timeout", "600"];
        let mut command = lab.command(words);
        let mut check = command
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        for file in files {
            wait_until("no handler was called", || lab.path(file).exists());
        }
        let ids = files.map(|file| lab.read(file).parse().unwrap());
        assert_ne!(ids[0], ids[1]);
        let id = Pid::from_raw(check.id().try_into().unwrap()).unwrap();
        kill_process(id, signal).unwrap();
        let code = check.wait().unwrap().code();
        assert_eq!(code, (signal != Signal::KILL).then_some(130), "{signal:?}");
        assert_gone(&ids);
        for file in files {
            std::fs::remove_file(lab.path(file)).unwrap();
        }
    }
}
