//! Answers in HTTP/2 that are no gRPC, or none that can be read.

use flate2::read::GzDecoder;
use flate2::{Compress, Compression, Crc, FlushCompress};

use super::*;

/// It answers each call with such headers, such a body and such trailers.
fn answers(
    headers: &'static [(&str, &str)],
    body: &'static [u8],
    trailers: &'static [(&str, &str)],
) -> SocketAddr {
    http2(&[], move |call| {
        call.headers(headers)?;
        call.data(body)?;
        call.trailers(trailers)
    })
}

const OK: [(&str, &str); 1] = [("grpc-status", "0")];

#[test]
fn a_length_of_three_gibibytes() {
    let addr = answers(&GRPC, &[0, 0xc0, 0, 0, 0, 1, 2, 3], &OK);
    found(
        addr,
        "huge-message",
        "a message of 3221225472 bytes is announced",
    );
}

#[test]
fn no_status() {
    let words = "trailers hold no grpc-status";
    found(answers(&GRPC, &[], &[("x-other", "0")]), "not-grpc", words);
    let addr = http2(&[], |call| {
        call.headers(&GRPC)?;
        call.frame(DATA, 1, &[])
    });
    found(addr, "", "ended without trailers");
}

#[test]
fn a_status_that_is_no_number() {
    let bad = answers(&GRPC, &[], &[("grpc-status", "OK")]);
    found(bad, "not-grpc", "its grpc-status is `OK`");
    let alone = http2(&[], |call| {
        call.trailers(&[(":status", "200"), GRPC[1], ("grpc-status", "17")])
    });
    found(alone, "not-grpc", "its grpc-status is `17`");
}

#[test]
fn a_status_with_details_that_are_no_base64() {
    let trailers = &[("grpc-status", "9"), ("grpc-status-details-bin", "!!!")];
    found(
        answers(&GRPC, &[], trailers),
        "error-before-data",
        "FAILED_PRECONDITION",
    );
}

#[test]
fn a_web_page() {
    let html = &[(":status", "200"), ("content-type", "text/html")];
    let addr = answers(html, b"<html>", &[("x-end", "1")]);
    found(addr, "not-grpc", "its content-type is `text/html`");
    let bare = answers(&[(":status", "200")], b"<html>", &[("x-end", "1")]);
    found(bare, "not-grpc", "it has no content-type");
    let lies = answers(&GRPC, b"<html>", &[("x-end", "1")]);
    found(lies, "not-grpc", "begins with the byte 60");
}

#[test]
fn an_http_error() {
    let not_found = &[(":status", "404"), ("content-type", "text/html")];
    let addr = answers(not_found, b"gone", &[("x-end", "1")]);
    found(addr, "not-grpc", "its HTTP status is 404 (Not Found)");
    let addr = http2(&[], |call| call.trailers(&[(":status", "502")]));
    found(addr, "not-grpc", "its HTTP status is 502 (Bad Gateway)");
}

#[test]
fn a_compressed_message() {
    let bytes = &[1, 0, 0, 0, 2, 0x1f, 0x8b];
    let zstd = &[GRPC[0], GRPC[1], ("grpc-encoding", "zstd")];
    let words = "a message is compressed (grpc-encoding: zstd)";
    found(answers(zstd, bytes, &OK), "", words);
    found(answers(&GRPC, bytes, &OK), "", "without a grpc-encoding");
    let gzip = &[GRPC[0], GRPC[1], ("grpc-encoding", "gzip")];
    found(
        answers(gzip, bytes, &OK),
        "",
        "marked as compressed with gzip, and is not",
    );
}

/// So many MiB of zeros, packed with gzip. One is packed and stands as often as is needed: to pack a whole
/// bomb would take seconds.
fn zeros(mebibytes: u32) -> Vec<u8> {
    let mebibyte = vec![0; 1 << 20];
    // Behind a full flush, nothing refers to what stands before it.
    let mut packed = Vec::with_capacity(1 << 16);
    Compress::new(Compression::best(), false)
        .compress_vec(&mebibyte, &mut packed, FlushCompress::Full)
        .unwrap();
    let mut sum = Crc::new();
    sum.update(&mebibyte);
    let mut whole = Crc::new();
    (0..mebibytes).for_each(|_| whole.combine(&sum));

    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];
    let last_block = [1, 0, 0, 255, 255];
    let ends = [whole.sum(), whole.amount()].map(u32::to_le_bytes);
    [
        &head[..],
        &packed.repeat(mebibytes as usize),
        &last_block,
        &ends.concat(),
    ]
    .concat()
}

/// A message that becomes a thousand times as long once it is unpacked.
#[test]
fn a_bomb() {
    let mut unpacked = Vec::new();
    let mut unpacking = GzDecoder::new(io::Cursor::new(zeros(2)));
    unpacking.read_to_end(&mut unpacked).unwrap();
    assert_eq!(unpacked, vec![0; 2 << 20]);

    let packed = zeros(1 << 10);
    let length = u32::try_from(packed.len()).unwrap();
    let message = [&[1], &length.to_be_bytes()[..], &packed].concat();
    let addr = http2(&[], move |call| {
        call.headers(&[GRPC[0], GRPC[1], ("grpc-encoding", "gzip")])?;
        message.chunks(16_000).try_for_each(|part| call.data(part))
    });
    found(addr, "huge-message", "once it is unpacked");
}

#[test]
fn messages_of_another_type() {
    // Field 1 as a float (wire type 5) where a Feature has its name.
    let addr = http2(&[], |call| {
        call.messages(&[&[0x0d, 0, 0, 0x80, 0x3f]])?;
        call.trailers(&OK)
    });
    let words = "does not decode as the contract's type";
    found(addr, "field-type", words);
    // Field 1 of a location, its latitude, as a float where an int32 travels as a varint.
    let addr = http2(&[], |call| {
        call.messages(&[&[0x12, 5, 0x0d, 0, 0, 0x80, 0x3f]])?;
        call.trailers(&OK)
    });
    found(
        addr,
        "field-type",
        "as a float travels (expected Varint, as an int32 travels)",
    );
    // Text that is no UTF-8.
    let addr = http2(&[], |call| {
        call.messages(&[b"\x0a\x03a\xff\xfe"])?;
        call.trailers(&OK)
    });
    found(addr, "", "data is not UTF-8 encoded");
}
