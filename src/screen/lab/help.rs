//! The help page: what each key does.

use super::DrawContext;
use crate::screen::fit;

const KEYS: &[(&str, &str)] = &[
    ("n", "go to the next lesson, once this one has passed"),
    ("c", "check all lessons"),
    ("r", "repeat the last check"),
    ("h", "show the next hint"),
    ("s", "show the solution beside your code"),
    ("w", "on that page: write the solution into your files"),
    ("t", "show the text of the lesson; again: the verdict"),
    ("v, Esc", "show the verdict"),
    (
        "e",
        "with a verdict: show all errors of the compiler; again: the first",
    ),
    ("l", "list the lessons: open, reset or skip one"),
    (
        "p",
        "start your server, and show its output and its calls; again: stop it",
    ),
    ("g", "show the glossary: what the words of the course mean"),
    ("1 2 3", "after a pass: answer the lesson's question"),
    ("o", "open the file in $VISUAL, $EDITOR or another editor"),
    ("x", "reset your code of this lesson (asks first)"),
    (
        "u",
        "undo the last reset or written solution; again: the one before",
    ),
    ("U", "redo what was undone"),
    ("↑ ↓ j k", "scroll by a line"),
    ("PgUp PgDn", "scroll by a page; also b and Space"),
    ("Home End", "go to the beginning or the end"),
    ("Ctrl-L", "redraw the screen"),
    ("q", "quit; also Ctrl-C. Your progress is kept"),
];

/// Draws the page.
pub fn draw(context: &DrawContext<'_>) -> String {
    let intro = "Edit the files in start_here with any editor, and save. The lab builds your code, tests it over the \
                 wire, and shows the verdict. A new save cancels the check of an older one, so the verdict is \
                 always about your newest code.";
    let mut text = textwrap::fill(intro, context.canvas().width) + "\n\n";
    for (key, what) in KEYS {
        let key = fit::padded(key, 10);
        text.push_str(&format!("  {} {what}\n", context.paint.code(&key)));
    }
    text
}
