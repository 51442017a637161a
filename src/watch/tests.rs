//! Sequences of events, written and random.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::checker::Doing;
use crate::course::Course;
use crate::learner::{Fingerprint, Progress};
use crate::verdict::{CheckReport, LessonReport, Outcome};

fn files(number: u64) -> Fingerprint {
    Fingerprint::made_up(number, 0)
}

/// The lab as a learner opens it for the first time.
fn fresh() -> State {
    let course = Arc::new(Course::embedded().unwrap());
    let mut state = State::new(course, Progress::default(), files(0), 1);
    drop(state.begin());
    state
}

/// The same at a lesson whose predecessors have passed.
fn at(lesson: usize) -> State {
    let course = Arc::new(Course::embedded().unwrap());
    let mut progress = Progress::default();
    for lesson in &course.lessons()[..lesson] {
        progress.note_verdict(lesson.id(), true);
    }
    let state = State::new(course, progress, files(0), 1);
    assert_eq!(state.lesson, lesson);
    state
}

fn report(state: &State, lesson: usize, outcome: Outcome) -> CheckReport {
    let lesson = &state.course.lessons()[lesson];
    CheckReport {
        seed: 1,
        duration: Duration::ZERO,
        target: "start_here".to_string(),
        lessons: vec![LessonReport::without_cases(lesson, outcome, None)],
        warnings: Vec::new(),
        notes: Vec::new(),
    }
}

fn judged(state: &State, outcome: Outcome, before: u64, after: u64) -> Box<Ended> {
    Box::new(Ended::Judged {
        report: report(state, state.lesson, outcome),
        before: files(before),
        after: files(after),
        place: None,
    })
}

/// A lesson is judged in a run that goes on, on files that were in one state before it and in another now.
fn settled(state: &State, lesson: usize, outcome: Outcome, before: u64, now: u64) -> Box<Settled> {
    let mut report = report(state, lesson, outcome);
    let place = ("start_here/src/server.rs".to_string(), lesson);
    Box::new(Settled {
        report: report.lessons.remove(0),
        before: files(before),
        now: files(now),
        place: (outcome == Outcome::Fail).then_some(place),
    })
}

/// The lessons that are shown as judged, and how, while a run goes on.
fn so_far(state: &State) -> Vec<(&str, Outcome)> {
    let lessons = state.so_far().map_or(&[][..], |so_far| &so_far.lessons);
    let lessons = lessons.iter();
    lessons
        .map(|report| (report.lesson.as_str(), report.outcome))
        .collect()
}

fn starts(effects: &[Effect]) -> Vec<(u64, Scope)> {
    let start = |effect: &Effect| match effect {
        Effect::Start { run, scope, .. } => Some((*run, *scope)),
        _ => None,
    };
    effects.iter().filter_map(start).collect()
}

fn records(effects: &[Effect]) -> bool {
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::Record { .. }))
}

fn press(state: &mut State, keys: &str) -> Vec<Effect> {
    let keys = keys.chars().map(Key::Char);
    keys.flat_map(|key| state.update(Event::Key(key))).collect()
}

#[test]
fn a_save_is_checked_and_a_verdict_is_shown_and_recorded() {
    let mut state = fresh();
    let effects = state.update(Event::Saved(files(1)));
    assert_eq!(starts(&effects), [(1, Scope::Lesson(0))]);
    assert_eq!(state.page, Page::Verdict);
    let ended = judged(&state, Outcome::Pass, 1, 1);
    let effects = state.update(Event::Ended { run: 1, ended });
    assert!(records(&effects) && state.verdict_passes());
    // The same state once more is no save.
    assert!(state.update(Event::Saved(files(1))).is_empty());
}

#[test]
fn a_save_during_a_check_ends_it_and_is_checked_instead() {
    let mut state = fresh();
    drop(state.update(Event::Saved(files(1))));
    let effects = state.update(Event::Saved(files(2)));
    assert!(matches!(effects[..], [Effect::Look(0), Effect::Cancel(1)]));
    // It had already ended, with a pass; but what it passed is gone.
    let ended = judged(&state, Outcome::Pass, 1, 1);
    let effects = state.update(Event::Ended { run: 1, ended });
    assert!(!records(&effects) && state.verdict.is_none());
    assert_eq!(starts(&effects), [(2, Scope::Lesson(0))]);
    // Whatever is heard of the old run still.
    let ended = judged(&state, Outcome::Pass, 1, 1);
    assert!(state.update(Event::Ended { run: 1, ended }).is_empty());
}

