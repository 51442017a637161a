//! A proxy: a call that is passed on to another server.

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::Stream;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::Streaming;
use tonic::transport::Channel;

use super::log::Log;
use crate::messages::{Message, RouteNote, Rpc};
use crate::probe::answer::{Answer, Arrival};
use crate::transcript::EventKind;

/// Passes one call on to another server, in both directions at once, to its end.
pub fn replies(
    mut log: Log,
    channel: Channel,
    mark: String,
    mut requests: Streaming<Bytes>,
) -> impl Stream<Item = Result<Bytes, tonic::Status>> + Send {
    // Nobody waits for room in it: how much a client may send is bounded already.
    let (outgoing, messages) = mpsc::unbounded_channel();
    let mut outgoing = Some(outgoing);
    let mut answer = Answer::open(channel, log.rpc(), UnboundedReceiverStream::new(messages));
    async_stream::try_stream! {
        loop {
            let next = tokio::select! {
                message = log.next(&mut requests), if outgoing.is_some() => Next::Client(message),
                arrival = answer.next() => Next::Server(arrival),
            };
            match next {
                Next::Client(message) => match message? {
                    // The receiver is gone when the call is over, and its end is read next.
                    Some(message) => {
                        outgoing.as_ref().map(|outgoing| outgoing.send(message.encode().into()));
                    }
                    None => outgoing = None,
                },
                Next::Server(Arrival::Headers) => log.write(EventKind::Headers),
                Next::Server(Arrival::Message(bytes)) => {
                    log.received(&bytes);
                    yield marked(log.rpc(), bytes, &mark);
                }
                Next::Server(Arrival::End(status) | Arrival::NotProcessed(status)) => {
                    let code = status.tonic_code();
                    let passed_on = tonic::Status::new(code, status.message.clone());
                    log.end(status);
                    if code == tonic::Code::Ok {
                        return;
                    }
                    Err(passed_on)?;
                }
            }
        }
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

/// What comes next in a call that is passed on.
enum Next {
    Client(Result<Option<Message>, tonic::Status>),
    Server(Arrival),
}
