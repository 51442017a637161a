use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Ready, poll_fn, ready};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use http::HeaderMap;
use hyper::body::Frame;
use tonic::Status as Failure;

use super::observer::Witness;
use super::*;

/// A body that gives what it is made of, and counts how often it is asked.
struct Parts {
    parts: VecDeque<Result<Frame<Bytes>, Failure>>,
    asked: Arc<AtomicUsize>,
}

fn body(parts: impl IntoIterator<Item = Result<Frame<Bytes>, Failure>>) -> Body {
    counted(parts).0
}

fn counted(
    parts: impl IntoIterator<Item = Result<Frame<Bytes>, Failure>>,
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
    type Error = Failure;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Poll::Ready(self.parts.pop_front())
    }
}

fn data(bytes: &'static [u8]) -> Result<Frame<Bytes>, Failure> {
    Ok(Frame::data(Bytes::from_static(bytes)))
}

fn trailers(status: &'static str) -> Result<Frame<Bytes>, Failure> {
    let mut trailers = HeaderMap::new();
    trailers.insert("grpc-status", status.parse().unwrap());
    Ok(Frame::trailers(trailers))
}

/// Writes down what it is told, a word for each thing.
#[derive(Default)]
struct Written(Mutex<Vec<String>>);

struct Pen(Arc<Written>);

impl Observer for Arc<Written> {
    fn opened(&self, opening: &Opening<'_>) -> Option<Box<dyn Witness>> {
        self.0.lock().unwrap().push(opening.path.to_string());
        Some(Box::new(Pen(Arc::clone(self))))
    }

    fn reads_messages(&self) -> bool {
        true
    }
}

impl Witness for Pen {
    fn saw(&mut self, _: Duration, seen: &Seen<'_>) {
        let word = match seen {
            Seen::Message { from, message } => {
                let text = message.text().unwrap();
                format!("{from:?}: {}", String::from_utf8_lossy(&text))
            }
            Seen::NoMessage { from, flag } => format!("{from:?} no message {flag}"),
            Seen::HalfClosed => "half-close".to_string(),
            Seen::Headers(_) => "headers".to_string(),
            Seen::Ended {
                status, at_once, ..
            } => format!("{} {:?} {at_once}", status.code, status.flaw),
            Seen::Gone(gone) => format!("gone: {:?} {:?} {}", gone.by, gone.code, gone.words),
        };
        self.0.0.lock().unwrap().push(word);
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

fn watched(
    here: Side,
    slow: Option<Duration>,
    answer: Response<Body>,
) -> (Watched<Answering>, Arc<Written>) {
    let written = Arc::new(Written::default());
    let observers: Vec<Arc<dyn Observer>> = vec![Arc::new(Arc::clone(&written))];
    let watch = Watch::new(here, observers, slow).unwrap();
    let service = Answering(Arc::new(Mutex::new(Some(answer))));
    (watch.layer(service), written)
}

/// What is told of a call that is read to its end.
async fn told(here: Side, asked: Body, answer: Response<Body>) -> Vec<String> {
    let (mut service, written) = watched(here, None, answer);
    let answer = service.call(request(asked)).await.unwrap();
    read(answer.into_body()).await;
    drop(service);
    let written = written.0.lock().unwrap();
    written.clone()
}

#[tokio::test]
async fn a_call_is_told_from_its_beginning_to_its_end() {
    let asked = body([data(b"\0\0\0\0\x01a\0\0"), data(b"\0\0\x01b")]);
    let answer = response(body([data(b"\0\0\0\0\x01c\0\0\0\0\0"), trailers("5")]));
    let told = told(Side::Server, asked, answer).await;
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
    assert_eq!(told, all);
}

#[tokio::test]
async fn an_answer_without_a_body_is_told_at_once() {
    let mut answer = response(Body::empty());
    let status = "12".parse().unwrap();
    answer.headers_mut().insert("grpc-status", status);
    let told = told(Side::Server, Body::empty(), answer).await;
    assert_eq!(told, ["/a/B", "half-close", "UNIMPLEMENTED None true"]);
}

#[tokio::test]
async fn what_is_missing_or_no_grpc_is_told() {
    let end = async |answer| {
        told(Side::Client, Body::empty(), answer)
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
    let told = told(Side::Client, Body::empty(), garbage).await;
    assert_eq!(told[3..], ["Server no message 60", "OK None false"]);
}

#[tokio::test]
async fn a_call_that_is_let_go_is_gone_and_a_call_that_breaks_is_told_once() {
    let end = async |here| {
        let answer = response(body([data(b"\0\0\0\0\x01c"), trailers("0")]));
        let (mut service, written) = watched(here, None, answer);
        drop(service.call(request(Body::empty())).await.unwrap());
        let told = written.0.lock().unwrap().pop();
        told.unwrap()
    };
    assert_eq!(
        end(Side::Server).await,
        "gone: Client Cancelled cancelled, or gone"
    );
    assert_eq!(end(Side::Client).await, "gone: Client Cancelled cancelled");

    let reset = h2::Error::from(h2::Reason::CANCEL);
    let broken = body([
        data(b"\0\0\0\0\x01a"),
        Err(Failure::from_error(reset.into())),
    ]);
    let answer = response(body([trailers("0")]));
    let told = told(Side::Server, broken, answer).await;
    assert_eq!(told.len(), 3, "nothing comes after the end: {told:?}");
    assert!(told[2].starts_with("gone: Client Cancelled "), "{told:?}");
}

#[tokio::test]
async fn slow_messages_come_one_by_one_and_no_more_is_asked_for_than_is_handed_on() {
    const DELAY: Duration = Duration::from_millis(20);
    let wire = [
        data(b"\0\0\0\0\x01a\0\0\0\0\x01b\0\0\0\0\0"),
        data(b"\0\0\0\0\x01d"),
        trailers("0"),
    ];
    let (packed, asked) = counted(wire);
    let (mut service, _) = watched(Side::Server, Some(DELAY), response(packed));
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
async fn requests_are_slowed_too_and_what_is_no_grpc_is_not_touched() {
    const DELAY: Duration = Duration::from_millis(20);
    let asked = body([data(b"\0\0\0\0\x01a\0\0\0\0\x01b")]);
    let answer = Response::new(body([data(b"no grpc"), data(b" at all")]));
    let (mut service, _) = watched(Side::Client, Some(DELAY), answer);
    let start = Instant::now();
    let answer = service.call(request(asked)).await.unwrap();
    assert!(start.elapsed() >= 2 * DELAY);
    assert_eq!(
        read(answer.into_body()).await,
        [&b"no grpc"[..], b" at all"]
    );
}

#[test]
fn without_wishes_there_is_nothing_to_put_in() {
    assert!(Watch::new(Side::Server, Vec::new(), None).is_none());
    assert!(Watch::new(Side::Server, Vec::new(), Some(Duration::ZERO)).is_some());
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
async fn a_call_that_finds_nobody_is_gone() {
    let written = Arc::new(Written::default());
    let observers: Vec<Arc<dyn Observer>> = vec![Arc::new(Arc::clone(&written))];
    let watch = Watch::new(Side::Client, observers, None).unwrap();
    let mut service = watch.layer(Nowhere);
    assert!(service.call(request(Body::empty())).await.is_err());
    let told = written.0.lock().unwrap();
    let end = told.last().unwrap();
    assert!(end.starts_with("gone: Server Unavailable "), "{end}");
}
