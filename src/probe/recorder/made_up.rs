//! A call that is answered with what was made up for the run.

use std::sync::Arc;

use bytes::Bytes;
use tokio_stream::Stream;
use tonic::Streaming;

use super::answers::Answers;
use super::conduct::Conduct;
use super::log::Log;
use crate::contract::model::Chat;
use crate::contract::{Message, RouteSummary, Rpc};
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
        let mut features = Vec::new();
        while let Some(message) = log.next(&mut requests).await? {
            match message {
                Message::Rectangle(_) => features.clone_from(&answers.features),
                Message::Point(_) => {
                    points += 1;
                    failed(&mut log, points)?;
                }
                Message::RouteNote(note) if conduct != Conduct::Silent => {
                    for earlier in chat.reply(&note) {
                        conduct.take_time().await;
                        yield log.send(answers.reply(&earlier));
                        sent += 1;
                        failed(&mut log, sent)?;
                    }
                }
                Message::RouteNote(_) | Message::Feature(_) | Message::RouteSummary(_) => {}
            }
        }
        if conduct != Conduct::Silent {
            for feature in features {
                conduct.take_time().await;
                yield log.send(feature);
                sent += 1;
                failed(&mut log, sent)?;
            }
        }
        if conduct.fails(rpc) {
            Err(fail(&mut log, &answers))?;
        }
        if rpc == Rpc::RecordRoute {
            conduct.take_time().await;
            let point_count = i32::try_from(points).unwrap_or(i32::MAX);
            yield log.send(RouteSummary { point_count, ..answers.summary });
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
