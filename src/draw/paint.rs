//! Colours, or none. What a colour says, a word or a sign says too.

use console::Style;

/// Paints text if colours are on.
#[derive(Debug, Clone, Copy)]
pub struct Paint {
    on: bool,
}

impl Paint {
    /// With or without colours.
    pub fn new(on: bool) -> Paint {
        Paint { on }
    }

    /// Whether colours are on.
    pub fn is_on(self) -> bool {
        self.on
    }

    fn apply(self, style: &Style, text: &str) -> String {
        if self.on && !text.is_empty() {
            style.clone().force_styling(true).apply_to(text).to_string()
        } else {
            text.to_string()
        }
    }

    /// What is right.
    pub fn good(self, text: &str) -> String {
        self.apply(&Style::new().green().bold(), text)
    }

    /// What is not right.
    pub fn bad(self, text: &str) -> String {
        self.apply(&Style::new().red().bold(), text)
    }

    /// What is worth a second look.
    pub fn notice(self, text: &str) -> String {
        self.apply(&Style::new().yellow(), text)
    }

    /// What belongs to one of many things that happen at once: each number has a colour, though not one of
    /// its own, and none has the colour of [`Paint::bad`].
    pub fn one_of_many(self, number: u64, text: &str) -> String {
        let style = Style::new().bold();
        let style = match number % 5 {
            0 => style.magenta(),
            1 => style.cyan(),
            2 => style.yellow(),
            3 => style.green(),
            _ => style.blue(),
        };
        self.apply(&style, text)
    }

    /// A heading, or a word that carries a sentence.
    pub fn strong(self, text: &str) -> String {
        self.apply(&Style::new().bold(), text)
    }

    /// Emphasis.
    pub fn emphasis(self, text: &str) -> String {
        self.apply(&Style::new().italic(), text)
    }

    /// Code, and what is to be typed.
    pub fn code(self, text: &str) -> String {
        self.apply(&Style::new().cyan(), text)
    }

    /// A line that goes.
    pub fn removed(self, text: &str) -> String {
        self.apply(&Style::new().red(), text)
    }

    /// A line that comes.
    pub fn added(self, text: &str) -> String {
        self.apply(&Style::new().green(), text)
    }

    /// What may be passed over.
    pub fn faint(self, text: &str) -> String {
        self.apply(&Style::new().dim(), text)
    }

    /// A link's text.
    pub fn link(self, text: &str) -> String {
        self.apply(&Style::new().underlined(), text)
    }
}
