//! What is planned. What a client does is tested over TCP, by `tests/it/production/cancel.rs`.

use super::Cancel;
use crate::guide::production::OfClient as _;
use crate::guide::synthetic::{Length, SyntheticAnswers};
use crate::messages::Rpc;
use crate::probe::recorder::Answers as _;

#[test]
fn the_server_has_as_many_features_as_are_needed() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../lessons/19-cancel/check.json"
    );
    let check: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    let needed = check["requirement"]["cancel"]["messages"].as_u64().unwrap();
    let mut answer = SyntheticAnswers::new(1).open(Rpc::ListFeatures, Length::Short);
    assert!(answer.half_closed().len() as u64 >= needed);
}

#[test]
fn three_runs_are_made_first() {
    assert_eq!(Cancel { messages: 4 }.next(&[]).len(), 3);
}
