//! Types that there are not, and names and numbers that are there twice.

use super::field::{field, rust_order, scalar, type_first};
use super::{Explained, Slip};
use crate::verdict::proto::misspelt;
use crate::verdict::proto::scan::{Declared, Position, messages, uses};

impl Slip<'_> {
    /// A type that there is not.
    pub(super) fn undefined_name(&self) -> Option<Explained> {
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
        match misspelt(name, declared.iter(), |other| other.name.clone(), |_| false) {
            Some(message) => self.spelt_differently(message, name),
            None => self.here(format!("There is no message `{name}` in the file.")),
        }
    }

    /// A message that is declared with one spelling and used with another: the place is that of the less likely one.
    fn spelt_differently(&self, declared: &Declared, used: &str) -> Option<Explained> {
        let name = &declared.name;
        let is_right = uses(self.source(), name) > 0 || camel_case(name) >= camel_case(used);
        if is_right {
            return self.here(format!(
                "The message is called `{name}` (line {}), but here it is used as `{used}`.",
                declared.line
            ));
        }
        let user = self.position.map_or(String::new(), |position| {
            format!(" in line {}", position.line)
        });
        Some(Explained {
            message: format!("This message is called `{name}`, but it is used as `{used}`{user}."),
            position: Some(Position {
                line: declared.line,
                column: 1,
            }),
        })
    }

    /// A number, a field or a message that is there twice.
    pub(super) fn said_twice(&self) -> Option<Explained> {
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
}

/// How well a name follows the rule for messages, `RouteNote`: whether it begins with a capital letter and has small
/// ones and no underscore, and with how many capital letters.
fn camel_case(name: &str) -> (bool, usize) {
    let is_camel_case = name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.contains(|c: char| c.is_ascii_lowercase())
        && !name.contains('_');
    let capitals = name.chars().filter(char::is_ascii_uppercase).count();
    (is_camel_case, capitals)
}
