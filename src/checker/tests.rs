//! The contract's model, the cases of the lessons and the completed server agree with each other, so
//! that none of the three can drift alone; and servers that are wrong are found out over the wire.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use routeguide::features::distance;
use routeguide::proto::{Feature, Rectangle, RouteNote, RouteSummary};
use testkit::guide::{FEATURES, Guide, RUNTIME, Replies};
use tokio_stream::StreamExt as _;

use super::cases::{Bystanders, Cases, Player};
use super::{STARTUP, Setting};
use crate::course::{Course, files};
use crate::guide::cases::CaseVisitor;
use crate::guide::{Case as _, Database, Method};
use crate::probe::call;
use crate::verdict::{CaseReport, Diagnosis, Outcome};

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

/// Plays all cases of all lessons, and random ones, against a server.
fn play(guide: Guide) -> Vec<CaseReport> {
    let addr = guide.serve();
    RUNTIME.block_on(async {
        let setting = setting();
        let channel = call::open(&addr.to_string(), setting.patience).await;
        let channel = channel.unwrap();
        let player = Player::new(&setting, &channel, addr);
        let mut reports = Vec::new();
        for lesson in Course::embedded().unwrap().lessons() {
            let mut cases = Cases::of(&setting, &lesson.check, Bystanders::LeftOut);
            cases.play(&player).await;
            cases.play_at_once(&player).await;
            cases.play_last(&player).await;
            cases.play_unset(&player, false).await;
            reports.extend(cases.judge());
        }
        reports
    })
}

#[track_caller]
fn passes_every_case(guide: Guide) {
    let reports = play(guide);
    for report in &reports {
        let (case, found) = (&report.case, &report.diagnosis);
        assert_eq!(report.outcome, Outcome::Pass, "{case}: {found:?}");
    }
    assert!(reports.len() > 100, "only {}", reports.len());
}

fn mistakes(report: &CaseReport) -> &[&'static str] {
    let diagnosis = report.diagnosis.as_ref();
    diagnosis.map_or(&[], |diagnosis| &diagnosis.mistakes)
}

#[test]
fn the_completed_server_passes_every_case() {
    passes_every_case(Guide::default());
}

/// The features between two numbers on each axis.
fn features(
    rectangle: &Rectangle,
    between: impl Fn(i32, i32, i32) -> bool,
) -> impl DoubleEndedIterator<Item = Feature> {
    let lo = rectangle.lo.unwrap_or_default();
    let hi = rectangle.hi.unwrap_or_default();
    let inside = move |feature: &&Feature| {
        let at = feature.location.unwrap_or_default();
        between(lo.latitude, hi.latitude, at.latitude)
            && between(lo.longitude, hi.longitude, at.longitude)
    };
    FEATURES.iter().filter(inside).cloned()
}

fn same_place(earlier: &[RouteNote], note: &RouteNote) -> Vec<RouteNote> {
    let place = |note: &RouteNote| note.location.unwrap_or_default();
    let same = |old: &&RouteNote| place(old) == place(note);
    earlier.iter().filter(same).cloned().collect()
}

/// Features backwards, distances cut for each leg, and headers that come only with the first message.
#[test]
fn a_right_server_that_is_written_otherwise_passes() {
    let either_way = |a: i32, b: i32, x: i32| a.min(b) <= x && x <= a.max(b);
    let lists = Guide::lists(move |rectangle| Ok(features(rectangle, either_way).rev().collect()));
    let records = Guide::records(|route, elapsed| {
        let legs = route
            .windows(2)
            .map(|leg| distance(&leg[0], &leg[1]) as i32);
        let known = |at| FEATURES.iter().any(|f| f.location.as_ref() == Some(at));
        Ok(RouteSummary {
            point_count: route.len() as i32,
            feature_count: route.iter().filter(|at| known(*at)).count() as i32,
            distance: legs.sum(),
            elapsed_time: elapsed.as_secs() as i32,
        })
    });
    let chats = Guide::chats(|mut notes| {
        Box::pin(async move {
            let mut replies: Replies<RouteNote> = Box::pin(async_stream::try_stream! {
                let mut earlier = Vec::new();
                while let Some(note) = notes.message().await? {
                    for reply in same_place(&earlier, &note) {
                        yield reply;
                    }
                    earlier.push(note);
                }
            });
            let first = replies.next().await;
            Ok(Box::pin(tokio_stream::iter(first).chain(replies)) as Replies<RouteNote>)
        })
    });
    passes_every_case(lists.and(records).and(chats));
}

#[test]
fn a_note_that_comes_back_to_its_sender_is_named() {
    let reports = play(Guide::replies(|earlier, note| {
        let mut replies = same_place(earlier, note);
        replies.push(note.clone());
        replies
    }));
    let failed = reports
        .iter()
        .filter(|report| report.outcome != Outcome::Pass);
    let failed: Vec<_> = failed.collect();
    assert!(failed.len() > 15, "only {}", failed.len());
    for report in failed {
        assert_eq!(mistakes(report), ["echoes-new-note"], "{}", report.case);
    }
}

#[test]
fn notes_of_an_earlier_call_are_named() {
    let history: Arc<Mutex<Vec<RouteNote>>> = Arc::default();
    let reports = play(Guide::replies(move |_, note| {
        let mut history = history.lock().unwrap();
        let replies = same_place(&history, note);
        history.push(note.clone());
        replies
    }));
    for case in ["a-new-call", "two-places"] {
        let mut reports = reports.iter().filter(|report| report.case == case);
        let is_named = |report: &CaseReport| mistakes(report) == ["shared-history"];
        assert!(reports.any(is_named), "{case}");
    }
}

/// Wrong in every RPC: it forgets the order of the corners, answers a route at once, and sends a note back to its own
/// sender.
#[test]
fn a_wrong_server_is_told_what_is_wrong_with_each_call() {
    let in_order = |a: i32, b: i32, x: i32| (a..=b).contains(&x);
    let lists = Guide::lists(move |rectangle| Ok(features(rectangle, in_order).collect()));
    let records = Guide::reads_route(|_| Box::pin(async { Ok(RouteSummary::default()) }));
    let chats =
        Guide::chats(|notes| Box::pin(async move { Ok(Box::pin(notes) as Replies<RouteNote>) }));
    let reports = play(lists.and(records).and(chats));
    let message = |case: &str| {
        let report = reports.iter().find(|report| report.case == case).unwrap();
        let diagnosis = report.diagnosis.as_ref();
        diagnosis.map(Diagnosis::text).unwrap_or_default()
    };
    assert_eq!(message("one-point"), "");
    assert!(message("corners-swapped").contains("is missing: it is in the rectangle"));
    assert!(message("latitudes-swapped").contains("5 more of the 6 expected"));
    assert!(message("taking-time").contains("before the client had half-closed"));
    let chat = message("three-at-one-place");
    assert!(chat.contains("\"one\" at (5, 5)"), "{chat}");
    // The first reply that is wrong, and the note that it came for.
    let chat = message("nothing-to-say");
    let evidence =
        r#"In reply to note 1 ("a" at (8, 1)), "a" at (8, 1) came, but no reply to it is due."#;
    assert!(chat.contains(evidence), "{chat}");
    // A pure echo is another mistake than to send the new note back too.
    let mut named = reports.iter().flat_map(mistakes);
    assert!(!named.any(|id| *id == "echoes-new-note"));
}
