//! A call that is answered with what was made up for the run.

use std::collections::VecDeque;
use std::sync::Arc;

use bytes::Bytes;
use tokio_stream::Stream;
use tonic::Streaming;

use super::answers::Answers;
use super::conduct::Conduct;
use super::log::Log;
use crate::contract::model::Chat;
use crate::contract::{Message, Rpc};
use crate::probe::transcript::{Status, What};

/// Answers one call to its end.
pub fn replies(
    mut log: Log,
    answers: Arc<Answers>,
    conduct: Conduct,
    mut requests: Streaming<Bytes>,
) -> impl Stream<Item = Result<Bytes, tonic::Status>> + Send {
    async_stream::try_stream! {
        let rpc = log.rpc();
        let failed = |log: &mut Log, messages| {
            if conduct.fails_after(rpc, messages) { Err(fail(log, &answers)) } else { Ok(()) }
        };
        log.write(What::Headers);
        let mut chat = Chat::default();
        let (mut points, mut sent) = (0, 0);
        let mut half_closed = false;
        // What is to be sent, oldest first.
        let mut due: VecDeque<Message> = VecDeque::new();
        while !half_closed || !due.is_empty() {
            // What is due goes out before anything more is read, but for a slow server, which meanwhile
            // goes on reading.
            let next = tokio::select! {
                biased;
                () = conduct.take_time(), if !due.is_empty() => None,
                message = log.next(&mut requests), if !half_closed => Some(message),
            };
            match next.transpose()? {
                None => if let Some(message) = due.pop_front() {
                    yield log.send(message);
                    sent += 1;
                    failed(&mut log, sent)?;
                },
                Some(Some(Message::Point(_))) => {
                    points += 1;
                    failed(&mut log, points)?;
                }
                Some(Some(Message::RouteNote(note))) => {
                    due.extend(answers.replies(&mut chat, &note, conduct));
                }
                Some(Some(_)) => {}
                Some(None) => {
                    half_closed = true;
                    if !conduct.fails(rpc) || rpc == Rpc::ListFeatures {
                        due.extend(answers.last_words(rpc, points, conduct));
                    }
                }
            }
        }
        if conduct.fails(rpc) {
            Err(fail(&mut log, &answers))?;
        }
        conduct.take_time().await;
        log.end(Status::ok());
    }
}

/// Ends a call with the error that was made up for the run.
pub fn fail(log: &mut Log, answers: &Answers) -> tonic::Status {
    let status = answers.error.clone();
    let error = tonic::Status::new(status.tonic_code(), status.message.clone());
    log.end(status);
    error
}
