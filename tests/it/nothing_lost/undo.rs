//! What a change took away comes back, and goes again.

use std::fs;

use super::{BUILD, LIB, SERVER, both, progress, with_own_code};
use testkit::{Lab, course};

#[test]
fn undo_and_redo() {
    let lab = with_own_code("undo-chain");
    lab.run(["undo"]).exits(0).says("There is nothing to undo");
    let mine = both(&lab);
    lab.run(["reset", "generate-code"])
        .exits(0)
        .says("have been reset in start_here/build.rs and start_here/src/lib.rs.")
        .says("`routeguide-lab undo` restores your code.");
    let reset = both(&lab);
    assert!(reset.iter().all(|text| !text.contains("mine")));
    for _ in 0..2 {
        lab.run(["undo"])
            .exits(0)
            .says("Undone: reset generate-code (a moment ago).")
            .says("Restored start_here/build.rs and start_here/src/lib.rs.")
            .says("`routeguide-lab redo` restores the files as they were until now")
            .says("Check again with routeguide-lab check generate-code");
        assert_eq!(both(&lab), mine);
        lab.run(["undo"])
            .exits(0)
            .says("There is nothing more to undo. `routeguide-lab redo` would redo `reset generate-code`.");
        lab.run(["redo"])
            .exits(0)
            .says("Redone: reset generate-code (undone a moment ago).");
        assert_eq!(both(&lab), reset);
    }
    // What is written after a reset is not lost when the reset is undone.
    lab.write_place(LIB, "generate-code", "// begun anew\n");
    let anew = both(&lab);
    lab.run(["undo"]).exits(0);
    assert_eq!(both(&lab), mine);
    lab.run(["redo"]).exits(0);
    assert_eq!(both(&lab), anew);
    // What was put back by hand need not be brought back.
    lab.write(LIB, &mine[1]);
    lab.write(BUILD, &mine[0]);
    lab.run(["undo"])
        .exits(0)
        .says("already as they were before `reset generate-code`");
    lab.run(["undo"]).exits(0).says("There is nothing to undo");
    lab.run(["redo"])
        .exits(0)
        .says("There is nothing to redo: nothing has been undone");
}

#[test]
fn undo_reaches_the_code_of_every_lesson_that_was_reset() {
    let lab = Lab::new("undo-steps");
    let lessons = ["list-features", "record-route", "route-chat"];
    for lesson in lessons {
        lab.write_place(SERVER, lesson, &format!("        mine(\"{lesson}\");\n"));
    }
    let mine = lab.read(SERVER);
    for lesson in lessons {
        lab.run(["reset", lesson]).exits(0);
    }
    lab.run(["undo"])
        .exits(0)
        .says("Undone: reset route-chat")
        .says("`routeguide-lab undo` again would undo `reset record-route`.");
    lab.run(["undo"])
        .exits(0)
        .says("Undone: reset record-route");
    lab.run(["undo"])
        .exits(0)
        .says("Undone: reset list-features");
    assert_eq!(lab.read(SERVER), mine);
    for _ in lessons {
        lab.run(["redo"]).exits(0).says("Redone: reset");
    }
    assert!(!lab.read(SERVER).contains("mine("));
}

#[test]
fn undo_says_what_is_to_be_checked_again() {
    let lab = Lab::new("undo-passed");
    lab.solve("define-messages");
    lab.run(["check"]).exits(0).says(&course::passed(1));
    lab.run(["reset", "define-messages"]).exits(0);
    lab.run(["list"]).exits(0).says(&course::of_all(0));
    lab.run(["undo"])
        .exits(0)
        .says("Check again with routeguide-lab check define-messages");
    // Not before it has been checked.
    lab.run(["list"]).exits(0).says(&course::of_all(0));
    lab.run(["check", "define-messages"])
        .exits(0)
        .says(&course::of_all(1));
    // Nor is what is brought back taken for what has passed.
    lab.run(["redo"]).exits(0);
    lab.run(["list"]).exits(0).says(&course::of_all(0));
    assert_eq!(progress(&lab, "define-messages")["attempts"], 2);
}

#[test]
fn a_whole_file_a_missing_file_and_windows_line_ends_come_back_byte_for_byte() {
    let lab = Lab::new("undo-files");
    let odd = "// no lesson is here\r\n\tfn mine() {}   \r\n// no line end \u{202e}";
    lab.write(SERVER, odd);
    lab.run(["reset", "list-features"])
        .exits(3)
        .complains("the line `// lesson: list-features`")
        .complains("Nothing has been changed.");
    assert_eq!(lab.read(SERVER), odd);
    lab.run(["reset", "list-features", "--whole-file"])
        .exits(0)
        .says("list-features, record-route, route-chat, start-server");
    assert!(lab.read(SERVER).contains("// lesson: route-chat\r\n"));
    lab.run(["undo"]).exits(0);
    assert_eq!(lab.read(SERVER), odd);

    // There was none; there is one; there is none again.
    fs::remove_file(lab.path(SERVER)).unwrap();
    lab.run(["reset", "list-features"])
        .exits(3)
        .complains("cannot read start_here/src/server.rs: there is no such file");
    lab.run(["reset", "list-features", "--whole-file"]).exits(0);
    lab.run(["undo"])
        .exits(0)
        .says("Deleted start_here/src/server.rs, which did not exist then.");
    assert!(!lab.path(SERVER).exists());
    lab.run(["redo"]).exits(0);
    assert!(lab.read(SERVER).contains("route_chat is not written yet"));

    // A file that is deleted meanwhile comes back, and goes again.
    fs::remove_file(lab.path(SERVER)).unwrap();
    lab.write_place(BUILD, "generate-code", "    mine();\r\n");
    lab.run(["reset", "generate-code"]).exits(0);
    fs::remove_file(lab.path(BUILD)).unwrap();
    lab.run(["undo"]).exits(0);
    assert!(lab.read(BUILD).contains("    mine();\r\n"));
    lab.run(["redo"]).exits(0);
    assert!(!lab.path(BUILD).exists());

    // A file that is no text can be put back as well, and comes back as it was.
    fs::write(lab.path(SERVER), b"\xff\xfe\r\n\0").unwrap();
    lab.run(["reset", "list-features"]).exits(3);
    lab.run(["reset", "list-features", "--whole-file"]).exits(0);
    lab.run(["undo"]).exits(0);
    assert_eq!(fs::read(lab.path(SERVER)).unwrap(), b"\xff\xfe\r\n\0");
}
