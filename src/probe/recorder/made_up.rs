//! A call that is answered with what was made up for the run.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use tokio_stream::Stream;
use tonic::Streaming;

use super::answers::Answers;
use super::conduct::Conduct;
use super::log::Log;
use crate::guide::model::Chat;
use crate::messages::{Message, Rpc};
use crate::transcript::{EventKind, Status};

/// For how long a client must have sent nothing before a slow server sends headers without a message.
const QUIET: Duration = Duration::from_millis(100);

/// One call, from its first message to its end.
pub struct MadeUp {
    log: Log,
    answers: Arc<Answers>,
    conduct: Conduct,
    requests: Streaming<Bytes>,
    chat: Chat,
    points: usize,
    half_closed: bool,
    /// What is to be sent, oldest first.
    due: VecDeque<Message>,
}

impl MadeUp {
    /// A call of which nothing has been read yet.
    pub fn new(
        log: Log,
        answers: Arc<Answers>,
        conduct: Conduct,
        requests: Streaming<Bytes>,
    ) -> MadeUp {
        MadeUp {
            log,
            answers,
            conduct,
            requests,
            chat: Chat::default(),
            points: 0,
            half_closed: false,
            due: VecDeque::new(),
        }
    }

    /// Does what comes before the headers of the response: nothing, unless the server is slow. Then it
    /// reads on until something is due, as some servers do that send no headers before their first
    /// message. A client that waits for the headers before it sends gets them soon all the same.
    ///
    /// # Errors
    ///
    /// The status to end the call with.
    pub async fn before_headers(&mut self) -> Result<(), tonic::Status> {
        if self.conduct.refuses(self.log.rpc()) {
            return Err(self.fail());
        }
        while self.conduct == Conduct::Slow && !self.half_closed {
            tokio::select! {
                biased;
                () = self.conduct.take_time(), if !self.due.is_empty() => break,
                read = self.log.next(&mut self.requests) => self.take(read?)?,
                () = tokio::time::sleep(QUIET) => break,
            }
        }
        Ok(())
    }

    /// Answers the call to its end.
    pub fn replies(mut self) -> impl Stream<Item = Result<Bytes, tonic::Status>> + Send {
        async_stream::try_stream! {
            let mut sent = 0;
            self.log.write(EventKind::Headers);
            while !self.half_closed || !self.due.is_empty() {
                // What is due goes out before anything more is read, but for a slow server, which
                // meanwhile goes on reading.
                let next = tokio::select! {
                    biased;
                    () = self.conduct.take_time(), if !self.due.is_empty() => None,
                    read = self.log.next(&mut self.requests), if !self.half_closed => Some(read),
                };
                if let Some(read) = next.transpose()? {
                    self.take(read)?;
                } else if let Some(message) = self.due.pop_front() {
                    yield self.log.send(message);
                    sent += 1;
                    self.fail_after(sent)?;
                }
            }
            if self.conduct.fails(self.log.rpc()) {
                Err(self.fail())?;
            }
            self.conduct.take_time().await;
            self.log.end(Status::ok());
        }
    }

    /// Takes in the client's next message, or its half-close.
    fn take(&mut self, read: Option<Message>) -> Result<(), tonic::Status> {
        match read {
            Some(Message::Point(_)) => {
                self.points += 1;
                self.fail_after(self.points)?;
            }
            Some(Message::RouteNote(note)) => {
                let replies = self.answers.replies(&mut self.chat, &note, self.conduct);
                self.due.extend(replies);
            }
            Some(_) => {}
            None => {
                self.half_closed = true;
                let rpc = self.log.rpc();
                // A route that must fail has no summary, however short it is.
                if !(rpc == Rpc::RecordRoute && self.conduct.fails(rpc)) {
                    let last = self.answers.last_words(rpc, self.points, self.conduct);
                    self.due.extend(last);
                }
            }
        }
        Ok(())
    }

    fn fail_after(&mut self, messages: usize) -> Result<(), tonic::Status> {
        if self.conduct.fails_after(self.log.rpc(), messages) {
            return Err(self.fail());
        }
        Ok(())
    }

    /// Ends the call with the error that was made up for the run.
    fn fail(&mut self) -> tonic::Status {
        let status = self.answers.error.clone();
        let error = tonic::Status::new(status.tonic_code(), status.message.clone());
        self.log.end(status);
        error
    }
}
