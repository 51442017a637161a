//! A .proto that does not parse, in our words. The parser says what it expected; the sentence says what is wrong.

use super::likeness;
use super::scan::{
    Position, Unbalanced, first_line_of_code, is_name, messages, syntax_line, unbalanced,
};
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

    /// A type that there is not.
    fn undefined_name(&self) -> Option<Explained> {
        let name = self
            .error
            .message
            .strip_prefix("name '")?
            .strip_suffix("' is not defined")?;
        if let Some(right) = scalar(name) {
            return self.here(format!(
                "`{name}` is not a type of a .proto: write `{right}`."
            ));
        }
        if let Some((field, kind, number)) = rust_order(self.line)
            && field == name
        {
            return self.here(type_first(field, kind, number));
        }
        let declared = messages(self.source());
        let nested = declared
            .iter()
            .find(|message| message.name == name && message.inside.is_some());
        if let Some(message) = nested {
            let outer = message.inside.as_deref().unwrap_or_default();
            return Some(Explained {
                message: format!(
                    "The message `{name}` is declared inside `{outer}`, so it is called `{outer}.{name}` elsewhere: move it out of \
                     `{outer}`."
                ),
                position: Some(Position {
                    line: message.line,
                    column: 1,
                }),
            });
        }
        let similar = declared
            .iter()
            .find(|message| likeness(&message.name) == likeness(name));
        match similar {
            Some(message) => Some(Explained {
                message: format!(
                    "This message is called `{}`, but it is used as `{name}`.",
                    message.name
                ),
                position: Some(Position {
                    line: message.line,
                    column: 1,
                }),
            }),
            None => self.here(format!("There is no message `{name}` in the file.")),
        }
    }

    /// A number, a field or a message that is there twice.
    fn said_twice(&self) -> Option<Explained> {
        let [first, second] = self.error.offsets.as_slice() else {
            return None;
        };
        let (first, second) = (
            Position::at(self.source(), *first),
            Position::at(self.source(), *second),
        );
        let lines = match first.line == second.line {
            true => format!("line {}", first.line),
            false => format!("lines {} and {}", first.line, second.line),
        };
        let of = |position: Position| field(self.text_of(position.line));
        let message = if self.error.message.starts_with("field number '") {
            let (one, other) = (of(first)?, of(second)?);
            format!(
                "`{}` and `{}` have the same number, {} ({lines}): each field of a message needs its own.",
                one.name, other.name, one.number
            )
        } else if self.error.message.contains("name of field") {
            format!(
                "The field `{}` is declared twice ({lines}).",
                of(second)?.name
            )
        } else if let Some(rest) = self.error.message.strip_prefix("name '") {
            let name = rest.strip_suffix("' is defined twice")?;
            let name = name.rsplit('.').next().unwrap_or(name);
            format!("`{name}` is declared twice ({lines}).")
        } else {
            return None;
        };
        Some(Explained {
            message,
            position: Some(second),
        })
    }

    fn in_an_rpc(&self) -> Option<Explained> {
        let (expected, found) = self.unexpected?;
        if expected.starts_with("'rpc'") {
            return match found {
                "fn" => self.here("A call of a service begins with `rpc`, not `fn`."),
                "Rpc" | "RPC" => self.here(format!("Write `rpc` in lower case, not `{found}`.")),
                found if is_name(found) && self.line.contains('(') => self.here(format!(
                    "A call of a service begins with `rpc`: write `rpc {found}(…)`."
                )),
                _ => None,
            };
        }
        if !self.line.trim_start().starts_with("rpc ") {
            return None;
        }
        if self.line.contains("(repeated ") || self.line.contains("( repeated ") {
            return self.here(format!(
                "An rpc that sends many messages has `stream`, not `repeated`: write `stream {found}`."
            ));
        }
        if expected == "'returns'" {
            return self.here("Behind what it takes, an rpc has the word `returns`: `rpc Name(Request) returns (Reply);`.");
        }
        if expected == "'('" && found == "stream" {
            return self
                .here("`stream` goes inside the parentheses, before the type: `(stream Type)`.");
        }
        if found == "<" && self.line.contains("stream<") {
            return self
                .here("Write the type behind `stream`, without angle brackets: `(stream Type)`.");
        }
        None
    }

    fn at_top_level(&self) -> Option<Explained> {
        let (expected, found) = self.unexpected?;
        if !expected.starts_with("'enum', 'extend'") {
            return None;
        }
        match found {
            "struct" => self
                .here("A .proto has messages, not structs: write `message` in place of `struct`."),
            "edition" => self.here(
                "This course uses proto3: write `syntax = \"proto3\";` in place of the edition.",
            ),
            "syntax" => {
                self.here("The line with the syntax must be the first statement of the file.")
            }
            "rpc" => self.here("An rpc belongs inside a service: `service RouteGuide { … }`."),
            found
                if found.eq_ignore_ascii_case("message")
                    || found.eq_ignore_ascii_case("service") =>
            {
                self.here(format!(
                    "Write `{}` in lower case, not `{found}`.",
                    found.to_lowercase()
                ))
            }
            found if field(self.line.trim()).is_some() && is_name(found) => {
                self.here("This field is outside of every message: is the `}` above it too early?")
            }
            _ => None,
        }
    }

    fn in_a_field(&self) -> Option<Explained> {
        let (expected, found) = self.unexpected?;
        let line = self.line.trim();
        if found == ":" {
            if let Some((name, kind, number)) = rust_order(line) {
                return self.here(type_first(name, kind, number));
            }
            if expected == "'='" {
                return self.here("The number of a field comes behind `=`, not `:`.");
            }
        }
        if expected == "'='" && found == "-" {
            return self
                .here("A name consists of letters, digits and `_`: write `_` in place of `-`.");
        }
        if expected == "'='" && found == ";" && !line.starts_with("rpc ") {
            let field = line.trim_end_matches(';');
            return self.here(format!("Each field needs its number: `{field} = …;`."));
        }
        if found == "<" && line.starts_with("Option<") {
            return self.here("A .proto has no `Option`: every field that holds a message can be absent. Write the type alone.");
        }
        if found == "<" && line.starts_with("Vec<") || found == "[" && expected == "an identifier" {
            return self.here("A field with many values is `repeated`: write `repeated` and the type, without brackets.");
        }
        None
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
        let (code, _) = super::scan::code_of(self.source());
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

/// A field that is written as it should be.
struct Field<'a> {
    name: &'a str,
    number: &'a str,
}

