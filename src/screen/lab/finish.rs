//! The last page: what the learner has built, a map, and what to do next.

use super::DrawContext;
use crate::course::{Lesson, Part, files};
use crate::guide::Database;
use crate::lab::Model;
use crate::messages::{Message, Point, Rpc};
use crate::screen::{fit, lesson};
use crate::transcript::{Event, EventKind};
use crate::verdict::CaseReport;

/// The height of the map. A row of a terminal is about twice as high as a column is wide.
const ROWS: usize = 12;
const COLUMNS: usize = 60;

/// Draws the page.
pub fn draw(model: &Model, context: &DrawContext<'_>) -> String {
    let paint = context.paint;
    let lessons: Vec<&Lesson> = model.course.part(Part::Codelab).collect();
    let records = || lessons.iter().map(|lesson| model.progress.of(lesson.id()));
    let checks: u64 = records().map(|record| u64::from(record.attempts)).sum();
    let hints: usize = records().map(|record| record.hints).sum();
    let fill = |text: &str| textwrap::fill(text, context.canvas().width);
    let built = fill(
        "You have built a gRPC service with server streaming, client streaming and bidirectional streaming, and \
         its client. Every call was tested over the wire.",
    );
    let mut text = format!("{}\n\n{built}\n\n", paint.good("The course is done."));
    // A test holds that the embedded database can be read.
    let database = Database::from_json(files::DATABASE).unwrap_or_default();
    let route = route(model);
    let places: Vec<Point> = database
        .features()
        .iter()
        .filter_map(|f| f.location)
        .collect();
    text.push_str(&map(&places, &route, context));
    let what = match route.len() {
        0 => format!(
            "The map shows the {} places that your server knows.",
            places.len()
        ),
        n => format!(
            "The map shows the {} places that your server knows, and the {n} points of the last route that your \
             client recorded, numbered in their order.",
            places.len()
        ),
    };
    text.push_str(&format!("\n{}\n\n", paint.faint(&fill(&what))));
    text.push_str(&format!(
        "Lessons: {}. Checks: {checks}. Hints: {hints}.\n\n",
        lessons.len()
    ));
    text.push_str(&paint.strong("What to do next"));
    text.push('\n');
    for (what, how) in [
        ("c", "checks all lessons again"),
        ("l", "lists the lessons"),
        ("p", "starts your server, and draws the calls that it gets"),
        (
            "run-reference",
            "runs the finished server: call it with your client",
        ),
        ("check --addr", "checks a RouteGuide server in any language"),
    ] {
        let what = match what.len() {
            1 => what.to_string(),
            _ => format!("{} {what}", context.program),
        };
        let line = format!("  {}  {how}", paint.code(&fit::padded(&what, 28)));
        text.push_str(&format!("{line}\n"));
    }
    let list = |_: &Lesson| format!("  {}", paint.code("l"));
    text.push_str(&lesson::part_two(
        &model.course,
        &model.progress,
        context.canvas(),
        list,
    ));
    let next = "Things to try in your own code: gzip for long responses, TLS.";
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

/// The points of the last route that the learner's client has sent, at most ten.
fn route(model: &Model) -> Vec<Point> {
    let lessons = model
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

/// A map with a dot for each place, and a digit for each point of the route: 1 to 9, and then 0.
fn map(places: &[Point], route: &[Point], context: &DrawContext<'_>) -> String {
    let columns = COLUMNS.min(context.columns.saturating_sub(4)).max(1);
    let limits = |of: fn(&Point) -> i32| {
        let all = places.iter().map(of);
        (all.clone().min().unwrap_or(0), all.max().unwrap_or(0))
    };
    let (south, north) = limits(|point| point.latitude);
    let (west, east) = limits(|point| point.longitude);
    // Where a value is on a scale of so many steps, clamped to its ends.
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
    for (point, digit) in route.iter().zip("1234567890".chars()) {
        put(point, digit);
    }
    let mut text = String::new();
    for row in cells {
        text.push_str("  ");
        for cell in row {
            let sign = cell.to_string();
            match cell {
                '·' | ' ' => text.push_str(&context.paint.faint(&sign)),
                _ => text.push_str(&context.paint.good(&sign)),
            }
        }
        text.push('\n');
    }
    text
}
