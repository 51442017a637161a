//! Playing one call against a server.

use std::time::{Duration, Instant};

use bytes::Bytes;
use h2::Reason;
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tokio_stream::{Stream, StreamExt as _};
use tonic::transport::{Channel, Endpoint};

use super::activity::Activity;
use super::answer::{Answer, Arrival, HalfClose};
use super::connection::Connector;
use super::script::Remaining;
pub use super::script::{Expected, Script, Step};
use crate::messages::Message;
use crate::transcript::{CutOffReason, EventKind, ProtocolError, Status, Transcript, Writer};

/// How many bytes of headers a server may send.
const MOST_METADATA: u32 = 256 << 10;

/// How many times its patience a call may last while messages keep coming.
const MOST_PATIENCE: u32 = 12;

/// How long to wait for the end of a call whose replies have been waited for in vain.
const LAST_PATIENCE: Duration = Duration::from_millis(1500);

/// What is no message: it begins a field with the number 1, and has no value for it.
const DAMAGED: &[u8] = &[0x08];

/// How long to wait before a call is made again that the server has not begun to work on.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// How often one call is made again.
const MOST_REPEATED: u32 = 10;

/// How often in a call the server is waited for in vain: twice tells replies that come late from those
/// that never come.
const MOST_STALLS: usize = 3;

/// Opens a channel to a server that is listening.
///
/// # Errors
///
/// If `addr` is not an address, nothing accepts a connection there in time, or the server sends nothing on it.
pub async fn open(addr: &str, patience: Duration) -> Result<Channel, ProtocolError> {
    let connector = Connector::default();
    let received = connector.received();
    let channel = Endpoint::from_shared(format!("http://{addr}"))
        .map_err(|error| ProtocolError::of(&error))?
        .connect_timeout(patience)
        .initial_connection_window_size(64 << 20)
        // A server may send as many headers as it likes; some clients read far more than 16 KiB of them.
        .http2_max_header_list_size(MOST_METADATA)
        .connect_with_connector(connector)
        .await
        .map_err(|error| ProtocolError::of(&error))?;
    let received = tokio::time::timeout(patience, received.notified()).await;
    received
        .map(|()| channel)
        .map_err(|_| ProtocolError::Silent)
}

/// Plays a script, and writes down everything that happens. It returns in bounded time, whatever the
/// server does.
pub async fn play(channel: Channel, script: &Script) -> Transcript {
    play_around(channel, script, std::future::ready(()), &[])
        .await
        .0
}

/// As [`play`], but after the last step, before the half-close, the call stays open until `inner` is
/// done; then come the steps `after` it.
pub async fn play_around<T>(
    channel: Channel,
    script: &Script,
    inner: impl Future<Output = T>,
    after: &[Step],
) -> (Transcript, T) {
    let mut call = Call::start(channel, script);
    call.take(&script.steps).await;
    let result = call.read_until(inner).await;
    call.take(after).await;
    call.half_close();
    while !call.over() {
        call.read("the end of the call").await;
    }
    (call.transcript.finish(), result)
}

/// A message with 32 KiB of zeros behind it, in field 1000.
fn padded(message: &Message) -> Bytes {
    const FIELD: u32 = 1000;
    const PADDING: usize = 32 << 10;
    let mut bytes = message.encode();
    prost::encoding::bytes::encode(FIELD, &vec![0; PADDING], &mut bytes);
    bytes.into()
}

/// The messages of each batch. Those that are there at once go into one frame.
fn one_by_one(
    mut batches: ReceiverStream<Vec<Bytes>>,
) -> impl Stream<Item = Bytes> + Send + 'static {
    async_stream::stream! {
        while let Some(batch) = batches.next().await {
            for message in batch {
                yield message;
            }
        }
    }
}

/// Is done once nothing has come for so long: neither in this call nor in those beside it, which are bounded.
async fn quiet(activity: &Activity, patience: Duration) {
    let began = Instant::now();
    loop {
        let last = activity.last().map_or(began, |last| last.max(began));
        let left = patience.saturating_sub(last.elapsed());
        if left.is_zero() {
            return;
        }
        tokio::time::sleep(left).await;
    }
}

struct Call<'a> {
    script: &'a Script,
    channel: Channel,
    /// None once there is nothing more to send.
    outgoing: Option<mpsc::Sender<Vec<Bytes>>>,
    half_close: HalfClose,
    /// What has been sent, as long as the call may have to be made again.
    sent: Vec<Bytes>,
    answer: Answer,
    /// What has come; a message that does not decode is none.
    received: Vec<Option<Message>>,
    /// How many bytes that was.
    bytes: usize,
    /// What can still come.
    remaining: Remaining,
    /// What has been awaited so far.
    awaited: Vec<Message>,
    /// How many messages have been compared with what was awaited, and were the same.
    compared: usize,
    /// How often it has been waited for in vain.
    stalls: usize,
    /// Whether the server did not let the client send: more would not get through either.
    blocked: bool,
    /// Whether the headers of the answer have come.
    has_headers: bool,
    /// Whether the call was made again on another connection.
    had_excess: bool,
    /// How often it was made again.
    repeated: u32,
    /// Since when something has come that cannot be right.
    wrong_since: Option<Instant>,
    started: Instant,
    transcript: Writer,
}

