//! The loop without a system watcher: events come only when a test sends them.
//!
//! Waits that a test needs are short; waits that must not be needed would take an hour.

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

/// Stops a loop that does not stop by itself, so that the test fails. It must be kept while the loop runs.
fn watchdog(wake: &Sender<Wake>) -> Sender<()> {
    let wake = wake.clone();
    let (kept, gone) = mpsc::channel();
    thread::spawn(move || {
        if gone.recv_timeout(Duration::from_secs(60)) == Err(mpsc::RecvTimeoutError::Timeout) {
            wake.send(Wake::Stop).unwrap_or_default();
        }
    });
    kept
}

/// A loop, and the channel that wakes it.
fn watch_loop(folder: &Folder, timing: Timing) -> (WatchLoop, Sender<Wake>) {
    let (wake, woken) = mpsc::channel();
    let known = Fingerprint::of(folder);
    (WatchLoop::new(folder.clone(), known, woken, timing), wake)
}

#[test]
fn a_change_that_only_the_safety_net_finds_ends_the_trust_in_events() {
    let (_root, folder) = lab();
    let timing = Timing {
        safety_net: SHORT,
        noisy: SHORT,
        ..NEVER
    };
    let (mut watch_loop, wake) = watch_loop(&folder, timing);
    save(&folder, "two");
    let mut notices = vec![];
    let _watchdog = watchdog(&wake);
    watch_loop.run(None, None, &mut |notice| {
        if notice == Notice::Polling(PollingReason::Missed) {
            wake.send(Wake::Stop).unwrap();
        }
        notices.push(notice);
    });
    let changed = Notice::Changed(Fingerprint::of(&folder));
    assert_eq!(notices, [changed, Notice::Polling(PollingReason::Missed)]);
    // From now on it looks at the timing of those that no event is sent to.
    assert_eq!(watch_loop.pause(), timing.poll);
    assert_ne!(watch_loop.pause(), timing.safety_net);
}

#[test]
fn an_event_that_comes_late_keeps_the_trust_and_what_it_tells_of_is_seen() {
    let (_root, folder) = lab();
    let timing = Timing {
        quiet: SHORT,
        ..NEVER
    };
    let (mut watch_loop, wake) = watch_loop(&folder, timing);
    // Another save has fallen right behind the look, and its event comes.
    save(&folder, "two");
    wake.send(Wake::Event).unwrap();
    let mut notices = vec![];
    watch_loop.wait_for_late_event(&mut |notice| notices.push(notice));
    assert_eq!(notices, [Notice::Changed(Fingerprint::of(&folder))]);
    assert_eq!(watch_loop.pause(), timing.safety_net);
}

#[test]
fn without_events_every_change_is_found_at_the_pace_of_polling() {
    let (_root, folder) = lab();
    let (mut watch_loop, wake) = watch_loop(
        &folder,
        Timing {
            poll: SHORT,
            ..NEVER
        },
    );
    let mut texts = ["three", "four"].into_iter();
    let mut notices = vec![];
    let _watchdog = watchdog(&wake);
    watch_loop.run(None, Some(PollingReason::NoEvent), &mut |notice| {
        match texts.next() {
            Some(text) => save(&folder, text),
            None => wake.send(Wake::Stop).unwrap(),
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
    let (mut watch_loop, _wake) = watch_loop(&folder, timing);
    let mut notices = vec![];
    let tested = watch_loop.test(&mut |notice| notices.push(notice));
    assert_eq!(tested, Err(PollingReason::NoEvent));
    assert_eq!(notices, []);
    let left = fs::read_dir(root.path().join("start_here")).unwrap();
    assert_eq!(left.count(), 2);
}

#[test]
fn the_self_test_tells_of_changes_and_ends_with_the_event_of_its_own_file() {
    let (_root, folder) = lab();
    let (mut watch_loop, wake) = watch_loop(&folder, NEVER);
    save(&folder, "two");
    wake.send(Wake::Event).unwrap();
    let mut notices = vec![];
    let tested = watch_loop.test(&mut |notice| {
        wake.send(Wake::TestFile).unwrap();
        notices.push(notice);
    });
    assert_eq!(tested, Ok(()));
    assert_eq!(notices, [Notice::Changed(Fingerprint::of(&folder))]);
}

#[test]
fn a_lab_that_ends_does_not_wait_for_the_self_test() {
    let (_root, folder) = lab();
    let (mut watch_loop, wake) = watch_loop(&folder, NEVER);
    wake.send(Wake::Stop).unwrap();
    assert_eq!(watch_loop.test(&mut |_| {}), Ok(()));
    // Nor for anything else.
    watch_loop.run(None, None, &mut |_| {});
}
