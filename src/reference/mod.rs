//! The completed server, hosted: what `run-reference` runs.

pub mod client;
pub mod listening;
pub mod metrics;
pub mod own_client;
pub mod trace;
pub mod watched;

use std::time::Duration;

use routeguide::Error;
use routeguide::features::Features;
use routeguide::proto::route_guide_server::RouteGuideServer;
use routeguide::server::RouteGuideService;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tonic::service::Routes;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use crate::contract::messages::DESCRIPTOR_SET;
use watched::Watch;

/// How long open calls may go on after the server was asked to stop.
const GRACE: Duration = Duration::from_secs(3);

/// Serves RouteGuide, and reflection so that tools such as grpcurl can ask what it offers, until
/// `stop` is done; then open calls have a few seconds to end. If the calls are watched, all of them are.
///
/// # Errors
///
/// If the server breaks down.
pub async fn serve(
    listener: TcpListener,
    features: Features,
    watch: Option<Watch>,
    stop: impl Future<Output = ()>,
) -> Result<(), Error> {
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTOR_SET)
        .build_v1()?;
    let older_reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(DESCRIPTOR_SET)
        .build_v1alpha()?;
    let (asked, was_asked) = oneshot::channel();
    let stop = async {
        stop.await;
        // The receiver waits below, as long as the server runs.
        asked.send(()).ok();
    };
    let routes = Routes::new(RouteGuideServer::new(RouteGuideService::new(features)))
        .add_service(reflection)
        .add_service(older_reflection);
    // As in `serve` of the completed track: a fast client's many points are no attack.
    let mut server = Server::builder().initial_connection_window_size(64 << 20);
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let serving = async {
        match watch {
            None => {
                let router = server.add_routes(routes);
                router.serve_with_incoming_shutdown(incoming, stop).await
            }
            Some(watch) => {
                let router = server.layer(watch).add_routes(routes);
                router.serve_with_incoming_shutdown(incoming, stop).await
            }
        }
    };
    let grace_is_over = async {
        match was_asked.await {
            Ok(()) => tokio::time::sleep(GRACE).await,
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        ended = serving => Ok(ended?),
        () = grace_is_over => Ok(()),
    }
}
