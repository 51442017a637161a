//! A .proto that does not parse, in our words. The parser says what it expected; the sentence says what is wrong.

mod field;
mod names;
mod statements;

use super::scan::{Position, Unbalanced, code_of, first_line_of_code, syntax_line, unbalanced};
use crate::probe::proto::SyntaxError;

/// What is wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explained {
    /// The sentence.
    pub message: String,
    /// The place to change.
    pub position: Option<Position>,
}

/// Says what is wrong, if it is a known slip.
pub fn explain(error: &SyntaxError) -> Option<Explained> {
    let slip = Slip::new(error);
    let explained = slip
        .not_closed()
        .or_else(|| slip.wrong_syntax())
        .or_else(|| slip.undefined_name())
        .or_else(|| slip.said_twice())
        .or_else(|| slip.in_an_rpc())
        .or_else(|| slip.at_top_level())
        .or_else(|| slip.in_a_field())
        .or_else(|| slip.missing_semicolon())
        .or_else(|| slip.other())?;
    Some(explained)
}

/// A slip: the parser's error, and the line in which it was found.
struct Slip<'a> {
    error: &'a SyntaxError,
    /// Where the parser stopped.
    position: Option<Position>,
    /// The line there.
    line: &'a str,
    /// What the parser expected, and what it found.
    unexpected: Option<(&'a str, &'a str)>,
}

impl<'a> Slip<'a> {
    fn new(error: &'a SyntaxError) -> Slip<'a> {
        let position = error
            .offsets
            .first()
            .map(|offset| Position::at(&error.source, *offset));
        let line = position.and_then(|position| error.source.lines().nth(position.line - 1));
        let unexpected = error
            .message
            .strip_prefix("expected ")
            .and_then(|rest| rest.split_once(", but found '"))
            .map(|(expected, found)| (expected, found.trim_end_matches('\'')));
        Slip {
            error,
            position,
            line: line.unwrap_or_default(),
            unexpected,
        }
    }

    /// A sentence about the place where the parser stopped.
    fn here(&self, message: impl Into<String>) -> Option<Explained> {
        Some(Explained {
            message: message.into(),
            position: self.position,
        })
    }

    fn source(&self) -> &'a str {
        &self.error.source
    }

    /// The text of a line.
    fn text_of(&self, line: usize) -> &'a str {
        self.source()
            .lines()
            .nth(line - 1)
            .unwrap_or_default()
            .trim()
    }

    /// A brace or a comment that is not closed, as long as the parser stopped behind it.
    fn not_closed(&self) -> Option<Explained> {
        let is_before = |opened: Position| self.position.is_none_or(|stopped| opened < stopped);
        match unbalanced(self.source())? {
            Unbalanced::Comment(opened) if is_before(opened) => Some(Explained {
                message: "The comment that begins here is not closed: its `*/` is missing."
                    .to_string(),
                position: Some(opened),
            }),
            Unbalanced::Open(opened) if is_before(opened) => {
                let what = self.text_of(opened.line);
                let what = what.split('{').next().unwrap_or(what).trim_end();
                Some(Explained {
                    message: format!("`{what} {{` is not closed: its `}}` is missing."),
                    position: Some(Position {
                        line: opened.line,
                        column: opened.column,
                    }),
                })
            }
            Unbalanced::Closes(at) if Some(at) == self.position => {
                self.here("This `}` closes nothing: there is one too many, here or above.")
            }
            _ => None,
        }
    }

    /// Another syntax than proto3, or none.
    fn wrong_syntax(&self) -> Option<Explained> {
        let is_about_proto2 = self.error.message.contains("with proto2 syntax");
        let is_about_syntax_line = self.line.trim_start().starts_with("syntax")
            && ["unknown syntax", "expected a string"]
                .iter()
                .any(|words| self.error.message.starts_with(words));
        if !is_about_proto2 && !is_about_syntax_line {
            return None;
        }
        wrong_syntax(self.source())
    }

    /// A `;` that is missing where the line before ends.
    fn missing_semicolon(&self) -> Option<Explained> {
        let (expected, found) = self.unexpected?;
        if !expected.contains("';'")
            || expected.starts_with("'enum'")
            || expected.starts_with("'rpc'")
        {
            return None;
        }
        if found == "," {
            return self.here("A statement ends with `;`, not with `,`.");
        }
        let stopped = self.position?;
        let (code, _) = code_of(self.source());
        let lines: Vec<&str> = code.lines().collect();
        let is_first = lines
            .get(stopped.line - 1)?
            .chars()
            .take(stopped.column - 1)
            .all(char::is_whitespace);
        if !is_first {
            return self.here(format!("A `;` is missing in front of `{found}`."));
        }
        let above = lines.get(..stopped.line - 1)?;
        let index = above.iter().rposition(|line| !line.trim().is_empty())?;
        Some(Explained {
            message: "A `;` is missing at the end of this line.".to_string(),
            position: Some(Position {
                line: index + 1,
                column: above[index].trim_end().chars().count() + 1,
            }),
        })
    }

    fn other(&self) -> Option<Explained> {
        let message = self.error.message.as_str();
        if self.source().starts_with('\u{feff}') && message == "invalid token" {
            return self.here("The file begins with a byte-order mark, an invisible character: save it as UTF-8 without one.");
        }
        match message {
            "unterminated string" => {
                self.here("The text in quotation marks is not closed: its second `\"` is missing.")
            }
            "groups are not allowed in proto3 syntax" => {
                self.here("proto3 has no groups, and this lesson needs none: remove it.")
            }
            "required fields are not allowed in proto3 syntax" => {
                self.here("proto3 has no `required`: remove the word.")
            }
            "'#' comments are not allowed here" => {
                self.here("A comment in a .proto begins with `//`, not with `#`.")
            }
            _ if message.starts_with("message numbers must be") => {
                self.here("The numbers of fields begin at 1.")
            }
            _ => {
                if let Some(("'{'", _)) = self.unexpected {
                    return self.here("A `{` is missing behind the name.");
                }
                let file = message
                    .strip_prefix("import '")?
                    .strip_suffix("' not found")?;
                self.here(format!("There is no file `{file}` in the folder of the .proto, from which it is imported."))
            }
        }
    }
}

/// What is wrong with the syntax that a text names, if it is not proto3.
pub fn wrong_syntax(source: &str) -> Option<Explained> {
    let line = |line| Some(Position { line, column: 1 });
    match syntax_line(source) {
        Some((_, "proto3")) => None,
        Some((at, "")) => Some(Explained {
            message: "The name of the syntax is in quotation marks: write `syntax = \"proto3\";`.".to_string(),
            position: line(at),
        }),
        Some((at, other)) => Some(Explained {
            message: format!("The syntax must be proto3, and it is {other}: write `syntax = \"proto3\";`."),
            position: line(at),
        }),
        None => Some(Explained {
            message: "The line `syntax = \"proto3\";` is missing: without it, the file is taken for proto2. It must be the first \
                      statement of the file."
                .to_string(),
            position: line(first_line_of_code(source)?),
        }),
    }
}
