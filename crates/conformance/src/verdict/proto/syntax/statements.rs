//! Slips in an rpc, at the top level of the file, and in a field.

use super::field::{field, rust_order, type_first};
use super::{Explained, Slip};
use crate::verdict::proto::scan::is_name;

impl Slip<'_> {
    /// A slip in the line of an rpc.
    pub(super) fn in_an_rpc(&self) -> Option<Explained> {
        let (expected, found) = self.unexpected?;
        if expected.starts_with("'rpc'") {
            return match found {
                "stream" => self.here(
                    "`stream` goes inside the parentheses, before the type: `(stream Type)`.",
                ),
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
        if expected.contains("')'")
            && let Some(explained) = self.order_of_stream(found)
        {
            return Some(explained);
        }
        if expected.contains("')'") && (is_name(found) || found == ":") {
            let what = match found {
                ":" => "the name and the `:`".to_string(),
                name => format!("`{name}`"),
            };
            return self.here(format!(
                "In the parentheses of an rpc is a type, without a name for it: remove {what}."
            ));
        }
        if found == "<" && self.line.contains("stream<") {
            return self
                .here("Write the type behind `stream`, without angle brackets: `(stream Type)`.");
        }
        None
    }

    /// Two words in the parentheses of an rpc, one of which should be `stream` in front of the type. `found` is the second.
    fn order_of_stream(&self, found: &str) -> Option<Explained> {
        let is_meant = |word: &str| {
            ["stream", "streams", "streaming", "streamed"]
                .iter()
                .any(|other| word.eq_ignore_ascii_case(other))
        };
        let column = self.position?.column;
        let before: String = self.line.chars().take(column - 1).collect();
        let first = before.rsplit('(').next()?.trim();
        if !is_name(first) || !is_name(found) {
            return None;
        }
        if is_meant(found) {
            return self.here(format!(
                "`stream` goes before the type: `(stream {first})`."
            ));
        }
        if found == "repeated" {
            return self.here(format!(
                "An rpc that sends many messages has `stream` before the type, not `repeated`: `(stream {first})`."
            ));
        }
        is_meant(first).then(|| {
            let message = format!("Write `stream` for `{first}`: `(stream {found})`.");
            Explained {
                message,
                position: self.position,
            }
        })
    }

    /// A slip outside of all messages and services.
    pub(super) fn at_top_level(&self) -> Option<Explained> {
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

    /// A slip in the line of a field.
    pub(super) fn in_a_field(&self) -> Option<Explained> {
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
}
