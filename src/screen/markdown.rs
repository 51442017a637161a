//! Lesson texts, from Markdown to lines of a given width.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};
use textwrap::core::display_width;

use super::{Canvas, Paint};

/// How far code is set in.
const CODE_INDENT: &str = "    ";
/// The same where there is little room.
const NARROW_CODE_INDENT: &str = " ";
/// In fewer columns, there is little room.
const NARROW: usize = 76;

/// A space at which no line may end, while lines are being made.
const UNBROKEN: &str = "\u{a0}";

/// Renders a Markdown text. Every line fits the width, but for code and links that are longer.
pub fn render(text: &str, canvas: Canvas) -> String {
    let mut page = Page::new(canvas);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        page.event(event);
    }
    page.lines.join("\n").trim_end().to_string() + "\n"
}

/// A list that is open: the number of its next item, or none for bullets.
type List = Option<u64>;

struct Page {
    width: usize,
    paint: Paint,
    lines: Vec<String>,
    /// The text of the open paragraph, heading, item or cell, painted word by word.
    inline: String,
    styles: Vec<Inline>,
    lists: Vec<List>,
    quotes: usize,
    /// The bullet of an item whose first line is still to come.
    bullet: Option<String>,
    code: Option<String>,
    link: Option<String>,
    table: Vec<Vec<String>>,
}

/// How a piece of a line is set.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inline {
    Strong,
    Emphasis,
    Link,
}

