//! JSON that the lab prints, held to its schema.

use std::collections::BTreeMap;

use serde_json::{Value, json};

/// A JSON schema.
pub struct Schema(jsonschema::Validator);

impl Schema {
    /// Reads a schema.
    pub fn parse(text: &str) -> Schema {
        let schema = serde_json::from_str(text).unwrap();
        Schema(jsonschema::validator_for(&schema).unwrap())
    }

    /// Whether a value holds to the schema.
    pub fn is_valid(&self, value: &Value) -> bool {
        self.0.is_valid(value)
    }

    /// Asserts that a value holds to the schema.
    #[track_caller]
    pub fn accepts(&self, value: &Value) {
        let errors: Vec<String> = self
            .0
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert_eq!(errors, Vec::<String>::new(), "{value:#}");
    }

    /// Asserts that a value holds to the schema, and that it would not if it lacked any field that is not optional,
    /// had one more, or had a value of another type. So the schema says everything about what the lab prints.
    #[track_caller]
    pub fn describes(&self, value: &Value, optional: &[&str]) {
        self.accepts(value);
        let mut value = value.clone();
        shorten(&mut value);
        self.accepts(&value);
        let mut passed = Vec::new();
        for (change, other) in changes(&value, optional) {
            if self.is_valid(&other) {
                passed.push(change);
            }
        }
        assert_eq!(passed, Vec::<String>::new(), "{value:#}");
    }
}

/// The first item of a list of each kind: items with the same fields are of one kind.
fn of_each_kind(items: &[Value]) -> Vec<usize> {
    let mut kinds: BTreeMap<Vec<&String>, usize> = BTreeMap::new();
    for (n, item) in items.iter().enumerate() {
        let fields = item.as_object().into_iter().flat_map(|item| item.keys());
        kinds.entry(fields.collect()).or_insert(n);
    }
    kinds.into_values().collect()
}

/// Leaves one item of each kind in long lists: a report of thousands of messages would be checked for minutes.
fn shorten(value: &mut Value) {
    match value {
        Value::Array(items) => {
            if items.len() > 20 {
                let kept = of_each_kind(items);
                *items = kept.into_iter().map(|n| items[n].take()).collect();
            }
            items.iter_mut().for_each(shorten);
        }
        Value::Object(fields) => fields.values_mut().for_each(shorten),
        _ => {}
    }
}

/// A value with one thing changed, in every way, and what that is. Of a list, one item of each kind is changed.
fn changes(value: &Value, optional: &[&str]) -> Vec<(String, Value)> {
    let mut changes = Vec::new();
    let mut places = vec![String::new()];
    while let Some(place) = places.pop() {
        let mut change = |what: &str, change: &dyn Fn(&mut Value)| {
            let mut other = value.clone();
            change(other.pointer_mut(&place).unwrap());
            changes.push((format!("{place}: {what}"), other));
        };
        match value.pointer(&place).unwrap() {
            Value::Object(fields) => {
                change("one more field", &|object| object["more"] = json!(1));
                for name in fields.keys() {
                    places.push(format!("{place}/{name}"));
                    if !optional.contains(&name.as_str()) {
                        change(&format!("no field {name}"), &|object| {
                            object.as_object_mut().unwrap().remove(name);
                        });
                    }
                }
            }
            Value::Array(items) => {
                change("no list", &|list| *list = json!({}));
                let items = of_each_kind(items).into_iter();
                places.extend(items.map(|n| format!("{place}/{n}")));
            }
            _ => change("another type", &|value| *value = json!([])),
        }
    }
    changes
}
