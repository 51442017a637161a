//! Mistakes that come together, that look the same, or that nobody has thought of.

use std::sync::{Arc, Mutex};

use routeguide::proto::RouteNote;

use super::get_feature::right_feature;
use super::list_features::{inside, is_inside, spoils, takes};
use super::record_route::sums_up;
use super::route_chat::{garbles, right, shared};
use testkit::guide::{Guide, Replies};
use testkit::outside::check;

/// A mistake that only random cases show is shown by the smallest of them, and comes again with its seed.
#[test]
fn a_random_case_that_fails_is_made_smaller() {
    let guide = takes(|r, p| is_inside(r, p) && !(7..140).contains(&inside(r).len()))
        .and(sums_up(|s, route, _| {
            s.point_count += i32::from(route.len() > 5)
        }))
        .and(Guide::replies(|earlier, note| match earlier.len() {
            0..6 => right(earlier, note),
            _ => vec![note.clone()],
        }));
    let addr = guide.serve().to_string();
    let report = check(&["--addr", &addr, "--format", "json", "--seed", "9"])
        .exits(1)
        .json();
    let shown = |lesson: usize| {
        let cases = report["lessons"][lesson]["cases"].as_array().unwrap();
        let failed = cases.iter().filter(|case| case["outcome"] == "fail");
        let sent = |case: &serde_json::Value| {
            let events = case["transcript"].as_array().unwrap();
            events
                .iter()
                .filter(|event| event["event"] == "sent")
                .count()
        };
        let expected = |case: &serde_json::Value| case["expected"].as_array().unwrap().len();
        let case = failed
            .min_by_key(|case| (sent(case), expected(case)))
            .unwrap();
        assert!(
            case["case"].as_str().unwrap().starts_with("random-"),
            "{case:#}"
        );
        (sent(case), expected(case))
    };
    let (_, features) = shown(0);
    assert!((7..14).contains(&features), "{features} features");
    assert_eq!(shown(1).0, 6, "points");
    assert_eq!(shown(2).0, 7, "notes");
    check(&["--addr", &addr, "--seed", "9"])
        .exits(1)
        .says("Drawn at random; `--seed 9` repeats it.")
        .says("--seed 9");
}

/// What no answer can tell apart is named as a family.
#[test]
fn a_family_is_named_whole() {
    let addr = garbles(|mut replies, _| replies.split_off(replies.len().saturating_sub(1))).serve();
    let run = check(&[
        "--addr",
        &addr.to_string(),
        "route-chat",
        "--format",
        "json",
    ])
    .exits(1);
    let report = run.json();
    let diagnosis = &report["lessons"][0]["diagnosis"];
    let family = serde_json::json!(["replies-last-only", "overwrites"]);
    assert_eq!(diagnosis["mistakes"], family);
    assert!(
        diagnosis["message"]
            .as_str()
            .unwrap()
            .contains("either you keep only that one")
    );
}

/// Mistakes of different RPCs, and two of one, are all found.
#[test]
fn several_mistakes_at_once() {
    let skips = spoils(|all| {
        all.retain(|f| !f.name.is_empty());
        all.pop();
    });
    let slow = sums_up(|s, _, _| {
        s.distance /= 1000;
        s.point_count += 1;
        s.feature_count = 0;
    });
    let addr = skips.and(slow).and(shared(true)).serve().to_string();
    for _ in 0..2 {
        let report = check(&["--addr", &addr, "--format", "json"])
            .exits(1)
            .json();
        let found = |n: usize| report["lessons"][n]["diagnosis"]["mistakes"].clone();
        assert_eq!(found(0), serde_json::json!(["skips-unnamed", "drops-last"]));
        let three = ["count-off-by-one", "no-feature-counted", "kilometres"];
        assert_eq!(found(1), serde_json::json!(three));
        // The second time, the history holds the notes of the first check.
        assert_eq!(
            found(2),
            serde_json::json!(["echoes-new-note", "shared-history"])
        );
        let message = report["lessons"][2]["diagnosis"]["message"]
            .as_str()
            .unwrap();
        assert!(message.contains("as an example for Go"), "{message}");
    }
}

