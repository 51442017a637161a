//! The mistake matrix: every mistake of the tables as a small server of its own, written as a learner
//! writes it, and checked over TCP through the real binary.

mod any_rpc;
mod comparisons;
mod counts_and_clocks;
mod get_feature;
pub mod list_features;
mod record_route;
mod route_chat;
mod several;
mod sizes;

use testkit::guide::Guide;
use testkit::outside::check;
use testkit::parallel;

/// A row of a table: the id (or several, apart by spaces), the server that makes this mistake, and a word of the sentence that is due.
type Row = (&'static str, Guide, &'static str);

/// Checks each server's lesson, and asserts the id, the sentence, the evidence and the exit code.
fn all_are_found(lesson: &str, rows: Vec<Row>) {
    parallel(rows, |(id, guide, words)| {
        let addr = guide.serve().to_string();
        let run = check(&["--addr", &addr, lesson, "--format", "json", "--seed", "5"]);
        assert_eq!(run.code, Some(1), "{id}: {}{}", run.stdout, run.stderr);
        let report = run.json();
        let diagnosis = &report["lessons"][0]["diagnosis"];
        assert_eq!(
            diagnosis["mistakes"],
            serde_json::json!(id.split(' ').collect::<Vec<&str>>()),
            "{diagnosis:#}"
        );
        let message = diagnosis["message"].as_str().unwrap();
        assert!(message.contains(words), "{id}: {message}");
        let cases = report["lessons"][0]["cases"].as_array().unwrap();
        let evidence = cases.iter().find(|case| case["outcome"] == "fail").unwrap();
        assert!(
            !evidence["transcript"].as_array().unwrap().is_empty(),
            "{id}"
        );
    });
}
