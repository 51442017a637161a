//! What is said of a server, without one.

use tonic::Code;

use super::*;
use crate::guide::registry;
use crate::messages::Rpc;
use crate::verdict::Outcome;

fn asked() -> StandardServices {
    let path = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../lessons/20-health-and-reflection/check.json"
    );
    let text = std::fs::read_to_string(path).unwrap();
    let check: serde_json::Value = serde_json::from_str(&text).unwrap();
    serde_json::from_value(check["requirement"]["health_and_reflection"].clone()).unwrap()
}

fn status(code: Code) -> Status {
    Status::new(code, String::new())
}

/// A right server.
fn right() -> SeenServices {
    let methods = registry::required().map(|rpc| rpc.name().to_string());
    SeenServices {
        checked: vec![Ok(ServingStatus::Serving); 2],
        not_there: Err(status(Code::NotFound)),
        watched: vec![Ok(ServingStatus::Serving); 2],
        reflected: Ok(vec![ReflectedService {
            name: Rpc::SERVICE.to_string(),
            methods: methods.collect(),
        }]),
    }
}

/// All mistakes that are found.
fn found(seen: &SeenServices) -> Vec<String> {
    let cases = asked().judge(seen);
    let failed = cases
        .into_iter()
        .filter(|case| case.outcome == Outcome::Fail);
    failed
        .flat_map(|case| case.diagnosis.unwrap().mistakes)
        .map(|id| id.to_string())
        .collect()
}

#[test]
fn a_right_server_is_right() {
    assert!(found(&right()).is_empty());
}

#[test]
fn each_mistake_is_said_once() {
    let missing = || Err(status(Code::Unimplemented));
    let none = SeenServices {
        checked: vec![missing(), missing()],
        not_there: missing(),
        watched: vec![missing(), missing()],
        reflected: Err(ReflectionFailure::NotOffered),
    };
    assert_eq!(found(&none), ["health-missing", "reflection-missing"]);
    let only_whole = SeenServices {
        checked: vec![Ok(ServingStatus::Serving), Err(status(Code::NotFound))],
        // By the protocol, Watch says SERVICE_UNKNOWN where Check says NOT_FOUND.
        watched: vec![
            Ok(ServingStatus::Serving),
            Ok(ServingStatus::ServiceUnknown),
        ],
        ..right()
    };
    assert_eq!(found(&only_whole), ["health-not-reported"]);
    let of_anything = SeenServices {
        not_there: Ok(ServingStatus::Serving),
        ..right()
    };
    assert_eq!(found(&of_anything), ["health-of-anything"]);
    let other = SeenServices {
        watched: vec![Ok(ServingStatus::Serving), Ok(ServingStatus::Unknown)],
        ..right()
    };
    assert_eq!(found(&other), ["watch-differs"]);
}

#[test]
fn each_name_has_to_stop_serving() {
    let right = asked().judge_shutdown(&[LastWord::NotServing, LastWord::NotServing]);
    assert_eq!(right.outcome, Outcome::Pass);
    let not_begun = LastWord::NotBegun(status(Code::Unavailable));
    let found = asked().judge_shutdown(&[LastWord::NotServing, not_begun]);
    assert_eq!(found.diagnosis.unwrap().mistakes, ["health-fails"]);
    for last in [
        [LastWord::NotServing, LastWord::Nothing],
        [LastWord::Ended(None), LastWord::NotServing],
        [
            LastWord::Ended(Some(status(Code::Unavailable))),
            LastWord::NotServing,
        ],
    ] {
        let found = asked().judge_shutdown(&last).diagnosis.unwrap();
        assert_eq!(found.mistakes, ["serving-at-shutdown"]);
    }
}
