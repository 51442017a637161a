//! Keeps the learner's server running: builds and starts it, and does so again when it is told to.

use std::io;
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::UnboundedReceiver;

use super::event::PlayEvent;
use super::listeners::Listeners;
use super::proxy::{Proxy, Upstream};
use crate::checker::{CheckError, Crash, Doing, LearnerServer, ProgressListener, TrackCheck};
use crate::course::Course;
use crate::process::output::{self, Lines};
use crate::reference::trace::Trace;
use crate::verdict::LessonReport;

/// How often lines of the server are taken. Lines that come faster than they can be read are left out.
const BETWEEN_LINES: Duration = Duration::from_millis(30);

/// The most lines that are taken at once.
const MOST_LINES: usize = 100;

/// Receives each event.
type Notify = dyn Fn(PlayEvent) + Send + Sync;

/// What is needed to build and start the server.
#[derive(Debug, Clone)]
pub struct Player {
    /// How it is built.
    pub check: TrackCheck,
    /// The course.
    pub course: Arc<Course>,
    /// The features that it serves.
    pub database_file: PathBuf,
    /// What to say if the machine is in the way.
    pub explain: fn(CheckError) -> String,
}

/// What becomes of a build.
type Started = Result<Result<LearnerServer, Box<LessonReport>>, CheckError>;

/// A build that goes on.
type Starting<'a> = Pin<Box<dyn Future<Output = Started> + Send + 'a>>;

impl Player {
    /// Builds and starts the server, and once more for each restart that is asked for; a build that is going on then is
    /// broken off. Until the new server listens, the earlier one is called. Returns when no more restarts can be asked
    /// for, and the server is gone then; it is also gone when the future is dropped.
    ///
    /// # Errors
    ///
    /// If the system cannot start a thread.
    pub async fn run(
        &self,
        listeners: Listeners,
        restarts: UnboundedReceiver<()>,
        notify: Arc<Notify>,
    ) -> io::Result<()> {
        let calls = CallForwarding::start(Arc::clone(&notify))?;
        let of_clients = Arc::clone(&notify);
        let of_clients = Arc::new(move |event| of_clients(PlayEvent::Client(event)));
        let Listeners {
            sockets,
            addr,
            taken,
        } = listeners;
        let proxy = Proxy::start(sockets, &calls.0, of_clients);
        notify(PlayEvent::Listening { addr, taken });
        self.keep_running(restarts, &proxy, notify).await;
        Ok(())
    }

    async fn keep_running(
        &self,
        mut restarts: UnboundedReceiver<()>,
        proxy: &Proxy,
        notify: Arc<Notify>,
    ) {
        let listener = ProgressForwarder(Arc::clone(&notify));
        let start = |is_again| -> Starting<'_> {
            notify(PlayEvent::Building { is_again });
            Box::pin(
                self.check
                    .start_server(&self.course, &self.database_file, &listener),
            )
        };
        let mut starting = Some(start(false));
        let mut server: Option<RunningServer> = None;
        loop {
            tokio::select! {
                restart = restarts.recv() => match restart {
                    None => break,
                    Some(()) => {
                        while restarts.try_recv().is_ok() {}
                        // The earlier build has to let go of its locks before the next one begins.
                        drop(starting.take());
                        if server.is_none() {
                            proxy.pass_on_to(Upstream::Coming);
                        }
                        starting = Some(start(true));
                    }
                },
                started = finished(&mut starting) => {
                    starting = None;
                    self.started(started, &mut server, proxy, &notify).await;
                }
                happened = next(&mut server) => match happened {
                    ServerActivity::Wrote(lines) => {
                        if let Some(kept) = &server {
                            kept.report(&lines, &*notify);
                        }
                        tokio::time::sleep(BETWEEN_LINES).await;
                    }
                    ServerActivity::Ended => {
                        proxy.pass_on_to(match starting {
                            Some(_) => Upstream::Coming,
                            None => Upstream::Down,
                        });
                        if let Some(kept) = server.take() {
                            notify(PlayEvent::Ended(kept.crash(&*notify).await));
                        }
                    }
                },
            }
        }
        drop(starting.take());
        proxy.pass_on_to(Upstream::Down);
        if let Some(kept) = server {
            kept.end(&*notify).await;
        }
    }

    /// A build has ended. If there is a new server, it takes the place of the earlier one.
    async fn started(
        &self,
        started: Started,
        server: &mut Option<RunningServer>,
        proxy: &Proxy,
        notify: &Arc<Notify>,
    ) {
        let earlier_runs = server.is_some();
        if !earlier_runs && !matches!(started, Ok(Ok(_))) {
            proxy.pass_on_to(Upstream::Down);
        }
        match started {
            Ok(Ok(new)) => {
                proxy.pass_on_to(Upstream::At(new.addr));
                let program = server.as_ref().map(|kept| kept.server.program);
                if let Some(earlier) = server.take() {
                    earlier.end(&**notify).await;
                }
                notify(PlayEvent::Started {
                    program: new.program,
                    port: new.addr.port(),
                    earlier: program,
                });
                *server = Some(RunningServer::new(new));
            }
            Ok(Err(report)) => notify(PlayEvent::NotStarted {
                report,
                earlier_runs,
            }),
            Err(error) => notify(PlayEvent::CouldNot {
                why: (self.explain)(error),
                earlier_runs,
            }),
        }
    }
}

