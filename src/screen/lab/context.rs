//! What a drawing depends on besides the model.

use crate::draw;
use crate::screen::{Canvas, Paint};

/// The greatest width of a page: wider lines are hard to read.
const WIDEST: usize = 100;
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
    /// The width and the colours for text.
    pub(super) fn canvas(&self) -> Canvas {
        self.canvas_up_to(WIDEST)
    }

    /// The width and the colours for timelines, whose lanes may take more room than text that is read.
    pub(super) fn timeline_canvas(&self) -> Canvas {
        self.canvas_up_to(draw::WIDEST_LIVE)
    }

    fn canvas_up_to(&self, widest: usize) -> Canvas {
        Canvas {
            width: self.columns.clamp(NARROWEST, widest),
            paint: self.paint,
        }
    }
}
