//! Text of any script in a number of columns.
//!
//! Widths are those of whole texts, not sums over characters: an emoji of several characters may be
//! narrower or wider than they are.

/// How many columns a text takes.
pub fn width(text: &str) -> usize {
    console::measure_text_width(text)
}

/// The text with blanks behind it, so that it takes so many columns if it takes fewer.
pub fn padded(text: &str, columns: usize) -> String {
    let blanks = columns.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(blanks))
}

/// The text, or its beginning and an ellipsis, in so many columns at the most.
pub fn cut(text: &str, columns: usize) -> String {
    if head(text, columns) == text.len() {
        return text.to_string();
    }
    let end = head(text, columns.saturating_sub(1));
    format!("{}…", text[..end].trim_end())
}

/// The text on lines of so many columns, between words where that can be. What does not fit on so
/// many lines is cut.
pub fn lines(text: &str, columns: usize, most: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut rest = text;
    while lines.len() + 1 < most {
        let end = head(rest, columns);
        if end == rest.len() {
            break;
        }
        let at_word = match rest[end..].starts_with(' ') {
            true => Some(end),
            false => rest[..end].rfind(' ').filter(|&blank| blank > end / 3),
        };
        // A column or two may be too narrow for a wide character; it stands there all the same.
        let first = rest.chars().next().map_or(1, char::len_utf8);
        let at = at_word.unwrap_or(end).max(first);
        lines.push(rest[..at].trim_end().to_string());
        rest = rest[at..].trim_start();
    }
    lines.push(cut(rest, columns));
    lines
}

/// A line on as many lines of so many columns as it takes. Colours end with each of them, and go on with the
/// next; whatever else could command a terminal is left out.
pub fn folded(line: &str, columns: usize) -> Vec<String> {
    const RESET: &str = "\u{1b}[0m";
    let columns = columns.max(1);
    let mut lines = Vec::new();
    let mut now = String::new();
    let mut used = 0;
    // The colours that are on.
    let mut on = String::new();
    for (piece, is_code) in console::AnsiCodeIterator::new(line) {
        if is_code {
            match piece
                .strip_prefix("\u{1b}[")
                .filter(|rest| rest.ends_with('m'))
            {
                Some("m" | "0m") => on.clear(),
                Some(_) => on.push_str(piece),
                None => continue,
            }
            now.push_str(piece);
            continue;
        }
        let text = piece.replace('\t', "    ").replace(char::is_control, "");
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let mut end = head(rest, columns.saturating_sub(used));
            let mut next = end;
            if end == 0 && used == 0 {
                // Wider than the whole line.
                end = rest.chars().next().map_or(rest.len(), char::len_utf8);
                next = end;
            } else if end < rest.len()
                && let Some(blank) = blank_before(rest, end)
            {
                // Between words, if that does not leave half a line empty.
                (end, next) = (blank, blank + 1);
            }
            now.push_str(&rest[..end]);
            used += width(&rest[..end]);
            rest = &rest[next..];
            if !rest.is_empty() {
                if !on.is_empty() {
                    now.push_str(RESET);
                }
                lines.push(std::mem::replace(&mut now, on.clone()));
                used = 0;
            }
        }
    }
    if !on.is_empty() {
        now.push_str(RESET);
    }
    lines.push(now);
    lines
}

/// The last blank up to a place in a text, which may be at the place itself, if it stands in the second half
/// of what is before.
fn blank_before(text: &str, end: usize) -> Option<usize> {
    match text[end..].starts_with(' ') {
        true => Some(end),
        false => text[..end].rfind(' '),
    }
    .filter(|&at| at > end / 2 && !text[..at].trim().is_empty())
}

/// The length in bytes of the longest beginning of a text that takes no more than so many columns, and
/// parts no character from the marks on it.
fn head(text: &str, columns: usize) -> usize {
    // Marks take no room, but hundreds of them cannot be read.
    let most = columns.saturating_mul(8);
    if width(text) <= columns && text.chars().count() <= most {
        return text.len();
    }
    let mut end = 0;
    let mut ends = text.char_indices().map(|(at, c)| at + c.len_utf8());
    for next in ends.by_ref().take(most) {
        if width(&text[..next]) > columns {
            break;
        }
        end = next;
    }
    // A cut inside a sequence, before a mark or a joiner, would leave those on nothing.
    let joins = |at: usize| {
        let joined = |c: char| c == '\u{200d}' || width(c.encode_utf8(&mut [0; 4])) == 0;
        text[at..].chars().next().is_some_and(joined) || text[..at].ends_with('\u{200d}')
    };
    if end < text.len() && joins(end) {
        let whole = text[..end]
            .char_indices()
            .rev()
            .map(|(at, _)| at)
            .find(|&at| !joins(at));
        // Where nothing but marks would be left, they may as well be parted.
        if let Some(whole) = whole.filter(|&at| at > 0) {
            return whole;
        }
    }
    end
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_go_on_where_a_line_is_folded_and_commands_do_not() {
        let red = "\u{1b}[31m";
        let line = format!("ab{red}cdef\u{1b}[0mg\u{1b}[2J\u{7}\th");
        assert_eq!(
            folded(&line, 4),
            [
                format!("ab{red}cd\u{1b}[0m"),
                format!("{red}ef\u{1b}[0mg "),
                "   h".to_string()
            ]
        );
        assert_eq!(folded("", 4), [""]);
        assert_eq!(folded("two words, three", 11), ["two words,", "three"]);
        assert_eq!(folded("a word-too-long", 6), ["a word", "-too-l", "ong"]);
        assert_eq!(folded("日本", 1), ["日", "本"]);
        for columns in 1..12 {
            let lines = folded("plain 日本語 👩‍👩‍👧 e\u{301}e\u{301} text", columns);
            assert!(
                lines.iter().all(|line| width(line) <= columns.max(2)),
                "{lines:?}"
            );
        }
    }

    #[test]
    fn texts_of_all_scripts_take_the_columns_they_have() {
        let texts = [
            "plain words that go on and on",
            "日本語の長い名前はどこまでも続く",
            "👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧",
            "❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️❤️",
            "e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}e\u{301}",
            "שלום עולם, שלום עולם",
            "ab",
            "",
        ];
        for text in texts {
            for columns in 1..20 {
                let cut = cut(text, columns);
                assert!(width(&cut) <= columns, "{cut:?} in {columns}");
                if width(text) <= columns {
                    assert_eq!(cut, text);
                }
                assert_eq!(width(&padded(&cut, columns)), columns);
                let lines = lines(text, columns.max(2), 100);
                assert!(lines.iter().all(|line| width(line) <= columns.max(2)));
                let bare = |text: &str| text.replace(' ', "");
                assert_eq!(bare(&lines.concat()), bare(text));
            }
        }
        // A thousand marks on one letter are not carried along.
        let heap = format!("e{}", "\u{301}".repeat(1_000));
        assert!(cut(&heap, 10).chars().count() < 100);
        assert_eq!(lines("one two three", 7, 3), ["one two", "three"]);
        assert_eq!(lines("one two three four", 5, 2), ["one", "two…"]);
    }
}
