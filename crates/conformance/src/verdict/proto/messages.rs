//! The messages of a .proto, field by field.

use prost_reflect::{FieldDescriptor, Kind, MessageDescriptor};

use super::{FieldSpec, MessageSpec};
use super::{Judge, likeness, misspelt};
use crate::verdict::{CaseReport, Diagnosis};

impl Judge<'_> {
    /// One case for each message.
    pub fn messages(&self, specs: &[MessageSpec]) -> Vec<CaseReport> {
        if let Some(case) = self.other_syntax() {
            return vec![case];
        }
        specs
            .iter()
            .map(|spec| CaseReport::of_fact(&spec.message, self.message(spec, specs)))
            .collect()
    }

    fn message(&self, spec: &MessageSpec, all: &[MessageSpec]) -> Option<Diagnosis> {
        let Some(message) = self.all_messages().find(|m| m.name() == spec.message) else {
            return Some(self.missing_message(spec, all));
        };
        let fields = spec.fields.iter();
        let finding = fields
            .clone()
            .find_map(|field| self.field(&message, field, &spec.fields));
        finding.or_else(|| {
            let is_known = |field: &FieldDescriptor| fields.clone().any(|spec| spec.field == field.name());
            let extra = message.fields().find(|field| !is_known(field))?;
            let diagnosis = Diagnosis::mistake(
                "field-extra",
                format!(
                    "`{}` has a field too many: `{}`. The code that is given in the other files makes a `{}` without it.",
                    spec.message,
                    extra.name(),
                    spec.message
                ),
            );
            Some(self.at(&message.parent_file(), extra.path(), diagnosis.hint("Remove the field.")))
        })
    }

    /// A message that is not there under its name, or not at the top level.
    fn missing_message(&self, spec: &MessageSpec, all: &[MessageSpec]) -> Diagnosis {
        let fields: Vec<String> = spec
            .fields
            .iter()
            .map(|f| format!("{} {} = {};", f.kind, f.field, f.number))
            .collect();
        let hint = format!("message {} {{ {} }}", spec.message, fields.join(" "));
        let is_similar =
            |message: &MessageDescriptor| likeness(message.name()) == likeness(&spec.message);
        let similar = misspelt(
            &spec.message,
            self.all_messages(),
            |message| message.name().to_string(),
            |name| all.iter().any(|known| known.message == name),
        );
        let nested = || {
            let mut all = self
                .all_messages()
                .flat_map(|outer| outer.child_messages().collect::<Vec<_>>());
            all.find(is_similar)
        };
        if let Some(other) = similar {
            let message = format!(
                "This message is called `{}`; the lesson calls it `{}`.",
                other.name(),
                spec.message
            );
            let diagnosis = Diagnosis::mistake("message-missing", message);
            return self.at(
                &other.parent_file(),
                other.path(),
                diagnosis.hint(format!("What belongs there: {hint}")),
            );
        }
        if let Some(other) = nested() {
            let outer = other.parent_message();
            let outer = outer.as_ref().map_or("", |outer| outer.name());
            let message = format!(
                "The message `{}` is declared inside `{outer}`, so it is called `{outer}.{}` elsewhere: move it out of `{outer}`.",
                other.name(),
                other.name()
            );
            let diagnosis = Diagnosis::mistake("message-missing", message);
            return self.at(&other.parent_file(), other.path(), diagnosis);
        }
        Diagnosis::mistake(
            "message-missing",
            format!("The message `{}` is missing.", spec.message),
        )
        .hint(format!("What belongs there: {hint}"))
    }

    fn field(
        &self,
        message: &MessageDescriptor,
        spec: &FieldSpec,
        all: &[FieldSpec],
    ) -> Option<Diagnosis> {
        let belongs = format!(
            "What belongs there: {} {} = {};",
            spec.kind, spec.field, spec.number
        );
        let Some(field) = message.get_field_by_name(&spec.field) else {
            // A field of another name that has the number and the type is this one, misnamed.
            let misnamed = message
                .get_field(spec.number)
                .filter(|field| written(field) == spec.kind);
            // So is one that is nearly called so, whatever else is wrong with it.
            let misspelt = || {
                misspelt(
                    &spec.field,
                    message.fields(),
                    |field| field.name().to_string(),
                    |name| all.iter().any(|known| known.field == name),
                )
            };
            return Some(match misnamed.or_else(misspelt) {
                Some(other) => self.at(&message.parent_file(), other.path(), Diagnosis::mistake(
                    "field-misnamed",
                    format!(
                        "Field {} of `{}` is called `{}`; the lesson calls it `{}`, and so does the code that uses it.",
                        other.number(), message.name(), other.name(), spec.field
                    ),
                )),
                None => self.at(&message.parent_file(), message.path(), Diagnosis::mistake(
                    "field-missing",
                    format!("`{}` has no field `{}`.", message.name(), spec.field),
                )),
            }
            .hint(belongs));
        };
        if field.number() != spec.number {
            return Some(self.at(&message.parent_file(), field.path(), Diagnosis::mistake(
                "field-number",
                format!(
                    "Field numbers, not names, travel on the wire: `{}` must be {}, and it is {}.",
                    spec.field, spec.number, field.number()
                ),
            )
            .hint(belongs)));
        }
        let oneof = field
            .containing_oneof()
            .filter(|oneof| !oneof.is_synthetic());
        if let Some(oneof) = oneof {
            let message_text = format!(
                "`{}` is inside the oneof `{}`, and must be a field of its own.",
                spec.field,
                oneof.name()
            );
            let diagnosis = Diagnosis::mistake("field-type", message_text).hint(belongs);
            return Some(self.at(&message.parent_file(), field.path(), diagnosis));
        }
        if written(&field) != spec.kind {
            return Some(
                self.at(
                    &message.parent_file(),
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
