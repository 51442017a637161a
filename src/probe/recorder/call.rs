//! One recorded call: answered, and written down.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::watch;
use tokio_stream::Stream;
use tonic::transport::Channel;
use tonic::{Request, Response, Streaming};

use super::answers::Answers;
use super::conduct::Conduct;
use super::log::Log;
use super::{handed_on, made_up};
use crate::contract::Rpc;
use crate::probe::transcript::Writer;

/// Where the answers of a recording server come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// They are made up for the run.
    MadeUp {
        /// The answers.
        answers: Arc<Answers>,
        /// How the server behaves.
        conduct: Conduct,
    },
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

    fn answer(&self, requests: Streaming<Bytes>) -> Result<Replies, tonic::Status> {
        let mut log = Log::new(self.rpc, Arc::clone(&self.writer), self.changed.clone());
        Ok(match &self.source {
            Source::MadeUp { answers, conduct } if conduct.refuses(self.rpc) => {
                return Err(made_up::fail(&mut log, answers));
            }
            Source::MadeUp { answers, conduct } => Box::pin(made_up::replies(
                log,
                Arc::clone(answers),
                *conduct,
                requests,
            )),
            Source::Server { channel, mark } => Box::pin(handed_on::replies(
                log,
                channel.clone(),
                mark.clone(),
                requests,
            )),
        })
    }
}

type Replies = Pin<Box<dyn Stream<Item = Result<Bytes, tonic::Status>> + Send>>;

impl tonic::server::StreamingService<Bytes> for Call {
    type Response = Bytes;
    type ResponseStream = Replies;
    type Future = std::future::Ready<Result<Response<Replies>, tonic::Status>>;

    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Self::Future {
        std::future::ready(self.answer(request.into_inner()).map(Response::new))
    }
}