impl<'a> Call<'a> {
    fn start(channel: Channel, script: &'a Script) -> Call<'a> {
        let (outgoing, messages) = mpsc::channel(1);
        let messages = one_by_one(ReceiverStream::new(messages));
        let half_close = HalfClose::default();
        Call {
            script,
            outgoing: Some(outgoing),
            sent: Vec::new(),
            answer: Answer::open(channel.clone(), script.rpc, messages, half_close.clone()),
            half_close,
            channel,
            received: Vec::new(),
            bytes: 0,
            remaining: Remaining::of(&script.expected),
            blocked: false,
            has_headers: false,
            had_excess: false,
            repeated: 0,
            awaited: Vec::new(),
            compared: 0,
            stalls: 0,
            wrong_since: None,
            started: Instant::now(),
            transcript: Writer::start(script.rpc),
        }
    }

    async fn take(&mut self, steps: &[Step]) {
        for step in steps {
            if self.over() || self.blocked {
                return;
            }
            match step {
                Step::Send(message) => {
                    let bytes = message.encode().into();
                    self.send(std::slice::from_ref(message), vec![bytes]).await;
                }
                Step::SendAll(messages) => {
                    let bytes = messages.iter().map(|message| message.encode().into());
                    self.send(messages, bytes.collect()).await;
                }
                Step::SendPadded(message) => {
                    self.send(std::slice::from_ref(message), vec![padded(message)])
                        .await;
                }
                Step::SendDamaged => {
                    let bytes = DAMAGED.len();
                    self.send(&[], vec![Bytes::from_static(DAMAGED)]).await;
                    self.transcript.write(EventKind::Damaged { bytes });
                }
                Step::Await(messages) => self.await_messages(messages).await,
                Step::AwaitCount(count) => self.await_count(*count).await,
                Step::Pause(time) => self.read_until(tokio::time::sleep(*time)).await,
                Step::HalfClose => self.half_close(),
                Step::Cancel => self.cancel(),
            }
        }
    }

    fn over(&self) -> bool {
        matches!(self.answer, Answer::Over)
    }

    async fn send(&mut self, messages: &[Message], bytes: Vec<Bytes>) {
        let patience = self.patience();
        let place = loop {
            // If the call is made again, it has another one.
            let Some(outgoing) = self.outgoing.clone() else {
                return;
            };
            tokio::select! {
                place = outgoing.reserve_owned() => match place {
                    Ok(place) => break place,
                    // The receiver is gone only when the call is over, and then its end is read next.
                    Err(_) => {
                        if !self.read("the end of the call").await {
                            return;
                        }
                    }
                },
                arrival = self.answer.next() => self.note(arrival),
                () = quiet(&self.script.activity, patience) => {
                    self.blocked = true;
                    return self.stall("the server to take another message");
                }
            }
            if self.over() {
                return;
            }
        };
        for message in messages {
            self.transcript.write(EventKind::Sent {
                message: message.clone(),
            });
        }
        if self.received.is_empty() {
            self.sent.extend_from_slice(&bytes);
        }
        place.send(bytes);
    }

    /// Whether the library gave up the connection because of too much that says nothing, before this call had brought
    /// a message.
    fn is_first_excess(&self, status: &Status) -> bool {
        const EXCESS: ProtocolError = ProtocolError::Invalid(Reason::ENHANCE_YOUR_CALM);
        status.flaw == Some(EXCESS) && self.received.is_empty() && !self.had_excess
    }

    /// Makes the call again, with all that has been sent so far. False if that has been done too often.
    fn repeat(&mut self) -> bool {
        self.repeated += 1;
        if self.repeated > MOST_REPEATED || !self.script.activity.may_repeat() {
            return false;
        }
        let (outgoing, messages) = mpsc::channel(1);
        let again = tokio_stream::iter(self.sent.clone());
        let again = again.chain(one_by_one(ReceiverStream::new(messages)));
        self.answer = Answer::open_after(
            BETWEEN_TRIES,
            self.channel.clone(),
            self.script.rpc,
            again,
            self.half_close.clone(),
        );
        // Dropped, it ends the messages, as it had done.
        self.outgoing = self.outgoing.take().map(|_| outgoing);
        true
    }

    async fn await_messages(&mut self, messages: &[Message]) {
        self.awaited.extend_from_slice(messages);
        while self.stalls < MOST_STALLS
            && self.received.len() < self.awaited.len()
            && !self.over()
            && !self.mismatched()
        {
            let waiting_for = format!("message {} from the server", self.received.len() + 1);
            if !self.read(&waiting_for).await {
                return;
            }
        }
    }

    async fn await_count(&mut self, count: usize) {
        while self.received.len() < count && !self.over() && self.read("a message").await {}
    }

    /// Whether something else came than was awaited.
    fn mismatched(&mut self) -> bool {
        // A long call brings thousands, so that none is compared twice.
        let pairs = self.received.iter().zip(&self.awaited).skip(self.compared);
        let mut new = 0;
        for (came, awaited) in pairs {
            if came.clone().map(Message::with_defaults) != Some(awaited.clone().with_defaults()) {
                return true;
            }
            new += 1;
        }
        self.compared += new;
        false
    }

    /// Reads whatever comes until something else is done.
    async fn read_until<T>(&mut self, done: impl Future<Output = T>) -> T {
        tokio::pin!(done);
        loop {
            tokio::select! {
                result = &mut done => return result,
                arrival = self.answer.next() => self.note(arrival),
            }
        }
    }

    /// Resets the stream.
    fn cancel(&mut self) {
        if !self.over() {
            self.outgoing = None;
            self.answer = Answer::Over;
            self.transcript.write(EventKind::Cancelled);
        }
    }

    fn half_close(&mut self) {
        // After a cancel, there is nothing to close.
        if let Some(outgoing) = self.outgoing.take() {
            self.half_close.set();
            drop(outgoing);
            if !self.over() {
                self.transcript.write(EventKind::HalfClosed);
            }
        }
    }

    /// Reads one thing; false if nothing came in time. A stall before the half-close leaves the call
    /// open, since what comes after the half-close shows what the server was waiting for.
    async fn read(&mut self, waiting_for: &str) -> bool {
        let patience = self.patience();
        tokio::select! {
            biased;
            arrival = self.answer.next() => {
                self.note(arrival);
                true
            }
            () = quiet(&self.script.activity, patience) => {
                self.stall(waiting_for);
                false
            }
        }
    }

    /// Once the server has kept the client waiting in this call, the call has failed: what still comes only helps to
    /// say why.
    fn patience(&self) -> Duration {
        let patience = self.script.patience;
        match (self.stalls, &self.outgoing) {
            (0, _) => patience,
            (_, Some(_)) => patience / 10,
            (_, None) => (patience / 3).min(LAST_PATIENCE),
        }
    }

    fn stall(&mut self, waiting_for: &str) {
        self.stalls += 1;
        let waiting_for = match self.answer.begun() {
            Some(came) => format!("the rest of a message ({came} have come)"),
            None => waiting_for.to_string(),
        };
        self.transcript.write(EventKind::Stalled { waiting_for });
        if self.outgoing.is_none() {
            self.answer = Answer::Over;
        }
    }

    fn note(&mut self, arrival: Arrival) {
        self.script.activity.note();
        match arrival {
            // They come again with a call that is made again.
            Arrival::Headers if self.has_headers => {}
            Arrival::Headers => {
                self.has_headers = true;
                self.transcript.write(EventKind::Headers);
            }
            Arrival::Message(bytes) => self.message(&bytes),
            Arrival::NotProcessed(_) if self.repeat() => {}
            // What was too much may have been left by the calls before it: on a connection of its own, that shows.
            Arrival::End(status) if self.is_first_excess(&status) && self.repeat() => {
                self.had_excess = true;
            }
            Arrival::End(status) | Arrival::NotProcessed(status) => {
                self.transcript.write(EventKind::Ended { status });
            }
        }
    }

    fn message(&mut self, bytes: &[u8]) {
        self.sent = Vec::new();
        let decoded = self.script.rpc.decode_response(bytes);
        if !self.remaining.take(decoded.as_ref().ok()) {
            self.wrong_since.get_or_insert_with(Instant::now);
        }
        self.received.push(decoded.as_ref().ok().cloned());
        self.bytes += bytes.len();
        self.transcript.write(match decoded {
            Ok(message) => EventKind::Received { message },
            Err(problem) => EventKind::Undecodable {
                bytes: bytes.len(),
                problem,
            },
        });
        if let Some(excess) = self.excess() {
            self.transcript.write(EventKind::CutOff { excess });
            self.answer = Answer::Over;
        }
    }

    /// Why the call must not go on.
    fn excess(&self) -> Option<CutOffReason> {
        let Script {
            limits, patience, ..
        } = self.script;
        let messages = self.received.len();
        let too_many = match &self.script.expected {
            Expected::These(expected) => messages > expected.len(),
            Expected::Count(expected) => messages > *expected,
        };
        if messages > limits.messages || self.bytes > limits.bytes {
            return Some(CutOffReason::Flood { bytes: self.bytes });
        }
        let too_long = |since: &Instant| since.elapsed() > *patience;
        if self.wrong_since.as_ref().is_some_and(too_long) {
            return Some(if too_many {
                CutOffReason::TooMany
            } else {
                CutOffReason::Wrong
            });
        }
        (self.started.elapsed() > *patience * MOST_PATIENCE).then_some(CutOffReason::TooLong)
    }
}

#[cfg(test)]
mod tests;
