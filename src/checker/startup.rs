//! Waiting until a server that has been started listens, and finding out why it does not.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::Instant;
use tonic::transport::Channel;

use super::{Awaited, Blame, Check, Doing, ProgressListener, Waiting, connect, last_words};
use crate::learner::Folder;
use crate::location::Location;
use crate::probe::greeting::{self, Greeting};
use crate::process::child::Exit;
use crate::process::group::Group;
use crate::process::output::Output;
use crate::process::sockets::{self, Listening};
use crate::process::{Running, port};
use crate::verdict::Diagnosis;
use crate::verdict::panics::{self, Panic};
use crate::verdict::startup::{self, EndedEarly};

/// How long to wait between two looks at what a server listens on. The system does not say when that
/// changes, and to look costs some milliseconds.
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// The same for a server that takes longer than its patience: it may need the processor itself.
const BETWEEN_LATE_LOOKS: Duration = Duration::from_secs(1);

/// How long a wait lasts before it is announced, and between two announcements.
const BETWEEN_ANNOUNCEMENTS: Duration = Duration::from_secs(3);

/// Waits for a program that was started, and reports that every few seconds: a wait that goes on must not look as
/// if the check stood still.
pub async fn announced<T>(
    check: &Check<'_>,
    awaited: Awaited,
    limit: Duration,
    wait: impl Future<Output = T>,
) -> T {
    announced_every(BETWEEN_ANNOUNCEMENTS, check.listener, awaited, limit, wait).await
}

async fn announced_every<T>(
    pause: Duration,
    listener: &dyn ProgressListener,
    awaited: Awaited,
    limit: Duration,
    wait: impl Future<Output = T>,
) -> T {
    let started = Instant::now();
    let mut is_announced = false;
    tokio::pin!(wait);
    loop {
        if let Ok(done) = tokio::time::timeout(pause, &mut wait).await {
            if is_announced {
                listener.doing(Doing::Probing);
            }
            return done;
        }
        is_announced = true;
        listener.doing(Doing::Waiting(Waiting {
            awaited,
            seconds: started.elapsed().as_secs(),
            limit: limit.as_secs(),
        }));
    }
}

/// A server that listens.
pub struct Server {
    /// Where.
    pub addr: SocketAddr,
    /// Its program, if the lab has started it.
    pub running: Option<Running>,
    /// A channel to it, if one is open already.
    pub channel: Option<Channel>,
}

impl Server {
    /// One that the lab has started.
    pub fn started(addr: SocketAddr, running: Running) -> Server {
        Server {
            addr,
            running: Some(running),
            channel: None,
        }
    }
}

/// With the place in the learner's files where a program panicked, if it did.
pub fn at_the_panic(diagnosis: Diagnosis, running: &Running, folder: &Folder) -> Diagnosis {
    let panics = panics::find(&running.stderr.text());
    let first = panics.into_iter().next();
    match first.and_then(|panic| in_folder(panic, folder)) {
        Some(location) => diagnosis.at(location),
        None => diagnosis,
    }
}

/// The innermost place of a panic that is in a file of the learner's folder, if there is one.
pub fn in_folder(panic: Panic, folder: &Folder) -> Option<Location> {
    let is_here = |place: &Location| folder.file(&place.file).is_file();
    let panic = panic
        .relative_to(&folder.root().to_string_lossy())
        .at(is_here);
    Some(panic.location).filter(is_here)
}

/// How a server is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Wait<'a> {
    /// Where it has to listen: one of these is enough.
    pub expected: &'a [SocketAddr],
    /// The same, as the user wrote it.
    pub name: &'a str,
    /// How long to wait while nothing moves.
    pub patience: Duration,
    /// How long to wait for it at most, while its process runs.
    pub limit: Duration,
    /// Whether the program may end and leave the server running, as `server &` does.
    pub may_leave: bool,
    /// The words before the address in the line in which the server says where it listens, if it has to.
    pub announcement: Option<&'a str>,
    /// The folder that the program was built in, if it is the learner's.
    pub folder: Option<&'a Folder>,
    /// What listened before the program was started, see [`before_start`].
    pub before: &'a [Listening],
}

/// What listens before a program is started: where the system does not tell which processes the program starts in its
/// turn, they are those that listen only afterwards.
pub async fn before_start() -> Vec<Listening> {
    match Group::KNOWS_ITS_PROCESSES {
        true => Vec::new(),
        false => sockets::listening().await,
    }
}

/// How a wait for a server has ended.
#[derive(Debug)]
pub enum Waited {
    /// It listens.
    Listens(SocketAddr),
    /// Its program has ended.
    Ended(Exit),
    /// Its program has ended, and something else answers where it had to listen.
    Stale {
        /// How it ended.
        exit: Exit,
        /// Who answers, where the system tells.
        who: Option<Listening>,
    },
    /// It listens, but somewhere else.
    Elsewhere(SocketAddr),
    /// It runs, and listens nowhere.
    Nowhere,
}

