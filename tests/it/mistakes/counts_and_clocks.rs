//! RecordRoute: counts that are mixed up, and clocks that run at the wrong time.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant};

use routeguide::proto::{Point, RouteSummary};

use super::record_route::{metres, summary, sums_up};
use super::{Row, all_are_found};
use testkit::guide::Guide;
use testkit::outside::check;
use testkit::parallel;

#[test]
fn counts_that_are_mixed_up() {
    let rows: Vec<Row> = vec![
        (
            "distance-always-zero",
            sums_up(|s, _, _| s.distance = 0),
            "`distance` is always 0",
        ),
        (
            "counts-swapped",
            sums_up(|s, _, _| std::mem::swap(&mut s.point_count, &mut s.feature_count)),
            "have changed places",
        ),
        (
            "counts-features-only",
            sums_up(|s, _, _| s.point_count = s.feature_count),
            "only if a feature stands there",
        ),
        (
            "first-point-not-counted",
            Guide::records(|route, elapsed| {
                let rest = route.get(1..).unwrap_or_default();
                Ok(RouteSummary {
                    distance: metres(route) as i32,
                    ..summary(rest, elapsed)
                })
            }),
            "The first point of the route is not counted",
        ),
        (
            "first-point-skipped",
            Guide::records(|route, elapsed| {
                Ok(summary(route.get(1..).unwrap_or_default(), elapsed))
            }),
            "The first point of the route is lost",
        ),
        (
            "last-point-skipped",
            Guide::records(|route, elapsed| {
                let rest = route.split_last().map_or(route, |(_, rest)| rest);
                Ok(summary(rest, elapsed))
            }),
            "The last point of the route is lost",
        ),
    ];
    all_are_found("record-route", rows);
}

/// A server that gives the time that has passed at the half-close since the moment of this of its clocks: the beginning of
/// the call, the first point, and the last one.
fn clock(of: fn([Instant; 3]) -> Instant) -> Guide {
    Guide::reads_route(move |mut points| {
        Box::pin(async move {
            let began = Instant::now();
            let (mut first, mut last) = (None, None);
            let mut route: Vec<Point> = Vec::new();
            while let Some(point) = points.message().await? {
                last = Some(Instant::now());
                first = first.or(last);
                route.push(point);
            }
            let ended = Instant::now();
            let since = of([began, first.unwrap_or(ended), last.unwrap_or(ended)]);
            Ok(summary(&route, since.elapsed()))
        })
    })
}

#[test]
fn clocks_that_run_at_the_wrong_time() {
    static BEGAN: LazyLock<Instant> = LazyLock::new(Instant::now);
    LazyLock::force(&BEGAN);
    let rows: Vec<Row> = vec![
        (
            "elapsed-since-first-point",
            clock(|[_, first, _]| first),
            "from the first point on",
        ),
        (
            "elapsed-since-last-point",
            clock(|[.., last]| last),
            "from the last point on",
        ),
        (
            "elapsed-microseconds",
            sums_up(|s, _, elapsed| s.elapsed_time = elapsed.as_micros() as i32),
            "in microseconds",
        ),
        (
            "elapsed-nanoseconds",
            sums_up(|s, _, elapsed| s.elapsed_time = elapsed.as_nanos() as i32),
            "in nanoseconds",
        ),
        (
            "elapsed-rounded-up",
            sums_up(|s, _, elapsed| s.elapsed_time = elapsed.as_secs_f64().ceil() as i32),
            "rounded up",
        ),
        (
            "elapsed-rounded",
            sums_up(|s, _, elapsed| s.elapsed_time = elapsed.as_secs_f64().round() as i32),
            "is rounded",
        ),
        (
            "elapsed-at-least-one",
            sums_up(|s, _, elapsed| s.elapsed_time = (elapsed.as_secs() as i32).max(1)),
            "never less than 1",
        ),
        (
            "elapsed-tenths",
            sums_up(|s, _, elapsed| s.elapsed_time = (elapsed.as_millis() / 100) as i32),
            "in tenths of a second",
        ),
        (
            "elapsed-hundredths",
            sums_up(|s, _, elapsed| s.elapsed_time = (elapsed.as_millis() / 10) as i32),
            "in hundredths of a second",
        ),
        (
            "elapsed-fraction",
            sums_up(|s, _, elapsed| s.elapsed_time = elapsed.subsec_millis() as i32),
            "only the fraction",
        ),
        (
            "state-leaks",
            clock(|_| *BEGAN),
            "the clock was not started with the call",
        ),
    ];
    all_are_found("record-route", rows);
}

