//! The details of a status: sent by a server, and printed by a client.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD as BASE64;
use prost::Message;
use routeguide::proto::RouteNote;
use testkit::guide::{Guide, Replies};
use testkit::outside;
use tokio_stream::StreamExt as _;
use tonic::metadata::MetadataMap;
use tonic::{Code, Status};
use tonic_types::pb::bad_request::FieldViolation;
use tonic_types::pb::{BadRequest, Status as RpcStatus};

use super::clients::check;
use super::return_status::{characters, looks};
use super::{Server, assert_named, python_clients, python_servers, servers_are_named};

const LESSON: &str = "error-details";

const MESSAGE: &str = "message: at most 1000 characters are allowed";

const TYPE: &str = "type.googleapis.com/google.rpc.BadRequest";

/// A server that ends a chat with a note that is too long with this status.
fn ends_with(status: impl Fn() -> Status + Send + Sync + 'static) -> Guide {
    looks(move |_, note| match characters(&note) > 1_000 {
        true => Err(status()),
        false => Ok(Some(note)),
    })
}

/// A server that sends just this in the trailer.
fn sends(trailer: impl Into<String>) -> Guide {
    let trailer = trailer.into();
    ends_with(move || {
        let mut headers = http::HeaderMap::new();
        headers.insert("grpc-status-details-bin", trailer.parse().unwrap());
        Status::with_metadata(
            Code::InvalidArgument,
            MESSAGE,
            MetadataMap::from_headers(headers),
        )
    })
}

fn request(violations: &[(&str, &str)]) -> BadRequest {
    let violation = |(field, description): &(&str, &str)| FieldViolation {
        field: field.to_string(),
        description: description.to_string(),
        ..FieldViolation::default()
    };
    BadRequest {
        field_violations: violations.iter().map(violation).collect(),
    }
}

fn right_request() -> BadRequest {
    request(&[("message", "at most 1000 characters are allowed")])
}

/// A status with one detail.
fn status_of(type_url: &str, detail: &impl Message) -> RpcStatus {
    let mut status = RpcStatus {
        code: 3,
        message: MESSAGE.to_string(),
        details: vec![Default::default()],
    };
    status.details[0].type_url = type_url.to_string();
    status.details[0].value = detail.encode_to_vec();
    status
}

fn right_status() -> RpcStatus {
    status_of(TYPE, &right_request())
}

fn encoded(message: &impl Message) -> String {
    BASE64.encode(message.encode_to_vec())
}

#[test]
fn right_servers_pass() {
    let mut several = status_of(
        "type.googleapis.com/routeguide.Weather",
        &request(&[("x", "y")]),
    );
    several.details.extend(right_status().details);
    let mut violations = status_of(
        TYPE,
        &request(&[("location", "far away"), ("message", "too long")]),
    );
    violations.details.push(Default::default());
    let rows = vec![
        Guide::default(),
        sends(encoded(&right_status())),
        sends(encoded(&right_status()).trim_end_matches('=')),
        sends(encoded(&several)),
        sends(encoded(&violations)),
    ];
    testkit::parallel(rows, |guide| {
        let addr = guide.serve().to_string();
        let run = outside::check(&["--addr", &addr, LESSON]);
        assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    });
}

