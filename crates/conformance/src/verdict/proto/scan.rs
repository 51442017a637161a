//! A .proto as text: where its braces, comments and declarations are, whether it parses or not.

/// A place in the text: line and column, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl Position {
    /// The place at a byte offset.
    pub fn at(source: &str, offset: usize) -> Position {
        let before = source.get(..offset).unwrap_or(source);
        let start = before.rfind('\n').map_or(0, |end| end + 1);
        Position {
            line: before.matches('\n').count() + 1,
            column: before[start..].chars().count() + 1,
        }
    }
}

/// What is not closed, or closes nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unbalanced {
    /// A `{` without its `}`.
    Open(Position),
    /// A `}` without a `{`.
    Closes(Position),
    /// A `/*` without its `*/`.
    Comment(Position),
}

/// The text with everything in comments and quotation marks as spaces, so that offsets stay; and a comment that is not
/// closed.
pub fn code_of(source: &str) -> (String, Option<Position>) {
    let mut code = String::with_capacity(source.len());
    let mut rest = source.char_indices().peekable();
    let blank = |code: &mut String, c: char| match c {
        '\n' => code.push(c),
        c => code.extend(std::iter::repeat_n(' ', c.len_utf8())),
    };
    while let Some((offset, c)) = rest.next() {
        let next = rest.peek().map(|(_, next)| *next);
        match (c, next) {
            ('/', Some('/')) | ('#', _) => {
                blank(&mut code, c);
                while let Some((_, c)) = rest.next_if(|(_, c)| *c != '\n') {
                    blank(&mut code, c);
                }
            }
            ('/', Some('*')) => {
                let Some(length) = source[offset + 2..].find("*/") else {
                    return (code, Some(Position::at(source, offset)));
                };
                blank(&mut code, c);
                while let Some((_, c)) = rest.next_if(|(at, _)| *at < offset + 2 + length + 2) {
                    blank(&mut code, c);
                }
            }
            ('"', _) => {
                code.push('"');
                while let Some((_, c)) = rest.next_if(|(_, c)| *c != '"' && *c != '\n') {
                    blank(&mut code, c);
                }
            }
            _ => code.push(c),
        }
    }
    (code, None)
}

/// What is not closed, or closes nothing, if there is something.
pub fn unbalanced(source: &str) -> Option<Unbalanced> {
    let (code, comment) = code_of(source);
    if let Some(position) = comment {
        return Some(Unbalanced::Comment(position));
    }
    let mut open = Vec::new();
    for (offset, c) in code.char_indices() {
        match c {
            '{' => open.push(offset),
            '}' if open.pop().is_none() => {
                return Some(Unbalanced::Closes(Position::at(source, offset)));
            }
            _ => {}
        }
    }
    let first = open.first()?;
    Some(Unbalanced::Open(Position::at(source, *first)))
}

/// A message that is declared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// Its name.
    pub name: String,
    /// The line of the declaration.
    pub line: usize,
    /// The message that it is declared in, if it is nested.
    pub inside: Option<String>,
}

/// The messages that are declared, in order.
pub fn messages(source: &str) -> Vec<Declared> {
    let (code, _) = code_of(source);
    let mut found: Vec<Declared> = Vec::new();
    let mut around: Vec<Option<String>> = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut pending = None;
        let spaced = line
            .replace('{', " { ")
            .replace('}', " } ")
            .replace(';', " ; ");
        let mut words = spaced.split_whitespace().peekable();
        while let Some(word) = words.next() {
            match word {
                "message" => {
                    if let Some(name) = words.peek().filter(|name| is_name(name)) {
                        pending = Some((*name).to_string());
                        found.push(Declared {
                            name: (*name).to_string(),
                            line: index + 1,
                            inside: around.iter().rev().flatten().next().cloned(),
                        });
                    }
                }
                "{" => around.push(pending.take()),
                "}" => {
                    around.pop();
                }
                _ => {}
            }
        }
    }
    found
}

/// How often a message is used: as the type of a field, or of what an rpc takes or returns.
pub fn uses(source: &str, name: &str) -> usize {
    let (code, _) = code_of(source);
    let is_part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let is_use = |offset: usize| {
        let (before, after) = (&code[..offset], &code[offset + name.len()..]);
        let is_whole = !before.ends_with(is_part) && !after.starts_with(is_part);
        let is_type = before.trim_end().ends_with(['{', '}', ';', '('])
            || ["repeated", "optional", "stream"]
                .iter()
                .any(|word| before.trim_end().ends_with(word));
        is_whole && is_type
    };
    code.match_indices(name)
        .filter(|(offset, _)| is_use(*offset))
        .count()
}

/// Whether a word can be a name.
pub fn is_name(word: &str) -> bool {
    let mut chars = word.chars();
    chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// The line of the statement that names the syntax, and what it names.
pub fn syntax_line(source: &str) -> Option<(usize, &str)> {
    let (code, _) = code_of(source);
    let index = code.lines().position(|line| {
        let rest = line.trim_start().strip_prefix("syntax");
        rest.is_some_and(|rest| rest.trim_start().starts_with('='))
    })?;
    let line = source.lines().nth(index)?;
    Some((index + 1, line.split('"').nth(1).unwrap_or_default()))
}

/// The first line with code.
pub fn first_line_of_code(source: &str) -> Option<usize> {
    let (code, _) = code_of(source);
    code.lines()
        .position(|line| !line.trim().is_empty())
        .map(|index| index + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_closed_is_found_where_it_was_opened() {
        let position = |line, column| Position { line, column };
        assert_eq!(unbalanced("message A {\n  // }\n}\n"), None);
        assert_eq!(
            unbalanced("message A {\nmessage B {\n}\n"),
            Some(Unbalanced::Open(position(1, 11)))
        );
        assert_eq!(unbalanced("}\n"), Some(Unbalanced::Closes(position(1, 1))));
        assert_eq!(
            unbalanced("a\n/* {"),
            Some(Unbalanced::Comment(position(2, 1)))
        );
        assert_eq!(unbalanced("\"{\" /* { */ 'ü'"), None);
    }

    #[test]
    fn declarations_know_what_they_are_inside_of() {
        let found = messages(
            "// message X {\nmessage A {\n  message B { int32 c = 1; }\n}\nmessage D {}\n",
        );
        let found: Vec<(&str, usize, Option<&str>)> = found
            .iter()
            .map(|found| (found.name.as_str(), found.line, found.inside.as_deref()))
            .collect();
        assert_eq!(found, [("A", 2, None), ("B", 3, Some("A")), ("D", 5, None)]);
        assert_eq!(
            syntax_line("// a\nsyntax = \"proto2\";\n"),
            Some((2, "proto2"))
        );
        assert_eq!(syntax_line("package a;\n"), None);
        assert_eq!(first_line_of_code("// a\n\n/* b */\npackage a;\n"), Some(4));
    }
}
