//! The real server, in a process of its own, and what can be seen of it from outside.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use routeguide::proto::route_guide_client::RouteGuideClient;
use routeguide::proto::{Point, RouteNote};
use tokio::sync::mpsc;
use tokio_stream::wrappers::UnboundedReceiverStream;
use tonic::Streaming;
use tonic::transport::{Channel, Endpoint};

use crate::program;

/// How long anything may take before it counts as never.
pub const NEVER: Duration = Duration::from_secs(120);

/// How long others may work before something that is waited for is looked at again.
pub const PAUSE: Duration = Duration::from_millis(5);

/// The figures of a server that shows them for Prometheus.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Where they are shown.
    pub addr: String,
}

impl Figures {
    /// How many calls of a method have begun.
    pub fn started(&self, method: &str) -> u64 {
        self.sum("grpc_server_started_total", method, |_| true)
    }

    /// How many calls of a method have begun and not ended.
    pub fn open(&self, method: &str) -> u64 {
        self.sum("grpc_server_open_calls", method, |_| true)
    }

    /// How many messages clients have sent in calls of a method.
    pub fn received(&self, method: &str) -> u64 {
        self.sum("grpc_server_msg_received_total", method, |_| true)
    }

    /// How many calls of a method have ended with a status.
    pub fn ended(&self, method: &str, code: &str) -> u64 {
        let code = format!("grpc_code=\"{code}\"");
        self.sum("grpc_server_handled_total", method, |line| {
            line.contains(&code)
        })
    }

    /// How many calls of a method have ended with any status but OK.
    pub fn failed(&self, method: &str) -> u64 {
        self.sum("grpc_server_handled_total", method, |line| {
            !line.contains("grpc_code=\"OK\"")
        })
    }

    /// Waits until the figures are as they should be.
    #[track_caller]
    pub fn wait(&self, what: &str, is_so: impl Fn(&Figures) -> bool) {
        let started = Instant::now();
        while !is_so(self) {
            assert!(started.elapsed() < NEVER, "never: {what}\n{}", self.text());
            std::thread::sleep(PAUSE);
        }
    }

    /// All figures but those of how long calls took.
    fn text(&self) -> String {
        let page = get(&self.addr, "/metrics");
        let lines = page
            .lines()
            .filter(|line| line.starts_with("grpc_") && !line.contains("_seconds_"));
        lines.collect::<Vec<_>>().join("\n")
    }

    /// The sum of a figure over all of its labels that count.
    fn sum(&self, name: &str, method: &str, counts: impl Fn(&str) -> bool) -> u64 {
        let page = self.text();
        let (name, method) = (format!("{name}{{"), format!("grpc_method=\"{method}\""));
        let lines = page
            .lines()
            .filter(|line| line.starts_with(&name) && line.contains(&method) && counts(line));
        lines
            .map(|line| line.rsplit(' ').next().unwrap().parse::<u64>().unwrap())
            .sum()
    }
}

/// The response to a GET request.
pub fn get(addr: &str, path: &str) -> String {
    request(addr, "GET", path)
}

