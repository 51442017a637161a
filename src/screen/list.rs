//! The lessons as a table, with the progress of each.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use chrono::{DateTime, Utc};

use super::ago;
use super::evidence::{wrapped, wrapped_behind};
use super::lesson::course_bar;
use super::{Canvas, Paint, fit};
use crate::course::{Component, Lesson, Part};
use crate::learner::lesson_status::{LessonProgress, LessonStatus, Tally};
use crate::learner::work::{LessonRegion, LessonRegionError};
use crate::text::sanitize;

/// The longest id.
const ID: usize = 21;
/// The width of all columns but the title.
const WITH_STATE: usize = 54;

/// The shortest that a title is cut to. With less room, there are no titles.
const SHORTEST_TITLE: usize = 20;

/// The columns that fit the width.
#[derive(Clone, Copy)]
enum Columns {
    /// All of them, with titles of this width.
    Title(usize),
    /// All but the title.
    State,
    /// Neither title, state nor hints: a sign shows the state, and a legend explains the signs.
    Signs,
}

impl Columns {
    fn fitting(width: usize) -> Columns {
        match width {
            0..WITH_STATE => Columns::Signs,
            width if width < WITH_STATE + SHORTEST_TITLE => Columns::State,
            width => Columns::Title((width - WITH_STATE).min(33)),
        }
    }

    /// A line of the table, from its cells.
    fn row(self, cells: &Cells<'_>) -> String {
        let id = fit::padded(cells.id, ID);
        let Cells {
            sign,
            number,
            title,
            minutes,
            state,
            checks,
            hints,
            ..
        } = cells;
        let head = format!("{sign} {number:>2} {id} ");
        let row = match self {
            Columns::Title(columns) => {
                let title = fit::padded(&fit::cut(title, columns), columns);
                format!("{head}{title} {minutes:>3}  {state:<7} {checks:>6} {hints:>5}")
            }
            Columns::State => {
                format!("{head}{minutes:>3}  {state:<7} {checks:>6} {hints:>5}")
            }
            Columns::Signs => format!("{head}{minutes:>3} {checks:>6}"),
        };
        row.trim_end().to_string()
    }
}

/// The cells of a line.
struct Cells<'a> {
    sign: String,
    number: String,
    id: &'a str,
    title: &'a str,
    minutes: String,
    state: &'a str,
    checks: String,
    hints: String,
}

