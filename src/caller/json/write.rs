//! A message to JSON, on one line.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use prost_reflect::{DynamicMessage, Kind, MapKey, MessageDescriptor, ReflectMessage as _, Value};
use serde::ser::{Error as _, Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use crate::text::sanitize_json;

/// How deep an example goes into messages inside of messages.
const EXAMPLE_DEPTH: usize = 3;

/// A message as one line of JSON, with all its fields, also those that have their defaults; a message field that is not
/// set is `null`. Fields are named and ordered as in the .proto.
///
/// # Errors
///
/// None for messages that were decoded.
pub fn write(message: &DynamicMessage) -> Result<String, serde_json::Error> {
    let json = serde_json::to_string(&Json::Message(message))?;
    // A space behind each separator, outside of strings, makes the line easier to read.
    Ok(sanitize_json(&spaced(&json)))
}

/// A message of a type in which every field has its default, also those in messages inside of it.
pub fn example(kind: &MessageDescriptor) -> DynamicMessage {
    filled(kind, EXAMPLE_DEPTH)
}

fn filled(kind: &MessageDescriptor, depth: usize) -> DynamicMessage {
    let mut message = DynamicMessage::new(kind.clone());
    for field in kind.fields() {
        let is_one = !field.is_list() && field.containing_oneof().is_none();
        if let Kind::Message(inner) = field.kind()
            && is_one
            && depth > 0
        {
            message.set_field(&field, Value::Message(filled(&inner, depth - 1)));
        }
    }
    message
}

/// JSON with a space behind each comma and each colon.
fn spaced(json: &str) -> String {
    let mut text = String::with_capacity(json.len() * 5 / 4);
    let (mut in_string, mut escaped) = (false, false);
    for c in json.chars() {
        text.push(c);
        if in_string {
            in_string = escaped || c != '"';
            escaped = !escaped && c == '\\';
        } else {
            in_string = c == '"';
            if matches!(c, ',' | ':') {
                text.push(' ');
            }
        }
    }
    text
}

/// A part of a message.
enum Json<'a> {
    Message(&'a DynamicMessage),
    Value(&'a Value, &'a Kind),
    Map(&'a std::collections::HashMap<MapKey, Value>, &'a Kind),
}

impl Serialize for Json<'_> {
    fn serialize<S: Serializer>(&self, json: S) -> Result<S::Ok, S::Error> {
        match self {
            Json::Message(message) => fields(message, json),
            Json::Value(value, kind) => self::value(value, kind, json),
            Json::Map(entries, kind) => {
                let mut entries: Vec<(String, &Value)> = entries
                    .iter()
                    .map(|(key, value)| (key_text(key), value))
                    .collect();
                entries.sort_by(|one, other| one.0.cmp(&other.0));
                let mut map = json.serialize_map(Some(entries.len()))?;
                for (key, value) in entries {
                    map.serialize_entry(&key, &Json::Value(value, kind))?;
                }
                map.end()
            }
        }
    }
}

fn fields<S: Serializer>(message: &DynamicMessage, json: S) -> Result<S::Ok, S::Error> {
    let descriptor = message.descriptor();
    let mut all: Vec<_> = descriptor.fields().collect();
    all.sort_by_key(|field| field.path().last().copied());
    let mut map = json.serialize_map(None)?;
    for field in all {
        let is_set = message.has_field(&field);
        // Of a oneof, only the field that is set is there.
        let is_choice = field
            .containing_oneof()
            .is_some_and(|group| !group.is_synthetic());
        if is_choice && !is_set {
            continue;
        }
        if field.supports_presence() && !is_set {
            map.serialize_entry(field.name(), &())?;
            continue;
        }
        let value = message.get_field(&field);
        match (value.as_ref(), field.kind()) {
            (Value::Map(entries), Kind::Message(entry)) => {
                let kind = entry.map_entry_value_field().kind();
                map.serialize_entry(field.name(), &Json::Map(entries, &kind))?;
            }
            (value, kind) => map.serialize_entry(field.name(), &Json::Value(value, &kind))?,
        }
    }
    map.end()
}

fn value<S: Serializer>(value: &Value, kind: &Kind, json: S) -> Result<S::Ok, S::Error> {
    match value {
        Value::Bool(value) => json.serialize_bool(*value),
        Value::I32(value) => json.serialize_i32(*value),
        Value::U32(value) => json.serialize_u32(*value),
        // By the mapping, 64 bits are a string: not every reader of JSON has so many.
        Value::I64(value) => json.serialize_str(&value.to_string()),
        Value::U64(value) => json.serialize_str(&value.to_string()),
        Value::F32(value) => float(f64::from(*value), value.to_string(), json),
        Value::F64(value) => float(*value, value.to_string(), json),
        Value::String(value) => json.serialize_str(value),
        Value::Bytes(value) => json.serialize_str(&STANDARD.encode(value)),
        Value::EnumNumber(number) => {
            let named = kind.as_enum().and_then(|kind| kind.get_value(*number));
            match named {
                Some(value) => json.serialize_str(value.name()),
                None => json.serialize_i32(*number),
            }
        }
        Value::Message(message) => fields(message, json),
        Value::List(items) => {
            let mut list = json.serialize_seq(Some(items.len()))?;
            for item in items {
                list.serialize_element(&Json::Value(item, kind))?;
            }
            list.end()
        }
        Value::Map(_) => Err(S::Error::custom("a map outside of a field")),
    }
}

/// A number with a fraction. JSON has neither infinity nor what is no number.
fn float<S: Serializer>(value: f64, text: String, json: S) -> Result<S::Ok, S::Error> {
    if value.is_nan() {
        json.serialize_str("NaN")
    } else if value.is_infinite() {
        json.serialize_str(if value > 0.0 { "Infinity" } else { "-Infinity" })
    } else {
        // Of a float, its own shortest digits.
        json.serialize_f64(text.parse().unwrap_or(value))
    }
}

fn key_text(key: &MapKey) -> String {
    match key {
        MapKey::Bool(key) => key.to_string(),
        MapKey::I32(key) => key.to_string(),
        MapKey::I64(key) => key.to_string(),
        MapKey::U32(key) => key.to_string(),
        MapKey::U64(key) => key.to_string(),
        MapKey::String(key) => key.clone(),
    }
}