#[test]
fn a_save_that_nobody_told_of_is_found_by_the_run_itself() {
    let mut state = fresh();
    drop(state.update(Event::Saved(files(1))));
    let ended = judged(&state, Outcome::Pass, 1, 2);
    let effects = state.update(Event::Ended { run: 1, ended });
    assert!(!records(&effects) && state.verdict.is_none());
    assert_eq!(starts(&effects), [(2, Scope::Lesson(0))]);
    // The watcher comes late with it.
    assert!(state.update(Event::Saved(files(2))).is_empty());
}

#[test]
fn a_touch_is_checked_but_ends_no_check() {
    let mut state = fresh();
    drop(state.update(Event::Saved(files(1))));
    // What is being checked is true of it as well.
    assert!(
        state
            .update(Event::Saved(Fingerprint::made_up(1, 7)))
            .is_empty()
    );
    let ended = Box::new(Ended::Judged {
        report: report(&state, 0, Outcome::Pass),
        before: files(1),
        after: Fingerprint::made_up(1, 7),
        place: None,
    });
    assert!(records(&state.update(Event::Ended { run: 1, ended })));
    let effects = state.update(Event::Saved(Fingerprint::made_up(1, 8)));
    assert_eq!(starts(&effects), [(2, Scope::Lesson(0))]);
}

#[test]
fn files_that_never_rest_are_told() {
    let mut state = fresh();
    drop(state.update(Event::Saved(files(1))));
    for run in 1..=6 {
        let ended = judged(&state, Outcome::Pass, run, run + 1);
        let effects = state.update(Event::Ended { run, ended });
        assert!(!records(&effects));
        // It is tried again all the same: this may be a learner who saves a lot.
        assert_eq!(starts(&effects).len(), 1);
        assert_eq!(state.notice.is_some(), run >= 5, "{run}");
    }
}

#[test]
fn the_course_is_done_when_all_has_passed_and_not_when_all_is_skipped() {
    let course = Arc::new(Course::embedded().unwrap());
    let mut progress = Progress::default();
    for lesson in course.lessons() {
        progress.note_skipped(lesson.id(), true);
    }
    progress.note_verdict("define-messages", true);
    let mut state = State::new(Arc::clone(&course), progress.clone(), files(0), 1);
    assert!(!state.is_done());
    assert_eq!((state.lesson, state.page), (1, Page::Text));
    drop(press(&mut state, "n"));
    assert_eq!((state.lesson, state.page), (2, Page::Text));
    for lesson in course.lessons() {
        progress.note_verdict(lesson.id(), true);
    }
    assert_eq!(State::new(course, progress, files(0), 1).page, Page::Finish);
}

#[test]
fn what_is_judged_for_good_is_shown_before_the_run_is_over_and_not_recorded() {
    let mut state = at(5);
    drop(state.update(Event::Saved(files(1))));
    let tell = |state: &mut State, lesson, outcome| {
        let settled = settled(state, lesson, outcome, 1, 1);
        let effects = state.update(Event::Settled { run: 1, settled });
        assert!(effects.is_empty(), "{effects:?}");
    };
    // In whatever order: it is the course's on the screen.
    tell(&mut state, 5, Outcome::Pass);
    tell(&mut state, 3, Outcome::Pass);
    let shown = [
        ("list-features", Outcome::Pass),
        ("route-chat", Outcome::Pass),
    ];
    assert_eq!(so_far(&state), shown);
    let awaited: Vec<usize> = state.awaited().iter().map(|lesson| lesson.number).collect();
    assert_eq!(awaited, [1, 2, 3, 5]);
    // It has passed, as far as one can see; but only the end of the run makes it so.
    assert!(press(&mut state, "n").is_empty() && state.lesson == 5);
    assert!(state.verdict.is_none() && state.place().is_none());
    let ended = judged(&state, Outcome::Pass, 1, 1);
    let effects = state.update(Event::Ended { run: 1, ended });
    assert!(records(&effects) && state.verdict_passes() && so_far(&state).is_empty());
}

