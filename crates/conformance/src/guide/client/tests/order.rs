//! The order of the calls, and of the calls after an error.

use std::collections::BTreeSet;

use super::*;

/// A right client, whose calls began while the ones before these numbers were open.
fn overlapping(open_before: [&[usize]; 3]) -> ClientRun {
    let mut run = right();
    let sets = open_before.map(|open| open.iter().copied().collect::<BTreeSet<usize>>());
    run.recording.open_before = sets.to_vec();
    run
}

#[test]
fn calls_that_are_made_at_once_have_no_order() {
    assert!(mistakes(&overlapping([&[], &[], &[]])).is_empty());
    assert_eq!(mistakes(&overlapping([&[], &[], &[1]])), ["calls-at-once"]);
    assert_eq!(
        mistakes(&overlapping([&[], &[0], &[0, 1]])),
        ["calls-at-once"]
    );
    let order = |run: &ClientRun| {
        let cases = run.judge_calls(&wanted(), &places());
        let order = cases.into_iter().find(|case| case.case == "order").unwrap();
        order
            .diagnosis
            .map(|found| found.message)
            .unwrap_or_default()
    };
    let words = order(&overlapping([&[], &[], &[1]]));
    assert!(
        words.starts_with("RouteChat began before RecordRoute had ended."),
        "{words}"
    );

    // A cancellation may still be on its way when the next call begins: such a call is found for what it is.
    let mut cancelled = overlapping([&[], &[0], &[]]);
    let call = &mut cancelled.recording.calls[0];
    call.events.pop();
    call.events.push(Event {
        at: Duration::ZERO,
        what: EventKind::Cancelled,
    });
    assert!(order(&cancelled).is_empty());

    // A call that is tried again is one call.
    let mut twice = right();
    twice
        .recording
        .calls
        .insert(1, twice.recording.calls[0].clone());
    twice.recording.open_before = vec![BTreeSet::new(), BTreeSet::from([0])];
    assert!(mistakes(&twice).is_empty());
}

#[test]
fn an_order_is_not_proven_by_some_of_the_calls() {
    let mut run = right();
    run.recording.calls.truncate(1);
    assert_eq!(mistakes(&run), ["rpc-never-called"; 3]);
    let cases = run.judge_calls(&wanted(), &places());
    let order = cases.into_iter().find(|case| case.case == "order").unwrap();
    assert_eq!(
        order.diagnosis.unwrap().message,
        "Your client never called RecordRoute, RouteChat, so the order of the calls is not proven."
    );
    // Where nothing else came of it, an error says more.
    run.ending = Ending::Failure("exit code 1".into());
    let cases = run.judge_calls(&wanted(), &places());
    let order = cases.into_iter().find(|case| case.case == "order").unwrap();
    assert_eq!(order.outcome, Outcome::Pass);
}

#[test]
fn a_client_of_the_course_makes_no_call_after_an_error() {
    let judged = |is_course_client: bool, open_before: Vec<BTreeSet<usize>>| {
        let plain = ClientRun {
            is_course_client,
            ..right()
        };
        let mut run = failed(Rpc::ListFeatures, "Ferry 1\nerror: Storm 1\n");
        run.recording.calls.push(route(&[point(1, 1), point(2, 2)]));
        run.recording.open_before = open_before;
        run.ending = Ending::Failure("exit code 1".into());
        let mut cases = Vec::new();
        let fault = FaultInjection::Fails(Rpc::ListFeatures, When::After(1));
        trials::judge(&plain, fault, &run, &wanted(), &places(), &mut cases);
        cases.remove(0).diagnosis.map(|found| found.mistakes)
    };
    let one_after_the_other = || vec![BTreeSet::new(); 2];
    assert_eq!(
        judged(true, one_after_the_other()),
        Some(vec!["goes-on-after-error"])
    );
    assert_eq!(judged(false, one_after_the_other()), None);
    // It had begun before: that is told of the order.
    assert_eq!(
        judged(true, vec![BTreeSet::new(), BTreeSet::from([0])]),
        None
    );
}
