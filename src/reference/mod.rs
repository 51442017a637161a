//! The completed server, hosted as a server that others rely on is: what `run-reference` runs.

mod calls;
pub mod client;
mod compression;
mod ending;
pub mod incoming;
pub mod limits;
pub mod listening;
pub mod metrics;
pub mod news;
pub mod own_client;
#[cfg(test)]
mod tests;
pub mod tls;
pub mod trace;
pub mod watched;

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

use crate::messages::DESCRIPTOR_SET;
use calls::Calls;
use compression::WhenAsked;
use ending::Ending;
use incoming::Incoming;
use limits::KeepAlive;
use news::News;
use tower_layer::Layer as _;
use watched::Watch;

/// How the paths of RouteGuide begin.
const GUIDE: &str = "/routeguide.RouteGuide/";

/// The services whose health can be asked for; the empty name stands for the server as a whole.
const HEALTHY: [&str; 2] = ["", "routeguide.RouteGuide"];

/// How long the last bytes of calls that have ended, and the farewell of their connections, may take. A client that
/// does not read holds nobody up for longer.
const TO_FLUSH: Duration = Duration::from_secs(1);

/// What can be set.
#[derive(Clone)]
pub struct Options {
    /// How long open calls may go on after the server was asked to stop.
    pub grace: Duration,
    /// When clients are asked whether they are still there.
    pub keep_alive: KeepAlive,
    /// What watches all calls, if they are watched.
    pub watch: Option<Watch>,
}

impl Default for Options {
    fn default() -> Options {
        Options {
            grace: limits::GRACE,
            keep_alive: limits::KEEP_ALIVE,
            watch: None,
        }
    }
}

/// Serves RouteGuide until `stop` is done and the open calls have ended, or have been ended when the grace period
/// was over. Beside it there are reflection, so that tools such as grpcurl can ask what the server offers, and
/// health, so that others can ask whether it serves.
///
/// # Errors
///
/// If the server breaks down.
pub async fn serve(
    incoming: Incoming,
    features: Features,
    options: Options,
    stop: impl Future<Output = ()>,
    tell: impl Fn(News),
) -> Result<(), Error> {
    let (reporter, health) = tonic_health::server::health_reporter();
    for service in HEALTHY {
        reporter
            .set_service_status(service, ServingStatus::Serving)
            .await;
    }
    let guide = RouteGuideServer::new(RouteGuideService::new(features))
        .max_decoding_message_size(limits::MESSAGE)
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip);
    let [reflection, older_reflection] = [reflection(), reflection()];
    let routes = Routes::new(guide)
        .add_service(health)
        .add_service(reflection.build_v1()?)
        .add_service(older_reflection.build_v1alpha()?)
        .prepare();
    let calls = Arc::new(Calls::default());
    let service = WhenAsked(Ending::new(routes, Arc::clone(&calls), GUIDE));

    let (close, closed) = oneshot::channel();
    // An error would mean that nobody is left to ask, which is a reason to stop as well.
    let closed = async { closed.await.unwrap_or(()) };
    let server = Server::builder()
        .initial_connection_window_size(limits::CONNECTION_WINDOW)
        .max_concurrent_streams(limits::STREAMS)
        .http2_max_header_list_size(limits::HEADERS)
        .http2_keepalive_interval(Some(options.keep_alive.interval))
        .http2_keepalive_timeout(Some(options.keep_alive.timeout));
    let serving = async {
        match options.watch {
            None => {
                server
                    .serve_with_incoming_shutdown(service, incoming, closed)
                    .await
            }
            // Outside of all else, so that it sees calls end that have to.
            Some(watch) => {
                server
                    .serve_with_incoming_shutdown(watch.layer(service), incoming, closed)
                    .await
            }
        }
    };
    let stopping = async {
        stop.await;
        for service in HEALTHY {
            reporter
                .set_service_status(service, ServingStatus::NotServing)
                .await;
        }
        tell(News::Stopping(calls.refuse(), options.grace));
        // The receiver waits above, as long as the server runs.
        close.send(()).ok();
        if tokio::time::timeout(options.grace, calls.none_open())
            .await
            .is_err()
        {
            tell(News::GraceOver(calls.end()));
        }
        tokio::time::sleep(TO_FLUSH).await;
    };
    tokio::select! {
        ended = serving => Ok(ended?),
        () = stopping => Ok(()),
    }
}

fn reflection() -> tonic_reflection::server::Builder<'static> {
    // Either version lists both.
    tonic_reflection::server::Builder::configure()
        .include_reflection_service(false)
        .register_encoded_file_descriptor_set(tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(DESCRIPTOR_SET)
}
