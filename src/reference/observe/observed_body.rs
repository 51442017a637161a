//! The stream of messages of one side of a call.

use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use bytes::Bytes;
use http::HeaderMap;
use hyper::body::{Frame, SizeHint};
use tokio::time::{Instant, Sleep};
use tonic::Status as TonicStatus;
use tonic::body::Body;
use tonic::codegen::Body as HttpBody;

use super::observed_call::{ObservedCall, TerminateOnDrop};
use super::observer::{CallEvent, CallSide};
use crate::probe::framing;
use crate::probe::message_scanner::{MessageScanner, Scanned};
use crate::transcript::{ProtocolError, Status};

/// The body of a request or a response. It passes on what it receives, and reports it.
pub struct ObservedBody {
    inner: Body,
    from: CallSide,
    call: ObservedCall,
    /// In a response: if the body is dropped too early, the call is reported as terminated.
    _guard: Option<TerminateOnDrop>,
    /// Finds the messages; `None` if the body is not gRPC.
    scanner: Option<MessageScanner>,
    delay: Option<MessageDelay>,
    /// Data of a delayed stream that has been received and not passed on. More is received only once this is
    /// empty, so that back-pressure reaches the sender.
    pending: Bytes,
    /// Whether everything has been received, and only the delay of the end is left.
    is_complete: bool,
    /// Whether the end of the body has been reported.
    has_ended: bool,
}

/// Delays messages, and the half-close of a request.
pub struct MessageDelay {
    delay: Duration,
    /// Runs while a message is delayed.
    timer: Option<Pin<Box<Sleep>>>,
    /// Whether the next message has been delayed for long enough.
    is_over: bool,
}

impl MessageDelay {
    /// Delays each message for this long; the messages behind it wait.
    pub fn new(delay: Duration) -> MessageDelay {
        MessageDelay {
            delay,
            timer: None,
            is_over: false,
        }
    }

    /// Ready once the next message has been delayed.
    fn poll_over(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if !self.is_over {
            let until = Instant::now() + self.delay;
            let timer = self
                .timer
                .get_or_insert_with(|| Box::pin(tokio::time::sleep_until(until)));
            ready!(timer.as_mut().poll(context));
            self.timer = None;
            self.is_over = true;
        }
        Poll::Ready(())
    }

    /// The message is passed on; the next one is delayed again.
    fn restart(&mut self) {
        self.is_over = false;
    }
}

impl ObservedBody {
    /// The body of a request with these headers.
    pub fn of_request(
        body: Body,
        headers: &HeaderMap,
        call: ObservedCall,
        delay: Option<MessageDelay>,
    ) -> Body {
        let headers = framing::is_grpc(headers).then_some(headers);
        ObservedBody::around(body, CallSide::Client, headers, call, None, delay)
    }

    /// The body of a response; `headers` are its headers if it is gRPC.
    pub fn of_response(
        body: Body,
        headers: Option<&HeaderMap>,
        guard: TerminateOnDrop,
        delay: Option<MessageDelay>,
    ) -> Body {
        let call = guard.0.clone();
        ObservedBody::around(body, CallSide::Server, headers, call, Some(guard), delay)
    }

    fn around(
        inner: Body,
        from: CallSide,
        headers: Option<&HeaderMap>,
        call: ObservedCall,
        guard: Option<TerminateOnDrop>,
        delay: Option<MessageDelay>,
    ) -> Body {
        let scanner = headers.map(|headers| MessageScanner::new(headers, call.reads_messages()));
        let mut body = ObservedBody {
            inner,
            from,
            call,
            _guard: guard,
            scanner,
            delay,
            pending: Bytes::new(),
            is_complete: false,
            has_ended: false,
        };
        if body.inner.is_end_stream() {
            body.report_end(None);
            // `Body::new` would make an empty body of it, too.
            return Body::empty();
        }
        Body::new(body)
    }

    /// Ready once the end of the body has been delayed, so that the last message is seen to be answered before it.
    fn poll_end<T>(&mut self, context: &mut Context<'_>) -> Poll<Option<T>> {
        if let Some(delay) = &mut self.delay {
            ready!(delay.poll_over(context));
        }
        self.report_end(None);
        Poll::Ready(None)
    }