#[test]
fn what_is_wrong_first_is_to_be_changed_and_seen() {
    let mut state = at(5);
    drop(state.update(Event::Saved(files(1))));
    for (lesson, outcome, place, scroll) in [
        (2, Outcome::Pass, None, 7),
        (5, Outcome::Fail, Some(5), 0),
        (3, Outcome::Fail, Some(3), 0),
        (4, Outcome::Fail, Some(3), 7),
    ] {
        state.scroll = 7;
        let settled = settled(&state, lesson, outcome, 1, 1);
        drop(state.update(Event::Settled { run: 1, settled }));
        assert_eq!(state.place().map(|(_, line)| line), place, "{lesson}");
        assert_eq!(state.scroll, scroll, "{lesson}");
    }
    // Whoever reads about it is not disturbed when the run ends with the same.
    let mut same = state.clone();
    let mut ended = judged(&state, Outcome::Fail, 1, 1);
    if let Ended::Judged { report, .. } = &mut *ended {
        report.lessons = state.so_far().unwrap().lessons.clone();
    }
    drop(same.update(Event::Ended { run: 1, ended }));
    assert!(same.verdict.is_some() && same.scroll == 7);
    // It is, if there is something else to read.
    let ended = judged(&state, Outcome::Fail, 1, 1);
    drop(state.update(Event::Ended { run: 1, ended }));
    assert!(state.verdict.is_some() && state.scroll == 0);
}

#[test]
fn what_is_judged_for_good_goes_with_its_run() {
    let mut state = at(5);
    drop(state.update(Event::Saved(files(1))));
    // Other files than those that are known, or than at the beginning of the run; another run.
    for (run, before, now) in [(1, 2, 2), (1, 0, 1), (1, 1, 2), (2, 1, 1), (0, 1, 1)] {
        let settled = settled(&state, 5, Outcome::Fail, before, now);
        drop(state.update(Event::Settled { run, settled }));
        assert!(so_far(&state).is_empty(), "run {run}, {before}, {now}");
    }
    let tell = |state: &mut State, run, number| {
        let settled = settled(state, 5, Outcome::Fail, number, number);
        drop(state.update(Event::Settled { run, settled }));
    };
    tell(&mut state, 1, 1);
    assert!(!so_far(&state).is_empty() && state.place().is_some());
    // A save: nothing of it holds any more, and what still comes of the old run counts for nothing.
    drop(state.update(Event::Saved(files(2))));
    assert!(so_far(&state).is_empty() && state.place().is_none());
    tell(&mut state, 1, 1);
    tell(&mut state, 1, 2);
    let ended = Box::new(Ended::Cancelled);
    drop(state.update(Event::Ended { run: 1, ended }));
    assert!(so_far(&state).is_empty() && state.place().is_none());
    // Files that were changed behind the watcher's back.
    tell(&mut state, 2, 2);
    assert!(!so_far(&state).is_empty());
    let ended = judged(&state, Outcome::Pass, 2, 3);
    drop(state.update(Event::Ended { run: 2, ended }));
    assert!(so_far(&state).is_empty() && !state.run.is_idle());
}

#[test]
fn next_goes_on_only_from_what_has_passed() {
    let mut state = at(3);
    assert!(press(&mut state, "n").is_empty());
    assert!(state.notice.is_some() && state.lesson == 3);
    let mut progress = state.progress.clone();
    progress.note_verdict("list-features", true);
    drop(state.update(Event::Progress(progress)));
    let effects = press(&mut state, "n");
    assert!(matches!(effects[..], [Effect::Look(4)]));
    assert_eq!((state.lesson, state.page), (4, Page::Text));
}

#[test]
fn a_lesson_that_has_been_begun_is_checked_without_a_save() {
    let work = |touched| Work {
        lesson: 3,
        spots: Ok(Vec::new()),
        touched,
        tried: false,
        pieces: Arc::new(Ok(Vec::new())),
    };
    let mut state = at(3);
    assert!(starts(&state.update(Event::Work(work(false)))).is_empty());
    let mut state = at(3);
    let effects = state.update(Event::Work(work(true)));
    assert_eq!(starts(&effects), [(1, Scope::Lesson(3))]);
    // From another lesson, whose check is still going on.
    let mut state = at(4);
    drop(state.update(Event::Saved(files(1))));
    drop(state.update(Event::Key(Key::Char('l'))));
    drop(state.update(Event::Key(Key::Up)));
    let effects = state.update(Event::Key(Key::Enter));
    assert!(matches!(effects[..], [Effect::Cancel(1), Effect::Look(3)]));
    drop(state.update(Event::Work(work(true))));
    let ended = Box::new(Ended::Cancelled);
    let effects = state.update(Event::Ended { run: 1, ended });
    assert_eq!(starts(&effects), [(2, Scope::Lesson(3))]);
}

