//! The step summary of GitHub Actions: Markdown that stands on the page of the run.

use std::io::Write as _;
use std::path::Path;
use std::{fs, io};

use crate::draw::evidence::Detail;
use crate::draw::{Canvas, evidence};
use crate::text::{clipped, on_one_line, sanitize};
use crate::verdict::report::most_telling;
use crate::verdict::{CheckReport, LessonReport, Outcome};

/// How many characters of a sentence, and of the evidence for it. GitHub refuses summaries of more than
/// a megabyte.
const LONGEST: usize = 1_500;
const LONGEST_EVIDENCE: usize = 12_000;

/// A table of the lessons, and below it all that is known of those that are not right.
pub fn render(report: &CheckReport) -> String {
    let mut text = format!(
        "## routeguide-lab: {}\n\n| | lesson | outcome | cases |\n|---|---|---|---|\n",
        words(report.outcome()).1
    );
    for lesson in &report.lessons {
        let (sign, outcome) = words(lesson.outcome);
        let name = escaped(&on_one_line(&lesson.lesson));
        text.push_str(&format!(
            "| {sign} | {name} | {outcome} | {} |\n",
            lesson.cases.len()
        ));
    }
    let target = escaped(&clipped(&on_one_line(&report.target), LONGEST));
    text.push_str(&format!("\nChecked: {target}. Seed: {}.\n", report.seed));
    let is_wrong =
        |lesson: &&LessonReport| matches!(lesson.outcome, Outcome::Fail | Outcome::Error);
    for lesson in report.lessons.iter().filter(is_wrong) {
        text.push_str(&details(lesson));
    }
    for note in &report.notes {
        let message = clipped(&on_one_line(&note.message), LONGEST);
        text.push_str(&format!("\nNote: {}\n", escaped(&message)));
    }
    text + "\n"
}

/// The summary of a check that could not be made at all.
pub fn render_problem(message: &str) -> String {
    let message = message.strip_prefix("error: ").unwrap_or(message);
    let message = escaped(&clipped(&on_one_line(message), LONGEST));
    format!("## routeguide-lab: could not be checked\n\n{message}\n\n")
}

/// Adds a summary to the file that GitHub names for it. What stands there is left.
///
/// # Errors
///
/// The system's, if the file cannot be written.
pub fn append(file: &Path, summary: &str) -> io::Result<()> {
    let mut file = fs::OpenOptions::new()
        .append(true)
        .create(true)
        .open(file)?;
    // What stands there may lack a line end.
    write!(file, "\n{summary}")
}

fn details(lesson: &LessonReport) -> String {
    let shown = most_telling(&lesson.cases).filter(|_| lesson.begun);
    let name = match shown {
        Some(case) => format!("{} · {}", lesson.lesson, case.case),
        None => lesson.lesson.clone(),
    };
    let mut text = format!("\n### {}\n\n", escaped(&on_one_line(&name)));
    if let Some(found) = &lesson.diagnosis {
        let message = clipped(&on_one_line(&found.text()), LONGEST);
        text.push_str(&escaped(&message));
        text.push('\n');
        if !found.mistakes.is_empty() {
            text.push_str(&format!(
                "\nMistake: {}\n",
                escaped(&found.mistakes.join(", "))
            ));
        }
    }
    let proof = evidence::evidence(
        lesson.diagnosis.as_ref(),
        shown,
        Detail::Whole,
        Canvas::plain(),
    );
    let proof = proof.trim_matches('\n');
    if !proof.is_empty() {
        text.push_str(&fenced(&clipped(proof, LONGEST_EVIDENCE)));
    }
    text
}

fn words(outcome: Outcome) -> (&'static str, &'static str) {
    match outcome {
        Outcome::Pass => ("✅", "passed"),
        Outcome::Fail => ("❌", "not right yet"),
        Outcome::Error => ("⚠️", "could not be checked"),
        Outcome::Skipped => ("▫️", "not checked"),
    }
}

/// Text of which no character means anything to Markdown or HTML: a character reference never does.
fn escaped(text: &str) -> String {
    let plain = |(at, c): (usize, char)| match c {
        '\n' => " ".to_string(),
        // These mean nothing, the last of them but at the beginning.
        ',' | ';' => c.to_string(),
        '-' if at > 0 => c.to_string(),
        c if c.is_ascii_punctuation() => format!("&#{};", u32::from(c)),
        c => c.to_string(),
    };
    // Blanks at the beginning would make it code.
    text.trim().char_indices().map(plain).collect()
}

/// A code block that nothing in it can end: its fence is longer than any in the text.
fn fenced(text: &str) -> String {
    let text = sanitize(text);
    let (mut longest, mut run) = (0, 0);
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    let fence = "`".repeat(3.max(longest + 1));
    format!("\n{fence}text\n{text}\n{fence}\n")
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;
    use crate::report::samples;

    /// What a reader of Markdown makes of a text: its blocks and other tags in order, and all words.
    fn read(text: &str) -> (Vec<String>, String) {
        let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_GFM;
        let mut tags = Vec::new();
        let mut words = String::new();
        for event in Parser::new_ext(text, options) {
            match event {
                Event::Start(Tag::CodeBlock(_)) => tags.push("code block".to_string()),
                Event::Start(Tag::Heading { level, .. }) => tags.push(level.to_string()),
                Event::Start(Tag::Table(columns)) => {
                    tags.push(format!("table of {}", columns.len()))
                }
                Event::Start(Tag::TableRow) => tags.push("row".to_string()),
                Event::Start(Tag::TableHead | Tag::TableCell) | Event::End(_) => {}
                Event::Start(Tag::Paragraph) => tags.push("paragraph".to_string()),
                Event::Text(text) => words.push_str(&text),
                Event::SoftBreak => words.push('\n'),
                other => tags.push(format!("{other:?}")),
            }
        }
        (tags, words)
    }

    #[test]
    fn nothing_that_is_quoted_changes_the_shape_of_the_page() {
        let shape = [
            "h2",
            "table of 4",
            "row",
            "paragraph",
            "h3",
            "paragraph",
            "paragraph",
            "code block",
            "paragraph",
        ];
        for words in samples::HOSTILE {
            let mut report = samples::failing(words);
            let text = render(&report);
            let (tags, said) = read(&text);
            assert_eq!(tags, shape, "{words:?} in\n{text}");
            // And it is still to be read.
            let first = on_one_line(words);
            assert!(said.contains(first.trim()), "no {first:?} in\n{said}");
            // As it would with the words in the table.
            report.lessons[0].lesson = words.to_string();
            report.lessons[0].cases[0].case = words.to_string();
            let (tags, _) = read(&render(&report));
            assert_eq!(tags, shape, "{words:?}");
            let (tags, _) = read(&render_problem(words));
            assert!(
                tags == ["h2", "paragraph"] || words.is_empty(),
                "{words:?}: {tags:?}"
            );
        }
    }

    #[test]
    fn summaries_are_added_and_a_folder_is_no_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("summary.md");
        fs::write(&file, "before").unwrap();
        append(&file, "one\n").unwrap();
        append(&file, "two\n").unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "before\none\n\ntwo\n");
        assert!(append(folder.path(), "x").is_err());
    }
}
