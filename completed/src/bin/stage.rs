//! `stage PIECE ADDR` runs one piece of the crate. This program is no part of RouteGuide: with it, the
//! lab can check the service before `serve` is written, and each call of the client before `run` is.
//! The lessons show how to start it by hand, too.

use std::io::Write as _;
use std::process::ExitCode;

use routeguide::features::Features;
use routeguide::proto::route_guide_server::RouteGuideServer;
use routeguide::proto::{Point, Rectangle, RouteNote};
use routeguide::server::RouteGuideService;
use routeguide::{Error, client};
use tokio::net::TcpListener;
use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", routeguide::explain(&error));
            if let Some(status) = error.downcast_ref() {
                client::print_violations(status);
            }
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Error> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let [piece, addr] = words.as_slice() else {
        return Err("usage: stage PIECE ADDR".into());
    };
    match piece.as_str() {
        "service" => host(addr).await,
        "connect" => client::connect(addr).await.map(drop),
        // Any call: what the lab wants to see is how it is made, and not what it asks for.
        "call" => {
            let mut client = client::connect(addr).await?;
            client.list_features(Rectangle::default()).await?;
            Ok(())
        }
        "list-features" => client::guide_list_features(&mut client::connect(addr).await?).await,
        "record-route" => {
            let features = Features::load()?;
            client::guide_record_route(&mut client::connect(addr).await?, &features).await
        }
        "route-chat" => client::guide_route_chat(&mut client::connect(addr).await?).await,
        "get-feature" => client::guide_get_feature(&mut client::connect(addr).await?).await,
        "leave-note" => {
            let mut client = client::connect(addr).await?;
            let note = RouteNote {
                location: Some(Point::default()),
                // One character more than a note may have after the lesson `return-status`.
                message: "a".repeat(1_001),
            };
            let replies = client.route_chat(tokio_stream::once(note)).await?;
            let mut replies = replies.into_inner();
            while replies.message().await?.is_some() {}
            Ok(())
        }
        "leave-notes" => {
            let mut client = client::connect(addr).await?;
            let notes = (0..100_000).map(|latitude| RouteNote {
                location: Some(Point {
                    latitude,
                    longitude: 0,
                }),
                message: "a".repeat(1_000),
            });
            let replies = client.route_chat(tokio_stream::iter(notes)).await?;
            let mut replies = replies.into_inner();
            while replies.message().await?.is_some() {}
            println!("The server took 100000 notes");
            Ok(())
        }
        "first-features" | "first-feature" => {
            let count = if piece == "first-feature" { 1 } else { 4 };
            let mut client = client::connect(addr).await?;
            let rectangle = Rectangle {
                lo: Some(Point {
                    latitude: 400_000_000,
                    longitude: -750_000_000,
                }),
                hi: Some(Point {
                    latitude: 420_000_000,
                    longitude: -730_000_000,
                }),
            };
            for feature in client::first_features(&mut client, rectangle, count).await? {
                println!("Found {:?}", feature.name);
            }
            // That call is over, and the connection is not: the next one shows it.
            client.record_route(tokio_stream::empty()).await?;
            println!("Made another call");
            Ok(())
        }
        _ => Err(format!("there is no piece called {piece:?}").into()),
    }
}

/// Serves the service on `addr` until standard input is closed, which also happens when the lab is
/// gone. With port 0 the system picks a free one, so the address is printed.
async fn host(addr: &str) -> Result<(), Error> {
    // In a thread of its own, which no handler can keep waiting, not even one that never ends.
    std::thread::spawn(|| {
        std::io::copy(&mut std::io::stdin(), &mut std::io::sink()).ok();
        // Not `eprintln!`, which panics if standard error is closed as well.
        writeln!(std::io::stderr(), "standard input is closed: stopping").ok();
        std::process::exit(0);
    });
    let service = RouteGuideService::new(Features::load()?);
    let listener = TcpListener::bind(addr).await?;
    println!("listening on {}", listener.local_addr()?);
    Server::builder()
        // Without this, the HTTP/2 library hangs up on a client that sends thousands of small messages
        // faster than the service reads them.
        .initial_connection_window_size(64 << 20)
        .add_service(RouteGuideServer::new(service))
        // A listener that we opened ourselves still has Nagle's algorithm on, which holds small
        // messages back for up to 40 milliseconds.
        .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)))
        .await?;
    Ok(())
}
