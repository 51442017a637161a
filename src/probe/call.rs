//! Playing one call against a server.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response, Streaming};

use super::codec::RawCodec;
use super::transcript::{Status, Transcript, What, Writer};
use crate::contract::{Message, Rpc};

/// What the client does in a call. After the last step it half-closes and reads to the end.
#[derive(Debug, Clone)]
pub enum Step {
    /// Sends a message.
    Send(Message),
    /// Reads until these messages have come, beside those awaited before; or others, since then there
    /// is no use in waiting for the rest.
    Await(Vec<Message>),
    /// Lets so much time pass. Only a route that must take whole seconds needs it.
    Pause(Duration),
}

/// A call, and what bounds it.
#[derive(Debug, Clone)]
pub struct Script {
    /// The RPC to call.
    pub rpc: Rpc,
    /// What the client does.
    pub steps: Vec<Step>,
    /// After how many messages the server is cut off: more than can be right.
    pub most_messages: usize,
    /// How long to wait while nothing moves.
    pub patience: Duration,
}

/// Opens a channel to a server that is listening.
///
/// # Errors
///
/// If `addr` is no address, or nothing accepts a connection there in time.
pub async fn open(addr: &str, patience: Duration) -> Result<Channel, tonic::transport::Error> {
    Endpoint::from_shared(format!("http://{addr}"))?
        .connect_timeout(patience)
        .initial_connection_window_size(64 << 20)
        .connect()
        .await
}

/// Plays a script, and writes down everything that happens. It returns in bounded time, whatever the
/// server does.
pub async fn play(channel: Channel, script: &Script) -> Transcript {
    let mut call = Call::start(channel, script);
    for step in &script.steps {
        if call.over() {
            break;
        }
        match step {
            Step::Send(message) => call.send(message).await,
            Step::Await(messages) => call.await_messages(messages).await,
            Step::Pause(time) => call.pause(*time).await,
        }
    }
    call.half_close();
    while !call.over() {
        call.read("the end of the call").await;
    }
    call.transcript.finish()
}

type Opening =
    Pin<Box<dyn Future<Output = Result<Response<Streaming<Bytes>>, tonic::Status>> + Send>>;

/// How far the answer has come. Some servers send no headers before their first message, so the call
/// must be able to send while it waits for them.
enum Answer {
    Opening(Opening),
    Streaming(Box<Streaming<Bytes>>),
    Over,
}

/// Something that came from the server.
enum Arrival {
    Headers(Box<Streaming<Bytes>>),
    Message(Bytes),
    End(Status),
}

impl Answer {
    /// Waits for the next thing to come. Dropping the future loses nothing.
    async fn next(&mut self) -> Arrival {
        match self {
            Answer::Opening(opening) => match opening.await {
                Ok(response) => Arrival::Headers(Box::new(response.into_inner())),
                Err(status) => Arrival::End(Status::from(&status)),
            },
            Answer::Streaming(stream) => match stream.message().await {
                Ok(Some(bytes)) => Arrival::Message(bytes),
                Ok(None) => Arrival::End(Status::ok()),
                Err(status) => Arrival::End(Status::from(&status)),
            },
            Answer::Over => std::future::pending().await,
        }
    }
}

struct Call<'a> {
    script: &'a Script,
    outgoing: Option<mpsc::Sender<Bytes>>,
    answer: Answer,
    /// What has come; a message that does not decode is none.
    received: Vec<Option<Message>>,
    /// What has been awaited so far.
    awaited: Vec<Message>,
    transcript: Writer,
}

impl<'a> Call<'a> {
    fn start(channel: Channel, script: &'a Script) -> Call<'a> {
        let (outgoing, messages) = mpsc::channel(1);
        let rpc = script.rpc;
        let opening = async move {
            let mut client = tonic::client::Grpc::new(channel);
            client
                .ready()
                .await
                .map_err(|error| tonic::Status::unavailable(error.to_string()))?;
            let path = tonic::codegen::http::uri::PathAndQuery::from_static(rpc.path());
            let request = Request::new(ReceiverStream::new(messages));
            client.streaming(request, path, RawCodec).await
        };
        Call {
            script,
            outgoing: Some(outgoing),
            answer: Answer::Opening(Box::pin(opening)),
            received: Vec::new(),
            awaited: Vec::new(),
            transcript: Writer::start(rpc),
        }
    }

    fn over(&self) -> bool {
        matches!(self.answer, Answer::Over)
    }

    async fn send(&mut self, message: &Message) {
        let Some(outgoing) = self.outgoing.clone() else {
            return;
        };
        let place = loop {
            tokio::select! {
                place = outgoing.reserve() => break place,
                arrival = self.answer.next() => self.note(arrival),
                () = tokio::time::sleep(self.script.patience) => {
                    return self.stall("the server to take another message");
                }
            }
            if self.over() {
                return;
            }
        };
        // The receiver is gone only when the call is over, and then its end is read next.
        if let Ok(place) = place {
            self.transcript.write(What::Sent {
                message: message.clone(),
            });
            place.send(message.encode().into());
        }
    }

    async fn await_messages(&mut self, messages: &[Message]) {
        self.awaited.extend_from_slice(messages);
        while self.received.len() < self.awaited.len() && !self.over() && !self.astray() {
            let waiting_for = format!("message {} from the server", self.received.len() + 1);
            if !self.read(&waiting_for).await {
                return;
            }
        }
    }

    /// Whether something else came than was awaited.
    fn astray(&self) -> bool {
        let mut pairs = self.received.iter().zip(&self.awaited);
        pairs.any(|(came, awaited)| came.as_ref() != Some(awaited))
    }

    async fn pause(&mut self, time: Duration) {
        let until = tokio::time::sleep(time);
        tokio::pin!(until);
        while !self.over() {
            tokio::select! {
                () = &mut until => return,
                arrival = self.answer.next() => self.note(arrival),
            }
        }
    }

    fn half_close(&mut self) {
        if self.outgoing.take().is_some() && !self.over() {
            self.transcript.write(What::HalfClosed);
        }
    }

    /// Reads one thing; false if nothing came in time. A stall before the half-close leaves the call
    /// open, since what comes after the half-close shows what the server was waiting for.
    async fn read(&mut self, waiting_for: &str) -> bool {
        match tokio::time::timeout(self.script.patience, self.answer.next()).await {
            Ok(arrival) => {
                self.note(arrival);
                true
            }
            Err(_) => {
                self.stall(waiting_for);
                false
            }
        }
    }

    fn stall(&mut self, waiting_for: &str) {
        self.transcript.write(What::Stalled {
            waiting_for: waiting_for.to_string(),
        });
        if self.outgoing.is_none() {
            self.answer = Answer::Over;
        }
    }

    fn note(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Headers(stream) => {
                self.transcript.write(What::Headers);
                self.answer = Answer::Streaming(stream);
            }
            Arrival::Message(bytes) => {
                let decoded = self.script.rpc.decode_response(&bytes);
                self.received.push(decoded.as_ref().ok().cloned());
                self.transcript.write(match decoded {
                    Ok(message) => What::Received { message },
                    Err(problem) => What::Undecodable {
                        bytes: bytes.len(),
                        problem,
                    },
                });
                if self.received.len() > self.script.most_messages {
                    self.transcript.write(What::CutOff);
                    self.answer = Answer::Over;
                }
            }
            Arrival::End(status) => {
                self.transcript.write(What::Ended { status });
                self.answer = Answer::Over;
            }
        }
    }
}
