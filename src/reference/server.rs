//! The server: its services, its limits, and its shutdown.

#[cfg(test)]
mod tests;

use std::sync::Arc;
use std::time::Duration;

use routeguide::Error;
use routeguide::features::Features;
use routeguide::proto::route_guide_server::RouteGuideServer;
use routeguide::server::RouteGuideService;
use tokio::sync::oneshot;
use tonic::codec::CompressionEncoding;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic_health::ServingStatus;
use tower_layer::Layer as _;

use super::budget::BudgetService;
use super::compression::CompressOnRequest;
use super::incoming::Incoming;
use super::limits::{self, KeepAlive};
use super::observe::ObserveLayer;
use super::open_calls::OpenCalls;
use super::server_event::ServerEvent;
use super::services;
use super::shutdown::ShutdownService;

/// The services whose health is reported; the empty name means the server as a whole.
const REPORTED_SERVICES: [&str; 2] = ["", services::ROUTE_GUIDE];

/// How long the connections may take to send the last bytes of calls that have ended. A client that does not read
/// delays the end of the server by this.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(1);

/// The options of a server.
#[derive(Clone)]
pub struct ServerOptions {
    /// How long open calls may go on after the shutdown signal.
    pub grace: Duration,
    /// When clients are asked whether they are still connected.
    pub keep_alive: KeepAlive,
    /// Observes all calls.
    pub observe: Option<ObserveLayer>,
}

impl Default for ServerOptions {
    fn default() -> ServerOptions {
        ServerOptions {
            grace: limits::GRACE,
            keep_alive: limits::KEEP_ALIVE,
            observe: None,
        }
    }
}

/// Serves RouteGuide until the shutdown signal. Then it returns as soon as the open calls have ended; calls that
/// are still open after the grace period are ended. It also offers reflection, so that tools such as grpcurl can
/// ask what the server offers, and health.
///
/// # Errors
///
/// If the server fails.
pub async fn serve(
    incoming: Incoming,
    features: Features,
    options: ServerOptions,
    shutdown_signal: impl Future<Output = ()>,
    notify: impl Fn(ServerEvent),
) -> Result<(), Error> {
    let (reporter, health) = tonic_health::server::health_reporter();
    for service in REPORTED_SERVICES {
        reporter
            .set_service_status(service, ServingStatus::Serving)
            .await;
    }
    let route_guide = RouteGuideServer::new(RouteGuideService::new(features))
        .max_decoding_message_size(limits::MESSAGE)
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip);
    let [v1, v1alpha] = [reflection(), reflection()];
    let routes = Routes::new(route_guide)
        .add_service(health)
        .add_service(v1.build_v1()?)
        .add_service(v1alpha.build_v1alpha()?)
        .prepare();
    let routes = BudgetService::new(routes, limits::SHARED_MEMORY);
    let calls = Arc::new(OpenCalls::new(limits::CALLS));
    let service = CompressOnRequest(ShutdownService::new(routes, Arc::clone(&calls)));

    let (close, closed) = oneshot::channel();
    // If the sender is dropped, the signal cannot be sent any more: the server stops as well.
    let closed = async { closed.await.unwrap_or(()) };
    let server = Server::builder()
        .initial_connection_window_size(limits::CONNECTION_WINDOW)
        .max_concurrent_streams(limits::STREAMS)
        .http2_max_header_list_size(limits::HEADERS)
        .http2_keepalive_interval(Some(options.keep_alive.interval))
        .http2_keepalive_timeout(Some(options.keep_alive.timeout));
    let serving = async {
        match options.observe {
            None => {
                server
                    .serve_with_incoming_shutdown(service, incoming, closed)
                    .await
            }
            // Outside of the other layers, so that it also observes calls that the shutdown ends.
            Some(observe) => {
                server
                    .serve_with_incoming_shutdown(observe.layer(service), incoming, closed)
                    .await
            }
        }
    };
    let stopping = async {
        shutdown_signal.await;
        for service in REPORTED_SERVICES {
            reporter
                .set_service_status(service, ServingStatus::NotServing)
                .await;
        }
        notify(ServerEvent::Stopping {
            open_calls: calls.refuse_new(),
            grace: options.grace,
        });
        // The receiver is above, and lives as long as the server.
        close.send(()).ok();
        if tokio::time::timeout(options.grace, calls.all_ended())
            .await
            .is_err()
        {
            notify(ServerEvent::GraceOver {
                ended_calls: calls.end_all(),
            });
        }
        tokio::time::sleep(FLUSH_TIMEOUT).await;
    };
    tokio::select! {
        ended = serving => Ok(ended?),
        () = stopping => Ok(()),
    }
}

fn reflection() -> tonic_reflection::server::Builder<'static> {
    // The descriptors of both versions are registered below, so that each version lists both.
    let builder = tonic_reflection::server::Builder::configure().include_reflection_service(false);
    services::DESCRIPTOR_SETS
        .into_iter()
        .fold(builder, |builder, set| {
            builder.register_encoded_file_descriptor_set(set)
        })
}