#[test]
fn nothing_is_destroyed_without_a_yes() {
    for (keys, effect) in [("x", "Reset"), ("sy", ""), ("syw", "WriteSolution")] {
        let mut state = at(3);
        assert!(press(&mut state, keys).is_empty(), "{keys}");
        if effect.is_empty() {
            assert_eq!(state.page, Page::Solution);
            continue;
        }
        for no in [Key::Char('n'), Key::Escape, Key::Char('h'), Key::Up] {
            let mut asked = state.clone();
            let effects = asked.update(Event::Key(no));
            assert!(asked.question.is_none());
            assert!(!format!("{effects:?}").contains(effect), "{effects:?}");
            // A key that is no answer does what it always does.
            assert!(no != Key::Char('h') || asked.page == Page::Hints);
        }
        let effects = state.update(Event::Key(Key::Char('y')));
        assert!(format!("{effects:?}").contains(effect), "{effects:?}");
    }
}

#[test]
fn the_list_chooses_resets_and_marks() {
    let mut state = at(3);
    drop(press(&mut state, "lj"));
    assert_eq!(state.page, Page::List { cursor: 4 });
    let effects = press(&mut state, "m");
    assert!(matches!(
        effects[..],
        [Effect::Skip {
            lesson: 4,
            skipped: true
        }]
    ));
    drop(press(&mut state, "x"));
    assert_eq!(state.question, Some(Question::Reset(4)));
    drop(press(&mut state, "n"));
    // What has passed is not skipped.
    drop(state.update(Event::Key(Key::Home)));
    assert!(press(&mut state, "m").is_empty() && state.notice.is_some());
    drop(state.update(Event::Key(Key::Enter)));
    assert_eq!((state.lesson, state.page), (0, Page::Text));
}

#[test]
fn a_failed_random_case_comes_again_until_it_passes() {
    let mut state = fresh();
    let mut seeds = Vec::new();
    for (save, outcome) in [Outcome::Fail, Outcome::Fail, Outcome::Pass, Outcome::Pass]
        .into_iter()
        .enumerate()
    {
        let save = save as u64 + 1;
        for effect in state.update(Event::Saved(files(save))) {
            if let Effect::Start { seed, .. } = effect {
                seeds.push(seed);
            }
        }
        let ended = judged(&state, outcome, save, save);
        drop(state.update(Event::Ended { run: save, ended }));
    }
    assert_eq!(seeds, [1, 1, 1, 2]);
}

#[test]
fn compiling_ahead_makes_way_for_what_the_learner_waits_for() {
    let mut state = fresh();
    assert!(matches!(state.warm, Warm::Going { .. }));
    // The first lessons need no build.
    let effects = state.update(Event::Saved(files(1)));
    assert!(!format!("{effects:?}").contains("StopWarming"));
    drop(press(&mut state, "c"));
    let ended = Box::new(Ended::Cancelled);
    let effects = state.update(Event::Ended { run: 1, ended });
    assert!(matches!(
        effects[..],
        [Effect::StopWarming, Effect::Start { .. }]
    ));
    assert_eq!(state.warm, Warm::Off);
}

#[test]
fn the_end_is_shown_when_the_last_lesson_passes() {
    let mut state = at(12);
    drop(state.update(Event::Saved(files(1))));
    let ended = judged(&state, Outcome::Pass, 1, 1);
    drop(state.update(Event::Ended { run: 1, ended }));
    let mut progress = state.progress.clone();
    progress.note_verdict("try-it-out", true);
    drop(state.update(Event::Progress(progress)));
    assert_eq!(state.page, Page::Finish);
    assert!(state.is_done());
}