/// A history in the service that is emptied when a call begins: alone, each call is right.
#[test]
fn a_history_that_another_call_empties_is_shared() {
    let history: Arc<Mutex<Vec<RouteNote>>> = Arc::default();
    let emptied = Guide::chats(move |mut notes| {
        let history = Arc::clone(&history);
        history.lock().unwrap().clear();
        Box::pin(async move {
            let replies = async_stream::try_stream! {
                while let Some(note) = notes.message().await? {
                    let earlier = history.lock().unwrap().clone();
                    for reply in right(&earlier, &note) {
                        yield reply;
                    }
                    history.lock().unwrap().push(note);
                }
            };
            Ok(Box::pin(replies) as Replies<_>)
        })
    });
    let addr = emptied.serve().to_string();
    let run = check(&["--addr", &addr, "route-chat"]).exits(1);
    run.says("another came and went")
        .says("Keep the notes in a variable of the method");
}

/// An unset location is the origin, and not a place of its own.
#[test]
fn what_an_unset_field_means_is_said() {
    let guide = Guide::replies(|earlier, note| {
        let same = |old: &&RouteNote| old.location == note.location;
        earlier.iter().filter(same).cloned().collect()
    });
    let addr = guide.serve().to_string();
    check(&["--addr", &addr, "route-chat"])
        .exits(1)
        .says("route-chat · at-the-origin")
        .says("is the same as that");
}

/// A shared history with another mistake.
#[test]
fn a_shared_history_and_another_mistake_are_a_pair() {
    let history: Arc<Mutex<Vec<RouteNote>>> = Arc::default();
    let newest_first = Guide::replies(move |_, note| {
        let mut history = history.lock().unwrap();
        let mut replies = right(&history, note);
        replies.reverse();
        history.push(note.clone());
        replies
    });
    let addr = newest_first.serve().to_string();
    let report = check(&["--addr", &addr, "route-chat", "--format", "json"])
        .exits(1)
        .json();
    assert_eq!(
        report["lessons"][0]["diagnosis"]["mistakes"],
        serde_json::json!(["newest-first", "shared-history"])
    );
}

/// Replies that come late and are wrong besides.
#[test]
fn late_replies_and_wrong_ones_are_both_named() {
    let late = Guide::chats(|mut notes| {
        Box::pin(async move {
            let mut all = Vec::new();
            while let Some(note) = notes.message().await? {
                all.push(note);
            }
            let replies = (0..all.len()).flat_map(move |n| {
                let mut replies = right(&all[..n], &all[n]);
                replies.reverse();
                replies
            });
            let replies: Vec<_> = replies.map(Ok).collect();
            Ok(Box::pin(tokio_stream::iter(replies)) as Replies<_>)
        })
    });
    let addr = late.serve().to_string();
    let report = check(&["--addr", &addr, "route-chat", "--format", "json"])
        .exits(1)
        .json();
    assert_eq!(
        report["lessons"][0]["diagnosis"]["mistakes"],
        serde_json::json!(["replies-at-end", "newest-first"])
    );
}

/// A half-open range makes three mistakes in one line of code.
#[test]
fn half_open_ranges_are_named() {
    let half_open = takes(|r, p| {
        let (lo, hi) = (r.lo.unwrap_or_default(), r.hi.unwrap_or_default());
        (lo.latitude..hi.latitude).contains(&p.latitude)
            && (lo.longitude..hi.longitude).contains(&p.longitude)
    });
    let addr = half_open.serve().to_string();
    let report = check(&["--addr", &addr, "list-features", "--format", "json"])
        .exits(1)
        .json();
    let three = ["border-north", "border-east", "corners-not-ordered"];
    assert_eq!(
        report["lessons"][0]["diagnosis"]["mistakes"],
        serde_json::json!(three)
    );
}

/// What no table lists is told by its first difference, and never by the name of another mistake.
#[test]
fn mistakes_that_nobody_has_thought_of() {
    let strange = takes(|r, p| is_inside(r, p) && p.latitude % 7 != 0)
        .and(sums_up(|s, route, _| {
            s.distance += 1000 * route.len() as i32
        }))
        .and(garbles(|replies, note| match note.message.len() % 3 {
            0 => Vec::new(),
            _ => replies,
        }))
        .and(Guide::gets(|point| {
            let mut feature = right_feature(point);
            feature.name = feature.name.to_uppercase();
            Ok(feature)
        }));
    let addr = strange.serve().to_string();
    let report = check(&["--addr", &addr, "--format", "json"])
        .exits(1)
        .json();
    let lessons = report["lessons"].as_array().unwrap();
    assert_eq!(lessons.len(), 4);
    for lesson in lessons {
        assert_eq!(lesson["outcome"], "fail");
        let diagnosis = &lesson["diagnosis"];
        assert_eq!(
            diagnosis["mistakes"],
            serde_json::json!([]),
            "{diagnosis:#}"
        );
    }
}
