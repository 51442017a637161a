//! The server's side of a call that we make: headers, messages, and the end.

use std::future::poll_fn;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bytes::Bytes;
use h2::Reason;
use http::header::{CONTENT_TYPE, TE};
use http::{HeaderMap, Method, Version};
use tokio_stream::{Stream, StreamExt as _};
use tonic::body::Body;
use tonic::client::GrpcService;
use tonic::codec::EncodeBody;
use tonic::codegen::Body as _;
use tonic::transport::{Channel, Error};

use super::codec::RawCodec;
use super::framing;
use super::message_reader::MessageReader;
use crate::messages::Rpc;
use crate::transcript::ProtocolError;
use crate::transcript::Status;

type Opening = Pin<Box<dyn Future<Output = Result<http::Response<Body>, Error>> + Send>>;

/// How far the answer has come. Some servers send no headers before their first message, so the call
/// must be able to send while it waits for them.
pub enum Answer {
    /// The headers have not come yet.
    Opening(Opening),
    /// Messages may come.
    Streaming(Box<Incoming>),
    /// Nothing will come any more.
    Over,
}

/// Something that came from the server.
pub enum Arrival {
    /// The headers.
    Headers,
    /// A message, not decoded.
    Message(Bytes),
    /// The end of the call.
    End(Status),
    /// The end of a call that the server has certainly not begun to work on, so that a client may make it again.
    NotProcessed(Status),
}

/// What comes after the headers.
pub struct Incoming {
    body: Body,
    messages: MessageReader,
    /// A status that stood in the headers already.
    early: Option<Status>,
}

/// How the messages of a call end. It is shared with whoever sends them.
#[derive(Debug, Clone, Default)]
pub struct HalfClose(Arc<AtomicBool>);

