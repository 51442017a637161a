//! RecordRoute: counts that are mixed up, and clocks that run at the wrong time.

use std::sync::{Arc, LazyLock, Mutex};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use routeguide::proto::{Point, RouteSummary};

use super::list_features::at;
use super::record_route::{metres, summary, sums_up};
use super::{Row, all_are_found};
use testkit::guide::{FEATURES, Guide};
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
            "summary-empty",
            sums_up(|s, _, _| *s = RouteSummary::default()),
            "The summary is empty",
        ),
        (
            "no-point-counted",
            sums_up(|s, _, _| s.point_count = 0),
            "`point_count` is always 0",
        ),
        (
            "latitude-only",
            sums_up(|s, route, _| {
                let is_there = |p: &&Point| FEATURES.iter().any(|f| at(f).latitude == p.latitude);
                s.feature_count = route.iter().filter(is_there).count() as i32;
            }),
            "only its latitude is that of a feature",
        ),
        (
            "longitude-only",
            sums_up(|s, route, _| {
                let is_there = |p: &&Point| FEATURES.iter().any(|f| at(f).longitude == p.longitude);
                s.feature_count = route.iter().filter(is_there).count() as i32;
            }),
            "only its longitude is that of a feature",
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
            "elapsed-until-first-point",
            clock_between(0, 1, |time| time.as_secs()),
            "only until the first point",
        ),
        (
            "elapsed-until-last-point elapsed-since-first-point",
            clock_between(1, 2, |time| time.as_secs()),
            "from the first point on",
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

/// A clock that is started and read at two of these moments, of which the right ones are the first and the last: the
/// beginning of the call, the first point, the last point, and the half-close.
fn clock_between(from: usize, until: usize, seconds: fn(Duration) -> u64) -> Guide {
    Guide::reads_route(move |mut points| {
        Box::pin(async move {
            let began = Instant::now();
            let (mut first, mut last) = (None, began);
            let mut route: Vec<Point> = Vec::new();
            while let Some(point) = points.message().await? {
                last = Instant::now();
                first = first.or(Some(last));
                route.push(point);
            }
            let moments = [began, first.unwrap_or(began), last, Instant::now()];
            let time = moments[until] - moments[from];
            Ok(summary(&route, Duration::from_secs(seconds(time))))
        })
    })
}

/// Two mistakes together, or three: the clock runs at the wrong time, and what it shows is rounded.
#[test]
fn a_rounded_time_is_found_with_every_clock() {
    fn rounded(time: Duration) -> u64 {
        time.as_secs_f64().round() as u64
    }
    /// Of a clock that counts milliseconds, and shows none in a quick call.
    fn rounded_up(time: Duration) -> u64 {
        u64::try_from(time.as_millis()).unwrap().div_ceil(1_000)
    }
    let clocks = [
        (0, 3, ""),
        (0, 2, " elapsed-until-last-point"),
        (0, 1, " elapsed-until-first-point"),
        (1, 3, " elapsed-since-first-point"),
        (2, 3, " elapsed-since-last-point"),
        (1, 2, " elapsed-since-first-point elapsed-until-last-point"),
    ];
    type Seconds = fn(Duration) -> u64;
    let ways: [(&str, Seconds); 2] = [
        ("elapsed-rounded", rounded),
        ("elapsed-rounded-up", rounded_up),
    ];
    let all = clocks.iter().flat_map(|clock| ways.map(|way| (clock, way)));
    parallel(all.collect(), |(&(from, until, more), (way, seconds))| {
        let addr = clock_between(from, until, seconds).serve().to_string();
        let run = check(&["--addr", &addr, "record-route", "--format", "json"]);
        assert_eq!(run.code, Some(1), "{way}{more}: {}", run.stdout);
        let report = run.json();
        // On a busy machine, the server's clock may tell less than which two mistakes these are.
        let message = report["lessons"][0]["diagnosis"]["message"].as_str();
        assert!(message.unwrap().contains("`elapsed_time`"), "{message:?}");
    });
}

/// The time of day in whole seconds, at the beginning and at the end.
#[test]
fn seconds_that_are_subtracted_are_found_whenever_the_check_begins() {
    fn now() -> u64 {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        now.unwrap().as_secs()
    }
    let guide = || {
        Guide::reads_route(|mut points| {
            Box::pin(async move {
                let began = now();
                let mut route: Vec<Point> = Vec::new();
                while let Some(point) = points.message().await? {
                    route.push(point);
                }
                Ok(summary(&route, Duration::from_secs(now() - began)))
            })
        })
    };
    let words = "cut to whole seconds before";
    let rows = (0..6).map(|_| ("elapsed-seconds-subtracted", guide(), words));
    all_are_found("record-route", rows.collect());
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
