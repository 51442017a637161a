//! One recorded call: answered by the contract, and written down.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::watch;
use tokio_stream::Stream;
use tonic::{Request, Response, Streaming};

use super::answers::Answers;
use super::lock;
use crate::contract::model::Chat;
use crate::contract::{Message, RouteSummary, Rpc};
use crate::probe::transcript::{Status, What, Writer};

/// One call.
pub struct Call {
    rpc: Rpc,
    writer: Arc<Mutex<Writer>>,
    answers: Arc<Answers>,
    changed: watch::Sender<()>,
}

impl Call {
    /// A call that is about to be answered. `changed` is told whenever something is written down.
    pub fn new(
        rpc: Rpc,
        writer: Arc<Mutex<Writer>>,
        answers: Arc<Answers>,
        changed: watch::Sender<()>,
    ) -> Call {
        Call {
            rpc,
            writer,
            answers,
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
            ended: false,
        };
        let replies = reply(log, Arc::clone(&self.answers), request.into_inner());
        std::future::ready(Ok(Response::new(Box::pin(replies))))
    }
}

/// Answers one call to its end.
fn reply(
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

/// Writes down a call; one that is dropped before its end was cancelled by the client.
struct Log {
    writer: Arc<Mutex<Writer>>,
    changed: watch::Sender<()>,
    rpc: Rpc,
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
            Err(status) => return Err(self.end_with(What::Cancelled, status)),
        };
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
