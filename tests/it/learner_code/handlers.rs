//! Handlers that panic, hang, or do not speak when they should.

use super::finds;
use super::variants::{LAB, SERVER, check};

/// The line of the learner's server that holds a text.
fn line_of(text: &str) -> usize {
    let server = LAB.read(SERVER);
    let line = server.lines().position(|line| line.contains(text));
    line.unwrap() + 1
}

#[test]
fn handlers_that_panic() {
    finds("list-panics", "list-features", "panics");
    let line = line_of("panic!(\"no {:?}\"");
    check("list-panics", &["list-features"])
        .exits(1)
        .says(&format!(
            "Your handler panicked at start_here/src/server.rs:{line}."
        ))
        .says("no Some(Point { latitude: 407127753, longitude: -740059728 })")
        .says("the stream broke off")
        .says(&format!("Edit start_here/src/server.rs:{line}, then"));
    // Another lesson on the same server is not blamed for it.
    check("list-panics", &["record-route"]).exits(0);
    check("list-unwraps", &["list-features"])
        .exits(1)
        .says("A message field can be absent");
    // What is wrong in a call that ended is not that another one panicked.
    let run = check("list-unwraps-and-does-not-sort", &["list-features"]).exits(1);
    let said: Vec<&str> = run.stdout.split_whitespace().collect();
    let said = said.join(" ");
    assert!(
        said.contains("In another call, your code panicked at start_here/src/server.rs:"),
        "{said}"
    );
    assert!(
        !run.stdout.contains("Your handler panicked"),
        "{}",
        run.stdout
    );
}

#[test]
fn a_panic_in_a_function_that_a_method_calls_is_named_there() {
    let line = line_of("panic!(\"not this leg\")");
    check("record-panics-in-a-helper", &["record-route"])
        .exits(1)
        .says(&format!(
            "Your handler panicked at start_here/src/server.rs:{line}."
        ))
        .says(&format!("Edit start_here/src/server.rs:{line}, then"));
}

#[test]
fn handlers_that_hang_or_answer_when_they_should_not() {
    // A server that is gone has not passed, whatever it answered.
    finds("list-aborts", "list-features", "dies-between-calls");
    finds("list-hangs", "list-features", "hangs");
    finds("record-answers-early", "record-route", "answers-early");
    finds("chat-replies-at-end", "route-chat", "replies-at-end");
}

#[test]
fn a_task_that_panics_is_named_with_its_place() {
    let line = line_of("panic!(\"a feature far away\")");
    check("list-task-panics", &["list-features"])
        .exits(1)
        .says(&format!(
            "Your code panicked at start_here/src/server.rs:{line}."
        ))
        .says("a feature far away")
        .says(&format!("Edit start_here/src/server.rs:{line}, then"));
}

#[test]
fn handlers_that_take_an_error_for_the_end() {
    for (variant, lesson) in [
        ("record-swallows", "record-route"),
        ("chat-swallows", "route-chat"),
    ] {
        finds(variant, lesson, "swallows-error");
        check(variant, &[lesson])
            .exits(1)
            .says("Message 3 of the client could not be decoded. The call had failed,")
            .says("1 byte that cannot be decoded")
            .says("Return the error: `message().await?` does that.");
    }
}
