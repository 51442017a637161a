//! Text that comes from outside.

/// Text of somebody else's, made harmless: escape sequences are taken out, and other control
/// characters shown as such.
pub fn harmless(text: &str) -> String {
    console::strip_ansi_codes(text)
        .chars()
        .map(|c| match c {
            '\n' => c.to_string(),
            '\t' => "    ".to_string(),
            '\r' => String::new(),
            c if c.is_control() => c.escape_unicode().to_string(),
            c => c.to_string(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_learners_output_reaches_the_terminal_as_a_command() {
        assert_eq!(harmless("a\u{1b}[31mred\u{1b}[0m\tb\r\n"), "ared    b\n");
        assert_eq!(harmless("bell\u{7}"), "bell\\u{7}");
    }
}
