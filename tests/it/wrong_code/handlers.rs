//! Handlers that panic, hang, or do not speak when they should.

use super::{SERVER, finds};
use crate::support::Lab;

#[test]
fn handlers_that_panic_hang_or_answer_early() {
    let lab = Lab::new("wrong-handlers");
    lab.solve_up_to("route-chat");

    lab.write_place(
        SERVER,
        "list-features",
        "        panic!(\"no {:?}\", request.into_inner().lo)\n",
    );
    let run = lab.run(["check", "list-features"]).exits(1);
    let line = lab
        .read(SERVER)
        .lines()
        .position(|line| line.contains("panic!("))
        .unwrap()
        + 1;
    run.says(&format!(
        "Your handler panicked at start_here/src/server.rs:{line}."
    ))
    .says("no Some(Point { latitude: 407127753, longitude: -740059728 })")
    .says("the stream broke off")
    .says(&format!("Edit start_here/src/server.rs:{line}, then"));
    finds(&lab, "list-features", "panics");
    lab.solve("list-features");
    lab.edit(SERVER, |text| {
        text.replace("rectangle.lo.unwrap_or_default()", "rectangle.lo.unwrap()")
    });
    lab.run(["check", "list-features"])
        .exits(1)
        .says("A message field can be absent");
    // What is wrong in a call that ended is not that another one panicked.
    lab.edit(SERVER, |text| {
        let text = text.replace("lo.latitude.min(hi.latitude)", "lo.latitude");
        text.replace("lo.latitude.max(hi.latitude)", "hi.latitude")
    });
    let run = lab.run(["check", "list-features"]).exits(1);
    let said: Vec<&str> = run.stdout.split_whitespace().collect();
    let said = said.join(" ");
    assert!(
        said.contains("There, your code panicked at start_here/src/server.rs:"),
        "{said}"
    );
    assert!(
        !run.stdout.contains("Your handler panicked"),
        "{}",
        run.stdout
    );
    // A server that is gone has not passed, whatever it answered.
    lab.write_place(
        SERVER,
        "list-features",
        "        let _ = request.into_inner();\n        std::process::abort()\n",
    );
    finds(&lab, "list-features", "dies-between-calls");
    lab.write_place(
        SERVER,
        "list-features",
        "        panic!(\"no {:?}\", request.into_inner().lo)\n",
    );
    // Another lesson on the same server is not blamed for it.
    lab.run(["check", "record-route"]).exits(0);

    lab.solve("list-features");
    lab.edit(SERVER, |text| {
        text.replace(
            "if latitudes",
            "std::future::pending::<()>().await;\n if latitudes",
        )
    });
    finds(&lab, "list-features", "hangs");

    lab.solve("list-features");
    lab.edit(SERVER, |text| {
        text.replace(
            "while let Some(point) = points",
            "if let Some(point) = points",
        )
    });
    finds(&lab, "record-route", "answers-early");

    lab.solve("record-route");
    lab.write_place(
        SERVER,
        "route-chat",
        r#"        let mut incoming = request.into_inner();
        let mut notes = Vec::new();
        while let Some(note) = incoming.message().await? {
            notes.push(note);
        }
        let stream = async_stream::try_stream! {
            for (n, note) in notes.iter().enumerate() {
                for earlier in notes[..n].iter().filter(|earlier| earlier.location == note.location) {
                    yield earlier.clone();
                }
            }
        };
        Ok(Response::new(Box::pin(stream)))
"#,
    );
    finds(&lab, "route-chat", "replies-at-end");
}

/// A task of the learner's own that panics leaves the call to end without it.
#[test]
fn a_task_that_panics_is_named_with_its_place() {
    let lab = Lab::new("wrong-tasks");
    lab.solve_up_to("route-chat");
    lab.write_place(
        SERVER,
        "list-features",
        r#"        let rectangle = request.into_inner();
        let features = self.features.clone();
        let (sender, receiver) = tokio::sync::mpsc::channel(4);
        tokio::spawn(async move {
            for feature in features.iter() {
                assert!(feature.name.len() < 60, "too long");
                if crate::features::distance(&rectangle.lo.unwrap_or_default(), &feature.location.unwrap_or_default()) > 100.0 {
                    panic!("a feature far away");
                }
                sender.send(Ok(feature.clone())).await.unwrap();
            }
        });
        let stream = tokio_stream::wrappers::ReceiverStream::new(receiver);
        Ok(Response::new(Box::pin(stream)))
"#,
    );
    let run = lab.run(["check", "list-features"]).exits(1);
    let source = lab.read(SERVER);
    let line = source
        .lines()
        .position(|line| line.contains("panic!("))
        .unwrap()
        + 1;
    run.says(&format!(
        "Your code panicked at start_here/src/server.rs:{line}."
    ))
    .says("a feature far away")
    .says(&format!("Edit start_here/src/server.rs:{line}, then"));
}
