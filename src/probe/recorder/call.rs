//! One recorded call: answered, and written down.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::{mpsc, watch};
use tokio_stream::Stream;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::transport::Channel;
use tonic::{Request, Response, Streaming};

use super::answers::Answers;
use super::lock;
use crate::contract::model::Chat;
use crate::contract::{Message, RouteNote, RouteSummary, Rpc};
use crate::probe::answer::{Answer, Arrival};
use crate::probe::transcript::{Status, What, Writer};

/// After how many messages a client is cut off: more than can be right.
const MOST_MESSAGES: usize = 1_000;

/// Where the answers of a recording server come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// They are made up for the run.
    MadeUp(Arc<Answers>),
    /// They are those of another server, to which every call is handed on. So that a client that prints
    /// its own notes is not taken for one that prints the replies, these are marked on their way.
    Server {
        /// The channel to the other server.
        channel: Channel,
        /// What is put before the text of every reply of RouteChat.
        mark: String,
    },
}

/// One call.
pub struct Call {
    rpc: Rpc,
    writer: Arc<Mutex<Writer>>,
    source: Source,
    changed: watch::Sender<()>,
}

impl Call {
    /// A call that is about to be answered. `changed` is told whenever something is written down.
    pub fn new(
        rpc: Rpc,
        writer: Arc<Mutex<Writer>>,
        source: Source,
        changed: watch::Sender<()>,
    ) -> Call {
        Call {
            rpc,
            writer,
            source,
            changed,
        }
    }
}

type Replies = Pin<Box<dyn Stream<Item = Result<Bytes, tonic::Status>> + Send>>;

impl tonic::server::StreamingService<Bytes> for Call {
    type Response = Bytes;
    type ResponseStream = Replies;
    type Future = std::future::Ready<Result<Response<Replies>, tonic::Status>>;

    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Self::Future {
        let log = Log {
            writer: Arc::clone(&self.writer),
            changed: self.changed.clone(),
            rpc: self.rpc,
            sent: 0,
            ended: false,
        };
        let requests = request.into_inner();
        let replies: Replies = match &self.source {
            Source::MadeUp(answers) => Box::pin(made_up(log, Arc::clone(answers), requests)),
            Source::Server { channel, mark } => {
                Box::pin(handed_on(log, channel.clone(), mark.clone(), requests))
            }
        };
        std::future::ready(Ok(Response::new(replies)))
    }
}

/// Answers one call to its end, with what was made up.
fn made_up(
    mut log: Log,
    answers: Arc<Answers>,
    mut requests: Streaming<Bytes>,
) -> impl Stream<Item = Result<Bytes, tonic::Status>> + Send {
    async_stream::try_stream! {
        log.write(What::Headers);
        let mut chat = Chat::default();
        let mut points = 0;
        let mut features = Vec::new();
        while let Some(message) = log.next(&mut requests).await? {
            match message {
                Message::Rectangle(_) => features.clone_from(&answers.features),
                Message::Point(_) => points += 1,
                Message::RouteNote(note) => {
                    for earlier in chat.reply(&note) {
                        yield log.send(answers.reply(&earlier));
                    }
                }
                Message::Feature(_) | Message::RouteSummary(_) => {}
            }
        }
        for feature in features {
            yield log.send(feature);
        }
        if log.rpc == Rpc::RecordRoute {
            yield log.send(RouteSummary { point_count: points, ..answers.summary });
        }
        log.end(Status::ok());
    }
}

/// Hands one call on to another server, in both directions at once, to its end.
fn handed_on(
    mut log: Log,
    channel: Channel,
    mark: String,
    mut requests: Streaming<Bytes>,
) -> impl Stream<Item = Result<Bytes, tonic::Status>> + Send {
    // Nobody waits for room in it: how much a client may send is bounded already.
    let (outgoing, messages) = mpsc::unbounded_channel();
    let mut outgoing = Some(outgoing);
    let mut answer = Answer::open(channel, log.rpc, UnboundedReceiverStream::new(messages));
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
                Next::Server(Arrival::Headers) => log.write(What::Headers),
                Next::Server(Arrival::Message(bytes)) => {
                    log.received(&bytes);
                    yield marked(log.rpc, bytes, &mark);
                }
                Next::Server(Arrival::End(status)) => {
                    let code = status.tonic_code();
                    let handed_on = tonic::Status::new(code, status.message.clone());
                    log.end(status);
                    if code == tonic::Code::Ok {
                        return;
                    }
                    Err(handed_on)?;
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

/// What comes next in a call that is handed on.
enum Next {
    Client(Result<Option<Message>, tonic::Status>),
    Server(Arrival),
}

/// Writes down a call; one that is dropped before its end was cancelled by the client.
struct Log {
    writer: Arc<Mutex<Writer>>,
    changed: watch::Sender<()>,
    rpc: Rpc,
    /// How many messages the client has sent.
    sent: usize,
    ended: bool,
}

impl Log {
    fn write(&mut self, what: What) {
        lock(&self.writer).write(what);
        self.changed.send_replace(());
    }

    /// The client's next message, or none once it has half-closed.
    async fn next(
        &mut self,
        requests: &mut Streaming<Bytes>,
    ) -> Result<Option<Message>, tonic::Status> {
        let bytes = match requests.message().await {
            Ok(Some(bytes)) => bytes,
            Ok(None) => {
                self.write(What::HalfClosed);
                return Ok(None);
            }
            Err(status) => {
                self.ended = true;
                self.write(What::Cancelled);
                return Err(status);
            }
        };
        self.sent += 1;
        if self.sent > MOST_MESSAGES {
            let status = tonic::Status::resource_exhausted("more messages than can be right");
            return Err(self.end_with(What::CutOff, status));
        }
        match self.rpc.decode_request(&bytes) {
            Ok(message) => {
                self.write(What::Sent {
                    message: message.clone(),
                });
                Ok(Some(message))
            }
            Err(problem) => {
                let status = tonic::Status::invalid_argument(problem.clone());
                Err(self.end_with(
                    What::Undecodable {
                        bytes: bytes.len(),
                        problem,
                    },
                    status,
                ))
            }
        }
    }

    fn send(&mut self, message: impl Into<Message>) -> Bytes {
        let message = message.into();
        let bytes = message.encode().into();
        self.write(What::Received { message });
        bytes
    }

    fn received(&mut self, bytes: &Bytes) {
        self.write(match self.rpc.decode_response(bytes) {
            Ok(message) => What::Received { message },
            Err(problem) => What::Undecodable {
                bytes: bytes.len(),
                problem,
            },
        });
    }

    fn end_with(&mut self, what: What, status: tonic::Status) -> tonic::Status {
        self.write(what);
        self.end(Status::from(&status));
        status
    }

    fn end(&mut self, status: Status) {
        self.ended = true;
        self.write(What::Ended { status });
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        if !self.ended {
            self.write(What::Cancelled);
        }
    }
}