/// A server that computes the time from the moments of the beginning, of each point, and of the half-close.
fn clocks_of(of: fn(&[Instant]) -> u64) -> Guide {
    Guide::reads_route(move |mut points| {
        Box::pin(async move {
            let mut moments = vec![Instant::now()];
            let mut route: Vec<Point> = Vec::new();
            while let Some(point) = points.message().await? {
                moments.push(Instant::now());
                route.push(point);
            }
            moments.push(Instant::now());
            Ok(summary(&route, Duration::from_secs(of(&moments))))
        })
    })
}

#[test]
fn seconds_that_are_lost_on_the_way() {
    fn whole_gaps(moments: &[Instant]) -> u64 {
        let gaps = moments.windows(2).map(|two| two[1] - two[0]);
        gaps.map(|gap| gap.as_secs()).sum()
    }
    let until_last = |moments: &[Instant]| {
        let last = moments[moments.len() - 2];
        (last - moments[0]).as_secs()
    };
    let rows: Vec<Row> = vec![
        (
            "elapsed-gaps-cut",
            clocks_of(whole_gaps),
            "between one point and the next",
        ),
        (
            "elapsed-gaps-cut",
            clocks_of(|moments| whole_gaps(&moments[..moments.len() - 1])),
            "between one point and the next",
        ),
        (
            "elapsed-until-last-point",
            clocks_of(until_last),
            "only until the last point",
        ),
    ];
    all_are_found("record-route", rows);
}

/// Two mistakes together: the wait in the route of almost a second is where each of these clocks counts it.
#[test]
fn a_rounded_time_is_found_with_other_clocks_too() {
    fn rounded(time: Duration) -> u64 {
        time.as_secs_f64().round() as u64
    }
    type Clock = fn(&[Instant]) -> u64;
    let clocks: Vec<(&str, Clock)> = vec![
        ("since the first point", |moments| {
            rounded(moments[moments.len() - 1] - moments[1])
        }),
        ("until the last point", |moments| {
            rounded(moments[moments.len() - 2] - moments[0])
        }),
        ("from the first point to the last", |moments| {
            rounded(moments[moments.len() - 2] - moments[1])
        }),
    ];
    parallel(clocks, |(name, of)| {
        let addr = clocks_of(of).serve().to_string();
        let run = check(&["--addr", &addr, "record-route"]);
        assert_eq!(run.code, Some(1), "{name}: {}", run.stdout);
    });
}

/// The moment at which a route began, kept in the service.
#[test]
fn a_clock_that_calls_share_is_found_where_another_begins() {
    let clock = Arc::new(Mutex::new(Instant::now()));
    let guide = Guide::reads_route(move |mut points| {
        let clock = Arc::clone(&clock);
        Box::pin(async move {
            *clock.lock().unwrap() = Instant::now();
            let mut route: Vec<Point> = Vec::new();
            while let Some(point) = points.message().await? {
                route.push(point);
            }
            let began = *clock.lock().unwrap();
            Ok(summary(&route, began.elapsed()))
        })
    });
    let rows: Vec<Row> = vec![("state-leaks", guide, "the calls share one clock")];
    all_are_found("record-route", rows);
}

/// Counters of the service that each call sets to zero at its beginning: right as long as calls come one after the other.
#[test]
fn counters_that_calls_share_are_found_where_two_are_open() {
    let shared: Arc<Mutex<Vec<Point>>> = Arc::default();
    let guide = Guide::reads_route(move |mut points| {
        let shared = Arc::clone(&shared);
        Box::pin(async move {
            let began = Instant::now();
            shared.lock().unwrap().clear();
            while let Some(point) = points.message().await? {
                shared.lock().unwrap().push(point);
            }
            let route = shared.lock().unwrap().clone();
            Ok(summary(
                &route,
                Duration::from_secs(began.elapsed().as_secs()),
            ))
        })
    });
    let rows: Vec<Row> = vec![("state-leaks", guide, "open at the same time count together")];
    all_are_found("record-route", rows);
}
