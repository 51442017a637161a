//! The matrix: every mistake of the model against every other, as far as the cases of the lessons show
//! them. A case that gets weaker, or a new mistake that looks like another, is found here.

use std::collections::BTreeSet;
use std::time::Duration;

use super::cause::Cause;
use super::{list_features, record_route, route_chat};
use crate::course::{Course, files};
use crate::guide::Database;
use crate::guide::cases::{ListFeaturesCase, RecordRouteCase, RouteChatCase};
use crate::guide::model::{self, Chat, ChatMistake, ListMistake, Mistake, RouteMistake};
use crate::guide::random::Draw;
use crate::messages::RouteSummary;

/// Mistakes that no answer can tell apart.
const SAME_TO_AN_OBSERVER: &[[&str; 2]] = &[
    // Whether the older notes are thrown away or only not sent, nobody outside can see.
    ["overwrites", "replies-last-only"],
];

/// The cases of all lessons, or drawn ones.
struct Cases {
    lists: Vec<ListFeaturesCase>,
    routes: Vec<RecordRouteCase>,
    chats: Vec<RouteChatCase>,
}

fn database() -> Database {
    Database::from_json(files::DATABASE).unwrap()
}

/// What the files of the course hold, for one lesson at a time.
fn written(lesson: &str) -> Cases {
    let course = Course::embedded().unwrap();
    let lesson = course.lessons().iter().find(|l| l.id() == lesson).unwrap();
    Cases {
        lists: lesson.check.list_features.clone(),
        routes: lesson.check.record_route.clone(),
        chats: lesson.check.route_chat.clone(),
    }
}

fn drawn(database: &Database, seed: u64) -> Cases {
    let mut draw = Draw::new(database, seed);
    Cases {
        lists: [draw.aimed_lists(), draw.list_features(20)].concat(),
        routes: [draw.aimed_routes(), draw.record_route(10)].concat(),
        chats: draw.route_chat(10),
    }
}

/// What a server with these mistakes does in the cases.
fn lists(
    database: &Database,
    cases: &Cases,
    wrong: &[ListMistake],
) -> Vec<list_features::cause::Call> {
    let call = |case: &ListFeaturesCase| {
        let came = model::list_features::answer(database, &case.request, wrong);
        list_features::cause::Call::new(case.request, came)
    };
    let set = |case: &&ListFeaturesCase| case.request.lo.is_some();
    cases.lists.iter().filter(set).map(call).collect()
}

fn routes(
    database: &Database,
    cases: &Cases,
    wrong: &[RouteMistake],
) -> Vec<record_route::cause::Call> {
    let call = |case: &RecordRouteCase| {
        let seconds = i32::try_from(case.wait_seconds).unwrap();
        let answered_after = Duration::from_millis(1000 * u64::from(case.wait_seconds) + 3);
        let elapsed_time = if wrong.contains(&RouteMistake::ElapsedAlwaysZero) {
            0
        } else if wrong.contains(&RouteMistake::ElapsedMilliseconds) {
            seconds * 1000 + 2
        } else {
            seconds
        };
        let figures = model::record_route::answer(database, &case.send, wrong);
        record_route::cause::Call {
            route: case.send.clone(),
            wait_seconds: case.wait_seconds,
            answered_after,
            came: figures.map(|figures| RouteSummary {
                point_count: i32::try_from(figures.point_count).unwrap(),
                feature_count: i32::try_from(figures.feature_count).unwrap(),
                distance: figures.distance as i32,
                elapsed_time,
            }),
        }
    };
    cases.routes.iter().map(call).collect()
}

fn chats(cases: &Cases, wrong: &[ChatMistake]) -> Vec<route_chat::cause::Call> {
    let mut chat = Chat::with_mistakes(wrong);
    let mut calls = Vec::new();
    for case in &cases.chats {
        for sent in [case.earlier_call.clone(), case.notes()] {
            if !wrong.contains(&ChatMistake::SharedHistory) {
                chat = Chat::with_mistakes(wrong);
            }
            let came = sent.iter().flat_map(|note| chat.reply(note));
            let came = came
                .map(crate::messages::RouteNote::with_defaults)
                .collect();
            calls.push(route_chat::cause::Call { sent, came });
        }
    }
    calls
}

/// The ids that are found for a server with one mistake, if they are not just that one.
fn found<M: Mistake>(mistake: M, cause: Option<&Cause<M>>) -> Option<String> {
    let ids = cause.map_or(Vec::new(), Cause::ids);
    let same = |pair: &&[&str; 2]| pair.contains(&mistake.id());
    let expected: BTreeSet<&str> = match SAME_TO_AN_OBSERVER.iter().find(same) {
        Some(pair) => pair.iter().copied().collect(),
        None => BTreeSet::from([mistake.id()]),
    };
    let found: BTreeSet<&str> = ids.iter().copied().collect();
    (found != expected).then(|| format!("{mistake:?} is taken for {ids:?}"))
}

