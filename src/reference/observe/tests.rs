use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Ready, poll_fn, ready};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{HeaderMap, Request, Response};
use hyper::body::Frame;
use tonic::Status as TonicStatus;
use tonic::body::Body;
use tonic::codegen::{Body as HttpBody, Service};
use tower_layer::Layer as _;

use super::layer::ObserveService;
use super::observer::{CallEvent, CallObserver, CallSide, CallStart, Observer};
use super::*;
use crate::messages::Rpc;

/// A body that gives what it is made of, and counts how often it is asked.
struct Parts {
    parts: VecDeque<Result<Frame<Bytes>, TonicStatus>>,
    asked: Arc<AtomicUsize>,
}

fn body(parts: impl IntoIterator<Item = Result<Frame<Bytes>, TonicStatus>>) -> Body {
    counted(parts).0
}

fn counted(
    parts: impl IntoIterator<Item = Result<Frame<Bytes>, TonicStatus>>,
) -> (Body, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let parts = Parts {
        parts: parts.into_iter().collect(),
        asked: Arc::clone(&asked),
    };
    (Body::new(parts), asked)
}

impl HttpBody for Parts {
    type Data = Bytes;
    type Error = TonicStatus;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TonicStatus>>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(self.parts.pop_front())
    }
}

fn data(bytes: &'static [u8]) -> Result<Frame<Bytes>, TonicStatus> {
    Ok(Frame::data(Bytes::from_static(bytes)))
}

fn trailers(status: &'static str) -> Result<Frame<Bytes>, TonicStatus> {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", status.parse().unwrap());
    Ok(Frame::trailers(trailers))
}

/// Records what it is reported: one line for each event.
#[derive(Clone, Default)]
struct Recorder(Arc<Mutex<Vec<String>>>);

impl Recorder {
    fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    fn last(&self) -> String {
        self.lines().pop().unwrap()
    }
}

impl Observer for Recorder {
    fn call_started(&self, start: &CallStart<'_>) -> Option<Box<dyn CallObserver>> {
        self.0.lock().unwrap().push(start.path.to_string());
        Some(Box::new(self.clone()))
    }

    fn reads_messages(&self) -> bool {
        true
    }
}

impl CallObserver for Recorder {
    fn on_event(&mut self, _: Duration, event: &CallEvent<'_>) {
        let line = match event {
            CallEvent::Message { from, message } => {
                let text = message.payload().unwrap();
                format!("{from:?}: {}", String::from_utf8_lossy(&text))
            }
            CallEvent::NotAMessage { from, flag } => format!("{from:?} not a message {flag}"),
            CallEvent::HalfClosed => "half-close".to_string(),
            CallEvent::Headers(_) => "headers".to_string(),
            CallEvent::Ended {
                status,
                trailers_only,
                ..
            } => format!("{} {:?} {trailers_only}", status.code, status.flaw),
            CallEvent::Terminated(end) => {
                format!("terminated: {:?} {:?} {}", end.by, end.code, end.reason)
            }
        };
        self.0.lock().unwrap().push(line);
    }
}

/// Reads the whole request, and then gives its answer.
#[derive(Clone)]
struct Answering(Arc<Mutex<Option<Response<Body>>>>);

impl Service<Request<Body>> for Answering {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response<Body>, Infallible>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let answer = self.0.lock().unwrap().take().unwrap();
        Box::pin(async move {
            read(request.into_body()).await;
            Ok(answer)
        })
    }
}

/// All that a body gives, piece by piece.
async fn read(mut body: Body) -> Vec<Bytes> {
    let mut pieces = Vec::new();
    loop {
        match poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            Some(Ok(frame)) => pieces.extend(frame.into_data()),
            Some(Err(_)) | None => return pieces,
        }
    }
}

fn grpc<T>(mut message: T, headers: impl FnOnce(&mut T) -> &mut HeaderMap) -> T {
    headers(&mut message).insert("content-type", "application/grpc".parse().unwrap());
    message
}

fn request(body: Body) -> Request<Body> {
    let mut request = Request::new(body);
    *request.uri_mut() = "/a/B".parse().unwrap();
    grpc(request, Request::headers_mut)
}

