//! A proxy: a call that is passed on to another server.

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::Streaming;
use tonic::transport::Channel;

use super::hold::Hold;
use super::log::Log;
use crate::messages::{Message, RouteNote, Rpc};
use crate::probe::answer::{Answer, Arrival, HalfClose};
use crate::transcript::{EventKind, Status};

/// One call that is passed on, in both directions at once, to its end.
pub struct ProxyCall {
    log: Log,
    mark: String,
    requests: Streaming<Bytes>,
    /// What the other server gets; none once the client has half-closed. Nobody waits for room in it: how much a client
    /// may send is bounded already.
    outgoing: Option<mpsc::UnboundedSender<Bytes>>,
    /// If the client goes away, the call is cancelled.
    half_close: HalfClose,
    answer: Answer,
    /// What the other server has sent first, while the headers were held back.
    first: Option<Arrival>,
}

impl ProxyCall {
    /// Begins to call the other server.
    pub fn new(log: Log, channel: Channel, mark: String, requests: Streaming<Bytes>) -> ProxyCall {
        let (outgoing, messages) = mpsc::unbounded_channel();
        let messages = UnboundedReceiverStream::new(messages);
        let half_close = HalfClose::default();
        let answer = Answer::open(channel, log.rpc(), messages, half_close.clone());
        ProxyCall {
            log,
            mark,
            requests,
            outgoing: Some(outgoing),
            half_close,
            answer,
            first: None,
        }
    }

    /// Does what comes before the headers: if they are held back, it passes on what the client sends until the other
    /// server has sent a message, or ended the call.
    ///
    /// # Errors
    ///
    /// The status to end the call with.
    pub async fn before_headers(&mut self, hold: &mut Hold) -> Result<(), tonic::Status> {
        while hold.holds() && self.first.is_none() {
            let next = tokio::select! {
                next = self.next() => next?,
                () = hold.released() => {
                    self.log.stalled();
                    break;
                }
            };
            match next {
                Some(Arrival::End(status) | Arrival::NotProcessed(status)) if !status.is_ok() => {
                    return Err(self.end(status));
                }
                // They are on their way with what comes after them.
                Some(Arrival::Headers) | None => {}
                Some(arrival) => self.first = Some(arrival),
            }
        }
        Ok(())
    }

    /// Passes the call on to its end.
    pub fn replies(mut self) -> impl Stream<Item = Result<Bytes, tonic::Status>> + Send {
        async_stream::try_stream! {
            self.log.write(EventKind::Headers);
            loop {
                let arrival = match self.first.take() {
                    Some(first) => Some(first),
                    None => self.next().await?,
                };
                match arrival {
                    Some(Arrival::Headers) | None => {}
                    Some(Arrival::Message(bytes)) => {
                        self.log.received(&bytes);
                        yield marked(self.log.rpc(), bytes, &self.mark);
                    }
                    Some(Arrival::End(status) | Arrival::NotProcessed(status)) if status.is_ok() => {
                        self.log.end(status);
                        return;
                    }
                    Some(Arrival::End(status) | Arrival::NotProcessed(status)) => Err(self.end(status))?,
                }
            }
        }
    }

    /// What the other server has sent next; none if it was the client, whose message is passed on.
    async fn next(&mut self) -> Result<Option<Arrival>, tonic::Status> {
        tokio::select! {
            message = self.log.next(&mut self.requests), if self.outgoing.is_some() => {
                match message? {
                    // The receiver is gone when the call is over, and its end is read next.
                    Some(message) => {
                        let outgoing = self.outgoing.as_ref();
                        outgoing.map(|outgoing| outgoing.send(message.encode().into()));
                    }
                    None => {
                        self.half_close.set();
                        self.outgoing = None;
                    }
                }
                Ok(None)
            }
            arrival = self.answer.next() => Ok(Some(arrival)),
        }
    }

    /// Ends the call as the other server has ended it, with an error.
    fn end(&mut self, status: Status) -> tonic::Status {
        let passed_on = tonic::Status::new(status.tonic_code(), status.message.clone());
        self.log.end(status);
        passed_on
    }
}

/// A message from the server as the client gets it.
fn marked(rpc: Rpc, bytes: Bytes, mark: &str) -> Bytes {
    match rpc.decode_response(&bytes) {
        Ok(Message::RouteNote(note)) => {
            let message = format!("{mark}: {}", note.message);
            Message::RouteNote(RouteNote { message, ..note })
                .encode()
                .into()
        }
        _ => bytes,
    }
}
