//! What proves a diagnosis: the two sides of a difference, the learner's own line, the words of others,
//! and the call as it went.

use super::{Canvas, fit, timeline};
use crate::text::{clipped, on_one_line, printable, sanitize};
use crate::verdict::{CaseReport, Contrast, Diagnosis, Excerpt, Quote};

/// How many lines of somebody else's words are shown.
const MOST_QUOTED: usize = 60;
/// How many lines of the compiler's words are shown folded. Most errors have fewer; one about traits can have forty.
const MOST_FOLDED: usize = 30;

/// How much of the compiler's words is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// The first error, how many more there are, and what shows them: a key, or a command.
    Folded {
        /// `e`, or `check --trace`.
        shown_by: &'static str,
    },
    /// Everything.
    Whole,
}
/// How many characters of a sentence, of a side of a difference, or of a line of somebody else's. A
/// server can put megabytes into a name.
pub const LONGEST: usize = 1_500;

impl Detail {
    /// Folded, on a command line.
    pub const FOLDED: Detail = Detail::Folded {
        shown_by: "check --trace",
    };
}

/// What a message says, by itself.
pub fn sentence(message: &str, canvas: Canvas) -> String {
    wrapped(&clipped(&sanitize(message), LONGEST), "  ", canvas)
}

/// What a diagnosis says: the cause, or a list if there are several, then the place to change, and what shows it.
pub fn verdict(diagnosis: &Diagnosis, canvas: Canvas) -> String {
    let mut text = String::new();
    if diagnosis.also.is_empty() {
        text.push_str(&sentence(&diagnosis.message, canvas));
    } else {
        for cause in std::iter::once(&diagnosis.message).chain(&diagnosis.also) {
            let cause = clipped(&sanitize(cause), LONGEST);
            text.push_str(&wrapped_behind("  • ", &cause, canvas));
        }
    }
    // With an excerpt, the place stands above the line.
    if let Some(location) = diagnosis
        .location
        .as_ref()
        .filter(|_| diagnosis.excerpt.is_none())
    {
        let place = clipped(&on_one_line(&location.to_string()), LONGEST);
        text.push_str(
            &canvas
                .paint
                .strong(&wrapped_behind("  at ", &place, canvas)),
        );
    }
    if let Some(evidence) = &diagnosis.evidence {
        text.push_str(&sentence(evidence, canvas));
    }
    text
}

/// Everything that proves a diagnosis, and what to do about it: the difference, the learner's own line,
/// the words of others, the hint, what the case is there to find out, and the call as it went.
pub fn evidence(
    diagnosis: Option<&Diagnosis>,
    case: Option<&CaseReport>,
    detail: Detail,
    canvas: Canvas,
) -> String {
    let mut text = diagnosis.map_or(String::new(), |found| behind(found, detail, canvas));
    if let Some(case) = case.filter(|case| !case.transcript.is_empty()) {
        text.push('\n');
        if let Some(why) = &case.why {
            text.push_str(&canvas.paint.faint(&wrapped(why, "  ", canvas)));
        }
        text.push_str(&timeline::draw(&case.transcript, case.mark, canvas));
    }
    text
}

fn behind(diagnosis: &Diagnosis, detail: Detail, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let mut text = String::new();
    if let Some(Contrast { expected, received }) = &diagnosis.contrast {
        text.push('\n');
        let row = |label: &str, value: &str| {
            let value = clipped(&sanitize(value), LONGEST);
            wrapped_behind(&format!("    {label}  "), &value, canvas)
        };
        text.push_str(&paint.good(&row("expected", expected)));
        text.push_str(&paint.bad(&row("received", received)));
    }
    if let Some(excerpt) = &diagnosis.excerpt {
        text.push('\n');
        text.push_str(&source(excerpt, canvas));
    }
    if let Some(quoted) = &diagnosis.quoted {
        text.push('\n');
        text.push_str(&quote(quoted, detail, canvas));
    }
    if let Some(hint) = &diagnosis.hint {
        text.push('\n');
        text.push_str(&sentence(hint, canvas));
    }
    text
}

