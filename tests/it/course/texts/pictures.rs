//! The pictures of calls: each is what the lab draws of that call.

use std::sync::LazyLock;

use tempfile::NamedTempFile;
use testkit::reference::Server;
use testkit::{program, run};

use super::{parts, texts};

/// What one side does in a picture, or in a drawn call.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Client(String),
    Server(String),
}

const TO_SERVER: &str = "───▶";
const TO_CLIENT: &str = "◀───";

/// The steps in a picture, or in what the lab has drawn. `margin` is how many columns stand before the client's lane.
fn steps(text: &str, margin: usize) -> Vec<Step> {
    let step = |line: &str| {
        if let Some((client, _)) = line.split_once(TO_SERVER) {
            let lane: String = client.chars().skip(margin).collect();
            Some(Step::Client(lane.trim().to_string()))
        } else {
            let (_, server) = line.split_once(TO_CLIENT)?;
            Some(Step::Server(server.trim().to_string()))
        }
    };
    text.lines().filter_map(step).collect()
}

/// Whether a text fits a pattern, in which `…` stands for anything.
fn fits(pattern: &str, text: &str) -> bool {
    let mut pieces = pattern.split('…');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut last = None;
    for piece in pieces {
        let Some(at) = rest.find(piece) else {
            return false;
        };
        rest = &rest[at + piece.len()..];
        last = Some(piece);
    }
    rest.is_empty() || last == Some("")
}

/// Asserts that the steps of one side are those of the picture. A step that is only `…` stands for any number of them.
#[track_caller]
fn assert_lane(lesson: &str, picture: &[String], drawn: &[String]) {
    let mut rest = drawn;
    let mut any = false;
    for step in picture {
        if step == "…" {
            any = true;
            continue;
        }
        let at = rest.iter().position(|text| fits(step, text));
        let at = at.unwrap_or_else(|| panic!("{lesson}: no {step:?} in {drawn:#?}"));
        assert!(
            any || at == 0,
            "{lesson}: {step:?} is not next in {rest:#?}"
        );
        rest = &rest[at + 1..];
        any = false;
    }
    assert!(
        any || rest.is_empty(),
        "{lesson}: the picture leaves out {rest:#?}"
    );
}

/// The steps of one side.
fn lane(steps: &[Step], of_client: bool) -> Vec<String> {
    let text = |step: &Step| match step {
        Step::Client(text) if of_client => Some(text.clone()),
        Step::Server(text) if !of_client => Some(text.clone()),
        _ => None,
    };
    steps.iter().filter_map(text).collect()
}

/// The exit code of what makes the call that a lesson's picture shows.
fn exit_code(lesson: &str) -> i32 {
    match lesson {
        // Its call ends with an error.
        "15-return-status" | "17-bound-memory" => 3,
        "18-deadlines" => 1,
        _ => 0,
    }
}

/// What the server of such a call is told.
fn server_for(lesson: &str) -> &'static [&'static str] {
    match lesson {
        "18-deadlines" => &["--slow", "60000"],
        _ => &[],
    }
}

/// A file with more notes than a chat may have, each at a place of its own.
fn many_notes() -> &'static str {
    static FILE: LazyLock<NamedTempFile> = LazyLock::new(|| {
        let note = |n: i32| {
            serde_json::json!({
                "location": {"latitude": n, "longitude": 0},
                "message": format!("note {n}"),
            })
        };
        let notes: Vec<_> = (1..=2_100).map(note).collect();
        let file = NamedTempFile::new().unwrap();
        serde_json::to_writer(file.as_file(), &notes).unwrap();
        file
    });
    FILE.path().to_str().unwrap()
}

