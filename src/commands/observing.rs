//! What observes the calls while a server or a client runs: the trace and the metrics.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;

use crate::cli::ObservingArgs;
use crate::commands::{Exit, Problem};
use crate::reference::metrics::{self, Metrics};
use crate::reference::observe::ObserveLayer;
use crate::reference::observe::observer::{CallSide, Observer};
use crate::reference::trace::Trace;
use crate::screen;
use crate::screen::trace::Printer;

/// How long to wait at the end until the last lines are printed. It takes that long only if their reader has stopped reading.
const PRINT_TIMEOUT: Duration = Duration::from_secs(2);

/// The observers, ready to start.
pub struct Observing {
    layer: Option<ObserveLayer>,
    trace: Option<Trace>,
    page: Option<(TcpListener, Metrics)>,
}

/// The observers at work. When this is dropped, the trace is printed to its end.
pub struct Started {
    drawing: Option<(Trace, Printer)>,
    page: Option<(TcpListener, Metrics)>,
}

impl Observing {
    /// Prepares what the options ask for.
    ///
    /// # Errors
    ///
    /// If the page with the metrics cannot be served.
    pub async fn prepare(here: CallSide, args: &ObservingArgs) -> Result<Observing, Problem> {
        let mut observers: Vec<Arc<dyn Observer>> = Vec::new();
        let trace = args.trace.then(Trace::default);
        if let Some(trace) = &trace {
            observers.push(Arc::new(trace.clone()));
        }
        let mut page = None;
        if let Some(addr) = &args.metrics {
            let metrics = Metrics::new().map_err(|error| {
                let what = format!("cannot read the descriptors of the services: {error}");
                Problem::new(Exit::CouldNot, what, "")
            })?;
            observers.push(Arc::new(metrics.clone()));
            page = Some((listen(addr).await?, metrics));
        }
        let delay = args.slow.map(Duration::from_millis);
        Ok(Observing {
            layer: ObserveLayer::new(here, observers, delay),
            trace,
            page,
        })
    }

    /// The layer to put around the calls, if any is needed.
    pub fn layer(&self) -> Option<ObserveLayer> {
        self.layer.clone()
    }

    /// Starts to draw, and prints where the metrics are.
    ///
    /// # Errors
    ///
    /// If the system cannot start a thread for drawing.
    pub fn start(self) -> Result<Started, Problem> {
        if let Some((listener, _)) = &self.page
            && let Ok(addr) = listener.local_addr()
        {
            screen::print(&format!("Metrics on http://{addr}/metrics\n"));
        }
        let drawing = match self.trace {
            None => None,
            Some(trace) => {
                let source = trace.clone();
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
    /// Runs something, and serves the page with the metrics meanwhile.
    pub async fn during<T>(mut self, run: impl Future<Output = T>) -> T {
        let page = self.page.take();
        let serving = async {
            match page {
                Some((listener, metrics)) => match metrics::serve(listener, metrics).await {},
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            result = run => result,
            never = serving => never,
        }
    }
}

impl Drop for Started {
    fn drop(&mut self) {
        if let Some((trace, printer)) = self.drawing.take() {
            trace.close();
            printer.finish(PRINT_TIMEOUT);
        }
    }
}

/// Listens for Prometheus.
async fn listen(addr: &str) -> Result<TcpListener, Problem> {
    // A port alone means this machine only.
    let full_addr = match addr.strip_prefix(':') {
        Some(port) => format!("127.0.0.1:{port}"),
        None => addr.to_string(),
    };
    TcpListener::bind(&full_addr).await.map_err(|error| {
        let (exit, next) = match error.kind() {
            ErrorKind::AddrInUse => (
                Exit::CouldNot,
                "Another program listens there. Choose another port, or port 0 for any free one.",
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
