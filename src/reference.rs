//! The completed server, hosted: what `run-reference` runs.

use std::net::SocketAddr;
use std::time::Duration;

use routeguide::features::Features;
use routeguide::proto::route_guide_server::RouteGuideServer;
use routeguide::server::RouteGuideService;
use routeguide::{Error, client};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

use crate::contract::messages::DESCRIPTOR_SET;

/// How long open calls may go on after the server was asked to stop.
const GRACE: Duration = Duration::from_secs(3);

/// Serves RouteGuide, and reflection so that tools such as grpcurl can ask what it offers, until
/// `stop` is done; then open calls have a few seconds to end.
///
/// # Errors
///
/// If the server breaks down.
pub async fn serve(
    listener: TcpListener,
    features: Features,
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
    let serving = Server::builder()
        // As in `serve` of the completed track: a fast client's many points are no attack.
        .initial_connection_window_size(64 << 20)
        .add_service(reflection)
        .add_service(older_reflection)
        .add_service(RouteGuideServer::new(RouteGuideService::new(features)))
        .serve_with_incoming_shutdown(TcpIncoming::from(listener).with_nodelay(Some(true)), stop);
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

/// Makes the three calls of the completed client, in order, and prints what it prints.
///
/// # Errors
///
/// The first error that a call meets.
pub async fn call(addr: &str, features: &Features) -> Result<(), Error> {
    client::run(addr, features).await
}

/// The addresses that a name such as `localhost:50051` stands for, the IPv4 one first.
///
/// # Errors
///
/// If the name is none.
pub async fn resolve(name: &str) -> std::io::Result<Vec<SocketAddr>> {
    let mut addresses: Vec<SocketAddr> = tokio::net::lookup_host(name).await?.collect();
    addresses.sort_by_key(SocketAddr::is_ipv6);
    Ok(addresses)
}
