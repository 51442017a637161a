//! Several labs on one folder.

use std::thread;

use super::{SERVER, manifest, notes, progress, snapshots};
use testkit::{Lab, course};

/// Checks until it can be said: files that others write again and again are not judged, nor is anything
/// recorded about them.
fn passes(lab: &Lab) {
    loop {
        let run = lab.run(["check", "define-messages"]);
        if run.code == Some(3) && run.stderr.contains("change while they are being checked") {
            continue;
        }
        run.exits(0);
        return;
    }
}

#[test]
fn labs_that_run_at_once_lose_nothing() {
    const ROUNDS: usize = 12;
    let lab = Lab::new("at-once");
    lab.solve("define-messages");
    lab.solve("list-features");
    lab.solve("record-route");
    let expected = lab.read(SERVER);
    for lesson in ["list-features", "record-route", "route-chat"] {
        lab.write_place(SERVER, lesson, &format!("        mine(\"{lesson}\");\n"));
    }
    let begun = lab.read(SERVER);
    thread::scope(|scope| {
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                passes(&lab);
            }
        });
        scope.spawn(|| {
            for _ in 0..ROUNDS {
                passes(&lab);
            }
        });
        scope.spawn(|| {
            for lesson in course::written() {
                lab.run(["hint", lesson]).exits(0);
            }
        });
        // All three change the same file; each change is made to what the others have left.
        for lesson in ["list-features", "record-route"] {
            let lab = &lab;
            scope.spawn(move || {
                lab.run(["reset", lesson]).exits(0);
                lab.run(["solution", lesson, "--write", "--force"]).exits(0);
            });
        }
        scope.spawn(|| {
            lab.run(["reset", "route-chat"]).exits(0);
        });
    });
    let messages = progress(&lab, "define-messages");
    assert_eq!(messages["attempts"], 2 * ROUNDS);
    assert_eq!(messages["passed"], true);
    for lesson in course::written() {
        assert_eq!(progress(&lab, lesson)["hints"], 1, "{lesson}");
    }
    let together = lab.read(SERVER);
    assert_eq!(together, expected);
    assert_eq!(snapshots(&lab).len(), 5);

    // Each `undo` takes one step back, each `redo` one forward, and neither ever half of one.
    let before: Vec<_> = snapshots(&lab)
        .iter()
        .map(|path| manifest(path)["what"].clone())
        .collect();
    for (word, text) in [("undo", &begun), ("redo", &together)] {
        thread::scope(|scope| {
            for _ in 0..6 {
                scope.spawn(|| lab.run([word]).exits(0));
            }
        });
        assert_eq!(&lab.read(SERVER), text, "{word}");
    }
    let after: Vec<_> = snapshots(&lab)
        .iter()
        .map(|path| manifest(path)["what"].clone())
        .collect();
    assert_eq!(before, after);
    assert!(notes(&lab).iter().all(|name| !name.starts_with(".tmp")));
}
