//! HTTP/2 servers of which a test decides every frame, and other servers that decide every byte.

use std::collections::HashSet;
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};

/// The types of frames (RFC 9113, section 6).
pub const DATA: u8 = 0;
pub const HEADERS: u8 = 1;
pub const RST_STREAM: u8 = 3;
pub const SETTINGS: u8 = 4;
pub const PING: u8 = 6;
pub const GOAWAY: u8 = 7;
pub const CONTINUATION: u8 = 9;

/// Flags of frames.
pub const END_STREAM: u8 = 1;
pub const ACK: u8 = 1;
pub const END_HEADERS: u8 = 4;

/// Settings.
pub const MAX_CONCURRENT_STREAMS: u16 = 3;
pub const INITIAL_WINDOW_SIZE: u16 = 4;

/// The headers that begin a gRPC answer.
pub const GRPC: [(&str, &str); 2] = [(":status", "200"), ("content-type", "application/grpc")];

const PREFACE: usize = 24;
const FRAME_HEADER: usize = 9;

/// Does something with each connection, as long as the test runs. Connections are numbered from 0, in the order in
/// which they were accepted; their threads may begin in another.
pub fn accepting(serve: impl Fn(TcpStream, usize) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let addr = listener.local_addr().unwrap();
    let serve = Arc::new(serve);
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let (stream, serve) = (stream.unwrap(), Arc::clone(&serve));
            std::thread::spawn(move || serve(stream, number));
        }
    });
    addr
}

/// An HTTP/2 server that allows what these settings say, and answers each call in this way. It takes no
/// notice of what it may send.
pub fn http2(
    settings: &[(u16, u32)],
    answer: impl Fn(&Call) -> io::Result<()> + Send + Sync + 'static,
) -> SocketAddr {
    let settings: Vec<u8> = settings
        .iter()
        .flat_map(|(name, value)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat())
        .collect();
    let answer = Arc::new(answer);
    accepting(move |connection, _| {
        // That the client has gone is no concern of the server's.
        serve(connection, &settings, &answer).ok();
    })
}

fn serve<A>(mut connection: TcpStream, settings: &[u8], answer: &Arc<A>) -> io::Result<()>
where
    A: Fn(&Call) -> io::Result<()> + Send + Sync + 'static,
{
    connection.set_nodelay(true)?;
    connection.read_exact(&mut [0; PREFACE])?;
    let wire = Wire::of(connection.try_clone()?);
    wire.frame(SETTINGS, 0, 0, settings)?;
    let mut answered = HashSet::new();
    loop {
        let mut header = [0; FRAME_HEADER];
        connection.read_exact(&mut header)?;
        let length = u32::from_be_bytes([0, header[0], header[1], header[2]]);
        let mut payload = vec![0; length as usize];
        connection.read_exact(&mut payload)?;
        let [.., a, b, c, d] = header;
        let stream = u32::from_be_bytes([a, b, c, d]);
        match (header[3], header[4]) {
            (SETTINGS, 0) => wire.frame(SETTINGS, ACK, 0, &[])?,
            (PING, 0) => wire.frame(PING, ACK, 0, &payload)?,
            (HEADERS, _) if answered.insert(stream) => {
                let (wire, answer) = (wire.clone(), Arc::clone(answer));
                std::thread::spawn(move || answer(&Call { wire, stream }).ok());
            }
            _ => {}
        }
    }
}

/// The way to a client.
#[derive(Clone)]
pub struct Wire(Arc<Mutex<TcpStream>>);

impl Wire {
    /// Over this connection.
    pub fn of(connection: TcpStream) -> Wire {
        Wire(Arc::new(Mutex::new(connection)))
    }

    /// Sends a frame.
    pub fn frame(&self, kind: u8, flags: u8, stream: u32, payload: &[u8]) -> io::Result<()> {
        self.raw(&frame(kind, flags, stream, payload))
    }

    /// Sends bytes as they are.
    pub fn raw(&self, bytes: &[u8]) -> io::Result<()> {
        self.0.lock().unwrap().write_all(bytes)
    }

    /// Closes the connection.
    pub fn close(&self) -> io::Result<()> {
        self.0.lock().unwrap().shutdown(std::net::Shutdown::Both)
    }
}

/// A call of the client's.
pub struct Call {
    /// The connection.
    pub wire: Wire,
    stream: u32,
}

impl Call {
    /// Sends a frame of this stream.
    pub fn frame(&self, kind: u8, flags: u8, payload: &[u8]) -> io::Result<()> {
        self.wire.frame(kind, flags, self.stream, payload)
    }

    /// Sends headers.
    pub fn headers(&self, headers: &[(&str, &str)]) -> io::Result<()> {
        self.frame(HEADERS, END_HEADERS, &block(headers))
    }

    /// Sends trailers, or headers that are all.
    pub fn trailers(&self, headers: &[(&str, &str)]) -> io::Result<()> {
        self.frame(HEADERS, END_HEADERS | END_STREAM, &block(headers))
    }

    /// Sends a part of the body.
    pub fn data(&self, bytes: &[u8]) -> io::Result<()> {
        self.frame(DATA, 0, bytes)
    }

    /// Sends the usual headers and some messages.
    pub fn messages(&self, messages: &[&[u8]]) -> io::Result<()> {
        self.headers(&GRPC)?;
        messages
            .iter()
            .try_for_each(|message| self.data(&framed(message)))
    }

    /// Resets the stream with a code.
    pub fn reset(&self, code: u32) -> io::Result<()> {
        self.frame(RST_STREAM, 0, &code.to_be_bytes())
    }

    /// Gives up the connection with a code, and a word on it.
    pub fn go_away(&self, code: u32, word: &str) -> io::Result<()> {
        let numbers = [0_u32.to_be_bytes(), code.to_be_bytes()].concat();
        let payload = [&numbers[..], word.as_bytes()].concat();
        self.wire.frame(GOAWAY, 0, 0, &payload)
    }
}

/// A frame as it stands on the connection.
pub fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    let mut frame = length[1..].to_vec();
    frame.extend([kind, flags]);
    frame.extend(stream.to_be_bytes());
    frame.extend(payload);
    frame
}

/// A message as it stands on the stream: not compressed, and its length.
pub fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap();
    [&[0], &length.to_be_bytes()[..], message].concat()
}

/// Headers without any compression (RFC 7541, section 6.2.2: literals that are not indexed).
pub fn block(headers: &[(&str, &str)]) -> Vec<u8> {
    let mut block = Vec::new();
    for (name, value) in headers {
        block.push(0);
        for text in [name, value] {
            length(&mut block, text.len());
            block.extend(text.as_bytes());
        }
    }
    block
}

/// A length of seven bits and, if it is longer, bytes of seven bits each.
fn length(block: &mut Vec<u8>, length: usize) {
    let Some(mut rest) = length.checked_sub(127) else {
        block.push(u8::try_from(length).unwrap());
        return;
    };
    block.push(127);
    while rest >= 128 {
        block.push(u8::try_from(rest % 128).unwrap() | 128);
        rest /= 128;
    }
    block.push(u8::try_from(rest).unwrap());
}
