//! Waiting until a server that has been started listens, and finding out why it does not.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior};

use super::{Awaited, Doing, Waiting, Watch, reach};
use crate::probe::greeting::{self, Greeting};
use crate::process::child::Exit;
use crate::process::sockets::{self, Listening};
use crate::process::{Running, port};
use crate::verdict::Diagnosis;
use crate::verdict::startup::{self, EndedEarly};

/// How long to wait between two looks at what a server listens on. The system does not say when that
/// changes, and to look costs some milliseconds.
const BETWEEN_LOOKS: Duration = Duration::from_millis(250);

/// How long a wait lasts before it is announced, and between two announcements.
const BETWEEN_ANNOUNCEMENTS: Duration = Duration::from_secs(3);

/// Waits for a program that was started, and says so every few seconds: a wait that goes on must not look as
/// if the check stood still.
pub async fn announced<T>(
    awaited: Awaited,
    limit: Duration,
    watch: &dyn Watch,
    wait: impl Future<Output = T>,
) -> T {
    announced_every(BETWEEN_ANNOUNCEMENTS, awaited, limit, watch, wait).await
}

async fn announced_every<T>(
    pause: Duration,
    awaited: Awaited,
    limit: Duration,
    watch: &dyn Watch,
    wait: impl Future<Output = T>,
) -> T {
    let started = Instant::now();
    let mut is_announced = false;
    tokio::pin!(wait);
    loop {
        if let Ok(done) = tokio::time::timeout(pause, &mut wait).await {
            if is_announced {
                watch.doing(Doing::Probing);
            }
            return done;
        }
        is_announced = true;
        watch.doing(Doing::Waiting(Waiting {
            awaited,
            seconds: started.elapsed().as_secs(),
            limit: limit.as_secs(),
        }));
    }
}

/// How a server is waited for.
#[derive(Debug, Clone, Copy)]
pub struct Wait<'a> {
    /// Where it was told to listen: one of these is enough.
    pub told: &'a [SocketAddr],
    /// The same, as people write it.
    pub name: &'a str,
    /// How long to wait while nothing moves.
    pub patience: Duration,
    /// How long to wait for it at most, while its process runs.
    pub limit: Duration,
    /// Whether the program may end and leave the server running, as `server &` does.
    pub may_leave: bool,
}

/// What came of it.
#[derive(Debug)]
pub enum Waited {
    /// It listens.
    Listens(SocketAddr),
    /// Its program has ended.
    Ended(Exit),
    /// Its program has ended, and something else answers where it was told to listen.
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
    /// Waits until a server listens where it was told to, or it is certain that it will not.
    pub async fn until_listening(&self, running: &mut Running) -> Waited {
        let end = tokio::time::sleep(self.limit);
        tokio::pin!(end);
        let mut looks = tokio::time::interval(BETWEEN_LOOKS);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Another address that speaks HTTP/2, and since when that is known.
        let mut other: Option<(SocketAddr, Instant)> = None;
        // Addresses that speak something else: it is enough to have asked once.
        let mut strangers: Vec<SocketAddr> = Vec::new();
        // How the program ended, if what it has left behind may still begin to listen.
        let mut left: Option<Exit> = None;
        loop {
            tokio::select! {
                addr = port::any_accepting(self.told) => return self.whose(running, addr).await,
                exit = running.exited(), if left.is_none() => {
                    // An error means that there is nothing to wait for.
                    let Ok(exit) = exit else { return Waited::Nowhere };
                    if !(self.may_leave && exit.is_success() && running.alive()) {
                        return self.ended(exit).await;
                    }
                    left = Some(exit);
                }
                _ = looks.tick() => {
                    if let Some(exit) = left.filter(|_| !running.alive()) {
                        return self.ended(exit).await;
                    }
                    let found = self.speaks_elsewhere(running, &mut strangers).await;
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
        for addr in self.told.iter().copied() {
            if reach::accepts(addr, self.patience).await.is_ok() {
                let who = sockets::listener_at(addr).await;
                return Waited::Stale { exit, who };
            }
        }
        Waited::Ended(exit)
    }

    /// What the server listens on, but for what it was told to.
    async fn elsewhere(&self, running: &Running) -> Vec<Listening> {
        let mut all = sockets::listening().await;
        all.retain(|found| !self.told.contains(&found.addr));
        let processes: Vec<u32> = all.iter().map(|found| found.process).collect();
        let own = running.among(&processes);
        all.retain(|found| own.contains(&found.process));
        all
    }

    /// Where else the server speaks HTTP/2. A port for a debugger or for statistics does not.
    async fn speaks_elsewhere(
        &self,
        running: &Running,
        strangers: &mut Vec<SocketAddr>,
    ) -> Option<SocketAddr> {
        for found in self.elsewhere(running).await {
            if strangers.contains(&found.addr) {
                continue;
            }
            let patience = self.patience.min(BETWEEN_LOOKS);
            match greeting::greet(found.reachable(), patience).await {
                Greeting::Http2 => return Some(found.addr),
                // It may not have begun to answer yet.
                Greeting::Silent => {}
                _ => strangers.push(found.addr),
            }
        }
        None
    }

    /// Says why a server does not listen, with its last words. It has to be stopped before.
    pub async fn explain(&self, waited: &Waited, running: &Running) -> Diagnosis {
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
                let same_port = self.told.iter().find(|told| told.port() == other.port());
                match same_port.or(self.told.first()) {
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
        diagnosis.quoting(running.last_words())
    }

    async fn explain_end(&self, exit: Exit, running: &Running) -> Diagnosis {
        let (how, stderr) = (exit.to_string(), running.stderr.text());
        let ended = EndedEarly {
            how: &how,
            success: exit.is_success(),
            stderr: &stderr,
            told: self.name,
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

    /// Keeps what it is told.
    #[derive(Default)]
    struct Told(Mutex<Vec<Doing>>);

    impl Watch for Told {
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
            told: &[addr],
            name: "127.0.0.1:1",
            patience: Duration::from_secs(20),
            limit: Duration::from_secs(1),
            may_leave: true,
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
        let told = Told::default();
        let (pause, limit) = (Duration::from_millis(20), Duration::from_secs(60));
        announced_every(pause, Awaited::Listening, limit, &told, wait).await;
        told.0.into_inner().unwrap()
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
