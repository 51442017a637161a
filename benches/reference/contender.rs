//! A server under measurement: a process of its own.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use routeguide::features::Features;
use routeguide::proto::route_guide_server::RouteGuideServer;
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use crate::ceiling::Ceiling;
use crate::naive::Naive;

/// The word by which this program, started again, knows that it is to serve.
pub const SERVE: &str = "--serve";

/// Who serves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// `run-reference`, as anybody runs it.
    Reference,
    /// The same service, with bytes that were encoded before.
    Ceiling,
    /// Channels of four messages, and walks along whole lists.
    Naive,
    /// The same, and a line printed for each message.
    Printing,
}

impl Who {
    /// All of them.
    pub const ALL: [Who; 4] = [Who::Reference, Who::Ceiling, Who::Naive, Who::Printing];

    /// What it is called in the table, and as a word of the command line.
    pub fn name(self) -> &'static str {
        match self {
            Who::Reference => "reference",
            Who::Ceiling => "ceiling",
            Who::Naive => "naive",
            Who::Printing => "printing",
        }
    }
}

/// A server that runs until it is dropped.
#[derive(Debug)]
pub struct Contender {
    /// Who it is.
    pub who: Who,
    child: Child,
    /// Where it listens.
    pub addr: String,
}

impl Contender {
    /// Starts one, with the features of a file. It inherits the cores that this thread may run on.
    pub fn start(who: Who, db: &Path) -> Contender {
        let mut command = match who {
            Who::Reference => {
                let mut command = Command::new(testkit::program());
                command.args(["run-reference", "--addr", "127.0.0.1:0", "--db"]);
                command
            }
            _ => {
                let mut command = Command::new(std::env::current_exe().unwrap());
                command.args([SERVE, who.name()]);
                command
            }
        };
        // Its output goes nowhere, but for the one line that it begins with.
        let mut child = command.arg(db).stdout(Stdio::piped()).spawn().unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let addr = line.trim_end().rsplit(' ').next().unwrap().to_string();
        std::thread::spawn(move || std::io::copy(&mut output, &mut std::io::sink()));
        Contender { who, child, addr }
    }

    /// The processor time that it has taken so far, if the system tells.
    pub fn cpu(&self) -> Option<Duration> {
        let tasks = std::fs::read_dir(format!("/proc/{}/task", self.child.id())).ok()?;
        let of_task = |task: std::io::Result<std::fs::DirEntry>| {
            let figures = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
            figures.split(' ').next()?.parse::<u64>().ok()
        };
        Some(Duration::from_nanos(tasks.filter_map(of_task).sum()))
    }

    /// The memory that it holds, in bytes, and the most that it has ever held, if the system tells.
    pub fn memory(&self) -> Option<(u64, u64)> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).ok()?;
        let line = |name| {
            let mut lines = status.lines();
            let line = lines.find(|line| line.starts_with(name))?;
            let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
            Some(kilobytes * 1024)
        };
        Some((line("VmRSS:")?, line("VmHWM:")?))
    }
}

impl Drop for Contender {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Serves as one of those that are no program of their own, until it is killed.
pub fn serve(name: &str, db: &str) {
    let who = Who::ALL.into_iter().find(|who| who.name() == name).unwrap();
    let features = Features::from_file(Path::new(db)).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async move {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        println!("Starting server on {}", listener.local_addr().unwrap());
        let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
        let mut server = Server::builder().initial_connection_window_size(64 << 20);
        let router = if who == Who::Ceiling {
            server.add_service(Ceiling::new(features))
        } else {
            let naive = Naive::new(&features, who == Who::Printing);
            server.add_service(RouteGuideServer::new(naive))
        };
        router.serve_with_incoming(incoming).await.unwrap();
    });
}
