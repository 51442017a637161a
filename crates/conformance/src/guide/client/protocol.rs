//! Which protocol a client speaks, if it is not gRPC.

use crate::probe::recorder::Recording;
use crate::verdict::Diagnosis;

/// The first bytes of a TLS handshake: its record type and major version.
const TLS: [u8; 2] = [0x16, 0x03];

const INSECURE: &str = "The lab speaks without encryption: `http://` and not `https://`, or what your gRPC library calls an \
                        insecure channel.";

const USE_GRPC: &str = "Use a gRPC client over HTTP/2, and not gRPC-Web, Connect or plain HTTP.";

/// What is wrong with how a client connected or called, whatever it called.
pub(super) fn wrong(recording: &Recording) -> Option<Diagnosis> {
    if let Some(content_type) = recording.other_content_types.first() {
        let protocol = of_content_type(content_type).unwrap_or("another protocol");
        let message =
            format!("Your client speaks {protocol}, not gRPC: its content-type is {content_type}.");
        return Some(Diagnosis::mistake("not-grpc", message).hint(USE_GRPC));
    }
    if recording.says_nothing() {
        let message = "Your client opened a connection and reset it before anything that it sent could be read.";
        return Some(Diagnosis::new(message).hint(
            "It ended while its connection was still being set up. Make a call, and wait for its end, before the \
             client ends.",
        ));
    }
    if recording.prefaces == 0 {
        return Some(of_opening(recording.other_openings.first()));
    }
    let is_other = |scheme: &&String| scheme.as_str() != "http";
    let scheme = recording.schemes.iter().find(is_other)?;
    let what_it_says = match scheme.as_str() {
        "https" => "says that the connection is encrypted, and it is not",
        _ => "is none of HTTP's",
    };
    let message = format!(
        "The calls name the scheme {scheme}, which {what_it_says}: `:scheme` must be http."
    );
    let diagnosis = Diagnosis::mistake("wrong-scheme", message);
    Some(diagnosis.hint("Write `http://` before the address."))
}

/// A connection that did not begin as HTTP/2 does.
fn of_opening(bytes: Option<&Vec<u8>>) -> Diagnosis {
    const OTHERWISE: &str = "A connection was opened, but it does not begin as HTTP/2 does. gRPC is spoken over HTTP/2.";
    let bytes = bytes.map_or(&[][..], Vec::as_slice);
    if bytes.starts_with(&TLS) {
        let message = "Your client begins a TLS handshake, but the lab speaks without encryption.";
        return Diagnosis::mistake("not-http2", message).hint(INSECURE);
    }
    let head = String::from_utf8_lossy(bytes);
    let Some((request, headers)) = head.split_once("\r\n") else {
        return Diagnosis::mistake("not-http2", OTHERWISE).hint(INSECURE);
    };
    let Some(version) = request
        .rsplit(' ')
        .next()
        .filter(|end| end.starts_with("HTTP/1"))
    else {
        return Diagnosis::mistake("not-http2", OTHERWISE).hint(INSECURE);
    };
    let content_type = headers.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-type")
            .then(|| value.trim())
    });
    let message = match content_type.and_then(|value| Some((of_content_type(value)?, value))) {
        Some((protocol, content_type)) => format!(
            "Your client speaks {protocol} over {version}, not gRPC: its content-type is {content_type}."
        ),
        None => format!("Your client speaks {version}, not gRPC, which is spoken over HTTP/2."),
    };
    Diagnosis::mistake("not-grpc", message).hint(USE_GRPC)
}

/// The protocol that a content type belongs to.
fn of_content_type(content_type: &str) -> Option<&'static str> {
    let kinds = [
        ("application/grpc-web", "gRPC-Web"),
        ("application/grpc", "gRPC"),
        ("application/connect+", "Connect"),
        ("application/proto", "Connect"),
        ("application/json", "Connect"),
    ];
    let is_it = |(begins, _): &(&str, &str)| content_type.starts_with(begins);
    kinds.into_iter().find(is_it).map(|(_, name)| name)
}
