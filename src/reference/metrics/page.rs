//! The page that Prometheus reads, over plain HTTP/1.

use std::convert::Infallible;
use std::time::Duration;

use http::header::{ALLOW, CONTENT_TYPE, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use super::counts::Metrics;
use crate::reference::accept::accept;

/// The media type of OpenMetrics text.
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");
const PLAIN: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// How long a connection may take to send a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);
/// How many connections may be open. A Prometheus needs one.
const MAX_CONNECTIONS: usize = 64;

/// Shows the metrics at `/metrics` until this future is dropped.
pub async fn serve(listener: TcpListener, metrics: Metrics) -> Infallible {
    let mut connections = JoinSet::new();
    loop {
        let accepted = accept(&listener).await;
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, _)) if connections.len() < MAX_CONNECTIONS => {
                connections.spawn(respond(stream, metrics.clone()));
            }
            // Too many: this one is closed at once.
            Ok(_) => {}
            // The server below reports this, since it cannot accept connections either.
            Err(_) => {}
        }
    }
}

async fn respond(stream: TcpStream, metrics: Metrics) {
    let service = hyper::service::service_fn(move |request| {
        let page = page(&request, &metrics);
        async { Ok::<_, Infallible>(page) }
    });
    // If this fails, the client has left.
    http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service)
        .await
        .ok();
}

fn page(request: &Request<Incoming>, metrics: &Metrics) -> Response<String> {
    let (status, kind, text) = match (request.method(), request.uri().path()) {
        (&Method::GET | &Method::HEAD, "/metrics") => match metrics.text() {
            Ok(text) => (StatusCode::OK, OPEN_METRICS, text),
            Err(error) => (
                StatusCode::INTERNAL_SERVER_ERROR,
                PLAIN,
                format!("could not encode the metrics: {error}\n"),
            ),
        },
        (_, "/metrics") => (
            StatusCode::METHOD_NOT_ALLOWED,
            PLAIN,
            "use GET\n".to_string(),
        ),
        _ => (
            StatusCode::NOT_FOUND,
            PLAIN,
            "the metrics are at /metrics\n".to_string(),
        ),
    };
    let mut response = Response::new(text);
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, kind);
    if status == StatusCode::METHOD_NOT_ALLOWED {
        // RFC 9110, section 15.5.6.
        let allowed = HeaderValue::from_static("GET, HEAD");
        response.headers_mut().insert(ALLOW, allowed);
    }
    response
}
