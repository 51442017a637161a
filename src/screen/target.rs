//! The last line after the check of any server or client.

use super::Canvas;
use crate::text::harmless;

/// What came of it in a word, and what to type when something was changed.
pub fn last_line(passed: bool, target: &str, command: &str, canvas: Canvas) -> String {
    let paint = canvas.paint;
    if passed {
        let target = paint.strong(target);
        format!(
            "\n{} {target} does what RouteGuide promises.\n",
            paint.good("Passed.")
        )
    } else {
        format!("\nMend that, then {}\n", paint.code(command))
    }
}

/// The same for a client, which is named by its command.
pub fn last_line_of_client(passed: bool, client: &str, command: &str, canvas: Canvas) -> String {
    if !passed {
        return last_line(passed, client, command, canvas);
    }
    let paint = canvas.paint;
    format!(
        "\n{} {} does what RouteGuide asks of a client.\n",
        paint.good("Passed."),
        paint.strong(&harmless(client))
    )
}
