//! What the keys do, at length.

use super::Stage;
use crate::screen::fit;

const KEYS: [(&str, &str); 17] = [
    ("n", "go on to the next lesson, once this one has passed"),
    ("c", "check the whole course"),
    ("r", "run the last check again"),
    ("h", "show the next hint"),
    (
        "s",
        "show the solution beside your code, once you have tried",
    ),
    ("w", "there: write it into your files"),
    ("t", "the text of the lesson, and back to the verdict"),
    ("v, Esc", "back to the verdict"),
    (
        "l",
        "all lessons: choose one, put it back, mark it as skipped",
    ),
    (
        "o",
        "open the file at the line, in $VISUAL, $EDITOR or VS Code",
    ),
    (
        "x",
        "put the lesson back to its beginning, after a question",
    ),
    (
        "u",
        "undo that, or a solution written; once more: do it again",
    ),
    ("↑ ↓ j k", "scroll by a line"),
    ("PgUp PgDn", "scroll by a page; also b and the space bar"),
    ("Home End", "to the beginning and the end"),
    ("Ctrl-L", "draw the screen anew"),
    ("q", "quit; also Ctrl-C. What has passed is kept"),
];

/// The page of all keys.
pub fn draw(stage: &Stage<'_>) -> String {
    let text = String::from(
        "Write in start_here with the editor you like, and save. The lab builds what you saved, calls it \
         as a client or a server would, and shows what came of it. A newer save ends the check of an older \
         one, so what you see is always about your newest code.",
    );
    let mut text = textwrap::fill(&text, stage.canvas().width) + "\n\n";
    for (key, what) in KEYS {
        let key = fit::padded(key, 10);
        text.push_str(&format!("  {} {what}\n", stage.paint.code(&key)));
    }
    text
}
