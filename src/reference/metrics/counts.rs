//! The observer that counts calls and messages.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use prost_reflect::DescriptorError;
use tonic::Code;

use super::labels::{Labels, MethodLabels, OutcomeLabels};
use crate::reference::observe::observer::{CallEvent, CallObserver, CallSide, CallStart, Observer};
use crate::transcript::Status;

/// The buckets for the duration of calls, in seconds: the default ones of gRPC servers, and finer ones for a
/// server that answers in less than a millisecond.
const SECONDS: [f64; 14] = [
    0.000_25, 0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// The metrics, by the names that gRPC servers in other languages give them. Clones share the counts.
#[derive(Debug, Clone)]
struct Families {
    started: Family<MethodLabels, Counter>,
    handled: Family<OutcomeLabels, Counter>,
    received: Family<MethodLabels, Counter>,
    sent: Family<MethodLabels, Counter>,
    open: Family<MethodLabels, Gauge>,
    seconds: Family<MethodLabels, Histogram>,
}

/// The metrics of a server. Clones share the counts.
#[derive(Debug, Clone)]
pub struct Metrics {
    families: Families,
    labels: Arc<Labels>,
    registry: Arc<Registry>,
}

impl Metrics {
    /// Metrics that are all 0. The methods of RouteGuide are shown from the beginning.
    ///
    /// # Errors
    ///
    /// If the descriptors of the server's services are invalid.
    pub fn new() -> Result<Metrics, DescriptorError> {
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let families = Families {
            started: Family::default(),
            handled: Family::default(),
            received: Family::default(),
            sent: Family::default(),
            open: Family::default(),
            seconds: Family::new_with_constructor(histogram),
        };
        let labels = Labels::new()?;
        for method in labels.all().filter(|method| method.is_route_guide()) {
            families.show(method);
        }
        let mut registry = Registry::default();
        families.register(&mut registry);
        Ok(Metrics {
            families,
            labels: Arc::new(labels),
            registry: Arc::new(registry),
        })
    }

    /// The metrics as OpenMetrics text, which Prometheus reads.
    ///
    /// # Errors
    ///
    /// If they cannot be encoded.
    pub fn text(&self) -> Result<String, fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Families {
    fn register(&self, registry: &mut Registry) {
        let Families {
            started,
            handled,
            received,
            sent,
            open,
            seconds,
        } = self.clone();
        // The registry adds `_total` to the names of counters, and a full stop to each sentence.
        registry.register("grpc_server_started", "Calls that have begun", started);
        let help = "Calls that have ended, by status code";
        registry.register("grpc_server_handled", help, handled);
        let help = "Messages that clients have sent";
        registry.register("grpc_server_msg_received", help, received);
        let help = "Messages that the server has sent";
        registry.register("grpc_server_msg_sent", help, sent);
        let help = "Calls that have begun and not ended";
        registry.register("grpc_server_open_calls", help, open);
        let help = "How long calls take, in seconds";
        registry.register("grpc_server_handling_seconds", help, seconds);
    }

    /// Shows a method before its first call: Prometheus can only compute the rate of a counter that it has seen.
    fn show(&self, method: &MethodLabels) {
        for counters in [&self.started, &self.received, &self.sent] {
            drop(counters.get_or_create(method));
        }
        drop(self.handled.get_or_create(&method.with_code("OK")));
        drop(self.open.get_or_create(method));
        drop(self.seconds.get_or_create(method));
    }
}

impl Observer for Metrics {
    fn call_started(&self, start: &CallStart<'_>) -> Option<Box<dyn CallObserver>> {
        let method = self.labels.of_path(start.path);
        let families = &self.families;
        families.started.get_or_create(method).inc();
        let open = families.open.get_or_create_owned(method);
        open.inc();
        Some(Box::new(CountedCall {
            received: families.received.get_or_create_owned(method),
            sent: families.sent.get_or_create_owned(method),
            open,
            method: method.clone(),
            families: families.clone(),
        }))
    }

    fn reads_messages(&self) -> bool {
        false
    }
}

/// A call that is counted.
struct CountedCall {
    // Looked up once, since a call may have millions of messages.
    received: Counter,
    sent: Counter,
    open: Gauge,
    method: MethodLabels,
    families: Families,
}

impl CountedCall {
    fn end(&self, at: Duration, code: &'static str) {
        self.open.dec();
        let outcome = self.method.with_code(code);
        self.families.handled.get_or_create(&outcome).inc();
        let seconds = self.families.seconds.get_or_create(&self.method);
        seconds.observe(at.as_secs_f64());
    }
}

impl CallObserver for CountedCall {
    fn on_event(&mut self, at: Duration, event: &CallEvent<'_>) {
        match *event {
            CallEvent::Message { from, .. } => match from {
                CallSide::Client => drop(self.received.inc()),
                CallSide::Server => drop(self.sent.inc()),
            },
            CallEvent::Ended { status, .. } => self.end(at, status.code),
            CallEvent::Terminated(termination) => self.end(at, code_name(termination.code)),
            CallEvent::NotAMessage { .. } | CallEvent::HalfClosed | CallEvent::Headers(_) => {}
        }
    }
}

/// The name of a code, as in a status.
fn code_name(code: Code) -> &'static str {
    Status::new(code, String::new()).code
}
