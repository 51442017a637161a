//! What is no HTTP/2 at all.

use super::*;

/// What answers with these bytes.
fn says(bytes: &[u8]) -> SocketAddr {
    let bytes = bytes.to_vec();
    accepting(move |mut stream, _| {
        stream.read_exact(&mut [0; 24]).ok();
        stream.write_all(&bytes).ok();
        // Until the other side hangs up.
        io::copy(&mut stream, &mut io::sink()).ok();
    })
}

#[test]
fn garbage() {
    found(says(&[0xee; 4096]), "not-http2", "in an unknown protocol");
}

#[test]
fn endless_garbage() {
    let addr = accepting(|mut stream, _| while stream.write_all(&[0xee; 4096]).is_ok() {});
    found(addr, "not-http2", "in an unknown protocol");
}

#[test]
fn http1() {
    let addr = says(b"HTTP/1.1 505 HTTP Version Not Supported\r\n\r\n");
    found(addr, "not-http2", "it answers in HTTP/1");
    // Shorter than the header of a frame, and then nothing.
    found(says(b"HTTP/1"), "not-http2", "it answers in HTTP/1");
}

#[test]
fn tls() {
    let server_hello = [0x16, 3, 3, 0, 0x7a, 2, 0, 0, 0x76, 3, 3];
    found(says(&server_hello), "not-http2", "(TLS)");
    let alert = [0x15, 3, 3, 0, 2, 2, 70];
    found(says(&alert), "not-http2", "(TLS)");
}

#[test]
fn silence() {
    found(says(&[]), "not-http2", "sends nothing");
}

#[test]
fn silence_after_one_hello() {
    let addr = accepting(|mut stream, number| {
        // One to see whether something listens, and one to hear what is spoken.
        if number < 2 {
            stream.write_all(b"\0\0\0\x04\0\0\0\0\0").ok();
        }
        io::copy(&mut stream, &mut io::sink()).ok();
    });
    found(addr, "not-http2", "sends nothing");
}

#[test]
fn a_byte_a_second() {
    let addr = accepting(|mut stream, _| {
        for byte in b"\0\0\x12\x04\0\0\0\0\0\0\x03\0\0\0\x64" {
            if stream.write_all(&[*byte]).is_err() {
                return;
            }
            std::thread::sleep(Duration::from_secs(1));
        }
    });
    found(addr, "not-http2", "less than the first frame");
}

#[test]
fn one_connection_and_no_more() {
    let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
    let addr = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        let one = listener.accept().unwrap();
        drop(listener);
        one
    });
    // Whoever connects before the listener is closed is hung up on, and others are refused.
    let run = check(addr, &["list-features"]).exits(1);
    let seen = [
        "and then no other:",
        "closes the connection and sends nothing",
    ];
    let words = run
        .stdout
        .split_whitespace()
        .collect::<Vec<&str>>()
        .join(" ");
    assert!(seen.iter().any(|seen| words.contains(seen)), "{words}");
}

#[test]
fn one_connection_served_and_the_others_kept_waiting() {
    let listener = TcpListener::bind((LOOPBACK, 0)).unwrap();
    let addr = listener.local_addr().unwrap();
    let one = std::thread::spawn(move || (listener.accept().unwrap(), listener));
    found(addr, "not-http2", "sends nothing");
    drop(one.join().unwrap());
}
