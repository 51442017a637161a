//! Text that comes from outside, made safe to show.
//!
//! What a piece of text is shows where it is quoted: [`sanitize`] and [`on_one_line`] take everything out of it that is
//! not text. What is composed of such pieces and of the lab's own colours becomes [`Printable`] at last, and the
//! writers of the lab take nothing else: so a piece that was forgotten on the way cannot command a terminal.

use std::fmt;

/// Text that a terminal shows, and that does nothing else to it: no sequence but those that set colours, no control
/// character but ends of lines and tabs, nothing unseen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Printable(String);

impl Printable {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The text without colours.
    pub fn without_colours(&self) -> Printable {
        Printable(console::strip_ansi_codes(&self.0).into_owned())
    }
}

impl fmt::Display for Printable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<T: AsRef<str> + ?Sized> From<&T> for Printable {
    fn from(text: &T) -> Printable {
        printable(text.as_ref())
    }
}

/// Composed text, with colours, made printable.
pub fn printable(text: &str) -> Printable {
    let mut safe = String::with_capacity(text.len());
    // Each sequence begins with one of these. A report of some megabytes has none.
    if !text.contains('\u{1b}') && !text.contains('\u{9b}') {
        push_safe(&mut safe, text, "\t");
        return Printable(safe);
    }
    for (piece, is_code) in console::AnsiCodeIterator::new(text) {
        match is_code {
            true if sets_colours(piece) => safe.push_str(piece),
            true => {}
            false => push_safe(&mut safe, piece, "\t"),
        }
    }
    Printable(safe)
}

/// Whether an escape sequence sets the colour or the weight of letters, as the lab and rustc do. One that hides them,
/// makes them blink, or changes what is behind them is none.
fn sets_colours(code: &str) -> bool {
    let parameters = code
        .strip_prefix("\u{1b}[")
        .and_then(|rest| rest.strip_suffix('m'));
    let Some(parameters) = parameters else {
        return false;
    };
    let mut parameters = parameters.split(';');
    while let Some(parameter) = parameters.next() {
        let is_known = match parameter {
            "" | "0" | "1" | "2" | "3" | "4" | "22" | "23" | "24" | "39" => true,
            // One of 256 colours.
            "38" => {
                parameters.next() == Some("5")
                    && parameters.next().is_some_and(|n| n.parse::<u8>().is_ok())
            }
            colour => matches!(colour.parse::<u8>(), Ok(31..=37 | 90..=97)),
        };
        if !is_known {
            return false;
        }
    }
    true
}

/// Text of somebody else's, made harmless: escape sequences are taken out, and control characters and
/// those that cannot be seen are shown as such. The latter can turn a line of a terminal around, or
/// make two different words look the same.
pub fn sanitize(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    push_safe(&mut safe, &console::strip_ansi_codes(text), "    ");
    safe
}

/// Adds text without escape sequences; control characters and those that cannot be seen are shown as such.
fn push_safe(safe: &mut String, text: &str, tab: &str) {
    let mut before = safe.chars().next_back().unwrap_or(' ');
    let mut rest = text;
    loop {
        let behind = push_plain(safe, rest);
        if behind.len() < rest.len() {
            before = ' ';
        }
        let mut chars = behind.chars();
        let Some(c) = chars.next() else {
            return;
        };
        rest = chars.as_str();
        match c {
            '\n' => safe.push(c),
            '\t' => safe.push_str(tab),
            '\r' => {}
            c if c.is_control() || is_unseen(c) || joins_nothing(c, before) => {
                safe.extend(c.escape_unicode());
            }
            c => safe.push(c),
        }
        before = c;
    }
}

/// Adds the letters, digits and signs of ASCII that a text begins with, in which nothing can be wrong. Returns the rest.
fn push_plain<'a>(safe: &mut String, text: &'a str) -> &'a str {
    let is_other = |byte: u8| !matches!(byte, b' '..=b'~');
    let end = text.bytes().position(is_other).unwrap_or(text.len());
    let (plain, rest) = text.split_at(end);
    safe.push_str(plain);
    rest
}

