//! What a request says of the protocol that it is in.

use http::header::CONTENT_TYPE;
use http::{Request, Response, StatusCode};
use tonic::body::Body;

use super::{MOST_CALLS, Session, lock};

/// What the content type of every request of gRPC begins with.
const GRPC: &str = "application/grpc";

impl Session {
    /// Writes down the protocol of a request. One that is not gRPC is answered here, as gRPC over HTTP/2 asks: with HTTP
    /// status 415.
    pub(super) fn note_protocol<B>(&self, request: &Request<B>) -> Option<Response<Body>> {
        let mut notebook = lock(&self.notebook);
        if let Some(scheme) = request.uri().scheme_str()
            && notebook.schemes.len() < MOST_CALLS
        {
            notebook.schemes.insert(scheme.to_string());
        }
        let content_type = request.headers().get(CONTENT_TYPE)?;
        let content_type = String::from_utf8_lossy(content_type.as_bytes());
        if is_grpc(&content_type) {
            return None;
        }
        if notebook.other_content_types.len() < MOST_CALLS {
            notebook
                .other_content_types
                .insert(content_type.into_owned());
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::UNSUPPORTED_MEDIA_TYPE;
        Some(response)
    }
}

/// Whether a content type is gRPC's: `application/grpc`, alone or with `+` and the encoding of the messages.
fn is_grpc(content_type: &str) -> bool {
    let rest = content_type.strip_prefix(GRPC);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['+', ';']))
}

#[cfg(test)]
mod tests {
    use super::is_grpc;

    #[test]
    fn grpc_is_told_by_its_content_type() {
        for (content_type, grpc) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("application/grpc;charset=utf-8", true),
            ("application/grpc-web", false),
            ("application/grpc-web+proto", false),
            ("application/connect+proto", false),
            ("application/json", false),
        ] {
            assert_eq!(is_grpc(content_type), grpc, "{content_type}");
        }
    }
}
