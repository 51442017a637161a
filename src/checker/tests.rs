//! The contract's model, the cases of the lessons and the completed server agree with each other, so
//! that none of the three can drift alone; and servers that are wrong are found out over the wire.

use std::net::Ipv4Addr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use routeguide::features::Features;
use routeguide::proto;
use routeguide::proto::route_guide_server::{RouteGuide, RouteGuideServer};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio_stream::{Stream, StreamExt as _};
use tonic::transport::Channel;
use tonic::transport::server::TcpIncoming;
use tonic::{Request, Response, Status, Streaming};

use super::cases::Cases;
use super::*;
use crate::course::{Course, files};
use crate::guide::cases::CaseVisitor;
use crate::guide::{Case as _, Method};
use crate::probe::call;
use crate::verdict::CaseReport;

fn setting() -> Setting {
    Setting {
        database: Database::from_json(files::DATABASE).unwrap(),
        seed: 42,
        patience: Duration::from_secs(20),
        startup: STARTUP,
    }
}

/// Counts the cases, and compares each with what the model answers.
#[derive(Default)]
struct Written {
    cases: usize,
    wrong: Vec<String>,
}

impl CaseVisitor for Written {
    fn visit<M: Method>(&mut self, cases: &[M::Case]) {
        let database = setting().database;
        for case in cases {
            self.cases += 1;
            let model = case.clone().answered_from(&database);
            if serde_json::to_value(case).unwrap() != serde_json::to_value(model).unwrap() {
                self.wrong.push(case.name().to_string());
            }
        }
    }
}

#[test]
fn the_written_answers_are_the_models() {
    let mut written = Written::default();
    for lesson in Course::embedded().unwrap().lessons() {
        lesson.check.visit(&mut written);
    }
    assert_eq!(written.wrong, [""; 0]);
    assert!(written.cases > 30, "only {}", written.cases);
}

#[test]
fn the_codelabs_database_is_as_the_lessons_say() {
    let database = Database::from_json(files::DATABASE).unwrap();
    let features = database.features();
    let named = features
        .iter()
        .filter(|feature| !feature.name.is_empty())
        .count();
    assert!(
        named >= 120 && features.len() - named >= named / 3,
        "{named} of {}",
        features.len()
    );
    let places: std::collections::HashSet<_> = features.iter().map(|f| f.location).collect();
    assert_eq!(places.len(), features.len(), "two features at one place");

    let (south, north, west, east) = (400_000_000, 420_000_000, -750_000_000, -730_000_000);
    let points = || {
        features
            .iter()
            .map(|feature| feature.location.unwrap_or_default())
    };
    let outside = |p: &crate::messages::Point| {
        !(south..=north).contains(&p.latitude) || !(west..=east).contains(&p.longitude)
    };
    assert!(points().filter(outside).count() >= 15);
    let on_border = |of: fn(&crate::messages::Point) -> i32, at: i32| {
        points().any(|p| of(&p) == at && !outside(&p))
    };
    assert!(on_border(|p| p.latitude, south) && on_border(|p| p.latitude, north));
    assert!(on_border(|p| p.longitude, west) && on_border(|p| p.longitude, east));
    let corner = |p: &crate::messages::Point| {
        [south, north].contains(&p.latitude) && [west, east].contains(&p.longitude)
    };
    assert!(points().any(|p| corner(&p)));
}

/// Hosts a service in this process, and plays all cases of all lessons, and random ones, against it.
async fn play(service: impl RouteGuide) -> Vec<CaseReport> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    let addr = listener.local_addr().unwrap();
    let server = tonic::transport::Server::builder()
        .add_service(RouteGuideServer::new(service))
        .serve_with_incoming(TcpIncoming::from(listener).with_nodelay(Some(true)));
    let server = tokio::spawn(server);
    let setting = setting();
    let channel: Channel = call::open(&addr.to_string(), setting.patience)
        .await
        .unwrap();
    let mut reports = Vec::new();
    for lesson in Course::embedded().unwrap().lessons() {
        let mut cases = Cases::of(&setting, &lesson.check);
        cases.play(&channel).await;
        cases.play_last(&channel).await;
        cases.play_unset(&channel).await;
        reports.extend(cases.judge());
    }
    server.abort();
    reports
}

