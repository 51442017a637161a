//! Where no event comes: the channel of events stays silent, or speaks when the test lets it.
//!
//! What a test waits for, it waits for at a short timing; what must not be needed would take an hour.

use std::fs;
use std::sync::mpsc;
use std::thread;

use super::super::tests::lab;
use super::*;

const SHORT: Duration = Duration::from_millis(1);
const HOUR: Duration = Duration::from_secs(3600);

/// No wait ends by itself.
const NEVER: Timing = Timing {
    safety_net: HOUR,
    poll: HOUR,
    quiet: HOUR,
    noisy: HOUR,
    self_test: HOUR,
};

/// A change of the learner's.
fn save(folder: &Folder, text: &str) {
    fs::write(folder.file("start_here/src/server.rs"), text).unwrap();
}

/// Ends a looking that never ends by itself, so that the test fails. It is kept while it looks.
fn watchdog(pokes: &Sender<Wake>) -> Sender<()> {
    let pokes = pokes.clone();
    let (kept, gone) = mpsc::channel();
    thread::spawn(move || {
        if gone.recv_timeout(Duration::from_secs(60)) == Err(mpsc::RecvTimeoutError::Timeout) {
            pokes.send(Wake::Stop).unwrap_or_default();
        }
    });
    kept
}

/// One that looks, and the channel through which it can be woken.
fn look(folder: &Folder, timing: Timing) -> (WatchLoop, Sender<Wake>) {
    let (pokes, poked) = mpsc::channel();
    let known = Fingerprint::of(folder);
    (WatchLoop::new(folder.clone(), known, poked, timing), pokes)
}

#[test]
fn a_change_that_only_the_safety_net_finds_ends_the_trust_in_events() {
    let (_root, folder) = lab();
    let timing = Timing {
        safety_net: SHORT,
        noisy: SHORT,
        ..NEVER
    };
    let (mut look, pokes) = look(&folder, timing);
    save(&folder, "two");
    let mut notices = vec![];
    let _watchdog = watchdog(&pokes);
    look.on(None, None, &mut |notice| {
        if notice == Notice::Polling(PollingReason::Missed) {
            pokes.send(Wake::Stop).unwrap();
        }
        notices.push(notice);
    });
    let changed = Notice::Changed(Fingerprint::of(&folder));
    assert_eq!(notices, [changed, Notice::Polling(PollingReason::Missed)]);
    // From now on it looks at the timing of those that no event is sent to.
    assert_eq!(look.pause(), timing.poll);
    assert_ne!(look.pause(), timing.safety_net);
}

#[test]
fn an_event_that_comes_late_keeps_the_trust_and_what_it_tells_of_is_seen() {
    let (_root, folder) = lab();
    let timing = Timing {
        quiet: SHORT,
        ..NEVER
    };
    let (mut look, pokes) = look(&folder, timing);
    // Another save has fallen right behind the look, and its event comes.
    save(&folder, "two");
    pokes.send(Wake::Event).unwrap();
    let mut notices = vec![];
    look.wait_for_late_event(&mut |notice| notices.push(notice));
    assert_eq!(notices, [Notice::Changed(Fingerprint::of(&folder))]);
    assert_eq!(look.pause(), timing.safety_net);
}

#[test]
fn without_events_every_change_is_found_at_the_pace_of_polling() {
    let (_root, folder) = lab();
    let (mut look, pokes) = look(
        &folder,
        Timing {
            poll: SHORT,
            ..NEVER
        },
    );
    let mut texts = ["three", "four"].into_iter();
    let mut notices = vec![];
    let _watchdog = watchdog(&pokes);
    look.on(None, Some(PollingReason::NoEvent), &mut |notice| {
        match texts.next() {
            Some(text) => save(&folder, text),
            None => pokes.send(Wake::Stop).unwrap(),
        }
        notices.push(notice);
    });
    // That no event told of them is known already, and not told again.
    assert_eq!(
        notices.first(),
        Some(&Notice::Polling(PollingReason::NoEvent))
    );
    assert!(matches!(
        notices[1..],
        [Notice::Changed(three), Notice::Changed(four)] if three != four
    ));
    let last = Notice::Changed(Fingerprint::of(&folder));
    assert_eq!(notices.last(), Some(&last));
}

#[test]
fn the_self_test_finds_that_no_event_comes() {
    let (root, folder) = lab();
    let timing = Timing {
        self_test: SHORT,
        ..NEVER
    };
    let (mut look, _pokes) = look(&folder, timing);
    let mut notices = vec![];
    let tested = look.test(&mut |notice| notices.push(notice));
    assert_eq!(tested, Err(PollingReason::NoEvent));
    assert_eq!(notices, []);
    let left = fs::read_dir(root.path().join("start_here")).unwrap();
    assert_eq!(left.count(), 2);
}

#[test]
fn the_self_test_tells_of_changes_and_ends_with_the_event_of_its_own_file() {
    let (_root, folder) = lab();
    let (mut look, pokes) = look(&folder, NEVER);
    save(&folder, "two");
    pokes.send(Wake::Event).unwrap();
    let mut notices = vec![];
    let tested = look.test(&mut |notice| {
        pokes.send(Wake::OwnFile).unwrap();
        notices.push(notice);
    });
    assert_eq!(tested, Ok(()));
    assert_eq!(notices, [Notice::Changed(Fingerprint::of(&folder))]);
}

#[test]
fn a_lab_that_ends_does_not_wait_for_the_self_test() {
    let (_root, folder) = lab();
    let (mut look, pokes) = look(&folder, NEVER);
    pokes.send(Wake::Stop).unwrap();
    assert_eq!(look.test(&mut |_| {}), Ok(()));
    // Nor for anything else.
    look.on(None, None, &mut |_| {});
}
