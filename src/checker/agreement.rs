//! The model and the finished server, held against each other over TCP for any features there can be.

use std::net::Ipv4Addr;
use std::time::Duration;

use proptest::prelude::*;
use routeguide::features::Features;
use routeguide::proto;
use routeguide::proto::route_guide_server::RouteGuideServer;
use routeguide::server::RouteGuideService;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;

use super::cases::Cases;
use super::{STARTUP, Setting};
use crate::guide::Database;
use crate::guide::cases::CheckFile;
use crate::probe::call;
use crate::verdict::properties::database;
use crate::verdict::{CaseReport, Outcome};

proptest! {
    #![proptest_config(ProptestConfig { cases: 40, failure_persistence: None, ..ProptestConfig::default() })]

    /// The model without a mistake is the finished server: whatever the database, each passes by the
    /// other's answers, over TCP.
    #[test]
    fn the_model_and_the_finished_server_agree(database in database(), seed in any::<u64>()) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let reports = runtime.block_on(play(database, seed));
        for report in &reports {
            prop_assert_eq!(report.outcome, Outcome::Pass, "{}: {:?}", report.case, report.diagnosis);
        }
        prop_assert!(reports.len() >= 40);
    }
}

/// Plays drawn cases of all RPCs against the finished server.
async fn play(database: Database, seed: u64) -> Vec<CaseReport> {
    let features: Features = database
        .features()
        .iter()
        .map(|feature| proto::Feature {
            name: feature.name.clone(),
            location: feature.location.map(|at| proto::Point {
                latitude: at.latitude,
                longitude: at.longitude,
            }),
        })
        .collect();
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let addr = listener.local_addr().unwrap().to_string();
    let serving = tonic::transport::Server::builder()
        .add_service(RouteGuideServer::new(RouteGuideService::new(features)))
        .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
    let server = tokio::spawn(serving);
    let patience = Duration::from_secs(30);
    let channel = call::open(&addr, patience).await.unwrap();
    let one_of_each = r#"{"proves": "methods",
        "list_features": [{"case": "all", "why": "", "request": {}, "expect": []}],
        "record_route": [{"case": "none", "why": "", "send": [], "expect": {}}],
        "route_chat": [{"case": "none", "why": "", "turns": []}]}"#;
    let setting = Setting {
        database,
        seed,
        patience,
        startup: STARTUP,
    };
    let mut cases = Cases::of(&setting, &CheckFile::from_json(one_of_each).unwrap());
    cases.play(&channel).await;
    cases.play_last(&channel).await;
    cases.play_unset(&channel).await;
    server.abort();
    cases.judge()
}