/// The learner's own line, with a caret under the column.
fn source(excerpt: &Excerpt, canvas: Canvas) -> String {
    let paint = canvas.paint;
    let number = excerpt.location.line.to_string();
    let margin = " ".repeat(number.len());
    let until: String = excerpt
        .source
        .chars()
        .take(excerpt.column.saturating_sub(1))
        .collect();
    let indent = " ".repeat(fit::width(&sanitize(&until)));
    format!(
        "  {}\n  {number} {bar} {}\n  {margin} {bar} {indent}{}\n",
        paint.strong(&on_one_line(&format!(
            "{}:{}",
            excerpt.location, excerpt.column
        ))),
        clipped(&sanitize(&excerpt.source), LONGEST),
        paint.bad("^"),
        bar = paint.faint("│"),
    )
}

/// Somebody else's words. Only the compiler's may keep their colour.
pub fn quote(quote: &Quote, detail: Detail, canvas: Canvas) -> String {
    let Quote::Compiler { first, rest } = quote else {
        return lines(&sanitize(quote.words()), MOST_QUOTED, "");
    };
    let shown = |words: &str| match canvas.paint.is_on() {
        true => printable(words).to_string(),
        false => sanitize(words),
    };
    let Detail::Folded { shown_by } = detail else {
        return lines(&shown(&quote.all_words()), usize::MAX, "");
    };
    let mut text = lines(
        &shown(first),
        MOST_FOLDED,
        &format!(": `{shown_by}` shows them"),
    );
    let more = match rest.len() {
        0 => return text,
        1 => format!("and 1 more error: `{shown_by}` shows it"),
        n => format!("and {n} more errors: `{shown_by}` shows them"),
    };
    text.push_str(&canvas.paint.faint(&format!("  … {more}\n")));
    text
}

/// Lines of text, indented; where there are too many, how many are left out, and how to see them.
fn lines(words: &str, most: usize, how_to_see: &str) -> String {
    let lines: Vec<&str> = words.trim_matches('\n').lines().collect();
    let mut text = String::new();
    for line in lines.iter().take(most) {
        text.push_str(format!("  {}", clipped(line, LONGEST)).trim_end());
        text.push('\n');
    }
    let left_out = lines.len().saturating_sub(most);
    if left_out > 0 {
        let s = if left_out == 1 { "" } else { "s" };
        text.push_str(&format!("  … and {left_out} more line{s}{how_to_see}\n"));
    }
    text
}

/// Text on as many lines as the width asks for, each behind the same indent.
pub fn wrapped(text: &str, indent: &str, canvas: Canvas) -> String {
    fill(text, indent, indent, canvas)
}

/// The same behind a label.
pub fn wrapped_behind(label: &str, text: &str, canvas: Canvas) -> String {
    fill(text, label, &" ".repeat(fit::width(label)), canvas)
}

fn fill(text: &str, first: &str, rest: &str, canvas: Canvas) -> String {
    let options = textwrap::Options::new(canvas.width)
        .initial_indent(first)
        .subsequent_indent(rest)
        .word_splitter(textwrap::WordSplitter::NoHyphenation);
    let mut filled = String::new();
    for line in textwrap::fill(text, options).lines() {
        // It adds up the widths of characters, but some emoji are wider than the sum of theirs.
        let indent = if filled.is_empty() { first } else { rest };
        let columns = canvas.width.saturating_sub(fit::width(indent));
        match line
            .strip_prefix(indent)
            .filter(|_| fit::width(line) > canvas.width)
        {
            Some(words) => {
                for (n, part) in fit::lines(words, columns, usize::MAX).iter().enumerate() {
                    let indent = if n == 0 { indent } else { rest };
                    filled.push_str(&format!("{indent}{part}\n"));
                }
            }
            None => {
                filled.push_str(line);
                filled.push('\n');
            }
        }
    }
    if filled.is_empty() {
        filled.push('\n');
    }
    filled
}
