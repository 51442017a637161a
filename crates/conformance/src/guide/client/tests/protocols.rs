//! Clients that speak another protocol, or the right one in a wrong way.

use super::*;

/// What is found in how a client connected.
fn found(recording: Recording) -> Option<Diagnosis> {
    let run = ClientRun {
        recording,
        ..run(Vec::new())
    };
    let found = run.judge_connection().remove(0).diagnosis;
    found.iter().for_each(any_language::assert_spoken);
    found
}

#[test]
fn other_protocols_over_http_2_are_named_by_their_content_type() {
    for (content_type, name) in [
        ("application/grpc-web+proto", "speaks gRPC-Web, not gRPC"),
        ("application/grpc-web-text", "speaks gRPC-Web, not gRPC"),
        ("application/connect+proto", "speaks Connect, not gRPC"),
        ("application/json", "speaks Connect, not gRPC"),
        ("text/html", "speaks another protocol, not gRPC"),
    ] {
        let found = found(Recording {
            connections: 1,
            prefaces: 1,
            other_content_types: [content_type.to_string()].into(),
            ..Recording::default()
        });
        let found = found.unwrap();
        assert_eq!(found.mistakes, ["not-grpc"]);
        assert!(found.message.contains(name), "{}", found.message);
        assert!(found.message.contains(content_type));
    }
}

#[test]
fn what_a_connection_begins_with_is_named() {
    let post = "POST /routeguide.RouteGuide/ListFeatures HTTP/1.1\r\nHost: x\r\n";
    for (bytes, id, words) in [
        (
            b"\x16\x03\x01\x02".to_vec(),
            "not-http2",
            "begins a TLS handshake",
        ),
        (post.into(), "not-grpc", "speaks HTTP/1.1, not gRPC"),
        (
            format!("{post}Content-Type: application/grpc-web+proto\r\n\r\n").into(),
            "not-grpc",
            "speaks gRPC-Web over HTTP/1.1, not gRPC",
        ),
        (
            format!("{post}content-type: application/connect+json\r\n\r\n").into(),
            "not-grpc",
            "speaks Connect over HTTP/1.1, not gRPC",
        ),
        (
            b"hello".to_vec(),
            "not-http2",
            "does not begin as HTTP/2 does",
        ),
        (Vec::new(), "not-http2", "does not begin as HTTP/2 does"),
    ] {
        let found = found(Recording {
            connections: 1,
            other_openings: vec![bytes],
            ..Recording::default()
        });
        let found = found.unwrap();
        assert_eq!(found.mistakes, [id]);
        assert!(found.message.contains(words), "{}", found.message);
    }
}

#[test]
fn the_scheme_of_an_unencrypted_connection_is_http() {
    let of_scheme = |scheme: &str| {
        found(Recording {
            connections: 1,
            prefaces: 1,
            schemes: [scheme.to_string()].into(),
            ..Recording::default()
        })
    };
    assert_eq!(of_scheme("http"), None);
    for (scheme, words) in [
        (
            "https",
            "says that the connection is encrypted, and it is not: `:scheme` must be http",
        ),
        ("grpc", "is none of HTTP's: `:scheme` must be http"),
    ] {
        let found = of_scheme(scheme).unwrap();
        assert_eq!(found.mistakes, ["wrong-scheme"]);
        assert!(found.message.contains(words), "{}", found.message);
    }
}

#[test]
fn a_connection_that_was_reset_is_not_said_to_speak_another_protocol() {
    let found = found(Recording {
        connections: 1,
        resets: 1,
        ..Recording::default()
    });
    let found = found.unwrap();
    assert!(found.mistakes.is_empty());
    assert!(found.message.contains("reset it"), "{}", found.message);
}