impl Wait<'_> {
    /// Waits for a server that was started. One that does not listen is stopped.
    ///
    /// # Errors
    ///
    /// Why it does not listen.
    pub async fn listening(
        &self,
        check: &Check<'_>,
        mut running: Running,
    ) -> Result<Server, (Waited, Blame)> {
        let stdout = running.stdout.clone();
        let waiting = async {
            tokio::select! {
                waited = self.until_listening(&mut running) => waited,
                other = self.announced_elsewhere(&stdout) => Waited::Elsewhere(other),
            }
        };
        let waited = announced(check, Awaited::Listening, self.limit, waiting).await;
        if let Waited::Listens(addr) = waited {
            return Ok(Server::started(addr, running));
        }
        running.stop().await;
        let diagnosis = self.explain(&waited, &running).await;
        let blame = match waited {
            // A command that does not exist shows nothing about a server.
            Waited::Ended(exit) if self.may_leave && running.is_shells_refusal(exit) => {
                Blame::error(diagnosis)
            }
            _ => Blame::fail(diagnosis),
        };
        Err((waited, blame))
    }

    /// Waits for a server to say that it listens somewhere else than it has to, and to do so.
    async fn announced_elsewhere(&self, stdout: &Output) -> SocketAddr {
        let other = stdout.wait_for_line(|line| {
            let addr: SocketAddr = line.strip_prefix(self.announcement?)?.trim().parse().ok()?;
            (!self.expected.contains(&addr) && addr.port() != 0).then_some(addr)
        });
        match other.await {
            Some(other) => {
                port::accepting(other).await;
                other
            }
            None => std::future::pending().await,
        }
    }

    /// Waits until a server listens where it has to, or it is certain that it will not.
    async fn until_listening(&self, running: &mut Running) -> Waited {
        let end = tokio::time::sleep(self.limit);
        tokio::pin!(end);
        let started = Instant::now();
        // Another address that speaks HTTP/2, and since when that is known.
        let mut other: Option<(SocketAddr, Instant)> = None;
        // Addresses that speak another protocol: it is enough to have asked once.
        let mut unsupported: Vec<SocketAddr> = Vec::new();
        // How the program ended, if what it has left behind may still begin to listen.
        let mut left: Option<Exit> = None;
        loop {
            let pause = match started.elapsed() < self.patience {
                true => BETWEEN_LOOKS,
                false => BETWEEN_LATE_LOOKS,
            };
            tokio::select! {
                addr = port::any_accepting(self.expected) => return self.whose(running, addr).await,
                exit = running.exited(), if left.is_none() => {
                    // An error means that there is nothing to wait for.
                    let Ok(exit) = exit else { return Waited::Nowhere };
                    if !(self.may_leave && exit.is_success() && running.alive()) {
                        return self.ended(exit).await;
                    }
                    left = Some(exit);
                }
                () = tokio::time::sleep(pause) => {
                    if let Some(exit) = left.filter(|_| !running.alive()) {
                        return self.ended(exit).await;
                    }
                    let found = self.speaks_elsewhere(running, &mut unsupported).await;
                    other = found.map(|addr| match other {
                        Some((known, since)) if known == addr => (known, since),
                        _ => (addr, Instant::now()),
                    });
                    // It may be about to open the right one, too.
                    if let Some((addr, since)) = other
                        && since.elapsed() >= self.patience
                    {
                        return Waited::Elsewhere(addr);
                    }
                }
                () = &mut end => {
                    let found = self.elsewhere(running).await.into_iter().next();
                    return found.map_or(Waited::Nowhere, |found| Waited::Elsewhere(found.addr));
                }
            }
        }
    }

    /// Whether it is this server that accepts connections at an address.
    async fn whose(&self, running: &mut Running, addr: SocketAddr) -> Waited {
        let who = sockets::listener_at(addr).await;
        let foreign = who
            .as_ref()
            .is_some_and(|who| !running.contains(who.process));
        // On Windows, nothing is known of what the program has started.
        if foreign && cfg!(unix) {
            // Ours has found the address taken, then, and is about to end; or it has let another
            // listen for it, which is its own business.
            tokio::time::timeout(self.patience, running.wait())
                .await
                .ok();
        }
        match running.try_wait() {
            Some(exit) if foreign || !running.alive() => Waited::Stale { exit, who },
            Some(exit) if !self.may_leave => Waited::Ended(exit),
            _ => Waited::Listens(addr),
        }
    }

    async fn ended(&self, exit: Exit) -> Waited {
        for addr in self.expected.iter().copied() {
            if connect::accepts(addr, self.patience).await.is_ok() {
                let who = sockets::listener_at(addr).await;
                return Waited::Stale { exit, who };
            }
        }
        Waited::Ended(exit)
    }

    /// Where else than it has to the server listens.
    async fn elsewhere(&self, running: &Running) -> Vec<Listening> {
        let mut all = sockets::listening().await;
        all.retain(|found| !self.expected.contains(&found.addr));
        if !running.knows_its_processes() {
            return sockets::new_since(self.before, all);
        }
        let processes: Vec<u32> = all.iter().map(|found| found.process).collect();
        let own = running.among(&processes);
        all.retain(|found| own.contains(&found.process));
        all
    }

    /// Where else the server speaks HTTP/2. A port for a debugger or for statistics does not.
    async fn speaks_elsewhere(
        &self,
        running: &Running,
        unsupported: &mut Vec<SocketAddr>,
    ) -> Option<SocketAddr> {
        for found in self.elsewhere(running).await {
            if unsupported.contains(&found.addr) {
                continue;
            }
            let patience = self.patience.min(BETWEEN_LOOKS);
            match greeting::greet(found.reachable(), patience).await {
                Greeting::Http2 => return Some(found.addr),
                // It may not have begun to answer yet.
                Greeting::Silent => {}
                _ => unsupported.push(found.addr),
            }
        }
        None
    }

    /// Why a server does not listen, with its last words. It has to be stopped before.
    async fn explain(&self, waited: &Waited, running: &Running) -> Diagnosis {
        let diagnosis = match waited {
            Waited::Ended(exit) => self.explain_end(*exit, running).await,
            Waited::Stale { exit, who } => {
                let who = who.as_ref().map_or(String::new(), |who| format!(": {who}"));
                let message = format!(
                    "An older server still answers on {}{who}. Yours has ended, with {exit}.",
                    self.name
                );
                Diagnosis::mistake("stale-server", message)
                    .hint("Stop the other one, and check again.")
            }
            Waited::Elsewhere(other) => {
                let same_port = self
                    .expected
                    .iter()
                    .find(|told| told.port() == other.port());
                match same_port.or(self.expected.first()) {
                    Some(told) => startup::elsewhere(*told, *other),
                    None => Diagnosis::new(format!("You listen on {other}.")),
                }
            }
            Waited::Nowhere | Waited::Listens(_) => {
                let message = format!(
                    "Your server runs, but nothing listens on {} after {} s.",
                    self.name,
                    self.limit.as_secs()
                );
                Diagnosis::mistake("hangs", message)
                    .hint("Listen on the address that the server is given.")
            }
        };
        let diagnosis = match self.folder {
            Some(folder) => at_the_panic(diagnosis, running, folder),
            None => diagnosis,
        };
        diagnosis.quoting(last_words::of(running))
    }

    async fn explain_end(&self, exit: Exit, running: &Running) -> Diagnosis {
        let (how, stderr) = (exit.to_string(), running.stderr.text());
        let ended = EndedEarly {
            how: &how,
            success: exit.is_success(),
            stderr: &stderr,
            told: self.name,
            lacks_command: running.lacks_command(exit),
        };
        let mut diagnosis = ended.diagnosis();
        let ports = ended.taken_ports();
        if !ports.is_empty() {
            let listening = sockets::listening().await;
            let holder = listening
                .iter()
                .find(|found| ports.contains(&found.addr.port()));
            if let Some(holder) = holder {
                let words = format!(" On {} listens {holder}.", holder.addr);
                diagnosis.message.push_str(&words);
            }
        }
        diagnosis
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::process::Launch;

    /// Keeps what the check is doing.
    #[derive(Default)]
    struct Announcements(Mutex<Vec<Doing>>);

    impl ProgressListener for Announcements {
        fn doing(&self, doing: Doing) {
            self.0.lock().unwrap().push(doing);
        }
    }

    #[tokio::test]
    async fn a_server_that_never_listens_is_given_up_at_the_limit() {
        let addr = port::free().await.unwrap();
        let command = if cfg!(windows) { "pause" } else { "read line" };
        let mut running = Launch::shell(command, std::env::temp_dir())
            .start()
            .unwrap();
        let wait = Wait {
            expected: &[addr],
            name: "127.0.0.1:1",
            patience: Duration::from_secs(20),
            limit: Duration::from_secs(1),
            may_leave: true,
            announcement: None,
            before: &[],
            folder: None,
        };
        let waited = wait.until_listening(&mut running).await;
        assert!(matches!(waited, Waited::Nowhere), "{waited:?}");
        running.stop().await;
        let diagnosis = wait.explain(&waited, &running).await;
        assert_eq!(diagnosis.mistakes, ["hangs"]);
        let message = "Your server runs, but nothing listens on 127.0.0.1:1 after 1 s.";
        assert_eq!(diagnosis.message, message);
    }

    async fn announcements(wait: impl Future<Output = ()>) -> Vec<Doing> {
        let announcements = Announcements::default();
        let (pause, limit) = (Duration::from_millis(20), Duration::from_secs(60));
        announced_every(pause, &announcements, Awaited::Listening, limit, wait).await;
        announcements.0.into_inner().unwrap()
    }

    #[tokio::test]
    async fn a_wait_that_goes_on_is_announced_again_and_again_and_its_end_is_too() {
        let waiting = Doing::Waiting(Waiting {
            awaited: Awaited::Listening,
            seconds: 0,
            limit: 60,
        });
        let long = announcements(tokio::time::sleep(Duration::from_millis(300))).await;
        assert!(long.len() > 2, "{long:?}");
        assert_eq!((long[0], long[1]), (waiting, waiting));
        assert_eq!(long.last(), Some(&Doing::Probing));
        assert_eq!(announcements(std::future::ready(())).await, []);
    }
}
