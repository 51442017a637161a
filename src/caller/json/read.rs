//! JSON to a message.

use std::fmt;

use prost_reflect::{DynamicMessage, Kind, MapKey, MessageDescriptor, Value};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use super::fields::{Shape, Target, check_oneof, find_field};

/// Why a text is not such a message. It reads on from a name for the text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{} {problem}", if *is_syntax { "is not valid JSON:" } else { "cannot be sent:" })]
pub struct JsonError {
    /// What is wrong, without a full stop.
    pub problem: String,
    /// Whether the text is no JSON at all.
    pub is_syntax: bool,
    /// The line, counted from 1.
    pub line: usize,
    /// The column in bytes, counted from 1; 0 before the first.
    pub column: usize,
}

/// Reads a message from JSON, all of the text.
///
/// # Errors
///
/// [`JsonError`] if it is no JSON, or no such message.
pub fn read(text: &str, kind: &MessageDescriptor) -> Result<DynamicMessage, JsonError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let value = Slot(Target::whole(kind)).deserialize(&mut json);
    let value = value.and_then(|value| json.end().map(|()| value));
    match value.map_err(|error| json_error(&error))? {
        Some(Value::Message(message)) => Ok(message),
        _ => Err(JsonError {
            problem: Target::whole(kind).wrong("null").0,
            is_syntax: false,
            line: 1,
            column: 1,
        }),
    }
}

fn json_error(error: &serde_json::Error) -> JsonError {
    let (line, column) = (error.line(), error.column());
    let text = error.to_string();
    let place = format!(" at line {line} column {column}");
    JsonError {
        problem: in_plain_words(text.strip_suffix(&place).unwrap_or(&text)),
        is_syntax: error.classify() != Category::Data,
        line,
        column,
    }
}

/// What serde_json says, for those who know JSON only by sight.
fn in_plain_words(problem: &str) -> String {
    if let Some(what) = problem.strip_prefix("EOF while parsing ") {
        return format!("it ends in the middle of {what}");
    }
    let plain = match problem {
        "key must be a string" => "the name of a field must be in double quotation marks",
        "expected value" | "expected ident" => "this is not a JSON value",
        "trailing characters" => "there is more text behind the message",
        "trailing comma" => "nothing follows this comma",
        other => other,
    };
    plain.to_string()
}

/// A place in the message, which takes a value from the JSON. It has none for `null`.
struct Slot(Target);

impl<'de> DeserializeSeed<'de> for Slot {
    type Value = Option<Value>;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Option<Value>, D::Error> {
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Slot {
    type Value = Option<Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Option<Value>, E> {
        Ok(None)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Option<Value>, E> {
        match (&self.0.kind, self.0.shape) {
            (Kind::Bool, Shape::One) => Ok(Some(Value::Bool(value))),
            _ => Err(E::custom(self.0.wrong(&value.to_string()))),
        }
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Option<Value>, E> {
        self.0.integer(value.into()).map(Some).map_err(E::custom)
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Option<Value>, E> {
        self.0.integer(value.into()).map(Some).map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Option<Value>, E> {
        self.0.float(value).map(Some).map_err(E::custom)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Option<Value>, E> {
        self.0.text(value).map(Some).map_err(E::custom)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Option<Value>, A::Error> {
        if self.0.shape != Shape::List {
            return Err(A::Error::custom(self.0.wrong("a list")));
        }
        let mut items = Vec::new();
        loop {
            let item = self.0.item(&items.len().to_string(), self.0.kind.clone());
            match list.next_element_seed(Slot(item.clone()))? {
                Some(Some(value)) => items.push(value),
                Some(None) => return Err(A::Error::custom(item.wrong("null"))),
                None => return Ok(Some(Value::List(items))),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Option<Value>, A::Error> {
        match (&self.0.kind, self.0.shape) {
            (Kind::Message(kind), Shape::One) => message(&self.0, kind, map),
            (Kind::Message(entry), Shape::Map) => entries(&self.0, entry, map),
            _ => Err(A::Error::custom(self.0.wrong("a JSON object"))),
        }
        .map(Some)
    }
}

/// The fields of a message.
fn message<'de, A: MapAccess<'de>>(
    target: &Target,
    kind: &MessageDescriptor,
    mut map: A,
) -> Result<Value, A::Error> {
    let mut message = DynamicMessage::new(kind.clone());
    let mut names = Vec::new();
    while let Some(name) = map.next_key::<String>()? {
        let field = find_field(kind, &name).map_err(A::Error::custom)?;
        let inner = target.field(&field);
        if names.contains(&field.number()) {
            let problem = format!("`{}` is set twice", inner.path);
            return Err(A::Error::custom(problem));
        }
        names.push(field.number());
        if let Some(value) = map.next_value_seed(Slot(inner))? {
            check_oneof(&message, &field).map_err(A::Error::custom)?;
            message.set_field(&field, value);
        }
    }
    Ok(Value::Message(message))
}

/// The entries of a map. JSON has strings for all keys.
fn entries<'de, A: MapAccess<'de>>(
    target: &Target,
    entry: &MessageDescriptor,
    mut map: A,
) -> Result<Value, A::Error> {
    let mut entries = std::collections::HashMap::new();
    let (key_kind, value_kind) = (
        entry.map_entry_key_field().kind(),
        entry.map_entry_value_field().kind(),
    );
    while let Some(name) = map.next_key::<String>()? {
        let key = target.item(&name, key_kind.clone());
        let key = match (&key_kind, name.as_str()) {
            (Kind::Bool, "true") => MapKey::Bool(true),
            (Kind::Bool, "false") => MapKey::Bool(false),
            _ => match key.text(&name).map_err(A::Error::custom)? {
                Value::I32(number) => MapKey::I32(number),
                Value::I64(number) => MapKey::I64(number),
                Value::U32(number) => MapKey::U32(number),
                Value::U64(number) => MapKey::U64(number),
                Value::String(text) => MapKey::String(text),
                _ => return Err(A::Error::custom(key.wrong(&name))),
            },
        };
        let item = target.item(&name, value_kind.clone());
        match map.next_value_seed(Slot(item.clone()))? {
            Some(value) => entries.insert(key, value),
            None => return Err(A::Error::custom(item.wrong("null"))),
        };
    }
    Ok(Value::Map(entries))
}