/// As [`sanitize`], and all of it on one line.
pub fn on_one_line(text: &str) -> String {
    sanitize(text).replace('\n', " ")
}

/// The beginning of a text, with a word about what is left out, in characters.
pub fn clipped(text: &str, most: usize) -> String {
    match text.char_indices().nth(most) {
        None => text.to_string(),
        Some((end, _)) => {
            let left_out = text[end..].chars().count();
            format!("{}… ({left_out} more characters)", &text[..end])
        }
    }
}

/// The name that comes nearest to a word, if one comes near. The case of letters does not count.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let word = word.to_lowercase();
    names
        .into_iter()
        .map(|name| (strsim::jaro_winkler(&word, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness > 0.7)
        .max_by(|one, other| one.0.total_cmp(&other.0))
        .map(|(_, name)| name.to_string())
}

/// Characters that draw nothing, stand for nothing, or turn the direction of what follows.
fn is_unseen(c: char) -> bool {
    if c.is_ascii() {
        return false;
    }
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
        | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        | '\u{fdd0}'..='\u{fdef}')
        // The last two code points of every plane are no characters at all.
        || u32::from(c) & 0xfffe == 0xfffe
}

/// Joiners and variation selectors belong to the character before them, in emoji and in some
/// scripts. Behind a Latin letter or at the beginning they only hide.
fn joins_nothing(c: char, before: char) -> bool {
    matches!(c, '\u{200c}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}') && before.is_ascii()
}

/// How a line could begin, or hold anywhere, a command to GitHub's runner, which reads all that its
/// steps print: `::name::` in front, or `##[name]`.
const COMMAND: &str = "::";
const OLD_COMMAND: &str = "##[";

/// Text for people of which no line is a command to GitHub's runner.
pub fn escape_workflow_commands(text: &str) -> String {
    replace_workflow_commands(text, ": :", "# #[")
}

/// The text with each beginning of a command replaced by something that its own format reads as the
/// same, or nearly.
pub fn replace_workflow_commands(text: &str, command: &str, old_command: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        // The runner passes over white space, and compares as some cultures do: without what is unseen.
        let start = line.find(|c: char| c.is_ascii_graphic()).unwrap_or(0);
        let (margin, rest) = line.split_at(start);
        safe.push_str(margin);
        match rest
            .strip_prefix(COMMAND)
            .filter(|rest| !is_rustc_arrow(rest))
        {
            Some(rest) => {
                safe.push_str(command);
                safe.push_str(&rest.replace(OLD_COMMAND, old_command));
            }
            None => safe.push_str(&rest.replace(OLD_COMMAND, old_command)),
        }
    }
    safe
}

/// Whether what follows `::` makes it the `::: ` with which rustc points at another file. The name of a command does
/// not begin with a colon.
fn is_rustc_arrow(rest: &str) -> bool {
    rest.starts_with(": ")
}

/// JSON of which no character outside ASCII is unseen: in strings, where alone such characters can
/// stand, they are escaped. To a reader of JSON nothing changes.
pub fn sanitize_json(json: &str) -> String {
    let mut safe = String::with_capacity(json.len());
    let mut rest = json;
    loop {
        let mut chars = push_plain(&mut safe, rest).chars();
        let Some(c) = chars.next() else {
            break;
        };
        rest = chars.as_str();
        let before = safe.chars().next_back().unwrap_or(' ');
        if c != '\n' && (c.is_control() || is_unseen(c) || joins_nothing(c, before)) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                safe.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            safe.push(c);
        }
    }
    safe.replace(OLD_COMMAND, "#\\u0023[")
}

