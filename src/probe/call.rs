//! Playing one call against a server.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::transport::{Channel, Endpoint};

use super::answer::{Answer, Arrival};
use super::transcript::{Transcript, What, Writer};
use crate::contract::{Message, Rpc};

/// How many bytes a server may send in one call before it is cut off.
const MOST_BYTES: usize = 64 << 20;

/// How many times its patience a call may last while messages keep coming.
const MOST_PATIENCE: u32 = 12;

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

struct Call<'a> {
    script: &'a Script,
    outgoing: Option<mpsc::Sender<Bytes>>,
    answer: Answer,
    /// What has come; a message that does not decode is none.
    received: Vec<Option<Message>>,
    /// How many bytes that was.
    bytes: usize,
    /// What has been awaited so far.
    awaited: Vec<Message>,
    /// Whether it has been waited for in vain.
    stalled: bool,
    started: Instant,
    transcript: Writer,
}

impl<'a> Call<'a> {
    fn start(channel: Channel, script: &'a Script) -> Call<'a> {
        let (outgoing, messages) = mpsc::channel(1);
        Call {
            script,
            outgoing: Some(outgoing),
            answer: Answer::open(channel, script.rpc, ReceiverStream::new(messages)),
            received: Vec::new(),
            bytes: 0,
            awaited: Vec::new(),
            stalled: false,
            started: Instant::now(),
            transcript: Writer::start(script.rpc),
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
        // A server that has kept us waiting once is not waited for again until it has heard all.
        while !self.stalled
            && self.received.len() < self.awaited.len()
            && !self.over()
            && !self.astray()
        {
            let waiting_for = format!("message {} from the server", self.received.len() + 1);
            if !self.read(&waiting_for).await {
                return;
            }
        }
    }

    /// Whether something else came than was awaited.
    fn astray(&self) -> bool {
        let mut pairs = self.received.iter().zip(&self.awaited);
        pairs.any(|(came, awaited)| {
            came.clone().map(Message::with_defaults) != Some(awaited.clone().with_defaults())
        })
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
        self.stalled = true;
        self.transcript.write(What::Stalled {
            waiting_for: waiting_for.to_string(),
        });
        if self.outgoing.is_none() {
            self.answer = Answer::Over;
        }
    }

    fn note(&mut self, arrival: Arrival) {
        match arrival {
            Arrival::Headers => self.transcript.write(What::Headers),
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
                self.bytes += bytes.len();
                let too_much = self.received.len() > self.script.most_messages
                    || self.bytes > MOST_BYTES
                    || self.started.elapsed() > self.script.patience * MOST_PATIENCE;
                if too_much {
                    self.transcript.write(What::CutOff);
                    self.answer = Answer::Over;
                }
            }
            Arrival::End(status) => self.transcript.write(What::Ended { status }),
        }
    }
}
