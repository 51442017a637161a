//! Clients that wait for something that comes only later.

use super::*;

/// A chat whose headers were held back: what the client did before the lab gave up waiting, and after it had sent them.
fn held_back(before: Vec<EventKind>, after: Vec<EventKind>) -> Transcript {
    let stalled = EventKind::Stalled {
        waiting_for: "more".into(),
    };
    let end = EventKind::Ended {
        status: Status::ok(),
    };
    let events = [before, vec![stalled, EventKind::Headers], after, vec![end]].concat();
    transcript(Rpc::RouteChat, events)
}

fn found(call: Transcript) -> Option<(Vec<&'static str>, String)> {
    let run = run(vec![call]);
    let finding = run.finding(&wanted(), &places(), &run.recording.calls[0])?;
    Some((finding.diagnosis.mistakes, finding.diagnosis.message))
}

#[test]
fn a_client_that_sends_only_once_it_has_headers_is_named() {
    let notes = || vec![sent(note(0, "a")), sent(note(1, "b"))];
    let all = [notes(), vec![EventKind::HalfClosed]].concat();
    let (ids, message) = found(held_back(Vec::new(), all)).unwrap();
    assert_eq!(ids, ["waits-for-headers"]);
    assert!(message.contains("before you send the first note; a server may begin"));

    let rest = vec![sent(note(1, "b")), EventKind::HalfClosed];
    let (ids, message) = found(held_back(vec![sent(note(0, "a"))], rest)).unwrap();
    assert_eq!(ids, ["waits-for-headers"]);
    assert!(message.contains("before you send note 2;"), "{message}");

    // The headers changed nothing: whatever it waits for, they are not it.
    let (ids, _) = found(held_back(notes(), Vec::new())).unwrap();
    assert_ne!(ids, ["waits-for-headers"]);
}

#[test]
fn a_run_that_is_about_an_error_shows_it_too() {
    let all = vec![sent(note(0, "a")), EventKind::HalfClosed];
    let run = run(vec![held_back(Vec::new(), all)]);
    let mut cases = Vec::new();
    let fault = FaultInjection::Fails(Rpc::RouteChat, When::After(1));
    trials::judge(&right(), fault, &run, &wanted(), &places(), &mut cases);
    assert_eq!(cases[0].case, "RouteChat-begins-late");
    let found = cases.remove(0).diagnosis.unwrap();
    assert_eq!(found.mistakes, ["waits-for-headers"]);
}

#[test]
fn a_client_that_reads_only_once_it_has_sent_everything_is_named() {
    // The replies to the first note fill its window, and the server does not read on.
    let greetings = (0..60).map(|n| came(note(0, &format!("Greeting {n}"))));
    let stalled = EventKind::Stalled {
        waiting_for: "more".into(),
    };
    let events: Vec<EventKind> = [sent(note(0, "a")), EventKind::Headers]
        .into_iter()
        .chain(greetings)
        .chain([stalled])
        .collect();
    let judged = |output: &str| {
        let mut run = run(vec![transcript(Rpc::RouteChat, events.clone())]);
        run.ending = stopped();
        run.output = output.into();
        let chat = ClientCalls {
            route_chat: wanted().route_chat,
            ..ClientCalls::default()
        };
        let mut cases = Vec::new();
        trials::judge(
            &right(),
            FaultInjection::Long,
            &run,
            &chat,
            &places(),
            &mut cases,
        );
        // How it ended follows from it.
        assert_eq!(cases.len(), 1);
        cases.remove(0).diagnosis.unwrap().mistakes
    };
    assert_eq!(judged(""), ["reads-after-sending"]);
    // It reads: so it is something else.
    assert_eq!(judged("Greeting 0\n"), ["never-half-closes"]);
}

#[test]
fn a_client_that_does_not_get_as_far_as_a_call_is_told_what_may_keep_it() {
    let found = |calls: Vec<Transcript>| {
        let mut run = run(calls);
        run.ending = stopped();
        let cases = run.judge_calls(&wanted(), &places());
        let hint = |rpc| {
            let mut cases = cases.iter();
            let case = cases.find(|case| case.rpc == Some(rpc)).unwrap();
            let found = case.diagnosis.clone().unwrap();
            assert!(
                found.message.contains("nothing moved for 3 s."),
                "{}",
                found.message
            );
            found.hint.unwrap_or_default()
        };
        (hint(Rpc::RecordRoute), hint(Rpc::RouteChat))
    };
    let list = rectangle(Some(point(40, -75)), Some(point(42, -73)));
    let (route, chat) = found(vec![list]);
    assert!(
        route.starts_with("A queue or channel that is filled before its points"),
        "{route}"
    );
    assert!(route.ends_with("`--timeout 10`."), "{route}");
    // It has not got that far.
    assert!(
        chat.starts_with("If your client only needs longer"),
        "{chat}"
    );
    assert!(
        found(Vec::new())
            .0
            .starts_with("If your client only needs longer")
    );
}

#[test]
fn a_call_in_which_nothing_is_sent_is_told_what_it_waits_for() {
    let open = |rpc| transcript(rpc, vec![EventKind::Headers, EventKind::Cancelled]);
    let found = |rpc| {
        let mut run = run(vec![open(rpc)]);
        run.ending = stopped();
        let finding = run.finding(&wanted(), &places(), &run.recording.calls[0]);
        let found = finding.unwrap().diagnosis;
        (found.mistakes, found.message)
    };
    let (ids, message) = found(Rpc::RecordRoute);
    assert_eq!(ids, ["awaits-before-sending"]);
    assert!(
        message.contains("the answer comes only after the last point"),
        "{message}"
    );
    // The headers had come, so it is not they that a chat waits for.
    let (ids, message) = found(Rpc::RouteChat);
    assert_eq!(ids, ["sends-nothing"]);
    assert!(
        message.contains("still waits for the first note"),
        "{message}"
    );
}

#[test]
fn a_panic_comes_before_a_call_that_was_not_made() {
    let mut run = run(vec![rectangle(Some(point(40, -75)), Some(point(42, -73)))]);
    run.ending = Ending::Failure("exit code 101".into());
    run.stderr =
        "thread 'main' panicked at start_here/src/client.rs:74:33:\nno such index\n".into();
    let cases = run.judge_calls(&wanted(), &places());
    let case = cases
        .iter()
        .find(|case| case.rpc == Some(Rpc::RecordRoute))
        .unwrap();
    let found = case.diagnosis.clone().unwrap();
    assert_eq!(found.mistakes, ["panics"]);
    assert_eq!(found.location.unwrap().line, 74);
    let exit = cases.iter().find(|case| case.case == "exit").unwrap();
    assert_eq!(exit.diagnosis.clone().unwrap().mistakes, ["panics"]);
}