fn response(body: Body) -> Response<Body> {
    grpc(Response::new(body), Response::headers_mut)
}

/// A layer that records.
fn layer(here: CallSide, delay: Option<Duration>) -> (ObserveLayer, Recorder) {
    let recorder = Recorder::default();
    let observers: Vec<Arc<dyn Observer>> = vec![Arc::new(recorder.clone())];
    (ObserveLayer::new(here, observers, delay).unwrap(), recorder)
}

fn observed(
    here: CallSide,
    delay: Option<Duration>,
    response: Response<Body>,
) -> (ObserveService<Answering>, Recorder) {
    let (layer, recorder) = layer(here, delay);
    let service = Answering(Arc::new(Mutex::new(Some(response))));
    (layer.layer(service), recorder)
}

/// What is reported of a call that is read to its end.
async fn reported(here: CallSide, asked: Body, answer: Response<Body>) -> Vec<String> {
    let (mut service, recorder) = observed(here, None, answer);
    let answer = service.call(request(asked)).await.unwrap();
    read(answer.into_body()).await;
    drop(service);
    recorder.lines()
}

#[tokio::test]
async fn a_call_is_reported_from_its_start_to_its_end() {
    let asked = body([data(b"\0\0\0\0\x01a\0\0"), data(b"\0\0\x01b")]);
    let answer = response(body([data(b"\0\0\0\0\x01c\0\0\0\0\0"), trailers("5")]));
    let reported = reported(CallSide::Server, asked, answer).await;
    let all = [
        "/a/B",
        "Client: a",
        "Client: b",
        "half-close",
        "headers",
        "Server: c",
        "Server: ",
        "NOT_FOUND None false",
    ];
    assert_eq!(reported, all);
}

#[tokio::test]
async fn a_response_without_a_body_is_reported_at_once() {
    let mut answer = response(Body::empty());
    let status = "12".parse().unwrap();
    answer.headers_mut().insert("grpc-status", status);
    let reported = reported(CallSide::Server, Body::empty(), answer).await;
    assert_eq!(reported, ["/a/B", "half-close", "UNIMPLEMENTED None true"]);
}

#[tokio::test]
async fn a_missing_status_and_a_response_that_is_not_grpc_are_reported() {
    let end = async |answer| {
        reported(CallSide::Client, Body::empty(), answer)
            .await
            .pop()
            .unwrap()
    };
    let without = response(body([data(b"\0\0\0\0\x01c")]));
    assert_eq!(end(without).await, "UNKNOWN Some(NoTrailers) false");
    let half = response(body([data(b"\0\0\0\0\x02c")]));
    assert_eq!(end(half).await, "INTERNAL Some(HalfMessage) false");
    let page = Response::new(body([data(b"<html>")]));
    assert_eq!(end(page).await, "UNKNOWN Some(ContentType(None)) true");
    let garbage = response(body([data(b"<html>"), trailers("0")]));
    let reported = reported(CallSide::Client, Body::empty(), garbage).await;
    assert_eq!(reported[3..], ["Server not a message 60", "OK None false"]);
}

#[tokio::test]
async fn a_dropped_call_is_terminated_and_a_broken_call_is_reported_once() {
    let end = async |here| {
        let answer = response(body([data(b"\0\0\0\0\x01c"), trailers("0")]));
        let (mut service, recorder) = observed(here, None, answer);
        drop(service.call(request(Body::empty())).await.unwrap());
        recorder.last()
    };
    assert_eq!(
        end(CallSide::Server).await,
        "terminated: Client Cancelled cancelled, or disconnected"
    );
    assert_eq!(
        end(CallSide::Client).await,
        "terminated: Client Cancelled cancelled"
    );

    let reset = h2::Error::from(h2::Reason::CANCEL);
    let broken = body([
        data(b"\0\0\0\0\x01a"),
        Err(TonicStatus::from_error(reset.into())),
    ]);
    let answer = response(body([trailers("0")]));
    let reported = reported(CallSide::Server, broken, answer).await;
    assert_eq!(
        reported.len(),
        3,
        "nothing comes after the end: {reported:?}"
    );
    assert!(
        reported[2].starts_with("terminated: Client Cancelled "),
        "{reported:?}"
    );
}

