//! The end of the course: what was built, on a map, and where to go from there.

use super::Stage;
use crate::course::files;
use crate::guide::Database;
use crate::lab::State;
use crate::messages::{Message, Point, Rpc};
use crate::screen::fit;
use crate::transcript::{Event, EventKind};
use crate::verdict::CaseReport;

/// How high the map is. A row of a terminal is about twice as high as a column is wide.
const ROWS: usize = 12;
const COLUMNS: usize = 60;

/// Draws the last page.
pub fn draw(state: &State, stage: &Stage<'_>) -> String {
    let paint = stage.paint;
    let lessons = state.course.lessons();
    let records = || lessons.iter().map(|lesson| state.progress.of(lesson.id()));
    let checks: u64 = records().map(|record| u64::from(record.attempts)).sum();
    let hints: usize = records().map(|record| record.hints).sum();
    let fill = |text: &str| textwrap::fill(text, stage.canvas().width);
    let built = fill(
        "You have built a streaming gRPC service and its client: a stream out, a stream in, and both at once. \
         Every call of them was proven over the wire.",
    );
    let mut text = format!("{}\n\n{built}\n\n", paint.good("The course is done."));
    // A binary that passes its tests carries a database that can be read.
    let database = Database::from_json(files::DATABASE).unwrap_or_default();
    let route = route(state);
    let places: Vec<Point> = database
        .features()
        .iter()
        .filter_map(|f| f.location)
        .collect();
    text.push_str(&map(&places, &route, stage));
    let what = match route.len() {
        0 => format!("The map that your server serves: {} places.", places.len()),
        n => format!(
            "The map that your server serves: {} places, and the {n} points of the route that your client \
             has just recorded, in their order.",
            places.len()
        ),
    };
    text.push_str(&format!("\n{}\n\n", paint.faint(&fill(&what))));
    text.push_str(&format!(
        "{} lessons in {checks} checks, with {hints} hints.\n\n",
        lessons.len()
    ));
    text.push_str(&paint.strong("From here"));
    text.push('\n');
    for (what, how) in [
        ("c", "checks everything once more"),
        ("l", "goes back to any lesson"),
        (
            "run-reference",
            "runs the finished server: call it with your client",
        ),
        (
            "check --addr",
            "checks a RouteGuide server in any other language",
        ),
    ] {
        let what = match what.len() {
            1 => what.to_string(),
            _ => format!("{} {what}", stage.program),
        };
        let line = format!("  {}  {how}", paint.code(&fit::padded(&what, 28)));
        text.push_str(&format!("{line}\n"));
    }
    let next = "Things to try in your own code: a deadline on each call, and what the server sees when it passes; \
                a client that cancels after five features; gzip for long answers; TLS.";
    text.push_str(&format!("\n{}\n", fill(next)));
    text
}

/// Whether a case is a call in which points were sent.
fn has_points(case: &CaseReport) -> bool {
    let is_point = |event: &Event| {
        matches!(
            event.what,
            EventKind::Sent {
                message: Message::Point(_)
            }
        )
    };
    case.transcript.iter().any(is_point)
}

/// The points of the route that the learner's client has sent last.
fn route(state: &State) -> Vec<Point> {
    let lessons = state
        .verdict
        .iter()
        .flat_map(|verdict| &verdict.report.lessons);
    let mut calls = lessons
        .flat_map(|lesson| &lesson.cases)
        .filter(|case| case.rpc.is_some_and(Rpc::client_streams) && has_points(case));
    let Some(call) = calls.next_back() else {
        return Vec::new();
    };
    let sent = call
        .transcript
        .iter()
        .filter_map(|event| match &event.what {
            EventKind::Sent {
                message: Message::Point(point),
            } => Some(*point),
            _ => None,
        });
    sent.take(10).collect()
}

/// A map with a dot for each place, and a figure for each point of the route, from 1 to 9 and then 0.
fn map(places: &[Point], route: &[Point], stage: &Stage<'_>) -> String {
    let columns = COLUMNS.min(stage.columns.saturating_sub(4)).max(1);
    let limits = |of: fn(&Point) -> i32| {
        let all = places.iter().map(of);
        (all.clone().min().unwrap_or(0), all.max().unwrap_or(0))
    };
    let (south, north) = limits(|point| point.latitude);
    let (west, east) = limits(|point| point.longitude);
    // A place on a scale of so many steps; beyond its ends, the nearest.
    let step = |value: i32, from: i32, to: i32, steps: usize| -> usize {
        let (value, from, to) = (i64::from(value), i64::from(from), i64::from(to));
        let steps = i64::try_from(steps).unwrap_or(1);
        let at = (value - from) * (steps - 1) / (to - from).max(1);
        usize::try_from(at.clamp(0, steps - 1)).unwrap_or(0)
    };
    let mut cells = vec![vec![' '; columns]; ROWS];
    let mut put = |point: &Point, sign: char| {
        let row = ROWS - 1 - step(point.latitude, south, north, ROWS);
        cells[row][step(point.longitude, west, east, columns)] = sign;
    };
    for place in places {
        put(place, '·');
    }
    for (point, figure) in route.iter().zip("1234567890".chars()) {
        put(point, figure);
    }
    let mut text = String::new();
    for row in cells {
        text.push_str("  ");
        for cell in row {
            let sign = cell.to_string();
            match cell {
                '·' | ' ' => text.push_str(&stage.paint.faint(&sign)),
                _ => text.push_str(&stage.paint.good(&sign)),
            }
        }
        text.push('\n');
    }
    text
}
