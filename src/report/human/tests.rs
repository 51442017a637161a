use super::*;
use crate::draw::Paint;
use crate::report::samples;
use crate::verdict::Diagnosis;

fn drawn(report: &CheckReport, width: usize) -> String {
    let paint = Paint::new(false);
    let around = Around {
        passed_before: &|_| false,
        command: "routeguide-lab",
        detail: Detail::FOLDED,
        canvas: Canvas::new(width, paint),
    };
    draw(report, around)
}

#[test]
fn whatever_others_say_stays_in_its_columns() {
    let long = [
        "x".repeat(100_000),
        "❤️".repeat(200),
        "日本 ".repeat(100),
        "e\u{301}".repeat(300),
    ];
    let words = samples::HOSTILE.iter().copied();
    for words in words.chain(long.iter().map(String::as_str)) {
        let report = samples::failing(words);
        for width in [40, 80, 100] {
            let canvas = Canvas::new(width, Paint::new(false));
            // What a program wrote is quoted as it is, line by line; a terminal breaks long ones.
            let mut bare = report.clone();
            bare.lessons[0].diagnosis.as_mut().unwrap().quoted = None;
            for text in [drawn(&bare, width), trace(&report, canvas)] {
                for line in text.lines() {
                    assert!(fit::width(line) <= width, "{width}: {line:?}");
                }
                let hidden = |c: char| c.is_control() && c != '\n' || c == '\u{202e}';
                assert!(!text.contains(hidden), "{text:?}");
            }
            assert!(drawn(&report, width).len() < 40_000);
        }
    }
}

#[test]
fn all_that_is_wrong_is_explained_and_the_first_stands_out() {
    let mut report = samples::failing("Berkshire Valley");
    let mut second = report.lessons[0].clone();
    second.lesson = "start-server".to_string();
    // Another mistake in another RPC of the same lesson, and once more the same.
    let mut chat = second.cases[0].clone();
    chat.case = "two-places".to_string();
    chat.rpc = Some(Rpc::RouteChat);
    chat.diagnosis = Some(Diagnosis::mistake("newest-first", "Oldest first."));
    let mut again = chat.clone();
    again.case = "again".to_string();
    second.cases.extend([chat, again]);
    report.lessons.push(second);
    let text = drawn(&report, 80);
    let order = [
        "── Begin with this one ─",
        "list-features · one-point",
        "── Then ─",
        "start-server · one-point",
        "start-server · two-places",
        "Oldest first.",
        "Also failing: again.",
    ];
    let at = order.map(|words| {
        text.find(words)
            .unwrap_or_else(|| panic!("no {words} in\n{text}"))
    });
    assert!(at.is_sorted(), "{text}");
    assert_eq!(
        text.matches("client    ").count(),
        3,
        "each is drawn:\n{text}"
    );
    // The same mistake in other RPCs is named, and not drawn again.
    let mut client = report.lessons[1].clone();
    client.cases.truncate(1);
    let ends = |rpc: Rpc| {
        format!("The server ended {rpc} with DATA_LOSS, and your client ends with exit code 0.")
    };
    for rpc in [Rpc::ListFeatures, Rpc::RecordRoute, Rpc::RouteChat] {
        let mut case = client.cases[0].clone();
        case.case = format!("{rpc}-fails");
        case.rpc = Some(rpc);
        case.diagnosis = Some(Diagnosis::mistake("ignores-error", ends(rpc)));
        client.cases.push(case);
    }
    client.cases.remove(0);
    client.diagnosis = client.cases[0].diagnosis.clone();
    let mut alike = report.clone();
    alike.lessons = vec![client];
    let text = drawn(&alike, 80);
    assert_eq!(text.matches("client    ").count(), 1, "{text}");
    assert!(
        text.contains("Also: the same in RecordRoute and in RouteChat."),
        "{text}"
    );
    assert!(
        text.contains("Also failing: RecordRoute-fails, RouteChat-fails."),
        "{text}"
    );
    // Lessons that are not begun have a line; only if nothing else is wrong, the first of them is told.
    let mut open = report.clone();
    for id in ["create-client", "run-client"] {
        let diagnosis = Diagnosis::new(format!("Nothing is written yet in {id}."));
        open.lessons.push(LessonReport {
            lesson: id.to_string(),
            begun: false,
            diagnosis: Some(diagnosis),
            cases: Vec::new(),
            ..report.lessons[0].clone()
        });
    }
    let text = drawn(&open, 80);
    assert!(text.contains("· create-client       not begun"), "{text}");
    assert!(!text.contains("Nothing is written yet"), "{text}");
    open.lessons.drain(..2);
    let text = drawn(&open, 80);
    assert!(
        text.contains("Nothing is written yet in create-client."),
        "{text}"
    );
    assert!(
        !text.contains("Nothing is written yet in run-client."),
        "{text}"
    );
    // One that is alone needs no such words.
    report.lessons.pop();
    assert!(!drawn(&report, 80).contains("Begin with"));
    // A cause that was found for the lesson explains its other RPCs too.
    let mut panicked = report.lessons[0].clone();
    panicked.cases.push(CaseReport {
        rpc: Some(Rpc::RouteChat),
        diagnosis: Some(Diagnosis::new("The stream broke off.")),
        ..panicked.cases[0].clone()
    });
    panicked.diagnosis = Some(Diagnosis::mistake("panics", "Your handler panicked."));
    report.lessons = vec![panicked];
    let text = drawn(&report, 80);
    assert!(text.contains("Your handler panicked.") && !text.contains("broke off"));
}