/// The response that a plain HTTP/1.1 client gets.
pub fn request(addr: &str, method: &str, path: &str) -> String {
    let mut stream = TcpStream::connect(addr).unwrap();
    write!(
        stream,
        "{method} {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// A running `run-reference`; it is killed if a test fails.
pub struct Server {
    child: Child,
    /// Where it says that it listens.
    pub addr: String,
    /// What it says next on standard output.
    pub stdout: BufReader<std::process::ChildStdout>,
    stderr: Arc<Mutex<String>>,
    /// Reads standard error to its end.
    reader: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts the server on a free port.
    pub fn start(words: &[&str]) -> Server {
        Server::start_at("127.0.0.1:0", words)
    }

    /// Starts the server on a free port, and has it show its figures.
    pub fn start_with_figures() -> (Server, Figures) {
        let mut server = Server::start(&["--metrics", "127.0.0.1:0"]);
        let mut line = String::new();
        server.stdout.read_line(&mut line).unwrap();
        let addr = line.trim_end().strip_prefix("Metrics on http://");
        let addr = addr.and_then(|rest| rest.strip_suffix("/metrics"));
        let addr = addr.unwrap_or_else(|| panic!("it says {line:?}"));
        let figures = Figures {
            addr: addr.to_string(),
        };
        (server, figures)
    }

    /// Starts the server at an address.
    pub fn start_at(addr: &str, words: &[&str]) -> Server {
        let mut command = Command::new(program());
        command
            .args(["run-reference", "--addr", addr])
            .args(words)
            .env_remove("CARGO_MANIFEST_DIR");
        Server::run(command, "Starting server on ")
    }

    /// Starts a server that names its address after these words.
    pub fn run(mut command: Command, announcement: &str) -> Server {
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let stderr = Arc::new(Mutex::new(String::new()));
        let (said, mut pipe) = (Arc::clone(&stderr), child.stderr.take().unwrap());
        let reader = std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(count @ 1..) = pipe.read(&mut chunk) {
                let text = String::from_utf8_lossy(&chunk[..count]).into_owned();
                said.lock().unwrap().push_str(&text);
            }
        });
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let Some(addr) = line.trim_end().strip_prefix(announcement) else {
            child.kill().ok();
            child.wait().unwrap();
            panic!("it says {line:?} and {:?}", stderr.lock().unwrap());
        };
        Server {
            addr: addr.to_string(),
            child,
            stdout,
            stderr,
            reader: Some(reader),
        }
    }

    /// What it has said on standard error so far.
    pub fn said(&self) -> String {
        self.stderr.lock().unwrap().clone()
    }

    /// Waits until it has said something on standard error.
    #[track_caller]
    pub fn says(&self, text: &str) {
        let started = Instant::now();
        while !self.said().contains(text) {
            assert!(
                started.elapsed() < NEVER,
                "no {text:?} in {:?}",
                self.said()
            );
            std::thread::sleep(PAUSE);
        }
    }

    /// Asks it to end.
    #[cfg(unix)]
    pub fn signal(&self, signal: rustix::process::Signal) {
        use rustix::process::{Pid, kill_process};
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }

    /// Waits until it accepts no more connections.
    #[cfg(unix)]
    #[track_caller]
    pub fn stops_listening(&self) {
        let started = Instant::now();
        while std::net::TcpStream::connect(&self.addr).is_ok() {
            assert!(started.elapsed() < NEVER, "{} still listens", self.addr);
            std::thread::sleep(PAUSE);
        }
    }

    /// Waits until it has ended, and returns its exit code.
    #[track_caller]
    pub fn ends(&mut self) -> Option<i32> {
        let started = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                // Until all that it has said is read.
                if let Some(reader) = self.reader.take() {
                    reader.join().unwrap();
                }
                return status.code();
            }
            assert!(started.elapsed() < NEVER, "never ends: {:?}", self.said());
            std::thread::sleep(PAUSE);
        }
    }

    /// Asserts that it runs, and that nothing in it has panicked.
    #[track_caller]
    pub fn is_well(&mut self) {
        let said = self.said();
        assert!(self.child.try_wait().unwrap().is_none(), "gone: {said}");
        assert!(!said.contains("panicked"), "{said}");
    }

    /// How much memory it has, in MiB, where the system shows that in `/proc`.
    pub fn memory(&self) -> Option<u64> {
        self.status("VmRSS:")
    }

    /// Asserts that it has never had more memory than this, in MiB.
    #[track_caller]
    pub fn was_smaller_than(&self, most: u64) {
        match self.status("VmHWM:") {
            Some(memory) => assert!(memory < most, "{memory} MiB, and {most} should be enough"),
            None => crate::skipped("this system does not show a process's memory in /proc"),
        }
    }

    fn status(&self, name: &str) -> Option<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = status.lines().find(|line| line.starts_with(name))?;
        let kib: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib / 1024)
    }

    /// A connection of its own.
    pub async fn channel(&self) -> Channel {
        Endpoint::from_shared(format!("http://{}", self.addr))
            .unwrap()
            // As the server raises its own: for the notes that come back.
            .initial_connection_window_size(16 << 20)
            .connect()
            .await
            .unwrap()
    }

    /// A client with a connection of its own.
    pub async fn client(&self) -> RouteGuideClient<Channel> {
        RouteGuideClient::new(self.channel().await)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// A chat that is kept open, with somebody who expects every reply.
pub struct Chat {
    notes: mpsc::UnboundedSender<RouteNote>,
    replies: Streaming<RouteNote>,
    next: i32,
}

impl Chat {
    /// Opens a chat, and talks for the first time.
    pub async fn open(mut client: RouteGuideClient<Channel>) -> Chat {
        let (notes, outgoing) = mpsc::unbounded_channel();
        let outgoing = UnboundedReceiverStream::new(outgoing);
        let replies = client.route_chat(outgoing).await.unwrap().into_inner();
        let mut chat = Chat {
            notes,
            replies,
            next: 1,
        };
        chat.talk().await;
        chat
    }

    /// Sends two notes at a place that is new, and gets the first of them back, and nothing else.
    pub async fn talk(&mut self) {
        let place = self.next;
        self.next += 1;
        for text in ["first", "second"] {
            self.notes.send(note(place, text)).unwrap();
        }
        let reply = tokio::time::timeout(NEVER, self.replies.message()).await;
        let reply = reply.unwrap().unwrap();
        assert_eq!(reply, Some(note(place, "first")));
    }

    /// Half-closes, and returns how the call ends.
    pub async fn close(self) -> Result<Option<RouteNote>, tonic::Status> {
        let Chat {
            notes, mut replies, ..
        } = self;
        drop(notes);
        replies.message().await
    }

    /// How the call ends, if it is the server that ends it.
    pub async fn ended(&mut self) -> tonic::Status {
        let end = tokio::time::timeout(NEVER, self.replies.message()).await;
        end.unwrap().unwrap_err()
    }
}

/// A note at a place.
pub fn note(place: i32, text: &str) -> RouteNote {
    let location = Point {
        latitude: place,
        longitude: -place,
    };
    RouteNote {
        location: Some(location),
        message: text.to_string(),
    }
}