#[test]
fn every_mistake_of_a_server() {
    let empty = RpcStatus {
        details: Vec::new(),
        ..right_status()
    };
    let other_code = RpcStatus {
        code: 13,
        ..right_status()
    };
    let other_message = RpcStatus {
        message: "too long".to_string(),
        ..right_status()
    };
    let rows: Vec<Server> = vec![
        (
            "limit-missing",
            looks(|_, note| Ok(Some(note))),
            "is taken like any other",
        ),
        (
            "wrong-code",
            ends_with(|| Status::with_details(Code::Internal, MESSAGE, b"details"[..].into())),
            "INTERNAL",
        ),
        (
            "details-missing",
            ends_with(|| Status::invalid_argument(MESSAGE)),
            "no trailer",
        ),
        (
            "details-missing",
            sends(encoded(&empty)),
            "without any details",
        ),
        (
            "details-wrong-encoding",
            sends("message: too long"),
            "is not base64",
        ),
        (
            "details-wrong-encoding",
            sends(r#"{"field": "message"}"#),
            "JSON",
        ),
        (
            "details-wrong-encoding",
            sends(BASE64.encode(r#"{"field": "message"}"#)),
            "JSON",
        ),
        (
            "details-wrong-encoding",
            sends(BASE64.encode("message: too long")),
            "no google.rpc.Status",
        ),
        (
            "details-wrong-encoding",
            sends(BASE64.encode(encoded(&right_status()))),
            "twice",
        ),
        (
            "details-wrong-encoding",
            sends(encoded(&right_request())),
            "google.rpc.BadRequest by itself",
        ),
        (
            "details-wrong-encoding",
            sends(encoded(&right_status().details[0])),
            "google.protobuf.Any by itself",
        ),
        (
            "details-wrong-encoding",
            sends(encoded(&status_of(TYPE, &right_status()))),
            "cannot be read as one",
        ),
        (
            "details-without-type",
            sends(encoded(&status_of("", &right_request()))),
            "no type URL",
        ),
        (
            "details-wrong-type",
            sends(encoded(&status_of(
                "google.rpc.BadRequest",
                &right_request(),
            ))),
            "and must be",
        ),
        (
            "details-wrong-type",
            sends(encoded(&status_of(
                "type.googleapis.com/google.rpc.ErrorInfo",
                &right_request(),
            ))),
            "there is no google.rpc.BadRequest",
        ),
        (
            "details-differ-from-status",
            sends(encoded(&other_code)),
            "has the code INTERNAL",
        ),
        (
            "details-differ-from-status",
            sends(encoded(&other_message)),
            "has the message \"too long\"",
        ),
        (
            "violation-of-other-field",
            sends(encoded(&status_of(TYPE, &request(&[])))),
            "no field violation",
        ),
        (
            "violation-of-other-field",
            sends(encoded(&status_of(TYPE, &request(&[("text", "too long")])))),
            "\"text\"",
        ),
        (
            "description-empty",
            sends(encoded(&status_of(TYPE, &request(&[("message", " ")])))),
            "no description",
        ),
        ("details-on-ok", always_sends(), "ends with OK"),
    ];
    servers_are_named(LESSON, rows);
}

/// A server that sends the details with each status, OK too.
fn always_sends() -> Guide {
    let details = || right_status().encode_to_vec().into();
    Guide::chats(move |mut notes| {
        Box::pin(async move {
            let replies = async_stream::try_stream! {
                let mut before: Vec<RouteNote> = Vec::new();
                while let Some(note) = notes.message().await? {
                    if characters(&note) > 1_000 {
                        Err(Status::with_details(Code::InvalidArgument, MESSAGE, details()))?;
                    }
                    for old in before.iter().filter(|old| old.location == note.location) {
                        yield old.clone();
                    }
                    before.push(note);
                }
            };
            let ok = Status::with_details(Code::Ok, "", details());
            let end = tokio_stream::once(Err(ok));
            Ok(Box::pin(replies.chain(end)) as Replies<RouteNote>)
        })
    })
}

#[test]
fn right_clients_pass() {
    testkit::parallel(vec!["right", "ends-with-error", "details-alone"], |way| {
        let run = check(LESSON, way);
        assert_eq!(run.code, Some(0), "{way}: {}{}", run.stdout, run.stderr);
    });
}

#[test]
fn every_mistake_of_a_client() {
    let needs = "fails-without-details fails-on-unknown-details";
    let rows = vec![
        (
            "status-alone",
            "details-not-printed",
            "nothing of its details",
        ),
        ("prints-bytes", "details-not-decoded", "the bytes that came"),
        ("first-alone", "details-partly-printed", "lighthouse"),
        ("descriptions-alone", "details-partly-printed", "anchorage"),
        ("says-nothing", "status-not-told", "says nothing of it"),
        ("unwraps", needs, "your client panics"),
        (
            "needs-details",
            needs,
            "has no details, and your client ends",
        ),
        (
            "needs-known-details",
            "fails-on-unknown-details",
            "that your client does not know",
        ),
    ];
    testkit::parallel(rows, |(way, id, words)| {
        assert_named(LESSON, &check(LESSON, way), id, words);
    });
}

#[test]
fn servers_in_python() {
    python_servers(
        LESSON,
        vec![
            ("sends-details", None),
            ("limits-notes", Some("details-missing")),
            ("blames-the-note", Some("violation-of-other-field")),
            ("packs-nothing", Some("details-without-type")),
            ("sends-json", Some("details-wrong-encoding")),
            (
                "sends-the-bad-request-alone",
                Some("details-wrong-encoding"),
            ),
        ],
    );
}

#[test]
fn clients_in_python() {
    python_clients(
        LESSON,
        vec![
            ("prints-details", None),
            ("prints-the-status", Some("details-not-printed")),
            ("prints-the-whole-status", Some("details-not-decoded")),
            ("takes-details-for-granted", Some("fails-without-details")),
            ("unpacks-everything", Some("fails-on-unknown-details")),
        ],
    );
}
