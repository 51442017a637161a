//! The messages of a .proto, field by field.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::Judge;
use super::{FieldSpec, MessageSpec};
use crate::verdict::{CaseReport, Diagnosis};

impl Judge<'_> {
    /// One case for each message.
    pub fn messages(&self, specs: &[MessageSpec]) -> Vec<CaseReport> {
        specs
            .iter()
            .map(|spec| CaseReport::of_fact(&spec.message, self.message(spec)))
            .collect()
    }

    fn message(&self, spec: &MessageSpec) -> Option<Diagnosis> {
        let Some(message) = self
            .parsed
            .file
            .messages()
            .find(|m| m.name() == spec.message)
        else {
            let fields: Vec<String> = spec
                .fields
                .iter()
                .map(|f| format!("{} {} = {};", f.kind, f.field, f.number))
                .collect();
            let hint = format!("message {} {{ {} }}", spec.message, fields.join(" "));
            let similar = self
                .parsed
                .file
                .messages()
                .find(|m| m.name().eq_ignore_ascii_case(&spec.message));
            return Some(
                match similar {
                    Some(other) => self.at(
                        other.path(),
                        Diagnosis::mistake(
                            "message-missing",
                            format!(
                                "This message is called `{}`; the lesson calls it `{}`.",
                                other.name(),
                                spec.message
                            ),
                        ),
                    ),
                    None => Diagnosis::mistake(
                        "message-missing",
                        format!("The message `{}` is missing.", spec.message),
                    ),
                }
                .hint(format!("What belongs there: {hint}")),
            );
        };
        spec.fields
            .iter()
            .find_map(|field| self.field(&message, field))
    }

    fn field(&self, message: &MessageDescriptor, spec: &FieldSpec) -> Option<Diagnosis> {
        let belongs = format!(
            "What belongs there: {} {} = {};",
            spec.kind, spec.field, spec.number
        );
        let Some(field) = message.get_field_by_name(&spec.field) else {
            // A field of another name that has the number and the type is this one, misnamed.
            let misnamed = message
                .get_field(spec.number)
                .filter(|field| written(field) == spec.kind);
            return Some(match misnamed {
                Some(other) => self.at(other.path(), Diagnosis::mistake(
                    "field-misnamed",
                    format!(
                        "Field {} of `{}` is called `{}`; the lesson calls it `{}`, and so does the code that uses it.",
                        spec.number, message.name(), other.name(), spec.field
                    ),
                )),
                None => self.at(message.path(), Diagnosis::mistake(
                    "field-missing",
                    format!("`{}` has no field `{}`.", message.name(), spec.field),
                )),
            }
            .hint(belongs));
        };
        if field.number() != spec.number {
            return Some(self.at(field.path(), Diagnosis::mistake(
                "field-number",
                format!(
                    "Field numbers, not names, travel on the wire: `{}` must be {}, and it is {}.",
                    spec.field, spec.number, field.number()
                ),
            )
            .hint(belongs)));
        }
        if written(&field) != spec.kind {
            return Some(
                self.at(
                    field.path(),
                    Diagnosis::mistake(
                        "field-type",
                        format!(
                            "`{}` must be {}, and it is {}.",
                            spec.field,
                            spec.kind,
                            written(&field)
                        ),
                    )
                    .hint(belongs),
                ),
            );
        }
        None
    }
}

/// A field's type as the .proto writes it, without the package.
fn written(field: &FieldDescriptor) -> String {
    let name = match field.kind() {
        Kind::Message(message) => message.name().to_string(),
        Kind::Enum(message) => message.name().to_string(),
        other => format!("{other:?}").to_lowercase(),
    };
    // For a message, `optional` changes nothing.
    let optional = field.supports_presence()
        && !matches!(field.kind(), Kind::Message(_))
        && field.containing_oneof().is_some();
    if field.is_list() {
        format!("repeated {name}")
    } else if optional {
        format!("optional {name}")
    } else {
        name
    }
}