/// What can happen, in a world where files change whenever they like, news of it comes late, and runs end
/// when they want.
#[derive(Debug, Clone, Copy)]
enum Happening {
    /// The learner saves.
    Save,
    /// The watcher looks, and tells what it sees.
    Notice,
    /// The run that has been started reads the first file.
    Begin,
    /// It tells what it is doing.
    Report,
    /// It judges the lesson at hand for good.
    Settle,
    /// It ends; if it was cancelled, perhaps a moment before it would have noticed.
    End { noticed: bool },
    /// A key.
    Press(Key),
}

fn key() -> impl Strategy<Value = Key> {
    let letters = proptest::sample::select("ncrhswtvloxum?yk j".chars().collect::<Vec<_>>());
    prop_oneof![
        4 => letters.prop_map(Key::Char),
        1 => proptest::sample::select(vec![
            Key::Up, Key::Down, Key::PageUp, Key::PageDown, Key::Home, Key::End, Key::Enter,
            Key::Escape, Key::Redraw, Key::Other,
        ]),
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        3 => Just(Happening::Save),
        3 => Just(Happening::Notice),
        3 => Just(Happening::Begin),
        1 => Just(Happening::Report),
        3 => Just(Happening::Settle),
        4 => any::<bool>().prop_map(|noticed| Happening::End { noticed }),
        5 => key().prop_map(Happening::Press),
    ]
}

/// What passes: every third state of the files does not.
fn truth(files: u64) -> Outcome {
    if files.is_multiple_of(3) {
        Outcome::Fail
    } else {
        Outcome::Pass
    }
}

/// A run as the world sees it.
struct Going {
    run: u64,
    lesson: usize,
    /// The state of the files when it read the first one.
    before: Option<u64>,
    cancelled: bool,
}

struct World {
    state: State,
    files: u64,
    going: Option<Going>,
    /// How many runs are to be begun while one is going on: never any.
    overlaps: usize,
}

