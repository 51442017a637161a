//! What a client prints, where, and when.

use super::*;

#[test]
fn a_client_that_stops_on_the_way_is_told_after_how_many_messages() {
    let feature = |n: usize| Feature {
        name: format!("Hamlet {}", 100 + n),
        location: Some(point(41, -74)),
    };
    let corners = (Some(point(40, -75)), Some(point(42, -73)));
    let rectangle = Rectangle {
        lo: corners.0,
        hi: corners.1,
    };
    let all: Vec<EventKind> = (0..30).map(|n| came(feature(n))).collect();
    let mut run = right();
    run.recording.calls[0] = call(Rpc::ListFeatures, vec![sent(rectangle)], all);
    let printed = |count: usize| -> String {
        let names: Vec<String> = (0..count).map(|n| feature(n).name).collect();
        format!("{}\n{PRINTED}", names.join("\n"))
    };
    let found = |run: &ClientRun| {
        let cases = run.judge_calls(&wanted(), &places());
        let found = cases.into_iter().find_map(|case| case.diagnosis);
        found
            .map(|found| (found.mistakes, found.message))
            .unwrap_or_default()
    };
    for (count, id) in [
        (1, "stops-after-first"),
        (10, "exits-early"),
        (29, "exits-early"),
    ] {
        run.output = printed(count);
        assert_eq!(found(&run).0, [id]);
    }
    run.output = printed(10);
    let words = "printed the first 10 of the 30 messages in the answer to ListFeatures, and none after them.";
    assert!(found(&run).1.contains(words), "{}", found(&run).1);
    run.output = printed(30);
    assert!(found(&run).0.is_empty());
}

/// Of thirty features, the first and the fourth have one name.
#[test]
fn a_repeated_name_on_the_way_is_not_why_the_rest_is_missing() {
    let feature = |n: usize| Feature {
        name: format!("Hamlet {}", if n == 3 { 100 } else { 100 + n }),
        location: Some(point(41, -74)),
    };
    let rectangle = Rectangle {
        lo: Some(point(40, -75)),
        hi: Some(point(42, -73)),
    };
    let all: Vec<EventKind> = (0..30).map(|n| came(feature(n))).collect();
    let mut run = right();
    run.recording.calls[0] = call(Rpc::ListFeatures, vec![sent(rectangle)], all);
    let mut found = |printed: &[usize]| {
        let names: Vec<String> = printed.iter().map(|n| feature(*n).name).collect();
        run.output = format!("{}\n{PRINTED}", names.join("\n"));
        let cases = run.judge_calls(&wanted(), &places());
        let found = cases.into_iter().find_map(|case| case.diagnosis);
        found.map(|found| found.mistakes)
    };
    let first: Vec<usize> = (0..3).collect();
    assert_eq!(found(&first), Some(vec!["exits-early"]));
    assert_eq!(found(&[0]), Some(vec!["stops-after-first"]));
    let once: Vec<usize> = (0..30).filter(|n| *n != 3).collect();
    assert_eq!(found(&once), Some(vec!["prints-once"]));
    let all: Vec<usize> = (0..30).collect();
    assert_eq!(found(&all), None);
}

#[test]
fn a_client_of_the_course_prints_on_standard_output() {
    let mut run = right();
    run.output.clear();
    // Any other may print where it likes, and the lab looks at both outputs.
    assert_eq!(mistakes(&run), ["prints-nothing"; 3]);
    run.is_course_client = true;
    assert_eq!(mistakes(&run), ["prints-on-stderr"; 3]);
    run.said.clear();
    assert_eq!(mistakes(&run), ["prints-nothing"; 3]);
}

#[test]
fn a_client_of_the_course_has_printed_what_came_before_an_error() {
    let judged = |is_course_client: bool, output: &str| {
        let plain = ClientRun {
            is_course_client,
            ..right()
        };
        let mut run = failed(Rpc::ListFeatures, "error: Storm 1\n");
        run.output = output.into();
        run.ending = Ending::Failure("exit code 1".into());
        let mut cases = Vec::new();
        let fault = FaultInjection::Fails(Rpc::ListFeatures, When::After(1));
        trials::judge(&plain, fault, &run, &wanted(), &places(), &mut cases);
        cases.remove(0).diagnosis.map(|found| found.mistakes)
    };
    assert_eq!(judged(true, ""), Some(vec!["prints-at-end"]));
    assert_eq!(judged(true, "Found Ferry 1\n"), None);
    assert_eq!(judged(false, ""), None);
}
