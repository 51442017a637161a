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

/// A method that writes the id of its process down, and never answers. The first call of a process writes:
/// calls are made beside each other, and two that write at once would leave half a file.
fn hang(file: &str) -> String {
    format!(
        r#"        let _ = request;
        static WRITTEN: std::sync::Once = std::sync::Once::new();
        WRITTEN.call_once(|| {{
            std::fs::write("{file}.part", std::process::id().to_string()).unwrap();
            std::fs::rename("{file}.part", "{file}").unwrap();
        }});
        std::future::pending().await
"#
    )
}

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
    let codes = [
        (Signal::INT, 130),
        (Signal::TERM, 143),
        (Signal::HUP, 129),
        (Signal::QUIT, 131),
    ];
    for (signal, code) in codes {
        let mut check = start(&lab);
        wait_until("the server never started", || lab.path("ids").exists());
        kill_process(
            Pid::from_raw(check.id().try_into().unwrap()).unwrap(),
            signal,
        )
        .unwrap();
        assert_eq!(check.wait().unwrap().code(), Some(code), "{signal:?}");
        assert_gone(&ids(&lab));
        std::fs::remove_file(lab.path("ids")).unwrap();
    }
}

/// The folders of copies of programs that are there.
fn copies(lab: &Lab) -> usize {
    let entries = std::fs::read_dir(lab.path("target/debug")).unwrap();
    let names = entries.map(|entry| entry.unwrap().file_name());
    names
        .filter(|name| name.to_string_lossy().starts_with("routeguide-lab-copies-"))
        .count()
}

#[test]
fn a_server_its_child_and_the_copies_of_programs_go_when_the_lab_is_killed() {
    let lab = lab("supervise-killed-server", HANG);
    let mut check = start(&lab);
    wait_until("the server never started", || lab.path("ids").exists());
    assert_eq!(copies(&lab), 1);
    check.kill().unwrap();
    check.wait().unwrap();
    assert_gone(&ids(&lab));
    wait_until("the copies are left", || copies(&lab) == 0);
}

#[test]
fn what_a_command_has_started_goes_when_the_lab_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    // On Linux, also what has left the process group of the command.
    let leaver = match cfg!(target_os = "linux") {
        true => "setsid sh -c 'echo $$ >> ids.part; mv ids.part ids; exec sleep 1001' &",
        false => "mv ids.part ids",
    };
    let script = format!("echo $$ > ids.part; {leaver}\nsleep 1000");
    let addr = format!("127.0.0.1:{}", testkit::outside::free_port());
    for option in ["--server", "--client"] {
        let mut check = std::process::Command::new(testkit::program())
            .args([
                "check",
                "--timeout",
                "600",
                "--addr",
                &addr,
                option,
                &script,
            ])
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let file = folder.path().join("ids");
        wait_until("the command never ran", || file.exists());
        let text = std::fs::read_to_string(&file).unwrap();
        let ids: Vec<i32> = text.lines().map(|id| id.parse().unwrap()).collect();
        check.kill().unwrap();
        check.wait().unwrap();
        assert_gone(&ids);
        std::fs::remove_file(&file).unwrap();
    }
}

#[test]
fn a_build_ends_when_the_lab_is_killed() {
    let lab = Lab::new("supervise-killed-build");
    lab.solve_up_to("generate-code");
    lab.write(
        "cargo",
        "#!/bin/sh\necho $$ > ids.part; mv ids.part ids; exec sleep 1000\n",
    );
    let executable = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    std::fs::set_permissions(lab.path("cargo"), executable).unwrap();
    let mut command = lab.command(["check", "generate-code"]);
    let mut check = command
        .env("CARGO", lab.path("cargo"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_until("cargo never ran", || lab.path("ids").exists());
    let id = lab.read("ids").trim().parse().unwrap();
    check.kill().unwrap();
    check.wait().unwrap();
    assert_gone(&[id]);
}

/// A lab that is killed together with its guard.
#[cfg(target_os = "linux")]
#[test]
fn the_next_check_ends_and_names_what_an_earlier_one_has_left() {
    let lab = lab("supervise-left", HANG);
    let mut check = start(&lab);
    wait_until("the server never started", || lab.path("ids").exists());
    let children = std::process::Command::new("ps")
        .args(["-o", "pid=,comm=", "--ppid", &check.id().to_string()])
        .output()
        .unwrap();
    let children = String::from_utf8(children.stdout).unwrap();
    let guard = children.lines().find(|line| line.contains("rg-guard"));
    let guard = guard.unwrap().split_whitespace().next().unwrap();
    let guard = Pid::from_raw(guard.parse().unwrap()).unwrap();
    kill_process(guard, Signal::KILL).unwrap();
    check.kill().unwrap();
    check.wait().unwrap();
    let ids = ids(&lab);
    let runs = |id: &i32| rustix::process::test_kill_process(Pid::from_raw(*id).unwrap()).is_ok();
    assert!(ids.iter().all(runs), "{ids:?}");
    assert_eq!(copies(&lab), 1);
    lab.write_place("start_here/src/server.rs", "start-server", "Ok(())\n");
    lab.run(["check", "start-server"])
        .exits(1)
        .complains("A lab that was killed had left programs running. They have been ended: ")
        .complains(&format!("server (pid {})", ids[0]));
    assert_gone(&ids);
    assert_eq!(copies(&lab), 0);
}

#[test]
fn the_stage_ends_even_when_the_lab_is_killed() {
    let lab = Lab::new("supervise-kill");
    lab.solve_up_to("generate-code");
    // A handler that never answers keeps the check busy.
    let hang = hang("ids");
    lab.write_place("start_here/src/server.rs", "list-features", &hang);
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
        let hang = hang(&format!("{lesson}.id"));
        lab.write_place("start_here/src/server.rs", lesson, &hang);
    }
    let files = ["list-features.id", "record-route.id"];
    let codes = [
        (Signal::INT, Some(130)),
        (Signal::TERM, Some(143)),
        (Signal::KILL, None),
    ];
    for (signal, code) in codes {
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
        assert_eq!(check.wait().unwrap().code(), code, "{signal:?}");
        assert_gone(&ids);
        for file in files {
            std::fs::remove_file(lab.path(file)).unwrap();
        }
    }
}
