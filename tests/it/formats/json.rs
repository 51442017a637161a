//! A reader of the JSON, with the schema.

use serde_json::Value;

use crate::support::Run;

/// A report that the schema takes.
#[track_caller]
pub fn valid(run: &Run) -> Value {
    let schema = serde_json::from_str(include_str!("../../../src/report/schema.json")).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let report = run.json();
    let errors: Vec<String> = validator
        .iter_errors(&report)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert_eq!(errors, Vec::<String>::new(), "{}", run.stdout);
    report
}

/// Everything in a report under a name, however deep.
pub fn all<'a>(report: &'a Value, lists: &[&str]) -> Vec<&'a Value> {
    lists.iter().fold(vec![report], |found, list| {
        let of = |value: &'a Value| value[list].as_array().unwrap();
        found.into_iter().flat_map(of).collect()
    })
}

/// How many lessons or cases have an outcome.
pub fn count(values: &[&Value], outcome: &str) -> usize {
    values
        .iter()
        .filter(|value| value["outcome"] == outcome)
        .count()
}

#[test]
fn the_schema_can_refuse() {
    // The wrong version, a word too many, an event that is none.
    let schema = serde_json::from_str(include_str!("../../../src/report/schema.json")).unwrap();
    let schema = jsonschema::validator_for(&schema).unwrap();
    let lesson = |case: &str| {
        let text = format!(
            r#"{{"version":1,"outcome":"pass","seed":1,"duration_ms":1,"target":"x","lessons":[
            {{"lesson":"a-b","title":"t","outcome":"pass","duration_ms":1,"diagnosis":null,"cases":[
            {{"case":"c","rpc":null,"outcome":"pass","message":null,"expected":[],"received":[],
              "status":null,"transcript":[{case}]}}]}}]}}"#
        );
        serde_json::from_str::<Value>(&text).unwrap()
    };
    assert!(schema.is_valid(&lesson(r#"{"at_ms":0.1,"event":"headers"}"#)));
    for wrong in [
        r#"{"at_ms":0.1,"event":"trailers"}"#,
        r#"{"at_ms":0.1,"event":"headers","message":{}}"#,
        r#"{"at_ms":0.1,"event":"sent"}"#,
        r#"{"event":"headers"}"#,
        r#"{"at_ms":0.1,"event":"sent","message":{"latitude":1,"longitude":2,"altitude":3}}"#,
    ] {
        assert!(!schema.is_valid(&lesson(wrong)), "{wrong}");
    }
    let mut other = lesson(r#"{"at_ms":0.1,"event":"headers"}"#);
    other["version"] = 2.into();
    assert!(!schema.is_valid(&other));
}
