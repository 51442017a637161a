//! `check --addr`: servers that the lab has not built and that run already, right ones and wrong ones.

mod right;
mod started;

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, Ipv6Addr, Shutdown, SocketAddr, TcpListener, TcpStream};

use routeguide::features::Features;
use testkit::outside::{
    LOOPBACK, check, codelabs_features, free_port, has_ipv6, host, lab, mistakes,
};
use testkit::run;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

/// Something that accepts connections and does `answer` to each, as long as the test runs.
fn answering(answer: impl Fn(TcpStream) + Send + 'static) -> SocketAddr {
    let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
    let addr = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.unwrap());
        }
    });
    addr
}

#[test]
fn a_right_server_passes_from_any_folder() {
    let server = host(LOOPBACK, codelabs_features());
    let addr = server.addr.to_string();
    let folder = tempfile::tempdir().unwrap();
    run(&mut lab(folder.path(), &["check", "--addr", &addr]))
        .exits(0)
        .says("✓ list-features")
        .says("✓ record-route")
        .says("✓ route-chat")
        .says(&format!("Passed. {addr} does what RouteGuide promises."));
    assert_eq!(folder.path().read_dir().unwrap().count(), 0);

    // One lesson, by its number; and the target is the address as it was typed.
    let typed = format!("localhost:{}", server.addr.port());
    let report = check(&["--addr", &typed, "6", "--format", "json"])
        .exits(0)
        .json();
    assert_eq!(report["target"], typed.as_str());
    assert_eq!(report["lessons"].as_array().unwrap().len(), 1);
    assert_eq!(report["lessons"][0]["lesson"], "route-chat");

    for typed in [":PORT", "0.0.0.0:PORT", "*:PORT", "[::]:PORT"] {
        let typed = typed.replace("PORT", &server.addr.port().to_string());
        check(&["--addr", &typed, "list-features"]).exits(0);
    }
}

#[test]
fn a_server_for_ipv6_alone_passes() {
    if !has_ipv6("a server for IPv6 alone") {
        return;
    }
    let server = host(IpAddr::V6(Ipv6Addr::LOCALHOST), codelabs_features());
    let port = server.addr.port();
    check(&["--addr", &server.addr.to_string()]).exits(0);
    check(&["--addr", &format!(":{port}")]).exits(0);
    // Where it is looked for in the other family, that is said.
    check(&["--addr", &format!("127.0.0.1:{port}")])
        .exits(3)
        .says(&format!(
            "Could not connect to the server at 127.0.0.1:{port}: "
        ))
        .says(&format!("But something listens on [::1]:{port}."));
}

#[test]
fn the_features_of_the_server_can_be_given() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("places.json");
    let place = |name: &str, latitude: i32, longitude: i32| {
        format!(
            r#"{{"location":{{"latitude":{latitude},"longitude":{longitude}}},"name":"{name}"}}"#
        )
    };
    let some = [
        place("Null Island", 0, 0),
        place("", i32::MIN, i32::MAX),
        place("End", i32::MAX, i32::MIN),
    ]
    .join(",");
    let many: Vec<String> = (0..10_000).map(|n| place("x", n * 7, -n)).collect();
    for list in ["", &place("Alone", 1, 2), &some, &many.join(",")] {
        std::fs::write(&file, format!("[{list}]")).unwrap();
        let server = host(LOOPBACK, Features::from_file(&file).unwrap());
        let words = [
            "--addr",
            &server.addr.to_string(),
            "--db",
            file.to_str().unwrap(),
        ];
        check(&words).exits(0);
        if list.len() > 10_000 {
            continue;
        }
        // The Java example keeps its list in an object.
        std::fs::write(&file, format!("{{\"feature\": [{list}]}}")).unwrap();
        check(&words).exits(0);
    }
    // A server of other features is not right.
    let server = host(LOOPBACK, codelabs_features());
    let addr = server.addr.to_string();
    std::fs::write(&file, format!("[{some}]")).unwrap();
    check(&["--addr", &addr, "--db", file.to_str().unwrap()]).exits(1);

    std::fs::write(&file, format!("[{some},{{\"name\":\"nowhere\"}}]")).unwrap();
    check(&["--addr", &addr, "--db", file.to_str().unwrap()])
        .exits(3)
        .complains("entry 4: missing field `location`");
    check(&["--addr", &addr, "--db", "/nowhere.json"])
        .exits(3)
        .complains("cannot load the features from /nowhere.json");
}