#[test]
fn every_mistake_is_told_from_every_other_by_the_written_cases() {
    let database = database();
    let mut wrong: Vec<String> = Vec::new();
    let cases = written("list-features");
    for mistake in ListMistake::ALL {
        let calls = lists(&database, &cases, &[*mistake]);
        let cause = list_features::cause::find(&database, &calls);
        wrong.extend(found(*mistake, cause.as_ref()));
    }
    let cases = written("record-route");
    for mistake in RouteMistake::ALL {
        let calls = routes(&database, &cases, &[*mistake]);
        let cause = record_route::cause::find(&database, &calls);
        wrong.extend(found(*mistake, cause.as_ref()));
    }
    let cases = written("route-chat");
    for mistake in ChatMistake::ALL {
        let calls = chats(&cases, &[*mistake]);
        let cause = route_chat::cause::find(&calls);
        wrong.extend(found(*mistake, cause.as_ref()));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Drawn cases are fewer, and may leave mistakes that look the same; but the one that was made is
/// always among those that are found.
#[test]
fn a_drawn_set_of_cases_never_accuses_the_innocent() {
    let database = database();
    for seed in 0..6 {
        let cases = drawn(&database, seed);
        for mistake in ListMistake::ALL {
            let calls = lists(&database, &cases, &[*mistake]);
            let cause = list_features::cause::find(&database, &calls);
            among(
                *mistake,
                list_features::cause::reproduces(&database, &calls, &[]),
                cause,
            );
        }
        for mistake in RouteMistake::ALL {
            let calls = routes(&database, &cases, &[*mistake]);
            let cause = record_route::cause::find(&database, &calls);
            among(
                *mistake,
                record_route::cause::reproduces(&database, &calls, &[]),
                cause,
            );
        }
        for mistake in ChatMistake::ALL {
            let calls = chats(&cases, &[*mistake]);
            let cause = route_chat::cause::find(&calls);
            among(*mistake, route_chat::cause::reproduces(&calls, &[]), cause);
        }
    }
}

#[track_caller]
fn among<M: Mistake>(made: M, is_invisible: bool, cause: Option<Cause<M>>) {
    match cause {
        None => assert!(is_invisible, "{made:?} is not found"),
        Some(cause) => {
            let ids = cause.ids();
            assert!(ids.contains(&made.id()), "{made:?} is taken for {ids:?}");
        }
    }
}

/// Whatever two mistakes are made together: what is found explains everything that was seen. Where it is
/// not the two themselves, that is because they look like something simpler.
#[test]
fn two_mistakes_at_once_are_explained() {
    let database = database();
    let cases = written("list-features");
    let (mut pairs, mut exact) = (0, 0);
    for (first, second) in two(ListMistake::ALL) {
        let calls = lists(&database, &cases, &[first, second]);
        let reproduces = |wrong: &[_]| list_features::cause::reproduces(&database, &calls, wrong);
        let cause = list_features::cause::find(&database, &calls);
        pairs += 1;
        exact += usize::from(is_explained(first, second, cause, reproduces));
    }
    let cases = written("record-route");
    for (first, second) in two(RouteMistake::ALL) {
        let calls = routes(&database, &cases, &[first, second]);
        let reproduces = |wrong: &[_]| record_route::cause::reproduces(&database, &calls, wrong);
        let cause = record_route::cause::find(&database, &calls);
        pairs += 1;
        exact += usize::from(is_explained(first, second, cause, reproduces));
    }
    let cases = written("route-chat");
    for (first, second) in two(ChatMistake::ALL) {
        let calls = chats(&cases, &[first, second]);
        let reproduces = |wrong: &[_]| route_chat::cause::reproduces(&calls, wrong);
        let cause = route_chat::cause::find(&calls);
        pairs += 1;
        exact += usize::from(is_explained(first, second, cause, reproduces));
    }
    // Many pairs hide each other: without a filter, no border can be forgotten.
    assert!(exact * 2 > pairs, "{exact} of {pairs}");
}

fn two<M: Mistake>(all: &[M]) -> Vec<(M, M)> {
    let mut pairs = Vec::new();
    for (index, first) in all.iter().enumerate() {
        let others = all[index + 1..].iter().filter(|m| m.id() != first.id());
        pairs.extend(others.map(|second| (*first, *second)));
    }
    pairs
}

/// Whether the pair was found as such. Anything that is found must reproduce what was seen.
#[track_caller]
fn is_explained<M: Mistake>(
    first: M,
    second: M,
    cause: Option<Cause<M>>,
    reproduces: impl Fn(&[M]) -> bool,
) -> bool {
    let Some(cause) = cause else {
        // Several pairs without a mistake in common, or calls that are all right.
        return false;
    };
    let explains = |more: &[M]| {
        let made: Vec<M> = M::ALL
            .iter()
            .filter(|m| cause.certain.contains(m) || more.contains(m))
            .copied()
            .collect();
        reproduces(&made)
    };
    let explained = match cause.one_of.as_slice() {
        [] => explains(&[]),
        family => family.iter().any(|one| explains(&[*one])),
    };
    assert!(explained, "{first:?} and {second:?}: {cause:?}");
    let ids = cause.ids();
    ids.contains(&first.id()) && ids.contains(&second.id())
}