fn features() -> Features {
    Features::from_json(files::DATABASE).unwrap()
}

#[tokio::test]
async fn the_completed_server_passes_every_case() {
    let reports = play(routeguide::server::RouteGuideService::new(features())).await;
    for report in &reports {
        assert_eq!(
            report.outcome,
            Outcome::Pass,
            "{}: {:?}",
            report.case,
            report.diagnosis
        );
    }
    assert!(reports.len() > 100);
}

type Replies<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

/// A server that is right but unlike ours: features backwards, distances rounded for each leg, and
/// headers that come only with the first message. Its chats can be made wrong in one way.
struct Unlike {
    features: Features,
    /// It sends every note back to its own sender, too.
    echoes: bool,
    /// All calls have one history.
    shared: Option<Arc<Mutex<Vec<proto::RouteNote>>>>,
}

impl Unlike {
    fn right() -> Unlike {
        Unlike {
            features: features(),
            echoes: false,
            shared: None,
        }
    }
}

#[tonic::async_trait]
impl RouteGuide for Unlike {
    type ListFeaturesStream = Replies<proto::Feature>;
    type RouteChatStream = Replies<proto::RouteNote>;

    async fn list_features(
        &self,
        request: Request<proto::Rectangle>,
    ) -> Result<Response<Self::ListFeaturesStream>, Status> {
        let rectangle = request.into_inner();
        let (lo, hi) = (
            rectangle.lo.unwrap_or_default(),
            rectangle.hi.unwrap_or_default(),
        );
        let between = |a: i32, b: i32, x: i32| a.cmp(&x) != b.cmp(&x) || a == x;
        let inside = |feature: &&proto::Feature| {
            let at = feature.location.unwrap_or_default();
            between(lo.latitude, hi.latitude, at.latitude)
                && between(lo.longitude, hi.longitude, at.longitude)
        };
        let found: Vec<_> = self
            .features
            .iter()
            .filter(inside)
            .rev()
            .cloned()
            .map(Ok)
            .collect();
        Ok(Response::new(Box::pin(tokio_stream::iter(found))))
    }

    async fn record_route(
        &self,
        request: Request<Streaming<proto::Point>>,
    ) -> Result<Response<proto::RouteSummary>, Status> {
        let started = std::time::Instant::now();
        let mut points = request.into_inner();
        let mut route = Vec::new();
        while let Some(point) = points.message().await? {
            route.push(point);
        }
        let legs = route
            .windows(2)
            .map(|leg| routeguide::features::distance(&leg[0], &leg[1]) as i32);
        Ok(Response::new(proto::RouteSummary {
            point_count: route.len() as i32,
            feature_count: route
                .iter()
                .filter(|point| self.features.find(point).is_some())
                .count() as i32,
            distance: legs.sum(),
            elapsed_time: started.elapsed().as_secs() as i32,
        }))
    }

    async fn route_chat(
        &self,
        request: Request<Streaming<proto::RouteNote>>,
    ) -> Result<Response<Self::RouteChatStream>, Status> {
        let mut notes = request.into_inner();
        let echoes = self.echoes;
        let history = self.shared.clone().unwrap_or_default();
        let mut replies: Self::RouteChatStream = Box::pin(async_stream::try_stream! {
            while let Some(note) = notes.message().await? {
                let place = note.location.unwrap_or_default();
                let mut known = history.lock().await.clone();
                if echoes {
                    known.push(note.clone());
                }
                for note in known {
                    if note.location.unwrap_or_default() == place {
                        yield note;
                    }
                }
                history.lock().await.push(note);
            }
        });
        let first = replies.next().await;
        let replies = tokio_stream::iter(first).chain(replies);
        Ok(Response::new(Box::pin(replies)))
    }
}

