//! A call that is answered with what was invented for the run.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use tokio_stream::Stream;
use tonic::Streaming;

use super::answers::{Answers, Conversation};
use super::fault_injection::FaultInjection;
use super::hold::Hold;
use super::log::Log;
use crate::messages::Message;
use crate::transcript::{EventKind, Status};

/// One call, from its first message to its end.
pub struct SyntheticCall {
    log: Log,
    answers: Arc<dyn Answers>,
    fault: FaultInjection,
    requests: Streaming<Bytes>,
    conversation: Box<dyn Conversation>,
    /// How many messages the client has sent.
    taken: usize,
    half_closed: bool,
    /// What is to be sent, oldest first.
    outgoing: VecDeque<Message>,
}

impl SyntheticCall {
    /// A call of which nothing has been read yet.
    pub fn new(
        log: Log,
        answers: Arc<dyn Answers>,
        conversation: Box<dyn Conversation>,
        fault: FaultInjection,
        requests: Streaming<Bytes>,
    ) -> SyntheticCall {
        SyntheticCall {
            log,
            answers,
            fault,
            requests,
            conversation,
            taken: 0,
            half_closed: false,
            outgoing: VecDeque::new(),
        }
    }

    /// Does what comes before the headers of the response. In a call where both sides stream, that is nothing, or if they
    /// are held back, it reads on until there is something to send, as servers do that send no headers before their first
    /// message. In all other calls, a server reads the whole request before it begins to answer.
    ///
    /// # Errors
    ///
    /// The status to end the call with.
    pub async fn before_headers(&mut self, hold: &mut Hold) -> Result<(), tonic::Status> {
        if self.fault.refuses(self.log.rpc()) {
            return Err(self.fail().await);
        }
        let rpc = self.log.rpc();
        if !(rpc.client_streams() && rpc.server_streams()) {
            while !self.half_closed {
                let read = self.log.next(&mut self.requests).await?;
                self.take(read).await?;
            }
        }
        if self.fault.never_answers(rpc) {
            return self.read_on().await;
        }
        while hold.holds() && !self.half_closed {
            if !self.outgoing.is_empty() && !self.fault.reads_while_it_waits() {
                break;
            }
            tokio::select! {
                biased;
                () = self.fault.take_time(0), if !self.outgoing.is_empty() => break,
                read = self.log.next(&mut self.requests) => self.take(read?).await?,
                () = hold.released() => {
                    self.log.stalled();
                    break;
                }
            }
        }
        Ok(())
    }

    /// Answers the call to its end.
    pub fn replies(mut self) -> impl Stream<Item = Result<Bytes, tonic::Status>> + Send {
        async_stream::try_stream! {
            let mut sent = 0;
            let mut last = None;
            self.log.write(EventKind::Headers);
            while !self.half_closed || !self.outgoing.is_empty() {
                // What is to be sent goes out before anything more is read, but for servers that read while they wait.
                let is_reading = self.fault.reads_while_it_waits() && !self.half_closed;
                let next = tokio::select! {
                    biased;
                    () = self.fault.take_time(sent), if !self.outgoing.is_empty() => None,
                    read = self.log.next(&mut self.requests), if is_reading || self.outgoing.is_empty() => Some(read),
                };
                if let Some(read) = next.transpose()? {
                    self.take(read).await?;
                } else if self.fault.stalls_after(self.log.rpc(), sent) {
                    self.read_on().await?;
                } else if let Some(message) = self.outgoing.pop_front() {
                    last = Some(message.clone());
                    let padding = match self.half_closed {
                        // Nothing keeps the client from reading any more.
                        true => Bytes::new(),
                        false => self.conversation.padding(),
                    };
                    yield self.log.send(message, &padding);
                    sent += 1;
                    if !self.counts_requests() {
                        self.fail_after(sent).await?;
                    }
                }
            }
            if self.fault.fails(self.log.rpc()) {
                Err(self.fail().await)?;
            }
            if self.fault.stalls(self.log.rpc()) {
                self.read_on().await?;
            }
            for message in last.iter().cycle().take(self.drips()) {
                self.fault.wait_for_drip().await;
                yield self.log.send(message.clone(), &[]);
            }
            self.fault.take_time_to_end().await;
            self.log.end(Status::ok());
        }
    }

    /// How many messages come after all others.
    fn drips(&self) -> usize {
        usize::try_from(self.fault.drips(self.log.rpc())).unwrap_or(usize::MAX)
    }

    /// Reads what the client still sends, and does nothing else until it leaves the call.
    async fn read_on(&mut self) -> Result<(), tonic::Status> {
        while !self.half_closed {
            self.half_closed = self.log.next(&mut self.requests).await?.is_none();
        }
        std::future::pending().await
    }

    /// Takes in the client's next message, or its half-close.
    async fn take(&mut self, read: Option<Message>) -> Result<(), tonic::Status> {
        let replies = match read {
            Some(message) => {
                self.taken += 1;
                let replies = self.conversation.message(message);
                if self.counts_requests() {
                    self.fail_after(self.taken).await?;
                }
                replies
            }
            None => {
                self.half_closed = true;
                self.conversation.half_closed()
            }
        };
        if !self.fault.drops_messages(self.log.rpc()) {
            self.outgoing.extend(replies);
        }
        Ok(())
    }

    /// Whether a failure after so many messages counts those of the client: where the server has only one to
    /// send.
    fn counts_requests(&self) -> bool {
        !self.log.rpc().server_streams()
    }

    async fn fail_after(&mut self, messages: usize) -> Result<(), tonic::Status> {
        if self.fault.fails_after(self.log.rpc(), messages) {
            return Err(self.fail().await);
        }
        Ok(())
    }

    /// Ends the call with the error that was invented for the run.
    async fn fail(&mut self) -> tonic::Status {
        self.fault.take_time_to_end().await;
        if let Some(details) = self.fault.details_of(self.log.rpc()) {
            let error = self.answers.refusal(details);
            self.log.end(Status::from(&error));
            return error;
        }
        let status = match self.fault.code_of(self.log.rpc()) {
            Some(code) => Status::new(code, "it took too long".to_string()),
            None => self.answers.error(),
        };
        let error = tonic::Status::new(status.tonic_code(), status.message.clone());
        self.log.end(status);
        error
    }
}