impl World {
    fn new() -> World {
        let mut world = World {
            state: at(4),
            files: 0,
            going: None,
            overlaps: 0,
        };
        let effects = world.state.begin();
        world.carry_out(effects);
        world
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Save => self.files += 1,
            Happening::Notice => self.tell(Event::Saved(files(self.files))),
            Happening::Begin => {
                let now = self.files;
                if let Some(going) = &mut self.going {
                    going.before.get_or_insert(now);
                }
            }
            Happening::Report => {
                if let Some(going) = &self.going {
                    let (run, doing) = (going.run, Doing::Probing);
                    self.tell(Event::Doing { run, doing });
                }
            }
            Happening::Settle => self.settle(),
            Happening::End { noticed } => self.end(noticed),
            Happening::Press(key) => self.press(key),
        }
    }

    /// What the run finds: what was read from changing files may look right by chance.
    fn found(&self, before: u64) -> Outcome {
        if before == self.files {
            truth(before)
        } else {
            Outcome::Pass
        }
    }

    fn settle(&mut self) {
        // It may have been cancelled, and not have noticed yet.
        if let Some(Going {
            run,
            lesson,
            before: Some(before),
            ..
        }) = self.going
        {
            let outcome = self.found(before);
            let mut settled = settled(&self.state, lesson, outcome, before, self.files);
            // What is written where is the same in this world, whatever was found.
            settled.place = None;
            self.tell(Event::Settled { run, settled });
        }
    }

    fn end(&mut self, noticed: bool) {
        let Some(going) = self.going.take() else {
            return;
        };
        let ended = match going.before {
            Some(before) if !(going.cancelled && noticed) => {
                let outcome = self.found(before);
                Ended::Judged {
                    report: report(&self.state, going.lesson, outcome),
                    before: files(before),
                    after: files(self.files),
                    place: None,
                }
            }
            _ if going.cancelled => Ended::Cancelled,
            _ => {
                // It has not even begun; it cannot have ended.
                self.going = Some(going);
                return;
            }
        };
        let (run, ended) = (going.run, Box::new(ended));
        self.tell(Event::Ended { run, ended });
    }

    /// Every key is answered as if nothing were going on.
    fn press(&mut self, key: Key) {
        let mut idle = self.state.clone();
        idle.run = Run::Idle;
        let other = idle.update(Event::Key(key));
        let effects = self.state.update(Event::Key(key));
        let about_runs = |effect: &&Effect| {
            !matches!(
                effect,
                Effect::Start { .. } | Effect::Cancel(_) | Effect::StopWarming
            )
        };
        let plain = |effects: &[Effect]| -> Vec<String> {
            let effects = effects.iter().filter(about_runs);
            effects.map(|effect| format!("{effect:?}")).collect()
        };
        assert_eq!(plain(&effects), plain(&other), "{key:?}");
        // Back goes to a check that is going on, if there is one.
        if !matches!(key, Key::Escape | Key::Enter | Key::Char('v')) {
            assert_eq!(self.state.page, idle.page, "{key:?}");
        }
        assert_eq!(self.state.question, idle.question, "{key:?}");
        assert_eq!(self.state.notice, idle.notice, "{key:?}");
        if let [(_, scope)] = starts(&other)[..] {
            let will_be = match self.state.run {
                Run::Going { scope, .. } => Some(scope),
                Run::Ending { next, .. } => next,
                Run::Idle => None,
            };
            assert_eq!(will_be, Some(scope), "{key:?}");
        }
        self.carry_out(effects);
    }

    fn tell(&mut self, event: Event) {
        let effects = self.state.update(event);
        self.carry_out(effects);
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Start { run, scope, .. } => {
                    self.overlaps += usize::from(self.going.is_some());
                    let lesson = match scope {
                        Scope::Lesson(lesson) => lesson,
                        Scope::All => self.state.lesson,
                    };
                    self.going = Some(Going {
                        run,
                        lesson,
                        before: None,
                        cancelled: false,
                    });
                }
                Effect::Cancel(run) => {
                    if let Some(going) = &mut self.going {
                        assert_eq!(going.run, run);
                        going.cancelled = true;
                    }
                }
                Effect::Record {
                    report, files: of, ..
                } => self.record(&report, of),
                Effect::Look(lesson) => {
                    let work = Work {
                        lesson,
                        spots: Ok(Vec::new()),
                        touched: true,
                        tried: false,
                        pieces: Arc::new(Ok(Vec::new())),
                    };
                    self.tell(Event::Work(work));
                }
                _ => {}
            }
        }
    }

    /// As the lab does it: what is on the disk decides at the last moment.
    fn record(&mut self, report: &CheckReport, of: Fingerprint) {
        if of != files(self.files) {
            self.tell(Event::Saved(files(self.files)));
            return;
        }
        assert_eq!(report.outcome(), truth(self.files), "a stale verdict");
        let mut progress = self.state.progress.clone();
        for lesson in &report.lessons {
            progress.note_verdict(&lesson.lesson, lesson.outcome == Outcome::Pass);
        }
        self.tell(Event::Progress(progress));
    }

    /// Lets everything come to rest.
    fn rest(&mut self) {
        self.happen(Happening::Notice);
        for _ in 0..4 {
            self.happen(Happening::Begin);
            self.happen(Happening::End { noticed: true });
        }
        assert!(self.going.is_none() && self.state.run.is_idle());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_stale_verdict_is_recorded_and_no_key_is_lost(
        happenings in proptest::collection::vec(happening(), 1..60)
    ) {
        let mut world = World::new();
        for happening in happenings {
            world.happen(happening);
            prop_assert_eq!(world.overlaps, 0);
            // What is shown is about the newest state that is known, be it a part of the verdict or the whole.
            let known = (0..=world.files).find(|number| files(*number) == world.state.files);
            for (_, outcome) in so_far(&world.state) {
                prop_assert!(world.state.verdict.is_none());
                prop_assert_eq!(Some(outcome), known.map(truth));
            }
            if let Some(verdict) = &world.state.verdict {
                prop_assert!(world.state.run.is_idle());
                if world.state.files == files(world.files) {
                    prop_assert_eq!(verdict.report.outcome(), truth(world.files));
                }
            }
        }
        world.rest();
        // In the end, the newest state has been checked, and that is what is recorded.
        let verdict = world.state.verdict.as_ref().map(|verdict| verdict.report.outcome());
        prop_assert_eq!(verdict, Some(truth(world.files)));
        let lesson = world.state.verdict.as_ref().unwrap().report.lessons[0].lesson.clone();
        prop_assert_eq!(world.state.progress.passed(&lesson), truth(world.files) == Outcome::Pass);
    }
}
