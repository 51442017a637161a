//! Files that are not where the lab looks first.

use std::os::unix::fs::symlink;

use super::*;
use testkit::processes::wait_until;
use testkit::terminal::Terminal;

/// The folder of the code is moved, and a link leads to it.
fn behind_a_link(name: &str) -> Code {
    let code = Code::new(name);
    let src = code.lab.path("start_here/src");
    let elsewhere = code.lab.path("my-code");
    fs::rename(&src, &elsewhere).unwrap();
    symlink(&elsewhere, &src).unwrap();
    code
}

#[test]
fn code_behind_a_link_is_judged() {
    let code = behind_a_link("behind-a-link");
    let server = code.lab.path(SERVER);
    for is_right in [true, false, true] {
        let old = time(&server);
        fs::write(&server, code.text(is_right)).unwrap();
        set_time(&server, old);
        code.is_judged(is_right, "saved with its old time");
    }
}

/// Where the link leads out of the course, files are not given other times.
#[test]
fn code_behind_a_link_that_leads_out_of_the_course_is_judged() {
    let code = Code::new("behind-a-link-out");
    let src = code.lab.path("start_here/src");
    let elsewhere = tempfile::tempdir().unwrap();
    let elsewhere = elsewhere.path().join("src");
    testkit::copy(&src, &elsewhere);
    fs::remove_dir_all(&src).unwrap();
    symlink(&elsewhere, &src).unwrap();
    let server = elsewhere.join("server.rs");
    for is_right in [true, false, true] {
        fs::write(&server, code.text(is_right)).unwrap();
        set_time(&server, long_ago());
        let old = time(&server);
        code.is_judged(is_right, "saved with an old time");
        assert_eq!(time(&server), old);
    }
}

#[test]
fn a_save_behind_a_link_is_noticed() {
    let code = behind_a_link("save-behind-a-link");
    code.lab.note_passed_up_to("generate-code");
    let terminal = Terminal::open(&code.lab);
    terminal.sees("✓ Passed.");
    fs::write(code.lab.path("my-code/server.rs"), &code.wrong).unwrap();
    terminal.sees("✗ Not yet");
    wait_until("that is recorded", || {
        code.lab.record(LESSON)["passed"] == false
    });
    assert!(!terminal.screen().contains("did not report"));
}

#[test]
fn code_beside_ten_thousand_files_is_judged() {
    let code = Code::new("ten-thousand");
    for (folder, count) in [("a-dataset", 10_001), ("node_modules", 10), ("target", 10)] {
        let many = code.lab.path("start_here").join(folder);
        fs::create_dir(&many).unwrap();
        for number in 0..count {
            fs::write(many.join(number.to_string() + ".txt"), "").unwrap();
        }
    }
    code.is_judged(true, "as written");
    let server = code.lab.path(SERVER);
    let old = time(&server);
    fs::write(&server, &code.wrong).unwrap();
    set_time(&server, old);
    code.is_judged(false, "saved with its old time");
    code.lab
        .run(["check", LESSON])
        .complains("start_here holds more than 10000 files and folders");
}