/// `int32 latitude = 1;`, perhaps with a label in front.
fn field(line: &str) -> Option<Field<'_>> {
    let (left, right) = line.split_once('=')?;
    let mut words = left.split_whitespace().rev();
    let name = words.next().filter(|name| is_name(name))?;
    words.next()?;
    let number = right.trim().split(|c: char| !c.is_ascii_digit()).next()?;
    (!number.is_empty()).then_some(Field { name, number })
}

/// Name, type and number of `latitude: int32 = 1;` and of `latitude int32 = 1;`.
fn rust_order(line: &str) -> Option<(&str, &str, &str)> {
    let (left, right) = line.trim().split_once('=')?;
    let (name, kind) = match left.split_once(':') {
        Some((name, kind)) => (name.trim(), kind.trim()),
        None => {
            let (name, kind) = left.trim().split_once(' ')?;
            let kind = kind.trim();
            let is_scalar = ["int32", "string", "int64", "double", "bool"].contains(&kind);
            (name, is_scalar.then_some(kind)?)
        }
    };
    let number = right.trim().split(|c: char| !c.is_ascii_digit()).next()?;
    (is_name(name) && is_name(kind)).then_some((name, kind, number))
}

fn type_first(name: &str, kind: &str, number: &str) -> String {
    let kind = scalar(kind).unwrap_or(kind);
    format!("In a .proto, the type comes before the name: `{kind} {name} = {number};`.")
}

/// The type of a .proto that a type of another language stands for.
fn scalar(name: &str) -> Option<&'static str> {
    Some(match name {
        "int" | "i32" | "integer" | "Int" | "Integer" | "Int32" | "i16" | "i8" => "int32",
        "long" | "i64" | "Int64" | "Long" => "int64",
        "u32" | "uint" | "UInt32" => "uint32",
        "u64" | "usize" | "UInt64" => "uint64",
        "String" | "str" | "text" | "char" => "string",
        "f32" | "Float" => "float",
        "f64" | "Double" => "double",
        "boolean" | "Bool" | "Boolean" => "bool",
        _ => return None,
    })
}