#[tokio::test]
async fn delayed_messages_come_one_by_one_and_no_more_is_received_than_is_passed_on() {
    const DELAY: Duration = Duration::from_millis(20);
    let wire = [
        data(b"\0\0\0\0\x01a\0\0\0\0\x01b\0\0\0\0\0"),
        data(b"\0\0\0\0\x01d"),
        trailers("0"),
    ];
    let (packed, asked) = counted(wire);
    let (mut service, _) = observed(CallSide::Server, Some(DELAY), response(packed));
    let answer = service.call(request(Body::empty())).await.unwrap();
    let mut answer = answer.into_body();
    let start = Instant::now();
    let mut pieces = Vec::new();
    let due: [&[u8]; 4] = [
        b"\0\0\0\0\x01a",
        b"\0\0\0\0\x01b",
        b"\0\0\0\0\0",
        b"\0\0\0\0\x01d",
    ];
    for n in 1..=4 {
        let frame = poll_fn(|context| Pin::new(&mut answer).poll_frame(context)).await;
        pieces.push(frame.unwrap().unwrap().into_data().unwrap());
        assert!(start.elapsed() >= DELAY * n, "the {n}th came too soon");
        let needed = if n < 4 { 1 } else { 2 };
        assert_eq!(asked.load(Ordering::Relaxed), needed);
    }
    assert_eq!(pieces, due);
    let end = poll_fn(|context| Pin::new(&mut answer).poll_frame(context)).await;
    assert!(end.unwrap().unwrap().is_trailers());
}

#[tokio::test]
async fn where_the_client_streams_it_alone_is_delayed() {
    const DELAY: Duration = Duration::from_millis(20);
    let messages = b"\0\0\0\0\x01a\0\0\0\0\x01b";
    for rpc in Rpc::ALL {
        let mut service = observed(
            CallSide::Client,
            Some(DELAY),
            response(body([data(messages)])),
        )
        .0;
        let mut request = request(body([data(messages)]));
        *request.uri_mut() = rpc.path().parse().unwrap();
        let start = Instant::now();
        // This service reads the whole request before it answers.
        let answer = service.call(request).await.unwrap();
        let asked = start.elapsed();
        read(answer.into_body()).await;
        if rpc.client_streams() {
            // The half-close is delayed, too.
            assert!(asked >= 3 * DELAY, "{rpc}");
        } else {
            assert!(start.elapsed() - asked >= 2 * DELAY, "{rpc}");
        }
    }
}

#[tokio::test]
async fn what_is_not_grpc_is_unchanged() {
    const DELAY: Duration = Duration::from_millis(20);
    let answer = Response::new(body([data(b"no grpc"), data(b" at all")]));
    let (mut service, _) = observed(CallSide::Client, Some(DELAY), answer);
    let answer = service.call(request(Body::empty())).await.unwrap();
    assert_eq!(
        read(answer.into_body()).await,
        [&b"no grpc"[..], b" at all"]
    );
}

#[test]
fn a_layer_with_nothing_to_do_is_not_made() {
    assert!(ObserveLayer::new(CallSide::Server, Vec::new(), None).is_none());
    assert!(ObserveLayer::new(CallSide::Server, Vec::new(), Some(Duration::ZERO)).is_some());
}

/// A channel that cannot connect.
#[derive(Clone)]
struct Nowhere;

impl Service<Request<Body>> for Nowhere {
    type Response = Response<Body>;
    type Error = std::io::Error;
    type Future = Ready<Result<Response<Body>, std::io::Error>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), std::io::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, _: Request<Body>) -> Self::Future {
        ready(Err(std::io::Error::other("refused")))
    }
}

#[tokio::test]
async fn a_call_that_cannot_connect_is_terminated() {
    let (layer, recorder) = layer(CallSide::Client, None);
    let mut service = layer.layer(Nowhere);
    assert!(service.call(request(Body::empty())).await.is_err());
    let end = recorder.last();
    assert!(end.starts_with("terminated: Server Unavailable "), "{end}");
}
