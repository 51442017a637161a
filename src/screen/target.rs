//! The last line after the check of any server or client.

use super::Canvas;

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