/// The first three of some names, how many more there are, and the verb for them: `a, b, c and 2 more are`.
pub fn some_of(names: &[String], is: &str, are: &str) -> String {
    const SHOWN: usize = 3;
    let shown = names[..names.len().min(SHOWN)].join(", ");
    match names.len() {
        1 => format!("{shown} {is}"),
        many if many <= SHOWN => format!("{shown} {are}"),
        many => format!("{shown} and {} more {are}", many - SHOWN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_learners_output_reaches_the_terminal_as_a_command() {
        assert_eq!(sanitize("a\u{1b}[31mred\u{1b}[0m\tb\r\n"), "ared    b\n");
        assert_eq!(sanitize("bell\u{7}"), "bell\\u{7}");
        assert_eq!(sanitize("\u{9b}2Ja\u{9b}"), "a\\u{9b}");
    }

    #[test]
    fn what_is_printed_sets_colours_and_commands_nothing() {
        let own = "\u{1b}[1m\u{1b}[31m✗\u{1b}[0m a\tb\n\u{1b}[38;5;9merror\u{1b}[m\u{1b}[1;31mx\u{1b}[39m";
        assert_eq!(printable(own).as_str(), own);
        for command in [
            "\u{1b}[2J",
            "\u{1b}[H",
            "\u{1b}[8m",
            "\u{1b}[5m",
            "\u{1b}[41m",
            "\u{1b}[38;2;0;0;0m",
            "\u{1b}[?1049l",
            "\u{1b}]0;title\u{7}",
            "\u{1b}]8;;http://a\u{1b}\\",
            "\r",
        ] {
            assert_eq!(
                printable(&format!("a{command}b")).as_str(),
                "ab",
                "{command:?}"
            );
        }
        for shown in [
            '\u{7}', '\u{8}', '\u{90}', '\u{9b}', '\u{9d}', '\u{202e}', '\u{200b}',
        ] {
            let text = printable(&format!("a{shown}b"));
            assert_eq!(text.as_str(), format!("a\\u{{{:x}}}b", u32::from(shown)));
        }
        // What is left of a sequence that has no end, or of one in another, is text.
        for text in [
            "\u{1b}",
            "\u{1b}[",
            "\u{1b}[\u{1b}[2J2J",
            "\u{1b}]0;never ended",
            "\u{1b}P1;2q",
        ] {
            let text = printable(text);
            assert!(!text.as_str().contains('\u{1b}'), "{text}");
        }
    }

    #[test]
    fn what_turns_or_hides_text_is_seen_and_what_belongs_to_a_script_stays() {
        for unseen in [
            '\u{202a}',
            '\u{202e}',
            '\u{2066}',
            '\u{2069}',
            '\u{200b}',
            '\u{200f}',
            '\u{feff}',
            '\u{ad}',
            '\u{2028}',
            '\u{e0041}',
            '\u{fffe}',
            '\u{1ffff}',
            '\u{85}',
            '\u{200d}',
        ] {
            let shown = sanitize(&format!("a{unseen}b"));
            assert_eq!(shown, format!("a\\u{{{:x}}}b", u32::from(unseen)));
        }
        for kept in ["שלום", "می‌خواهم", "👩‍👩‍👧", "❤️", "e\u{301}", "日本"]
        {
            assert_eq!(sanitize(kept), kept);
        }
    }

    #[test]
    fn no_line_is_a_command_to_a_runner() {
        let arrow = "   ::: /registry/tonic/src/request.rs:1:2\n";
        assert_eq!(escape_workflow_commands(arrow), arrow);
        assert_eq!(
            escape_workflow_commands(":::add-mask::x"),
            ": ::add-mask::x"
        );
        let hostile = "a\n  ::add-mask::x\n\u{fe0f}::stop-commands::y\nsee ##[set-env]z\nstd::fs";
        let safe = escape_workflow_commands(hostile);
        assert_eq!(
            safe,
            "a\n  : :add-mask::x\n\u{fe0f}: :stop-commands::y\nsee # #[set-env]z\nstd::fs"
        );
    }

    #[test]
    fn json_means_the_same_and_shows_everything() {
        let text = "##[x] \u{202e} \u{e0041} \u{7f} a\u{200d}\u{200d}";
        let json = serde_json::to_string(text).unwrap();
        let safe = sanitize_json(&json);
        assert!(safe.is_ascii() && !safe.contains("##["), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
        assert_eq!(printable(&safe).as_str(), safe);
    }

    #[test]
    fn long_text_says_what_is_left_out() {
        assert_eq!(clipped("ééé", 3), "ééé");
        assert_eq!(clipped("éééé", 3), "ééé… (1 more characters)");
    }
}
