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

use super::cases::{Bystanders, Cases, Player};
use super::{STARTUP, Setting};
use crate::guide::cases::{CheckFile, Proof};
use crate::guide::registry::with_all_methods;
use crate::guide::{self, Database, Method as _};
use crate::messages::{Feature, Point};
use crate::probe::call;
use crate::transcript::Transcript;
use crate::verdict::{CaseReport, Outcome};

/// Any database: mostly of few places close together, so that rectangles and routes meet them.
fn database() -> impl Strategy<Value = Database> {
    let coordinate =
        || prop_oneof![6 => -2..3i32, 2 => -900_000_000..=900_000_000i32, 1 => any::<i32>()];
    let point = (coordinate(), coordinate()).prop_map(|(latitude, longitude)| Point {
        latitude,
        longitude,
    });
    let feature = ("[a-zÄ]{0,2}", proptest::option::of(point))
        .prop_map(|(name, location)| Feature { name, location });
    proptest::collection::vec(feature, 0..12).prop_map(|features| features.into_iter().collect())
}

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

macro_rules! one_for_each {
    ($( $key:ident: $Method:ident, )+) => {
        /// A check for each RPC, with one case in which the client sends nothing or the least. Each RPC has
        /// its own, since a check with cases of an optional RPC draws none for the others.
        fn one_for_each(database: &Database) -> Vec<CheckFile> {
            vec![
                $(
                    CheckFile {
                        $key: vec![guide::$key::$Method::case_of(
                            "least",
                            "",
                            database,
                            &Transcript {
                                rpc: guide::$key::$Method::RPC,
                                events: Vec::new(),
                            },
                        )],
                        ..CheckFile::new(Proof::Methods)
                    },
                )+
            ]
        }
    };
}

with_all_methods!(one_for_each);

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
    let checks = one_for_each(&database);
    let setting = Setting {
        database,
        seed,
        patience,
        startup: STARTUP,
    };
    let player = Player::new(&setting, &channel, addr.parse().unwrap());
    let mut reports = Vec::new();
    for check in &checks {
        let mut cases = Cases::of(&setting, check, Bystanders::AsWritten);
        cases.play(&player).await;
        cases.play_last(&player).await;
        cases.play_unset(&player, false).await;
        reports.extend(cases.judge());
    }
    server.abort();
    reports
}