#[tokio::test]
async fn a_right_server_that_is_written_otherwise_passes() {
    for report in play(Unlike::right()).await {
        assert_eq!(
            report.outcome,
            Outcome::Pass,
            "{}: {:?}",
            report.case,
            report.diagnosis
        );
    }
}

#[tokio::test]
async fn a_note_that_comes_back_to_its_sender_is_named() {
    let reports = play(Unlike {
        echoes: true,
        ..Unlike::right()
    })
    .await;
    let failed: Vec<_> = reports
        .iter()
        .filter(|report| report.outcome != Outcome::Pass)
        .collect();
    assert!(failed.len() > 15);
    for report in failed {
        let mistakes = &report.diagnosis.as_ref().unwrap().mistakes;
        assert_eq!(mistakes, &["echoes-new-note"], "{}", report.case);
    }
}

#[tokio::test]
async fn notes_of_an_earlier_call_are_named() {
    let reports = play(Unlike {
        shared: Some(Arc::default()),
        ..Unlike::right()
    })
    .await;
    let named = |report: &&CaseReport| {
        report
            .diagnosis
            .as_ref()
            .is_some_and(|d| d.mistakes == ["shared-history"])
    };
    assert!(
        reports
            .iter()
            .any(|report| report.case == "a-new-call" && named(&report))
    );
    assert!(
        reports
            .iter()
            .any(|report| report.case == "two-places" && named(&report))
    );
}

/// A server that is wrong in every RPC: it forgets the order of the corners, answers a route at once,
/// and sends a note back to its own sender.
struct Wrong(Features);

#[tonic::async_trait]
impl RouteGuide for Wrong {
    type ListFeaturesStream = Replies<proto::Feature>;
    type RouteChatStream = Replies<proto::RouteNote>;

    async fn list_features(
        &self,
        request: Request<proto::Rectangle>,
    ) -> Result<Response<Self::ListFeaturesStream>, Status> {
        let rectangle = request.into_inner();
        let (lo, hi) = (
            rectangle.lo.unwrap_or_default(),
            rectangle.hi.unwrap_or_default(),
        );
        let inside = |feature: &&proto::Feature| {
            let at = feature.location.unwrap_or_default();
            (lo.latitude..=hi.latitude).contains(&at.latitude)
                && (lo.longitude..=hi.longitude).contains(&at.longitude)
        };
        let found: Vec<_> = self.0.iter().filter(inside).cloned().map(Ok).collect();
        Ok(Response::new(Box::pin(tokio_stream::iter(found))))
    }

    async fn record_route(
        &self,
        _request: Request<Streaming<proto::Point>>,
    ) -> Result<Response<proto::RouteSummary>, Status> {
        Ok(Response::new(proto::RouteSummary::default()))
    }

    async fn route_chat(
        &self,
        request: Request<Streaming<proto::RouteNote>>,
    ) -> Result<Response<Self::RouteChatStream>, Status> {
        Ok(Response::new(Box::pin(request.into_inner())))
    }
}

#[tokio::test]
async fn a_wrong_server_is_told_what_is_wrong_with_each_call() {
    let reports = play(Wrong(features())).await;
    let message = |case: &str| {
        let report = reports.iter().find(|report| report.case == case).unwrap();
        let diagnosis = report.diagnosis.as_ref();
        diagnosis
            .map(|diagnosis| diagnosis.message.clone())
            .unwrap_or_default()
    };
    assert_eq!(message("one-point"), "");
    assert!(message("corners-swapped").contains("is missing: it lies in the rectangle"));
    assert!(message("latitudes-swapped").contains("5 more of the 6 expected"));
    assert!(message("taking-time").contains("before the client had half-closed"));
    let chat = message("three-at-one-place");
    assert!(chat.contains("\"one\" at (5, 5)"), "{chat}");
    // A pure echo is another mistake than to send the new note back too.
    let named = reports
        .iter()
        .filter_map(|report| report.diagnosis.as_ref());
    assert!(
        !named
            .flat_map(|d| &d.mistakes)
            .any(|id| *id == "echoes-new-note")
    );
    assert!(
        message("nothing-to-say").contains("came"),
        "{}",
        message("nothing-to-say")
    );
}