    /// Passes on the next chunk of the pending data.
    fn poll_pending(&mut self, context: &mut Context<'_>) -> Poll<Bytes> {
        let (Some(scanner), Some(delay)) = (&mut self.scanner, &mut self.delay) else {
            return Poll::Ready(std::mem::take(&mut self.pending));
        };
        if scanner.is_at_start_of_message() {
            ready!(delay.poll_over(context));
        }
        let chunk = scanner.scan(&mut self.pending);
        delay.restart();
        self.report(chunk.completes);
        Poll::Ready(chunk.bytes)
    }

    /// Reports the messages in data that is passed on unchanged.
    fn report_all(&mut self, mut data: Bytes) {
        while !data.is_empty() {
            let Some(scanner) = &mut self.scanner else {
                return;
            };
            let completes = scanner.scan(&mut data).completes;
            self.report(completes);
        }
    }

    fn report(&self, scanned: Option<Scanned>) {
        let from = self.from;
        match &scanned {
            Some(Scanned::Message(message)) => {
                self.call.report(&CallEvent::Message { from, message });
            }
            &Some(Scanned::NotAMessage(flag)) => {
                self.call.report(&CallEvent::NotAMessage { from, flag });
            }
            None => {}
        }
    }

    /// Reports that nothing follows but these trailers.
    fn report_end(&mut self, trailers: Option<&HeaderMap>) {
        if std::mem::replace(&mut self.has_ended, true) {
            return;
        }
        if self.from == CallSide::Client {
            self.call.report(&CallEvent::HalfClosed);
            return;
        }
        let is_inside_message = self
            .scanner
            .as_ref()
            .is_some_and(MessageScanner::is_inside_message);
        let status = match trailers.map(framing::status) {
            Some(Some(status)) => status,
            _ if is_inside_message => Status::flawed(ProtocolError::HalfMessage),
            Some(None) => Status::flawed(ProtocolError::NoStatus),
            None => Status::flawed(ProtocolError::NoTrailers),
        };
        self.call.report(&CallEvent::Ended {
            status: &status,
            trailers: trailers.unwrap_or(&HeaderMap::new()),
            trailers_only: false,
        });
    }

    /// Passes on data. If it is the last, the body is not polled again, so its end is reported now.
    fn pass_on(&mut self, data: Bytes) -> Poll<Option<Result<Frame<Bytes>, TonicStatus>>> {
        if self.is_end_stream() {
            self.report_end(None);
        }
        Poll::Ready(Some(Ok(Frame::data(data))))
    }
}

impl HttpBody for ObservedBody {
    type Data = Bytes;
    type Error = TonicStatus;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, TonicStatus>>> {
        if self.is_complete {
            return self.poll_end(context);
        }
        if self.pending.is_empty() {
            let frame = match ready!(Pin::new(&mut self.inner).poll_frame(context)) {
                Some(Ok(frame)) => frame,
                Some(Err(error)) => {
                    self.call.broke(self.from, &error);
                    return Poll::Ready(Some(Err(error)));
                }
                None => {
                    self.is_complete = true;
                    return self.poll_end(context);
                }
            };
            match frame.into_data() {
                Ok(data) if self.delay.is_none() || data.is_empty() => {
                    self.report_all(data.clone());
                    return self.pass_on(data);
                }
                Ok(data) => self.pending = data,
                Err(frame) => {
                    self.report_end(frame.trailers_ref());
                    return Poll::Ready(Some(Ok(frame)));
                }
            }
        }
        let data = ready!(self.poll_pending(context));
        self.pass_on(data)
    }

    fn is_end_stream(&self) -> bool {
        // The end of a delayed body is delayed, too.
        self.pending.is_empty() && self.delay.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        let pending = self.pending.len() as u64;
        let inner = self.inner.size_hint();
        let mut hint = SizeHint::new();
        hint.set_lower(inner.lower() + pending);
        if let Some(upper) = inner.upper() {
            hint.set_upper(upper + pending);
        }
        hint
    }
}
