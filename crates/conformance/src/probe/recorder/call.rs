//! One recorded call: answered, and written down.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use tokio::sync::watch;
use tokio_stream::Stream;
use tonic::transport::Channel;
use tonic::{Request, Response, Streaming};

use super::answers::{Answers, Length};
use super::fault_injection::FaultInjection;
use super::hold::{Hold, Release};
use super::log::Log;
use super::proxy::ProxyCall;
use super::synthetic::SyntheticCall;
use crate::messages::Rpc;
use crate::transcript::Writer;

/// Less than one message, so that a client gets no other one out while the server does not read.
const SMALL_WINDOW: u32 = 16;

/// Where the answers of a recording server come from.
#[derive(Debug, Clone)]
pub enum Source {
    /// They are invented for the run.
    Synthetic {
        /// The answers.
        answers: Arc<dyn Answers>,
        /// What goes wrong on purpose.
        fault: FaultInjection,
    },
    /// They are those of another server, to which every call is passed on. So that a client that prints
    /// its own notes is not taken for one that prints the replies, these are marked on their way.
    Server {
        /// The channel to the other server.
        channel: Channel,
        /// What is put before the text of every note that the server sends.
        mark: String,
    },
}

impl Source {
    /// Whether the headers of a call come no sooner than there is something to send after them. Only a client
    /// that goes on sending can tell.
    pub fn holds_headers(&self, rpc: Rpc) -> bool {
        rpc.client_streams()
            && match self {
                Source::Synthetic { fault, .. } => fault.holds_headers(),
                Source::Server { .. } => true,
            }
    }

    /// How many bytes a client may send in a call before the server has read some of them; none says that it is as
    /// usual. While it sends a long answer, a server that has little room for what it does not read keeps its client
    /// from sending more.
    pub fn window(&self) -> Option<u32> {
        match self {
            Source::Synthetic { fault, .. } if fault.length() == Length::Long => Some(SMALL_WINDOW),
            _ => None,
        }
    }
}

/// One call.
pub struct Call {
    rpc: Rpc,
    writer: Arc<Mutex<Writer>>,
    source: Source,
    release: Release,
    changed: watch::Sender<()>,
}

impl Call {
    /// A call that is about to be answered. `changed` is told whenever something is written down.
    pub fn new(
        rpc: Rpc,
        writer: Arc<Mutex<Writer>>,
        source: Source,
        release: Release,
        changed: watch::Sender<()>,
    ) -> Call {
        Call {
            rpc,
            writer,
            source,
            release,
            changed,
        }
    }

    /// Begins to answer: what comes before the headers, and then the replies.
    fn answer(&self, requests: Streaming<Bytes>) -> Answering {
        let log = Log::new(self.rpc, Arc::clone(&self.writer), self.changed.clone());
        let mut hold = match self.source.holds_headers(self.rpc) {
            true => self.release.hold(),
            false => Hold::none(),
        };
        match self.source.clone() {
            Source::Synthetic { answers, fault } => {
                let conversation = answers.open(self.rpc, fault.length());
                let mut call = SyntheticCall::new(log, answers, conversation, fault, requests);
                Box::pin(async move {
                    call.before_headers(&mut hold).await?;
                    let replies: Replies = Box::pin(call.replies());
                    Ok(Response::new(replies))
                })
            }
            Source::Server { channel, mark } => {
                let mut call = ProxyCall::new(log, channel, mark, requests);
                Box::pin(async move {
                    call.before_headers(&mut hold).await?;
                    let replies: Replies = Box::pin(call.replies());
                    Ok(Response::new(replies))
                })
            }
        }
    }
}

type Replies = Pin<Box<dyn Stream<Item = Result<Bytes, tonic::Status>> + Send>>;
type Answering = Pin<Box<dyn Future<Output = Result<Response<Replies>, tonic::Status>> + Send>>;

impl tonic::server::StreamingService<Bytes> for Call {
    type Response = Bytes;
    type ResponseStream = Replies;
    type Future = Answering;

    fn call(&mut self, request: Request<Streaming<Bytes>>) -> Self::Future {
        self.answer(request.into_inner())
    }
}