/// Draws the progress bar and the table of lessons, group by group.
pub fn draw(tally: Tally, lessons: &[LessonProgress<'_>], canvas: Canvas) -> String {
    let bar = course_bar(tally, canvas);
    let mut text = format!("{bar}\n\n");
    for line in table(lessons, canvas) {
        if let Line::Group(_) = line {
            text.push('\n');
        }
        text.push_str(line.text());
        text.push('\n');
    }
    if let Columns::Signs = Columns::fitting(canvas.width) {
        text.push_str(&format!("\n{}\n", legend(lessons, canvas.paint)));
    }
    text
}

/// A line of the table.
#[derive(Debug)]
pub enum Line {
    /// The headings of the columns.
    Headings(String),
    /// The heading of a group of lessons.
    Group(String),
    /// A lesson.
    Lesson(String),
}

impl Line {
    /// The text of the line.
    pub fn text(&self) -> &str {
        match self {
            Line::Headings(text) | Line::Group(text) | Line::Lesson(text) => text,
        }
    }
}

/// The lines of the table.
pub fn table(lessons: &[LessonProgress<'_>], canvas: Canvas) -> Vec<Line> {
    let paint = canvas.paint;
    let columns = Columns::fitting(canvas.width);
    let headings = columns.row(&Cells {
        sign: " ".to_string(),
        number: "#".to_string(),
        id: "lesson",
        title: "title",
        minutes: "min".to_string(),
        state: "state",
        checks: "checks".to_string(),
        hints: "hints".to_string(),
    });
    let mut lines = vec![Line::Headings(paint.faint(&headings))];
    let mut group = None;
    for progress in lessons {
        let lesson = progress.lesson;
        let heading = heading(lesson);
        if group != Some(heading) {
            group = Some(heading);
            let far = how_far(lesson.head.part, lessons, canvas.width);
            lines.push(Line::Group(format!("{}{far}", paint.strong(heading))));
        }
        let count = |n: usize| match n {
            0 => String::new(),
            n => n.to_string(),
        };
        lines.push(Line::Lesson(columns.row(&Cells {
            sign: sign(progress.status, paint),
            number: lesson.number.to_string(),
            id: lesson.id(),
            title: &lesson.head.title,
            minutes: lesson.head.minutes.to_string(),
            state: match progress.status {
                LessonStatus::Open => "",
                status => status.name(),
            },
            checks: count(usize::try_from(progress.record.attempts).unwrap_or(usize::MAX)),
            hints: count(progress.record.hints),
        })));
    }
    lines
}

/// Draws one lesson, with the time of its pass and where to edit.
pub fn draw_one(
    progress: &LessonProgress<'_>,
    regions: &Result<Vec<LessonRegion>, LessonRegionError>,
    now: SystemTime,
    canvas: Canvas,
) -> String {
    let paint = canvas.paint;
    let lesson = progress.lesson;
    let record = &progress.record;
    let title = paint.strong(&format!("Lesson {}: {}", lesson.number, lesson.head.title));
    let name = paint.faint(&format!("({}, {} min)", lesson.id(), lesson.head.minutes));
    let mut text = wrapped(&format!("{title}  {name}"), "", canvas);
    text.push('\n');
    let when = record
        .passed_at
        .filter(|_| progress.status == LessonStatus::Passed)
        .map(|seconds| format!(", {}", when(seconds, now)));
    let mut row = |label: &str, value: &str| {
        text.push_str(&wrapped_behind(&fit::padded(label, 10), value, canvas));
    };
    let state = format!("{}{}", progress.status.name(), when.unwrap_or_default());
    row("State", &state);
    row("Checks", &record.attempts.to_string());
    let hints = format!("{} of {} shown", record.hints, lesson.hints.len());
    row("Hints", &hints);
    if progress.status == LessonStatus::Passed
        && let Some(question) = &lesson.question
        && let Some(right) = question.answers.get(question.right)
    {
        row("Question", &sanitize(&question.text));
        row(
            "Answer",
            &sanitize(&format!("{right} {}", question.because)),
        );
    }
    match regions {
        Ok(regions) if regions.is_empty() => row("Edit", "nothing; it only runs your code"),
        Ok(regions) => {
            for (n, region) in regions.iter().enumerate() {
                let label = if n == 0 { "Edit" } else { "and" };
                let place = region.location.to_string();
                row(label, &paint.strong(&place));
            }
        }
        Err(error) => row("Edit", &paint.bad(&error.to_string())),
    }
    text
}

/// `3 days ago (2026-11-22 19:35 UTC)`.
fn when(seconds: u64, now: SystemTime) -> String {
    let passed = Duration::from_secs(seconds);
    let since = now
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .saturating_sub(passed);
    let ago = ago::ago(since);
    let date = i64::try_from(seconds)
        .ok()
        .and_then(|seconds| DateTime::<Utc>::from_timestamp(seconds, 0));
    match date {
        Some(date) => format!("{ago} ({} UTC)", date.format("%Y-%m-%d %H:%M")),
        None => ago,
    }
}

fn sign(status: LessonStatus, paint: Paint) -> String {
    match status {
        LessonStatus::Passed => paint.good("✓"),
        LessonStatus::Next => paint.notice("▶"),
        LessonStatus::Skipped => paint.notice("»"),
        LessonStatus::Open => " ".to_string(),
    }
}

/// Explains the signs that the table uses.
fn legend(lessons: &[LessonProgress<'_>], paint: Paint) -> String {
    let statuses = [
        LessonStatus::Passed,
        LessonStatus::Next,
        LessonStatus::Skipped,
    ];
    let used = statuses
        .into_iter()
        .filter(|status| lessons.iter().any(|progress| progress.status == *status));
    let meanings: Vec<String> = used
        .map(|status| format!("{} {}", sign(status, paint), status.name()))
        .collect();
    meanings.join("   ")
}

/// The heading of a group of lessons.
fn heading(lesson: &Lesson) -> &'static str {
    let component = match lesson.component() {
        Component::Proto => "The contract",
        Component::Server => "The server",
        Component::Client => "The client",
    };
    lesson.head.part.title().unwrap_or(component)
}

/// What is said behind the heading of a part but the first, whose progress is above the table: that its lessons may be
/// taken in any order, how many have passed, and how long the others take. As much of it as there is room for.
fn how_far(part: Part, lessons: &[LessonProgress<'_>], width: usize) -> String {
    let Some(title) = part.title() else {
        return String::new();
    };
    let lessons = || lessons.iter().filter(|one| one.lesson.head.part == part);
    let open = || lessons().filter(|one| one.status != LessonStatus::Passed);
    let (all, left) = (lessons().count(), open().count());
    let minutes: u32 = open().map(|one| one.lesson.head.minutes).sum();
    let count = format!("{} of {all} passed", all - left);
    let left = match minutes {
        0 => String::new(),
        minutes => format!(", about {minutes} min left"),
    };
    let candidates = [
        format!(" (in any order; {count}{left})"),
        format!(" ({count}{left})"),
        format!(" ({count})"),
    ];
    let fits = |text: &String| fit::width(title) + fit::width(text) <= width;
    candidates.into_iter().find(fits).unwrap_or_default()
}
