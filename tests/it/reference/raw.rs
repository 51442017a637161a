//! A client of which a test decides every frame.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use testkit::frames::{
    ACK, DATA, END_HEADERS, END_STREAM, GOAWAY, HEADERS, PING, RST_STREAM, SETTINGS, Wire, block,
    frame, framed,
};
use testkit::reference::NEVER;

pub use testkit::frames::INITIAL_WINDOW_SIZE;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// A frame that came.
#[derive(Debug)]
pub struct Frame {
    pub kind: u8,
    pub flags: u8,
    pub stream: u32,
    pub payload: Vec<u8>,
}

/// A connection.
pub struct Raw {
    pub wire: Wire,
    stream: TcpStream,
}

impl Raw {
    /// Connects, and says hello with these settings.
    pub fn connect(addr: &str, settings: &[(u16, u32)]) -> Raw {
        let mut stream = TcpStream::connect(addr).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(NEVER)).unwrap();
        stream.set_write_timeout(Some(NEVER)).unwrap();
        stream.write_all(PREFACE).unwrap();
        let wire = Wire::of(stream.try_clone().unwrap());
        let settings: Vec<u8> = settings
            .iter()
            .flat_map(|(name, value)| [&name.to_be_bytes()[..], &value.to_be_bytes()].concat())
            .collect();
        wire.frame(SETTINGS, 0, 0, &settings).unwrap();
        Raw { wire, stream }
    }

    /// Begins a call of RouteGuide's.
    pub fn call(&self, stream: u32, method: &str) {
        self.call_with(stream, method, &[]).unwrap();
    }

    /// Begins one with further headers.
    pub fn call_with(
        &self,
        stream: u32,
        method: &str,
        more: &[(&str, &str)],
    ) -> std::io::Result<()> {
        let path = format!("/routeguide.RouteGuide/{method}");
        let mut headers = vec![
            (":method", "POST"),
            (":scheme", "http"),
            (":path", path.as_str()),
            (":authority", "localhost"),
            ("content-type", "application/grpc"),
            ("te", "trailers"),
        ];
        headers.extend(more);
        self.wire
            .frame(HEADERS, END_HEADERS, stream, &block(&headers))
    }

    /// Sends a message, and half-closes if it is the last.
    pub fn message(&self, stream: u32, message: &[u8], is_last: bool) -> std::io::Result<()> {
        let flags = if is_last { END_STREAM } else { 0 };
        self.wire.frame(DATA, flags, stream, &framed(message))
    }

    /// Waits until the windows count that the server grants: that of a stream once its settings are acknowledged, and
    /// that of the connection once it has said so, which it does between two answers to a PING at the latest.
    pub fn begin(&mut self) {
        while self.read().unwrap().kind != SETTINGS {}
        for _ in 0..2 {
            self.wire.frame(PING, 0, 0, &[0; 8]).unwrap();
            while self.read().unwrap().kind != PING {}
        }
    }

    /// Sends so many points, each in a frame of its own, without waiting for anything.
    pub fn burst(&self, stream: u32, points: usize) {
        let point = frame(DATA, 0, stream, &framed(&[8, 1, 16, 1]));
        self.wire.raw(&point.repeat(points)).unwrap();
    }

    /// Asks for all features there are.
    pub fn list_everything(&self, stream: u32) {
        use prost::Message as _;
        let corner = |latitude, longitude| {
            Some(routeguide::proto::Point {
                latitude,
                longitude,
            })
        };
        let all = routeguide::proto::Rectangle {
            lo: corner(i32::MIN, i32::MIN),
            hi: corner(i32::MAX, i32::MAX),
        };
        self.call(stream, "ListFeatures");
        self.message(stream, &all.encode_to_vec(), true).unwrap();
    }

    /// The next frame; `None` once the server has closed the connection.
    pub fn read(&mut self) -> Option<Frame> {
        let mut header = [0; 9];
        self.stream.read_exact(&mut header).ok()?;
        let length = u32::from_be_bytes([0, header[0], header[1], header[2]]);
        let mut payload = vec![0; length as usize];
        self.stream.read_exact(&mut payload).ok()?;
        let [.., a, b, c, d] = header;
        let frame = Frame {
            kind: header[3],
            flags: header[4],
            stream: u32::from_be_bytes([a, b, c, d]),
            payload,
        };
        if frame.kind == SETTINGS && frame.flags & ACK == 0 {
            // The server may have gone.
            self.wire.frame(SETTINGS, ACK, 0, &[]).ok();
        }
        Some(frame)
    }

    /// Reads until the headers of an answer have come.
    #[track_caller]
    pub fn reads_headers(&mut self) {
        while self.read().unwrap().kind != HEADERS {}
    }

    /// Reads until the server gives up the connection or a stream, and returns with which code.
    #[track_caller]
    pub fn is_refused(&mut self) -> u32 {
        loop {
            let frame = self.read().unwrap();
            let code = match frame.kind {
                GOAWAY => &frame.payload[4..8],
                RST_STREAM => &frame.payload[..4],
                _ => continue,
            };
            return u32::from_be_bytes(code.try_into().unwrap());
        }
    }

    /// Reads until the server has closed the connection.
    pub fn is_closed(&mut self) {
        while self.read().is_some() {}
    }
}
