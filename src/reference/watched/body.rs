//! The stream of one side of a call, on its way through.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};
use tonic::Status as Failure;
use tonic::body::Body;
use tonic::codegen::Body as HttpBody;

use super::call::{Call, UnderWay, none};
use super::messages::{Found, Messages};
use super::observer::{Seen, Side};
use crate::probe::framing;
use crate::transcript::{ProtocolError, Status};

/// A request's or an answer's body. It hands on what comes, and tells of it.
pub struct WatchedBody {
    inner: Body,
    from: Side,
    call: Call,
    /// In an answer: where this is dropped too early, the call is gone.
    _under_way: Option<UnderWay>,
    /// Where its messages stand; none if it is no gRPC.
    messages: Option<Messages>,
    pace: Option<Pace>,
    /// What has come and is not handed on yet, of a stream that is slowed down. Only when there is nothing
    /// more of it is the next asked for, so that back-pressure reaches whoever sends.
    waiting: Bytes,
    /// Whether its end has been told of.
    ended: bool,
}

/// How slowly messages are handed on.
pub struct Pace {
    delay: Duration,
    /// Runs while a message is held back.
    timer: Option<Pin<Box<Sleep>>>,
    /// Whether the message that comes next has been held back for long enough.
    free: bool,
}

impl Pace {
    /// Each message is held back for so long, and the ones after it wait.
    pub fn new(delay: Duration) -> Pace {
        Pace {
            delay,
            timer: None,
            free: false,
        }
    }

    /// Ready once the message that comes next has been held back.
    fn poll_free(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !self.free {
            let until = Instant::now() + self.delay;
            let timer = self
                .timer
                .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
            ready!(timer.as_mut().poll(context));
            self.timer = None;
            self.free = true;
        }
        Poll::Ready(())
    }
}

impl WatchedBody {
    /// The body of a request with these headers.
    pub fn request(body: Body, headers: &HeaderMap, call: Call, pace: Option<Pace>) -> Body {
        let headers = framing::is_grpc(headers).then_some(headers);
        WatchedBody::around(body, Side::Client, headers, call, None, pace)
    }

    /// The body of an answer; `headers` are those of an answer that is gRPC.
    pub fn answer(
        body: Body,
        headers: Option<&HeaderMap>,
        under_way: UnderWay,
        pace: Option<Pace>,
    ) -> Body {
        let call = under_way.0.clone();
        WatchedBody::around(body, Side::Server, headers, call, Some(under_way), pace)
    }

    fn around(
        inner: Body,
        from: Side,
        headers: Option<&HeaderMap>,
        call: Call,
        under_way: Option<UnderWay>,
        pace: Option<Pace>,
    ) -> Body {
        let messages = headers.map(|headers| Messages::after(headers, call.reads_messages()));
        let mut body = WatchedBody {
            inner,
            from,
            call,
            _under_way: under_way,
            messages,
            pace,
            waiting: Bytes::new(),
            ended: false,
        };
        if body.inner.is_end_stream() {
            body.end(None);
            // As it is: `Body::new` takes it for an empty one, too.
            return Body::empty();
        }
        Body::new(body)
    }

    /// Hands on the next piece of what is waiting.
    fn poll_waiting(&mut self, context: &mut Context<'_>) -> Poll<Bytes> {
        let (Some(messages), Some(pace)) = (&mut self.messages, &mut self.pace) else {
            return Poll::Ready(std::mem::take(&mut self.waiting));
        };
        if messages.is_between() {
            ready!(pace.poll_free(context));
        }
        let piece = messages.take(&mut self.waiting);
        pace.free = false;
        self.tell(piece.found);
        Poll::Ready(piece.bytes)
    }

    /// Looks at what is handed on as it came.
    fn look(&mut self, mut data: Bytes) {
        while !data.is_empty() {
            let Some(messages) = &mut self.messages else {
                return;
            };
            let found = messages.take(&mut data).found;
            self.tell(found);
        }
    }

    fn tell(&self, found: Option<Found>) {
        let from = self.from;
        match &found {
            Some(Found::Message(message)) => self.call.saw(&Seen::Message { from, message }),
            &Some(Found::NoMessage(flag)) => self.call.saw(&Seen::NoMessage { from, flag }),
            None => {}
        }
    }

    /// Tells that nothing more will come, but for these trailers.
    fn end(&mut self, trailers: Option<&HeaderMap>) {
        if std::mem::replace(&mut self.ended, true) {
            return;
        }
        if self.from == Side::Client {
            self.call.saw(&Seen::HalfClosed);
            return;
        }
        let whole = self.messages.as_ref().is_none_or(Messages::is_whole);
        let status = match trailers.map(framing::status) {
            Some(Some(status)) => status,
            _ if !whole => Status::flawed(ProtocolError::HalfMessage),
            Some(None) => Status::flawed(ProtocolError::NoStatus),
            None => Status::flawed(ProtocolError::NoTrailers),
        };
        self.call.saw(&Seen::Ended {
            status: &status,
            trailers: trailers.unwrap_or(&none()),
            at_once: false,
        });
    }

    /// Hands on data. If nothing comes after it, nobody asks again.
    fn hand_on(&mut self, data: Bytes) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        if self.is_end_stream() {
            self.end(None);
        }
        Poll::Ready(Some(Ok(Frame::data(data))))
    }
}

impl HttpBody for WatchedBody {
    type Data = Bytes;
    type Error = Failure;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Failure>>> {
        if self.waiting.is_empty() {
            let frame = match ready!(Pin::new(&mut self.inner).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                Some(Err(error)) => {
                    self.call.broke(self.from, &error);
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    self.end(None);
                    return Poll::Ready(None);
                }
            };
            match frame.into_data() {
                Ok(data) if self.pace.is_none() || data.is_empty() => {
                    self.look(data.clone());
                    return self.hand_on(data);
                }
                Ok(data) => self.waiting = data,
                Err(frame) => {
                    self.end(frame.trailers_ref());
                    return Poll::Ready(Some(Ok(frame)));
                }
            }
        }
        let data = ready!(self.poll_waiting(context));
        self.hand_on(data)
    }

    fn is_end_stream(&self) -> bool {
        self.waiting.is_empty() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let waiting = self.waiting.len() as u64;
        let inner = self.inner.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower() + waiting);
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper + waiting);
        }
        hint
    }
}
