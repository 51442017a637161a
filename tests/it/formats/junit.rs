//! A reader of JUnit.

use serde_json::Value;

use super::json::all;
use testkit::Run;
use testkit::runner::commands;

/// Reads JUnit, and compares it with the JSON of the same check.
#[track_caller]
pub fn same_counts(junit: &Run, json: &Value) {
    assert_eq!(commands(&junit.stdout), Vec::<String>::new());
    let document = roxmltree::Document::parse(&junit.stdout).unwrap();
    let root = document.root_element();
    let suites: Vec<roxmltree::Node<'_, '_>> = root
        .children()
        .filter(|n| n.has_tag_name("testsuite"))
        .collect();
    let lessons = all(json, &["lessons"]);
    assert_eq!(suites.len(), lessons.len());
    for (suite, lesson) in suites.iter().zip(&lessons) {
        assert_eq!(suite.attribute("name"), lesson["lesson"].as_str());
        let property = |name: &str| {
            let of_name = |n: &roxmltree::Node<'_, '_>| n.attribute("name") == Some(name);
            let property = suite
                .descendants()
                .filter(|n| n.has_tag_name("property"))
                .find(of_name);
            property.unwrap().attribute("value").unwrap().to_string()
        };
        assert_eq!(property("seed"), json["seed"].to_string());
        assert_eq!(property("target"), json["target"].as_str().unwrap());
        let cases = all(lesson, &["cases"]);
        // A lesson of whose outcome there is no case is a test case itself.
        let mut outcomes: Vec<&str> = cases
            .iter()
            .map(|case| case["outcome"].as_str().unwrap())
            .collect();
        let own = lesson["outcome"].as_str().unwrap();
        if !outcomes.contains(&own) {
            outcomes.push(own);
        }
        let of = |outcome: &str| outcomes.iter().filter(|other| **other == outcome).count();
        for (attribute, tag, number) in [
            ("tests", "testcase", outcomes.len()),
            ("failures", "failure", of("fail")),
            ("errors", "error", of("error")),
            ("skipped", "skipped", of("skipped")),
        ] {
            let told = suite.attribute(attribute).unwrap();
            let there = suite.descendants().filter(|n| n.has_tag_name(tag)).count();
            assert_eq!(
                (told, there),
                (number.to_string().as_str(), number),
                "{attribute} of {own}"
            );
        }
    }
    let number = |name: &str| root.attribute(name).unwrap().parse::<usize>().unwrap();
    let tests = document
        .descendants()
        .filter(|n| n.has_tag_name("testcase"));
    assert_eq!(number("tests"), tests.count());
}
