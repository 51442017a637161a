//! What watches the calls while one side of the reference runs.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::cli::WatchingArgs;
use crate::commands::{Exit, Problem};
use crate::reference::metrics::{self, Metrics};
use crate::reference::trace::Trace;
use crate::reference::watched::Watch;
use crate::reference::watched::observer::{Observer, Side};
use crate::screen;
use crate::screen::trace::Printer;

/// How long to wait at the end until the last lines are printed. Only somebody who does not read them makes it
/// take so long.
const LAST_LINES: Duration = Duration::from_secs(2);

/// Everything that was asked for, and not begun yet.
pub struct Watching {
    watch: Option<Watch>,
    trace: Option<Arc<Trace>>,
    page: Option<(TcpListener, Arc<Metrics>)>,
}

/// All of it, under way. It ends when this is dropped, and what has happened is printed then.
pub struct Started {
    drawing: Option<(Arc<Trace>, Printer)>,
    page: Option<(TcpListener, Arc<Metrics>)>,
}

impl Watching {
    /// What the arguments ask for.
    ///
    /// # Errors
    ///
    /// If nothing can listen for those who ask for the figures.
    pub async fn prepare(here: Side, args: &WatchingArgs) -> Result<Watching, Problem> {
        let mut observers: Vec<Arc<dyn Observer>> = Vec::new();
        let trace = args.trace.then(Arc::<Trace>::default);
        if let Some(trace) = &trace {
            observers.push(Arc::new(Arc::clone(trace)));
        }
        let mut page = None;
        if let Some(addr) = &args.metrics {
            let metrics = Arc::new(Metrics::new());
            observers.push(Arc::new(Arc::clone(&metrics)));
            page = Some((listen(addr).await?, metrics));
        }
        let slow = args.slow.map(Duration::from_millis);
        Ok(Watching {
            watch: Watch::new(here, observers, slow),
            trace,
            page,
        })
    }

    /// What is to be put around the calls, if anything is.
    pub fn watch(&self) -> Option<Watch> {
        self.watch.clone()
    }

    /// Begins, and says where the figures are.
    ///
    /// # Errors
    ///
    /// If the system has no thread for drawing.
    pub fn start(self) -> Result<Started, Problem> {
        if let Some((listener, _)) = &self.page
            && let Ok(addr) = listener.local_addr()
        {
            screen::print(&format!("Metrics on http://{addr}/metrics\n"));
        }
        let drawing = match self.trace {
            None => None,
            Some(trace) => {
                let source = Arc::clone(&trace);
                let printer = Printer::start(move || source.next()).map_err(|error| {
                    let what = format!("cannot start a thread to draw the calls: {error}");
                    Problem::new(Exit::CouldNot, what, "Try again without --trace.")
                })?;
                Some((trace, printer))
            }
        };
        Ok(Started {
            drawing,
            page: self.page,
        })
    }
}

impl Started {
    /// Runs something, and answers those who ask for the figures meanwhile.
    pub async fn during<T>(mut self, run: impl Future<Output = T>) -> T {
        let page = self.page.take();
        let answering = async {
            match page {
                Some((listener, metrics)) => match metrics::serve(listener, metrics).await {},
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            result = run => result,
            never = answering => never,
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Some((trace, printer)) = self.drawing.take() {
            trace.close();
            printer.finish(LAST_LINES);
        }
    }
}

/// Listens for those who ask for the figures.
async fn listen(addr: &str) -> Result<TcpListener, Problem> {
    // A port alone means this machine, and nobody else's.
    let place = match addr.strip_prefix(':') {
        Some(port) => format!("127.0.0.1:{port}"),
        None => addr.to_string(),
    };
    TcpListener::bind(&place).await.map_err(|error| {
        let (exit, next) = match error.kind() {
            ErrorKind::AddrInUse => (
                Exit::CouldNot,
                "Something listens there already. Choose another port, or port 0 for any that is free.",
            ),
            ErrorKind::PermissionDenied | ErrorKind::AddrNotAvailable => (Exit::CouldNot, ""),
            _ => (
                Exit::Usage,
                "An address is a host and a port, such as 127.0.0.1:9090.",
            ),
        };
        let what = format!("cannot show metrics on {addr}: {error}");
        Problem::new(exit, what, next)
    })
}