/// What makes the call that a lesson's picture shows.
fn call_of(lesson: &str) -> Vec<&'static str> {
    match lesson {
        "01-define-messages" => vec![
            "call",
            "RouteChat",
            r#"{"location": {"longitude": 1}, "message": "Meet me here"}"#,
            r#"{"location": {"longitude": 1}, "message": "I am here"}"#,
        ],
        "04-list-features" => vec![
            "call",
            "ListFeatures",
            "lo.latitude=407150000",
            "lo.longitude=-739900000",
            "hi.latitude=407000000",
            "hi.longitude=-740200000",
        ],
        "05-record-route" => vec![
            "call",
            "RecordRoute",
            r#"{"latitude": 407127753, "longitude": -740059728}"#,
            r#"{"latitude": 407060629, "longitude": -739969401}"#,
            r#"{"latitude": 407127753, "longitude": -740059728}"#,
        ],
        "06-route-chat" | "11-call-route-chat" => {
            vec!["run-reference", "client", "--rpc", "route-chat"]
        }
        "09-call-list-features" => vec!["run-reference", "client", "--rpc", "list-features"],
        "10-call-record-route" => vec!["run-reference", "client", "--rpc", "record-route"],
        "14-get-feature" => vec!["run-reference", "client", "--rpc", "get-feature"],
        "15-return-status" => vec![
            "run-reference",
            "client",
            "--rpc",
            "route-chat",
            "--notes",
            "lessons/15-return-status/notes.json",
        ],
        "17-bound-memory" => vec![
            "run-reference",
            "client",
            "--rpc",
            "route-chat",
            "--notes",
            many_notes(),
        ],
        "18-deadlines" => vec![
            "call",
            "ListFeatures",
            "lo.latitude=407127753",
            "lo.longitude=-740059728",
            "hi.latitude=407127753",
            "hi.longitude=-740059728",
            "--timeout",
            "1",
        ],
        other => panic!("{other} has a picture of a call that no test makes"),
    }
}

#[test]
fn each_picture_is_what_the_lab_draws() {
    let usual = Server::start(&[]);
    let mut pictures = 0;
    for (lesson, text) in texts("lesson.md") {
        let (_, blocks) = parts(&text);
        let is_call = |code: &str| code.contains(TO_CLIENT) && code.starts_with("client ");
        for block in blocks.iter().filter(|block| is_call(&block.code)) {
            let own = match server_for(&lesson) {
                [] => None,
                words => Some(Server::start(words)),
            };
            let server = own.as_ref().unwrap_or(&usual);
            let mut picture = steps(&block.code, 0);
            if lesson == "10-call-record-route" {
                picture = picture.into_iter().map(any_point).collect();
            }
            let mut command = std::process::Command::new(program());
            command
                .args(call_of(&lesson))
                .args(["--addr", &server.addr, "--trace"])
                .current_dir(testkit::checkout())
                .env("COLUMNS", "120");
            let drawn = run(&mut command).exits(exit_code(&lesson)).stdout;
            // The number of the call and the time stand before the lanes.
            let margin = drawn.lines().next().unwrap().find("client").unwrap();
            let drawn = steps(&drawn, margin);
            for of_client in [true, false] {
                assert_lane(
                    &lesson,
                    &lane(&picture, of_client),
                    &lane(&drawn, of_client),
                );
            }
            replies_follow_what_they_answer(&lesson, &picture);
            pictures += 1;
        }
    }
    assert!(pictures >= 8, "only {pictures} pictures");
}

/// The step with any point in the place of one: the client of this lesson chooses its points at random.
fn any_point(step: Step) -> Step {
    match step {
        Step::Client(text) if text.starts_with(|first: char| first.is_ascii_digit()) => {
            Step::Client("…-…".to_string())
        }
        step => step,
    }
}

/// In a picture of a chat, each reply is below a second note at its place, and above the half-close.
fn replies_follow_what_they_answer(lesson: &str, picture: &[Step]) {
    let place = |text: &str| text.rsplit_once(" at ").map(|(_, place)| place.to_string());
    let half_close = picture
        .iter()
        .position(|step| *step == Step::Client("half-close".to_string()));
    let is_chat = picture.first() == Some(&Step::Client("RouteChat".to_string()));
    for (at, step) in picture.iter().enumerate().filter(|_| is_chat) {
        let Step::Server(reply) = step else { continue };
        let Some(place_of_reply) = place(reply) else {
            continue;
        };
        let notes = picture[..at].iter().filter(|step| match step {
            Step::Client(note) => place(note).as_ref() == Some(&place_of_reply),
            Step::Server(_) => false,
        });
        assert!(notes.count() >= 2, "{lesson}: {reply} answers nothing");
        assert!(
            half_close > Some(at),
            "{lesson}: {reply} comes after the half-close"
        );
    }
}

#[test]
fn an_ellipsis_stands_for_anything() {
    assert!(fits("a … c", "a b c") && fits("a…", "abc") && fits("abc", "abc"));
    assert!(!fits("a … c", "a b") && !fits("abc", "abcd") && !fits("b", "ab"));
}
