//! The schemas of the JSON that the lab prints, made from its types. Each is a file beside them, for readers of the
//! JSON, and `SNAPSHOTS=overwrite cargo test --lib report` writes the files anew after a change of the types.

use schemars::generate::SchemaSettings;
use schemars::transform::{RecursiveTransform, RestrictFormats};
use schemars::{JsonSchema, Schema};
use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::{Value, json};
use snapbox::{Data, assert_data_eq};

/// The ids of lessons and mistakes.
pub const ID: &str = "^[a-z0-9]+(-[a-z0-9]+)*$";

/// Holds that a file is the schema of a type, without patterns: `[…]` is JSON here.
#[track_caller]
pub fn is_fresh<T: JsonSchema>(file: Data) {
    let schema = Node(&schema::<T>(), Kind::Schema).to_string();
    assert_data_eq!(schema, file.raw());
}

/// Holds that a schema accepts what was printed, and refuses it with any of the changes: another value at the place
/// of a JSON pointer.
#[track_caller]
pub fn refuses(schema: &str, printed: &str, changes: &[(&str, Value)]) {
    let schema = testkit::schema::Schema::parse(schema);
    let printed: Value = serde_json::from_str(printed).unwrap();
    schema.accepts(&printed);
    for (place, value) in changes {
        let mut changed = printed.clone();
        *changed.pointer_mut(place).unwrap() = value.clone();
        assert!(!schema.is_valid(&changed), "{place}: {value}");
    }
}

/// The schema of a type, as it is written.
fn schema<T: JsonSchema>() -> Value {
    SchemaSettings::draft2020_12()
        .for_serialize()
        .with_transform(RecursiveTransform(int32_has_limits))
        .with_transform(RecursiveTransform(no_default))
        .with_transform(RecursiveTransform(lines_are_joined))
        .with_transform(RecursiveTransform(values_are_listed))
        // Validators may refuse names of formats that are not in the standard, such as uint64.
        .with_transform(RestrictFormats::default())
        .into_generator()
        .into_root_schema_for::<T>()
        .to_value()
}

/// schemars names the format of an i32, and not what lies in it.
fn int32_has_limits(schema: &mut Schema) {
    if schema.get("format") == Some(&json!("int32")) {
        schema.insert("minimum".to_string(), json!(i32::MIN));
        schema.insert("maximum".to_string(), json!(i32::MAX));
    }
}

/// What is read when a field is absent means nothing to those who read what the lab has written: it has all fields.
fn no_default(schema: &mut Schema) {
    schema.remove("default");
}

/// Where a doc comment is wrapped says nothing to a reader of the schema.
fn lines_are_joined(schema: &mut Schema) {
    if let Some(Value::String(text)) = schema.get_mut("description") {
        *text = text.replace('\n', " ");
    }
}

/// An enum whose variants have doc comments becomes a choice between schemas of one value each. Validators complain
/// better, and generators of code write better code, if there is one list of values; what they mean goes to the
/// description.
fn values_are_listed(schema: &mut Schema) {
    let Some(variants) = schema.get("oneOf").and_then(Value::as_array) else {
        return;
    };
    let values: Option<Vec<Value>> = variants
        .iter()
        .map(|one| one.get("const").cloned())
        .collect();
    let Some(values) = values else { return };
    let text = |of: Option<&Value>| of.and_then(Value::as_str).map(str::to_string);
    let meanings = variants.iter().filter_map(|one| {
        let value = text(one.get("const"))?;
        Some(format!("{value}: {}", text(one.get("description"))?))
    });
    let lines: Vec<String> = text(schema.get("description"))
        .into_iter()
        .chain(meanings)
        .collect();
    schema.remove("oneOf");
    schema.insert("type".to_string(), json!("string"));
    schema.insert("enum".to_string(), Value::Array(values));
    schema.insert("description".to_string(), json!(lines.join("\n")));
}

/// The keywords of a schema that a reader wants to see first, in order.
const FIRST: [&str; 9] = [
    "$schema",
    "title",
    "description",
    "$ref",
    "type",
    "additionalProperties",
    "unevaluatedProperties",
    "required",
    "properties",
];

/// The keywords that a reader wants to see last, in order.
const LAST: [&str; 4] = ["if", "then", "else", "$defs"];

/// A part of a schema, which is written in the order that a reader wants. serde_json knows only the alphabet's.
struct Node<'a>(&'a Value, Kind<'a>);

/// What an object is.
#[derive(Clone, Copy)]
enum Kind<'a> {
    /// A schema, or one of the values in it.
    Schema,
    /// Schemas by name. Those of the fields stand in the order in which the fields are printed, as far as they
    /// are required.
    Named(&'a [Value]),
}

impl std::fmt::Display for Node<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let text = serde_json::to_string_pretty(self).map_err(|_| std::fmt::Error)?;
        writeln!(f, "{text}")
    }
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Node(value, kind) = self;
        match value {
            Value::Array(items) => {
                serializer.collect_seq(items.iter().map(|item| Node(item, *kind)))
            }
            Value::Object(fields) => {
                let required = fields.get("required").and_then(Value::as_array);
                let required = required.map_or(&[][..], Vec::as_slice);
                let mut names: Vec<&String> = fields.keys().collect();
                names.sort_by_key(|name| kind.place(name));
                let mut map = serializer.serialize_map(Some(names.len()))?;
                for name in names {
                    let below = match (kind, name.as_str()) {
                        (Kind::Schema, "properties") => Kind::Named(required),
                        (Kind::Schema, "$defs") => Kind::Named(&[]),
                        _ => Kind::Schema,
                    };
                    map.serialize_entry(name, &Node(&fields[name], below))?;
                }
                map.end()
            }
            other => other.serialize(serializer),
        }
    }
}

impl Kind<'_> {
    /// Where a name stands among its neighbours. Those with the same place keep the order of the alphabet.
    fn place(self, name: &str) -> usize {
        let middle = FIRST.len();
        match self {
            Kind::Named(required) => {
                let place = required.iter().position(|field| field == name);
                place.unwrap_or(required.len())
            }
            Kind::Schema => match FIRST.iter().position(|first| *first == name) {
                Some(place) => place,
                None => LAST
                    .iter()
                    .position(|last| *last == name)
                    .map_or(middle, |place| middle + 1 + place),
            },
        }
    }
}
