//! Text that comes from outside.

/// Text of somebody else's, made harmless: escape sequences are taken out, and control characters and
/// those that cannot be seen are shown as such. The latter can turn a line of a terminal around, or
/// make two different words look the same.
pub fn sanitize(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    let mut before = ' ';
    for c in console::strip_ansi_codes(text).chars() {
        match c {
            '\n' => safe.push(c),
            '\t' => safe.push_str("    "),
            '\r' => {}
            c if c.is_control() || is_unseen(c) || joins_nothing(c, before) => {
                safe.extend(c.escape_unicode());
            }
            c => safe.push(c),
        }
        before = c;
    }
    safe
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
    for c in json.chars() {
        if c != '\n' && (c.is_control() || is_unseen(c)) {
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
        let text = "##[x] \u{202e} \u{e0041} \u{7f}";
        let json = serde_json::to_string(text).unwrap();
        let safe = sanitize_json(&json);
        assert!(safe.is_ascii() && !safe.contains("##["), "{safe}");
        assert_eq!(serde_json::from_str::<String>(&safe).unwrap(), text);
    }

    #[test]
    fn long_text_says_what_is_left_out() {
        assert_eq!(clipped("ééé", 3), "ééé");
        assert_eq!(clipped("éééé", 3), "ééé… (1 more characters)");
    }
}