impl Page {
    fn new(canvas: Canvas) -> Page {
        Page {
            width: canvas.width,
            paint: canvas.paint,
            lines: Vec::new(),
            inline: String::new(),
            styles: Vec::new(),
            lists: Vec::new(),
            quotes: 0,
            bullet: None,
            code: None,
            link: None,
            table: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.words(&text),
            },
            Event::Code(text) => {
                // What is to be typed stays on one line.
                let whole = format!("`{text}`").replace(' ', UNBROKEN);
                self.inline.push_str(&self.paint.code(&whole));
            }
            Event::SoftBreak | Event::HardBreak => self.inline.push(' '),
            Event::Rule => self.block(&["─".repeat(self.width.min(40))]),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.styles.push(Inline::Strong),
            Tag::Emphasis => self.styles.push(Inline::Emphasis),
            Tag::Link { dest_url, .. } => {
                self.styles.push(Inline::Link);
                self.link = Some(dest_url.to_string());
            }
            Tag::List(first) => {
                // A list inside an item begins below the item's own text.
                self.flush();
                if self.lists.is_empty() {
                    self.gap();
                }
                self.lists.push(first);
            }
            Tag::Item => {
                let bullet = match self.lists.last_mut() {
                    Some(Some(number)) => {
                        *number += 1;
                        format!("{}. ", *number - 1)
                    }
                    _ => "• ".to_string(),
                };
                self.bullet = Some(bullet);
            }
            Tag::BlockQuote(_) => self.quotes += 1,
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                self.flush();
                self.code = Some(String::new());
            }
            Tag::TableHead | Tag::TableRow => self.table.push(Vec::new()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Strong | TagEnd::Emphasis => {
                self.styles.pop();
            }
            TagEnd::Link => {
                self.styles.pop();
                if let Some(address) = self.link.take() {
                    self.inline.push(' ');
                    self.inline
                        .push_str(&self.paint.faint(&format!("<{address}>")));
                }
            }
            TagEnd::Paragraph => {
                if self.lists.is_empty() {
                    self.gap();
                }
                self.flush();
            }
            TagEnd::Heading(level) => {
                self.gap();
                let text = std::mem::take(&mut self.inline);
                let text = if level == HeadingLevel::H1 {
                    text.to_uppercase()
                } else {
                    text
                };
                let line = self.paint.strong(&text);
                self.lines.push(line);
            }
            TagEnd::Item => self.flush(),
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::BlockQuote(_) => self.quotes -= 1,
            TagEnd::CodeBlock => {
                let code = self.code.take().unwrap_or_default();
                let indent = match self.width < NARROW {
                    true => NARROW_CODE_INDENT,
                    false => CODE_INDENT,
                };
                let lines: Vec<String> = code
                    .lines()
                    .map(|line| {
                        format!("{indent}{}", self.paint.code(line))
                            .trim_end()
                            .to_string()
                    })
                    .collect();
                self.block(&lines);
            }
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.inline);
                if let Some(row) = self.table.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => self.draw_table(),
            _ => {}
        }
    }

    /// Adds words in the open style, each painted by itself: a line may end between any two.
    fn words(&mut self, text: &str) {
        for (index, word) in text.split(' ').enumerate() {
            if index > 0 {
                self.inline.push(' ');
            }
            let painted = match self.styles.last() {
                Some(Inline::Strong) => self.paint.strong(word),
                Some(Inline::Emphasis) => self.paint.emphasis(word),
                Some(Inline::Link) => self.paint.link(word),
                None => word.to_string(),
            };
            self.inline.push_str(&painted);
        }
    }

    /// An empty line before the next block, unless there is one or nothing stands above.
    fn gap(&mut self) {
        if self.lines.last().is_some_and(|line| !line.is_empty()) {
            self.lines.push(String::new());
        }
    }

    fn block(&mut self, lines: &[String]) {
        self.gap();
        self.lines.extend_from_slice(lines);
        self.lines.push(String::new());
    }

    /// Sets the open text as a paragraph, behind the bullet if it opens an item.
    fn flush(&mut self) {
        let text = std::mem::take(&mut self.inline);
        if text.trim().is_empty() {
            return;
        }
        let quote = "│ ".repeat(self.quotes);
        let margin = format!("{quote}{}", "  ".repeat(self.lists.len().saturating_sub(1)));
        let (first, rest) = match self.bullet.take() {
            Some(bullet) => {
                let indent = " ".repeat(display_width(&bullet));
                (format!("{margin}{bullet}"), format!("{margin}{indent}"))
            }
            None if self.lists.is_empty() => (margin.clone(), margin),
            None => (format!("{margin}  "), format!("{margin}  ")),
        };
        let options = textwrap::Options::new(self.width)
            .initial_indent(&first)
            .subsequent_indent(&rest)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        let lines = textwrap::wrap(text.trim(), options);
        self.lines
            .extend(lines.iter().map(|line| line.replace(UNBROKEN, " ")));
    }

    fn draw_table(&mut self) {
        let rows = std::mem::take(&mut self.table);
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|n| {
                rows.iter()
                    .filter_map(|row| row.get(n))
                    .map(|c| display_width(c))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let mut lines = Vec::new();
        for (index, row) in rows.iter().enumerate() {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - display_width(cell))))
                .collect();
            lines.push(cells.join("   ").trim_end().to_string());
            if index == 0 {
                let rules: Vec<String> = widths.iter().map(|width| "─".repeat(*width)).collect();
                lines.push(rules.join("───"));
            }
        }
        self.block(&lines);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(text: &str, width: usize) -> String {
        render(text, Canvas::new(width, Paint::new(false)))
    }

    #[test]
    fn paragraphs_fill_the_width_and_no_more() {
        let text = plain(
            "One two three\nfour *five* **six**.\n\nSeven `eight nine`.",
            14,
        );
        assert_eq!(
            text,
            "One two three\nfour five six.\n\nSeven\n`eight nine`.\n"
        );
    }

    #[test]
    fn lists_hang_from_their_bullets() {
        let text = plain(
            "Do:\n\n- one two three four\n  - inner\n- two\n\n1. a\n2. b\n\nEnd",
            14,
        );
        assert_eq!(
            text,
            "Do:\n\n• one two\n  three four\n  • inner\n• two\n\n1. a\n2. b\n\nEnd\n"
        );
    }

    #[test]
    fn code_stands_apart_and_is_not_wrapped() {
        let text = plain(
            "See\n\n```rust\nlet a = 1;\n\n    let b = 2;\n```\n\nthen",
            10,
        );
        assert_eq!(text, "See\n\n let a = 1;\n\n     let b = 2;\n\nthen\n");
    }

    #[test]
    fn links_show_their_address_and_headings_stand_out() {
        let text = plain("## More\n\nThe [guide](https://x.y/z).", 60);
        assert_eq!(text, "More\n\nThe guide <https://x.y/z>.\n");
    }

    #[test]
    fn tables_line_up() {
        let text = plain("| a | bbb |\n|---|---|\n| long | c |\n", 60);
        assert_eq!(text, "a      bbb\n──────────\nlong   c\n");
    }

    #[test]
    fn every_lesson_fits_eighty_columns() {
        let course = crate::course::Course::embedded().unwrap();
        for lesson in course.lessons() {
            for text in std::iter::once(&lesson.text).chain(&lesson.hints) {
                for line in plain(text, 80).lines() {
                    let long_link = line.contains("<http");
                    assert!(
                        display_width(line) <= 80 || long_link,
                        "{}: {line}",
                        lesson.id()
                    );
                }
            }
        }
    }
}