#[test]
fn words_that_do_not_go_together_are_refused() {
    let addr = ["--addr", "127.0.0.1:50051"];
    for words in [
        [&addr[..], &["--track", "start_here"]].concat(),
        [&addr[..], &["--all"]].concat(),
        vec!["--db", "places.json"],
        vec!["--server", "run-my-server"],
    ] {
        check(&words).exits(2);
    }
    for lesson in [
        "define-messages",
        "generate-code",
        "start-server",
        "try-it-out",
    ] {
        check(&[&addr[..], &[lesson]].concat())
            .exits(2)
            .complains("is not about the RPCs of a server")
            .complains("list-features, record-route, route-chat");
    }
    check(&[&addr[..], &["list-feature"]].concat())
        .exits(2)
        .complains("did you mean `list-features`?");
    for (typed, why) in [
        ("localhost", "there is no port"),
        ("50051", "type 127.0.0.1:50051"),
        ("127.0.0.1:70000", "a number from 1 to 65535"),
        ("http://127.0.0.1:50051", "without `http://`"),
        ("::1:50051", "must be in brackets"),
        ("no-such-host.invalid:50051", "cannot use the address"),
    ] {
        check(&["--addr", typed]).exits(2).complains(why);
    }
}

#[test]
fn a_server_that_is_not_there_could_not_be_checked() {
    let addr = format!("127.0.0.1:{}", free_port());
    let run = check(&["--addr", &addr]).exits(3);
    run.says(&format!("Could not connect to the server at {addr}: "))
        .says("Start your server first");
    let report = check(&["--addr", &addr, "--format", "json"])
        .exits(3)
        .json();
    assert_eq!(report["outcome"], "error");
    assert_eq!(report["target"], addr.as_str());
}

#[test]
fn what_speaks_another_language_is_named() {
    let says = |words: &'static [u8]| {
        move |mut stream: TcpStream| {
            // The hello of an HTTP/2 client is longer than that.
            stream.read_exact(&mut [0; 24]).ok();
            stream.write_all(words).ok();
        }
    };
    // It reads until the other side hangs up.
    let silent = |mut stream: TcpStream| {
        std::thread::spawn(move || std::io::copy(&mut stream, &mut std::io::sink()));
    };
    for (addr, what) in [
        (
            answering(says(b"HTTP/1.1 400 Bad Request\r\n\r\n")),
            "it answers in HTTP/1",
        ),
        (answering(says(&[21, 3, 1, 0, 2, 2, 70])), "(TLS)"),
        (
            answering(says(b"SSH-2.0-OpenSSH_9.9\r\n")),
            "in an unknown protocol",
        ),
        (answering(drop), "closes the connection"),
        (answering(silent), "sends nothing"),
    ] {
        let addr = addr.to_string();
        let report = check(&["--addr", &addr, "--timeout", "1", "--format", "json"]).exits(1);
        let report = report.json();
        assert_eq!(mistakes(&report), ["not-http2"]);
        let message = report["lessons"][0]["diagnosis"]["message"]
            .as_str()
            .unwrap();
        assert!(message.contains(what), "{message}");
    }
}

#[test]
fn a_server_without_the_service_is_told_so() {
    use tonic_reflection::server::Builder;
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let listener = runtime
        .block_on(tokio::net::TcpListener::bind((LOOPBACK, 0)))
        .unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    let other = Builder::configure().build_v1().unwrap();
    let serving = Server::builder()
        .add_service(other)
        .serve_with_incoming(TcpIncoming::from(listener));
    runtime.spawn(serving);
    let report = check(&["--addr", &addr, "--format", "json"])
        .exits(1)
        .json();
    assert_eq!(mistakes(&report), ["not-registered"; 3], "{report:#}");
}

/// A way to a right server that breaks for good after so many bytes of its answers.
fn breaking_after(bytes: u64, to: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
    let addr = listener.local_addr().unwrap();
    let forward = |from: &TcpStream, into: &TcpStream| {
        let (mut from, mut into) = (from.try_clone().unwrap(), into.try_clone().unwrap());
        std::thread::spawn(move || std::io::copy(&mut from, &mut into).ok());
    };
    std::thread::spawn(move || {
        // One to see whether it listens, one to see which protocol it speaks, and one for the calls.
        for connection in 1.. {
            let (client, _) = listener.accept().unwrap();
            let server = TcpStream::connect(to).unwrap();
            forward(&client, &server);
            if connection < 3 {
                forward(&server, &client);
                continue;
            }
            std::io::copy(&mut (&server).take(bytes), &mut &client).unwrap();
            drop(listener);
            client.shutdown(Shutdown::Both).unwrap();
            return;
        }
    });
    addr
}

#[test]
fn a_server_that_goes_away_during_the_check_is_said_to_have_gone() {
    let server = host(LOOPBACK, codelabs_features());
    let addr = breaking_after(20_000, server.addr).to_string();
    let report = check(&["--addr", &addr, "--format", "json"])
        .exits(1)
        .json();
    let ids = mistakes(&report);
    assert!(
        ids.contains(&"dies-between-calls".to_string()),
        "{report:#}"
    );
    let lessons = report["lessons"].as_array().unwrap();
    let message = lessons
        .iter()
        .find_map(|lesson| lesson["diagnosis"]["message"].as_str())
        .unwrap();
    assert!(message.contains("it accepts no new one"), "{message}");
}