/// Waits for a build to end; for ever, if there is none.
async fn finished(starting: &mut Option<Starting<'_>>) -> Started {
    match starting {
        Some(starting) => starting.await,
        None => std::future::pending().await,
    }
}

/// Waits for the server to do something; for ever, if there is none.
async fn next(server: &mut Option<RunningServer>) -> ServerActivity {
    match server {
        Some(kept) => kept.next().await,
        None => std::future::pending().await,
    }
}

/// What a server does by itself.
enum ServerActivity {
    /// It wrote these lines.
    Wrote(String),
    /// It ended.
    Ended,
}

/// A server that runs, and what it writes.
struct RunningServer {
    server: LearnerServer,
    lines: [Lines; 2],
    /// Whether an output is open, as far as is known.
    open: [bool; 2],
}

impl RunningServer {
    fn new(server: LearnerServer) -> RunningServer {
        RunningServer {
            lines: server.lines(),
            server,
            open: [true; 2],
        }
    }

    /// Waits for what it does next. Dropping the future loses nothing.
    async fn next(&mut self) -> ServerActivity {
        loop {
            let [stdout, stderr] = &mut self.lines;
            let (index, lines) = tokio::select! {
                lines = stdout.next(), if self.open[0] => (0, lines),
                lines = stderr.next(), if self.open[1] => (1, lines),
                // An error means that nothing is known of it any more.
                _ = self.server.exited() => return ServerActivity::Ended,
            };
            match lines {
                Some(lines) => return ServerActivity::Wrote(lines),
                None => self.open[index] = false,
            }
        }
    }

    /// How it ended, after what it wrote last has been reported.
    async fn crash(mut self, notify: &Notify) -> Crash {
        let crash = self.server.crash().await;
        self.report_rest(notify);
        crash
    }

    /// Ends it, and reports what it wrote last.
    async fn end(mut self, notify: &Notify) {
        self.server.end().await;
        self.report_rest(notify);
    }

    fn report_rest(&mut self, notify: &Notify) {
        let rest = self.lines.each_mut().map(Lines::rest);
        rest.iter().for_each(|lines| self.report(lines, notify));
    }

    /// Reports lines that it wrote, one by one; of many, the last ones.
    fn report(&self, text: &str, notify: &Notify) {
        let lines: Vec<&str> = text.lines().collect();
        let left_out = lines.len().saturating_sub(MOST_LINES);
        if left_out > 0 {
            notify(PlayEvent::OutputLeftOut(left_out));
        }
        for (number, line) in lines.iter().enumerate().skip(left_out) {
            if let Some(panic) = self.server.handler_panic(&lines[number..]) {
                notify(PlayEvent::Panicked(panic));
            }
            notify(PlayEvent::Output(output::cut_lines(line)));
        }
    }
}

/// Forwards the progress of a build as events.
struct ProgressForwarder(Arc<Notify>);

impl ProgressListener for ProgressForwarder {
    fn doing(&self, doing: Doing) {
        (self.0)(PlayEvent::Doing(doing));
    }
}

/// Forwards the calls that the proxy traces as events. When it is dropped, that ends.
struct CallForwarding(Trace);

impl CallForwarding {
    /// Forwards what happens in calls, in a thread of its own.
    fn start(notify: Arc<Notify>) -> io::Result<CallForwarding> {
        let trace = Trace::default();
        let calls = trace.clone();
        let forward = move || {
            while let Some(entries) = calls.next() {
                entries
                    .into_iter()
                    .for_each(|entry| notify(PlayEvent::Call(entry)));
            }
        };
        let thread = std::thread::Builder::new().name("trace".to_string());
        thread.spawn(forward)?;
        Ok(CallForwarding(trace))
    }
}

impl Drop for CallForwarding {
    fn drop(&mut self) {
        self.0.close();
    }
}
