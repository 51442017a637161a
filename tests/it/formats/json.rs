//! A reader of the JSON, with the schema.

use serde_json::Value;

use testkit::Run;
use testkit::outside::{self, LOOPBACK};
use testkit::schema::Schema;

/// The schema of reports.
fn schema() -> Schema {
    Schema::parse(include_str!("../../../src/report/schema.json"))
}

/// A report that the schema accepts.
#[track_caller]
pub fn valid(run: &Run) -> Value {
    let report = run.json();
    schema().accepts(&report);
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
fn the_schema_describes_every_kind_of_report() {
    let server = outside::host(LOOPBACK, outside::codelabs_features());
    let addr = server.addr.to_string();
    let passes = ["--addr", &addr, "list-features", "--format", "json"];
    let passes = outside::check(&passes).exits(0).json();
    // Without features of its own, everything is wrong.
    let empty = outside::host(LOOPBACK, [].into_iter().collect());
    let addr = empty.addr.to_string();
    let fails = ["--addr", &addr, "list-features", "--format", "json"];
    let fails = outside::check(&fails).exits(1).json();
    let cannot = ["--addr", &addr, "no-such-lesson", "--format", "json"];
    let cannot = outside::check(&cannot).exits(2).json();
    for report in [passes, fails, cannot] {
        schema().describes(&report, &[]);
        let mut newer = report;
        newer["version"] = 2.into();
        assert!(!schema().is_valid(&newer));
    }
}
