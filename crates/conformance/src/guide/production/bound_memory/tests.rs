//! What the written chats tell apart. What a server does is tested over TCP, by `tests/it/production/bound_memory.rs`.

use super::BoundMemory;
use super::case::replies;
use super::rule::{WrongRule, refuses};
use crate::guide::cases::CheckFile;
use crate::guide::mistake::Mistake as _;
use crate::guide::production::Requirement;
use crate::guide::route_chat::model::right_answer;

fn asked() -> BoundMemory {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../lessons/17-bound-memory/check.json"
    );
    let check = CheckFile::from_json(&std::fs::read_to_string(file).unwrap()).unwrap();
    let Some(Requirement::BoundMemory(asked)) = check.requirement else {
        panic!("it asks for something else");
    };
    asked
}

#[test]
fn each_wrong_rule_ends_other_chats() {
    let asked = asked();
    let mut all = vec![refuses(None, &asked)];
    all.extend(
        WrongRule::ALL
            .iter()
            .map(|rule| refuses(Some(*rule), &asked)),
    );
    for (at, one) in all.iter().enumerate() {
        assert!(!all[..at].contains(one), "{one:?} is among {all:?}");
    }
}

#[test]
fn the_quick_model_answers_as_the_other_does() {
    for chat in asked().chats.iter().filter(|chat| chat.notes < 2_000) {
        for notes in [chat.notes(), chat.notes_beside()] {
            assert_eq!(replies(&notes), right_answer(&notes).concat());
        }
    }
}
