//! A burst: many messages at once, each in a frame of its own, while the client makes no room for any reply.
//!
//! A server that waits for that room reads on only afterwards, so all frames wait unread, however fast it is. An HTTP/2 library
//! with a small window may take that for an attack, and close the connection.

use std::net::SocketAddr;
use std::time::Duration;

use bytes::{BufMut as _, Bytes, BytesMut};
use h2::client::SendRequest;
use h2::{Ping, PingPong, RecvStream};
use http::header::{CONTENT_TYPE, TE};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

use super::framing;
use super::message_reader::MessageReader;
use crate::messages::{Message, Rpc};
use crate::transcript::{EventKind, ProtocolError, Status, Transcript, Writer};

/// How much room the client makes for replies in the end, in bytes.
const WINDOW: u32 = 1 << 20;

/// What is sent.
#[derive(Debug, Clone)]
pub struct Burst {
    /// The RPC.
    pub rpc: Rpc,
    /// How many calls of it are open side by side.
    pub calls: usize,
    /// What is sent in each of them.
    pub messages: Vec<Message>,
}

/// Makes the calls on a connection of their own: sends all messages, waits until they have arrived, and only then reads.
/// It returns in bounded time.
pub async fn play(addr: SocketAddr, burst: &Burst, patience: Duration) -> Vec<Transcript> {
    let mut transcripts: Vec<Writer> = (0..burst.calls).map(|_| Writer::start(burst.rpc)).collect();
    let calls = calls(addr, burst, &mut transcripts);
    let result = match tokio::time::timeout(patience, calls).await {
        Ok(Ok(statuses)) => Ok(statuses),
        Ok(Err(flaw)) => Err(EventKind::Ended {
            status: Status::flawed(flaw),
        }),
        Err(_) => Err(EventKind::Stalled {
            waiting_for: "the end of the call".to_string(),
        }),
    };
    let ends = match result {
        Ok(statuses) => statuses
            .into_iter()
            .map(|status| EventKind::Ended { status })
            .collect(),
        Err(end) => vec![end; burst.calls],
    };
    for (transcript, end) in transcripts.iter_mut().zip(ends) {
        transcript.write(end);
    }
    transcripts.into_iter().map(Writer::finish).collect()
}

fn flaw(error: h2::Error) -> ProtocolError {
    ProtocolError::of(&error)
}

/// A message behind its flag and its length.
fn framed(message: &Message) -> Bytes {
    let message = message.encode();
    let mut bytes = BytesMut::new();
    bytes.put_u8(0);
    bytes.put_u32(u32::try_from(message.len()).unwrap_or(u32::MAX));
    bytes.extend_from_slice(&message);
    bytes.freeze()
}

/// Makes the calls, and returns how each of them ended.
async fn calls(
    addr: SocketAddr,
    burst: &Burst,
    transcripts: &mut [Writer],
) -> Result<Vec<Status>, ProtocolError> {
    let unreachable = |error: std::io::Error| ProtocolError::Unreachable(error.to_string());
    let stream = TcpStream::connect(addr).await.map_err(unreachable)?;
    let (requests, mut connection) = h2::client::Builder::new()
        .initial_window_size(0)
        // The calls are read one after the other, and must not wait for each other.
        .initial_connection_window_size(64 << 20)
        .handshake::<_, Bytes>(stream)
        .await
        .map_err(flaw)?;
    let pings = connection.ping_pong();
    let (make_room, is_made) = oneshot::channel::<()>();
    let mut driver = JoinSet::new();
    driver.spawn(async move {
        tokio::select! {
            result = &mut connection => return result,
            Ok(()) = is_made => {}
        }
        connection.set_initial_window_size(WINDOW)?;
        connection.await
    });
    let ended = on_connection(addr, burst, requests, pings, make_room, transcripts).await;
    if ended.as_ref().is_err_and(ProtocolError::is_break)
        && let Some(Ok(Err(error))) = driver.join_next().await
    {
        // The connection knows better why it is gone.
        return Err(flaw(error));
    }
    ended
}

/// Makes the calls on a connection that is driven elsewhere.
async fn on_connection(
    addr: SocketAddr,
    burst: &Burst,
    requests: SendRequest<Bytes>,
    mut pings: Option<PingPong>,
    make_room: oneshot::Sender<()>,
    transcripts: &mut [Writer],
) -> Result<Vec<Status>, ProtocolError> {
    let mut requests = requests.ready().await.map_err(flaw)?;
    let mut open = Vec::new();
    for transcript in &mut *transcripts {
        let request = http::Request::post(format!("http://{addr}{}", burst.rpc.path()))
            .header(TE, "trailers")
            .header(CONTENT_TYPE, "application/grpc")
            .body(())
            .map_err(|error| ProtocolError::Transport(error.to_string()))?;
        let (response, mut outgoing) = requests.send_request(request, false).map_err(flaw)?;
        for message in &burst.messages {
            // If the connection is gone, the answer says why.
            if outgoing.send_data(framed(message), false).is_err() {
                break;
            }
            let message = message.clone();
            transcript.write(EventKind::Sent { message });
        }
        open.push((response, outgoing));
    }
    // A ping may overtake what is waiting to be sent. The second one is written after it, and answered once it has arrived.
    for _ in 0..2 {
        if let Some(pings) = &mut pings {
            pings.ping(Ping::opaque()).await.ok();
        }
    }
    make_room.send(()).ok();
    for ((_, outgoing), transcript) in open.iter_mut().zip(&mut *transcripts) {
        if outgoing.send_data(Bytes::new(), true).is_ok() {
            transcript.write(EventKind::HalfClosed);
        }
    }
    let mut statuses = Vec::new();
    for ((response, _), transcript) in open.into_iter().zip(transcripts) {
        let response = response.await.map_err(flaw)?;
        statuses.push(read(burst.rpc, response, transcript).await?);
    }
    Ok(statuses)
}

/// Reads the answer to its end.
async fn read(
    rpc: Rpc,
    response: http::Response<RecvStream>,
    transcript: &mut Writer,
) -> Result<Status, ProtocolError> {
    let (head, mut body) = response.into_parts();
    if let Some(status) = framing::status(&head.headers) {
        return Ok(status);
    }
    if let Some(flaw) = framing::flaw_of_headers(head.status, &head.headers) {
        return Err(flaw);
    }
    transcript.write(EventKind::Headers);
    let mut messages = MessageReader::new(&head.headers);
    while let Some(data) = body.data().await {
        let data = data.map_err(flaw)?;
        // It fails only where the stream is over already.
        body.flow_control().release_capacity(data.len()).ok();
        messages.put(data);
        while let Some(bytes) = messages.next()? {
            transcript.write(match rpc.decode_response(&bytes) {
                Ok(message) => EventKind::Received { message },
                Err(problem) => EventKind::Undecodable {
                    bytes: bytes.len(),
                    problem,
                },
            });
        }
    }
    let trailers = body.trailers().await.map_err(flaw)?;
    let trailers = trailers.ok_or(ProtocolError::NoTrailers)?;
    framing::status(&trailers).ok_or(ProtocolError::NoStatus)
}
