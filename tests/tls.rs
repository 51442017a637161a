//! Encrypted connections: `cargo test --features tls-tests --test tls`. A program of its own, so that the other tests are
//! not compiled a second time for it.

#![allow(
    clippy::unwrap_used,
    reason = "what a test cannot set up, it cannot test"
)]

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair};
use tempfile::TempDir;
use testkit::reference::{NEVER, Server};
use testkit::{Run, run};

/// Certificates in a folder, made anew for each test: a CA's, a server's, and one that has nothing to do with them.
struct Certificates(TempDir);

impl Certificates {
    fn new() -> Certificates {
        let folder = tempfile::tempdir().unwrap();
        let write =
            |name: &str, text: String| std::fs::write(folder.path().join(name), text).unwrap();
        for name in ["ca", "other-ca"] {
            let mut params = CertificateParams::new([]).unwrap();
            params.distinguished_name.push(DnType::CommonName, name);
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
            let ca = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
            write(&format!("{name}.pem"), ca.pem());
            if name == "ca" {
                let key = KeyPair::generate().unwrap();
                let names = ["localhost".to_string(), "127.0.0.1".to_string()];
                let params = CertificateParams::new(names).unwrap();
                let certificate = params.signed_by(&key, &ca).unwrap();
                write("server.pem", certificate.pem());
                write("server.key", key.serialize_pem());
            }
        }
        write("other.key", KeyPair::generate().unwrap().serialize_pem());
        write("empty.pem", "nothing\n".to_string());
        Certificates(folder)
    }

    fn path(&self, name: &str) -> String {
        let path = self.0.path().join(name);
        path.to_str().unwrap().to_string()
    }

    fn serve(&self) -> Server {
        let (certificate, key) = (self.path("server.pem"), self.path("server.key"));
        Server::start(&["--tls-cert", &certificate, "--tls-key", &key])
    }
}

fn reference(words: &[&str]) -> Run {
    run(Command::new(env!("CARGO_BIN_EXE_routeguide-lab"))
        .arg("run-reference")
        .args(words))
}

#[test]
fn calls_go_through_an_encrypted_connection() {
    let certificates = Certificates::new();
    let mut server = certificates.serve();
    let port = server.addr.rsplit_once(':').unwrap().1.to_string();
    for host in ["127.0.0.1", "localhost"] {
        let addr = format!("{host}:{port}");
        let ca = certificates.path("ca.pem");
        reference(&["client", "--addr", &addr, "--tls-ca", &ca])
            .exits(0)
            .says("Finished trip with 10 points, passed 10 features");
    }
    server.is_well();
    assert_eq!(server.said(), "");
}

#[test]
fn who_does_not_trust_the_server_or_speaks_plain_text_is_told_so() {
    let certificates = Certificates::new();
    let server = certificates.serve();
    let (ca, other) = (
        certificates.path("ca.pem"),
        certificates.path("other-ca.pem"),
    );
    reference(&["client", "--addr", &server.addr, "--tls-ca", &other])
        .exits(3)
        .complains("its certificate is not issued by one in the file of --tls-ca");
    server.says("warning: the TLS handshake with ");
    // A plain client learns the reason from the frame that ends its connection.
    let mut plain = TcpStream::connect(&server.addr).unwrap();
    plain.set_read_timeout(Some(NEVER)).unwrap();
    plain
        .write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        .unwrap();
    let mut answer = Vec::new();
    plain.read_to_end(&mut answer).unwrap();
    assert!(answer.ends_with(b"this server requires TLS: use https or a channel with TLS"));
    reference(&["client", "--addr", &server.addr])
        .exits(3)
        // If the connection is gone before that frame is read, the client can only guess.
        .complains("requires TLS");
    server.says("does not use TLS, and this server requires it");

    let plain = Server::start(&[]);
    reference(&["client", "--addr", &plain.addr, "--tls-ca", &ca])
        .exits(3)
        .complains("the server does not speak TLS");
    plain.says("uses TLS, and this server does not");
}

#[test]
fn what_is_wrong_with_the_files_is_said() {
    let certificates = Certificates::new();
    let path = |name: &str| certificates.path(name);
    for (certificate, key, words) in [
        ("gone.pem", "server.key", "cannot read "),
        ("server.pem", "gone.key", "cannot read "),
        ("empty.pem", "server.key", "there is no certificate in "),
        ("server.pem", "empty.pem", "there is no private key in "),
        ("server.key", "server.pem", "there is no certificate in "),
        (
            "server.pem",
            "other.key",
            "does not belong to the certificate in ",
        ),
    ] {
        let (certificate, key) = (path(certificate), path(key));
        let words = format!("error: {words}");
        let run = reference(&[
            "--addr",
            "127.0.0.1:0",
            "--tls-cert",
            &certificate,
            "--tls-key",
            &key,
        ]);
        let words = words.replace("error: does", "does");
        run.exits(3).complains(&words);
    }
    let server = certificates.serve();
    reference(&[
        "client",
        "--addr",
        &server.addr,
        "--tls-ca",
        &path("empty.pem"),
    ])
    .exits(3)
    .complains("there is no certificate in ");
}