impl HalfClose {
    /// When the messages end, they are complete, and the call is half-closed. Without this, it is cancelled then.
    pub fn set(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn is_set(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// What makes the library reset the stream (RST_STREAM with CANCEL). To drop the answer is not enough: as long as the
/// request is open, the stream is too, and when it ends as well, the server sees a half-close first.
fn reset() -> tonic::Status {
    tonic::Status::from_error(Box::new(h2::Error::from(Reason::CANCEL)))
}

impl Answer {
    /// Makes a call that sends these messages. After the last, it is half-closed or cancelled.
    pub fn open(
        channel: Channel,
        rpc: Rpc,
        messages: impl Stream<Item = Bytes> + Send + 'static,
        half_close: HalfClose,
    ) -> Answer {
        Answer::open_after(Duration::ZERO, channel, rpc, messages, half_close)
    }

    /// The same after a pause.
    pub fn open_after(
        pause: Duration,
        channel: Channel,
        rpc: Rpc,
        messages: impl Stream<Item = Bytes> + Send + 'static,
        half_close: HalfClose,
    ) -> Answer {
        let messages = async_stream::try_stream! {
            tokio::pin!(messages);
            while let Some(message) = messages.next().await {
                yield message;
            }
            if !half_close.is_set() {
                Err(reset())?;
            }
        };
        let body = EncodeBody::new_client(RawCodec, messages, None, None);
        let request = http::Request::builder()
            .method(Method::POST)
            .version(Version::HTTP_2)
            .uri(rpc.path())
            .header(TE, "trailers")
            .header(CONTENT_TYPE, "application/grpc")
            // A server may compress its messages without being asked, as Python's does.
            .header("grpc-accept-encoding", framing::GZIP)
            .body(Body::new(body));
        let opening = async move {
            let mut channel = channel;
            if !pause.is_zero() {
                tokio::time::sleep(pause).await;
            }
            poll_fn(|context| GrpcService::<Body>::poll_ready(&mut channel, context)).await?;
            // The path is one of three, and the rest is fixed: all of it is valid.
            let request = request.unwrap_or_default();
            GrpcService::call(&mut channel, request).await
        };
        Answer::Opening(Box::pin(opening))
    }

    /// Waits for the next thing to come; after the end, forever. Dropping the future loses nothing.
    pub async fn next(&mut self) -> Arrival {
        let arrival = match self {
            Answer::Opening(opening) => match opening.await {
                Ok(response) => match Incoming::begin(response) {
                    Ok(incoming) => {
                        *self = Answer::Streaming(Box::new(incoming));
                        Arrival::Headers
                    }
                    Err(status) if is_of_a_proxy(&status) => Arrival::NotProcessed(status),
                    Err(status) => Arrival::End(status),
                },
                Err(error) => {
                    let status = Status::flawed(ProtocolError::of(&error));
                    match was_not_processed(&error) {
                        true => Arrival::NotProcessed(status),
                        false => Arrival::End(status),
                    }
                }
            },
            Answer::Streaming(incoming) => match incoming.message().await {
                Ok(bytes) => Arrival::Message(bytes),
                Err(status) => Arrival::End(status),
            },
            Answer::Over => std::future::pending().await,
        };
        if matches!(arrival, Arrival::End(_) | Arrival::NotProcessed(_)) {
            *self = Answer::Over;
        }
        arrival
    }

    /// How much has come of a message that is not whole yet, if there is one.
    pub fn begun(&self) -> Option<String> {
        match self {
            Answer::Streaming(incoming) => incoming.messages.begun(),
            Answer::Opening(_) | Answer::Over => None,
        }
    }
}

/// Whether a call failed before the server began to work on it: it refused the stream, gave up the connection without an
/// error before it (RFC 9113, sections 6.8 and 8.7), or the connection was gone before the call was sent. gRPC's clients
/// make such calls again ("transparent retries", gRFC A6).
fn was_not_processed(error: &(dyn std::error::Error + 'static)) -> bool {
    let chain = || std::iter::successors(Some(error), |error| (*error).source());
    if let Some(error) = chain().find_map(|error| error.downcast_ref::<h2::Error>()) {
        let is_without_error = error.is_go_away() && error.reason() == Some(Reason::NO_ERROR);
        let is_refused = error.is_reset() && error.reason() == Some(Reason::REFUSED_STREAM);
        return error.is_remote() && (is_without_error || is_refused);
    }
    let mut errors = chain().filter_map(|error| error.downcast_ref::<hyper::Error>());
    errors.any(hyper::Error::is_canceled)
}

/// Whether it is a proxy that answers, since it does not reach the server behind it: nginx and haproxy with an HTTP
/// status, Envoy with a status of gRPC.
fn is_of_a_proxy(status: &Status) -> bool {
    let envoy = ["upstream connect error", "no healthy upstream"];
    match &status.flaw {
        Some(ProtocolError::HttpStatus(code)) => (502..=504).contains(code),
        Some(_) => false,
        None => {
            status.code == "UNAVAILABLE"
                && envoy.iter().any(|words| status.message.starts_with(words))
        }
    }
}

impl Incoming {
    /// The rest of a response, unless it is at its end already.
    fn begin(response: http::Response<Body>) -> Result<Incoming, Status> {
        let (head, body) = response.into_parts();
        let early = framing::status(&head.headers);
        if let Some(status) = early.as_ref().filter(|status| !status.is_ok()) {
            return Err(status.clone());
        }
        if let Some(flaw) = framing::flaw_of_headers(head.status, &head.headers) {
            return Err(Status::flawed(flaw));
        }
        Ok(Incoming {
            body,
            messages: MessageReader::new(&head.headers),
            early,
        })
    }

    /// The next message, or the status at the end.
    async fn message(&mut self) -> Result<Bytes, Status> {
        loop {
            match self.messages.next() {
                Ok(Some(message)) => return Ok(message),
                Ok(None) => {}
                Err(flaw) => return Err(Status::flawed(flaw)),
            }
            let body = &mut self.body;
            match poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await {
                Some(Ok(frame)) => match frame.into_data() {
                    Ok(data) => self.messages.put(data),
                    Err(frame) => return Err(self.end(frame.into_trailers().ok().as_ref())),
                },
                Some(Err(error)) => return Err(self.broken(ProtocolError::of(&error))),
                None => return Err(self.end(None)),
            }
        }
    }

    fn end(&mut self, trailers: Option<&HeaderMap>) -> Status {
        let status = trailers.map(framing::status);
        match (status, self.early.take()) {
            // An error says more than what is missing.
            (Some(Some(status)), _) if !status.is_ok() => status,
            _ if self.messages.begun().is_some() => self.broken(ProtocolError::HalfMessage),
            (Some(Some(status)), _) | (_, Some(status)) => status,
            (Some(None), None) => Status::flawed(ProtocolError::NoStatus),
            (None, None) => Status::flawed(ProtocolError::NoTrailers),
        }
    }

    /// The status of a call that breaks off here.
    fn broken(&self, flaw: ProtocolError) -> Status {
        let mut status = Status::flawed(flaw);
        if let Some(came) = self.messages.begun() {
            let inside = format!(", in the middle of a message: {came} had come");
            status.message.push_str(&inside);
        }
        status
    }
}
