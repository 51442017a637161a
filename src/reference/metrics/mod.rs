//! Figures about the calls, for Prometheus: an observer that counts, and a page that shows the counts.

mod page;
#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tonic::Code;

use super::watched::observer::{Observer, Opening, Seen, Side, Witness};
use crate::messages::Rpc;
use crate::transcript::Status;

pub use page::serve;

/// How long calls take, in seconds: the usual steps, and finer ones for a server that answers in less than a
/// millisecond.
const SECONDS: [f64; 14] = [
    0.000_25, 0.000_5, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0,
];

/// A method that is served, as labels name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Method {
    grpc_service: &'static str,
    grpc_method: &'static str,
    grpc_type: &'static str,
}

/// A method and how its call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    grpc_service: &'static str,
    grpc_method: &'static str,
    grpc_type: &'static str,
    grpc_code: &'static str,
}

/// Which methods have labels of their own, beside those of the guide. Anybody may call any path; a label for
/// each would fill the memory.
const OTHER_METHODS: [[&str; 3]; 4] = [
    [
        "grpc.reflection.v1.ServerReflection",
        "ServerReflectionInfo",
        "bidi_stream",
    ],
    [
        "grpc.reflection.v1alpha.ServerReflection",
        "ServerReflectionInfo",
        "bidi_stream",
    ],
    ["grpc.health.v1.Health", "Check", "unary"],
    ["grpc.health.v1.Health", "Watch", "server_stream"],
];

/// What stands for all other paths.
const UNKNOWN: Method = Method {
    grpc_service: "unknown",
    grpc_method: "unknown",
    grpc_type: "unknown",
};

impl Method {
    /// The method that a path calls.
    fn called(path: &str) -> Method {
        if let Some(rpc) = Rpc::from_path(path) {
            return Method::from(rpc);
        }
        let called = path.strip_prefix('/').and_then(|path| path.split_once('/'));
        let known = OTHER_METHODS
            .iter()
            .find(|[service, method, _]| called == Some((service, method)));
        known.map_or(UNKNOWN, |&known| Method::from(known))
    }

    fn ended(self, grpc_code: &'static str) -> Outcome {
        Outcome {
            grpc_service: self.grpc_service,
            grpc_method: self.grpc_method,
            grpc_type: self.grpc_type,
            grpc_code,
        }
    }
}

impl From<Rpc> for Method {
    fn from(rpc: Rpc) -> Method {
        let grpc_type = match (rpc.client_streams(), rpc.server_streams()) {
            (false, false) => "unary",
            (false, true) => "server_stream",
            (true, false) => "client_stream",
            (true, true) => "bidi_stream",
        };
        Method::from([Rpc::SERVICE, rpc.name(), grpc_type])
    }
}

impl From<[&'static str; 3]> for Method {
    fn from([grpc_service, grpc_method, grpc_type]: [&'static str; 3]) -> Method {
        Method {
            grpc_service,
            grpc_method,
            grpc_type,
        }
    }
}

/// The figures, by the names that gRPC servers in other languages give them.
#[derive(Debug, Clone)]
struct Figures {
    started: Family<Method, Counter>,
    handled: Family<Outcome, Counter>,
    received: Family<Method, Counter>,
    sent: Family<Method, Counter>,
    open: Family<Method, Gauge>,
    seconds: Family<Method, Histogram>,
}

/// The figures of a server.
#[derive(Debug)]
pub struct Metrics {
    figures: Figures,
    registry: Registry,
}

impl Metrics {
    /// Figures that are all 0, those of RouteGuide's three methods included.
    pub fn new() -> Metrics {
        let histogram: fn() -> Histogram = || Histogram::new(SECONDS);
        let figures = Figures {
            started: Family::default(),
            handled: Family::default(),
            received: Family::default(),
            sent: Family::default(),
            open: Family::default(),
            seconds: Family::new_with_constructor(histogram),
        };
        let mut registry = Registry::default();
        let Figures {
            started,
            handled,
            received,
            sent,
            open,
            seconds,
        } = figures.clone();
        // The registry adds `_total` to the names of counters, and a full stop to each sentence.
        registry.register("grpc_server_started", "Calls that have begun", started);
        let help = "Calls that have ended, by the code they ended with";
        registry.register("grpc_server_handled", help, handled);
        let help = "Messages that clients have sent";
        registry.register("grpc_server_msg_received", help, received);
        let help = "Messages that the server has sent";
        registry.register("grpc_server_msg_sent", help, sent);
        let help = "Calls that have begun and not ended";
        registry.register("grpc_server_open_calls", help, open);
        let help = "How long calls take, in seconds";
        registry.register("grpc_server_handling_seconds", help, seconds);
        for method in Rpc::ALL {
            figures.touch(Method::from(method));
        }
        Metrics { figures, registry }
    }

    /// The figures as OpenMetrics text, which Prometheus reads.
    ///
    /// # Errors
    ///
    /// If they cannot be put in words.
    pub fn text(&self) -> Result<String, std::fmt::Error> {
        let mut text = String::new();
        encode(&mut text, &self.registry)?;
        Ok(text)
    }
}

impl Figures {
    /// Shows a method before anybody has called it: a rate can only be told of what was there before.
    fn touch(&self, method: Method) {
        for counters in [&self.started, &self.received, &self.sent] {
            drop(counters.get_or_create(&method));
        }
        drop(self.handled.get_or_create(&method.ended("OK")));
        drop(self.open.get_or_create(&method));
        drop(self.seconds.get_or_create(&method));
    }
}

impl Observer for Arc<Metrics> {
    fn opened(&self, opening: &Opening<'_>) -> Option<Box<dyn Witness>> {
        let method = Method::called(opening.path);
        let figures = &self.figures;
        figures.started.get_or_create(&method).inc();
        let open = figures.open.get_or_create_owned(&method);
        open.inc();
        Some(Box::new(Counted {
            method,
            received: figures.received.get_or_create_owned(&method),
            sent: figures.sent.get_or_create_owned(&method),
            open,
            figures: figures.clone(),
        }))
    }

    fn reads_messages(&self) -> bool {
        false
    }
}

/// A call that is counted.
struct Counted {
    method: Method,
    // At hand, since there may be millions of messages.
    received: Counter,
    sent: Counter,
    open: Gauge,
    figures: Figures,
}

impl Counted {
    fn end(&self, at: Duration, code: &'static str) {
        self.open.dec();
        let outcome = self.method.ended(code);
        self.figures.handled.get_or_create(&outcome).inc();
        let seconds = self.figures.seconds.get_or_create(&self.method);
        seconds.observe(at.as_secs_f64());
    }
}

impl Witness for Counted {
    fn saw(&mut self, at: Duration, seen: &Seen<'_>) {
        match *seen {
            Seen::Message { from, .. } => match from {
                Side::Client => drop(self.received.inc()),
                Side::Server => drop(self.sent.inc()),
            },
            Seen::Ended { status, .. } => self.end(at, status.code),
            Seen::Gone(gone) => self.end(at, name(gone.code)),
            Seen::NoMessage { .. } | Seen::HalfClosed | Seen::Headers(_) => {}
        }
    }
}

/// The name of a code, as in a status.
fn name(code: Code) -> &'static str {
    Status::new(code, String::new()).code
}
