//! The glossary, as a page.

use super::DrawContext;
use crate::course::files;
use crate::screen::markdown;

/// Draws the page.
pub fn draw(context: &DrawContext<'_>) -> String {
    // A test holds that the binary carries it.
    let text = files::text("lessons/glossary.md").unwrap_or_default();
    markdown::render(text, context.canvas())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_binary_carries_the_glossary() {
        assert!(
            files::text("lessons/glossary.md").is_some_and(|text| text.contains("**Half-close**"))
        );
    }
}
