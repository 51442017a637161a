//! What a drawing depends on besides the model.

use crate::screen::{Canvas, Paint};

/// The smallest width that text is wrapped to. On a narrower terminal, its lines are folded.
const NARROWEST: usize = 40;

/// The terminal, the name of the program, and the time.
#[derive(Debug, Clone, Copy)]
pub struct DrawContext<'a> {
    /// Columns of the terminal.
    pub columns: usize,
    /// Rows of the terminal.
    pub rows: usize,
    /// With colours, or without.
    pub paint: Paint,
    /// The command that runs this program from a shell.
    pub program: &'a str,
    /// A counter that animates the spinner.
    pub tick: usize,
}

impl DrawContext<'_> {
    /// Whether lines are written, and no screen is drawn.
    pub(super) fn is_of_lines(&self) -> bool {
        self.rows == usize::MAX
    }

    /// The widths and the colours.
    pub(super) fn canvas(&self) -> Canvas {
        Canvas::of_columns(self.columns, NARROWEST, self.paint)
    }
}
