//! Random sequences of messages from a simulated world: files, a watcher, runs and a keyboard.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::checker::Doing;
use crate::lab::runs::REWRITES_TO_IGNORE;

/// What can happen in the world: files change at any time, the watcher reports it late, and runs end at any time.
#[derive(Debug, Clone, Copy)]
enum WorldEvent {
    /// The learner saves.
    Save,
    /// The files have other contents for a moment, and then the same as before.
    Flicker,
    /// A program rewrites the files with the same contents.
    Rewrite,
    /// The watcher reports the state of the files.
    ReportChange,
    /// The run that was started begins to read the files.
    BeginReading,
    /// The run reports its step.
    ReportStep,
    /// The run finishes the current lesson.
    FinishLesson,
    /// The run ends. If it was cancelled, it may have ended just before it noticed.
    EndRun { noticed: bool },
    /// A key is pressed.
    Press(Key),
}

fn key() -> impl Strategy<Value = Key> {
    let letters = proptest::sample::select("ncrhswtvloxum?yk jp".chars().collect::<Vec<_>>());
    prop_oneof![
        4 => letters.prop_map(Key::Char),
        1 => proptest::sample::select(vec![
            Key::Up, Key::Down, Key::PageUp, Key::PageDown, Key::Home, Key::End, Key::Enter,
            Key::Escape, Key::Redraw, Key::Other,
        ]),
    ]
}

fn event() -> impl Strategy<Value = WorldEvent> {
    prop_oneof![
        3 => Just(WorldEvent::Save),
        2 => Just(WorldEvent::Flicker),
        1 => Just(WorldEvent::Rewrite),
        3 => Just(WorldEvent::ReportChange),
        3 => Just(WorldEvent::BeginReading),
        1 => Just(WorldEvent::ReportStep),
        3 => Just(WorldEvent::FinishLesson),
        4 => any::<bool>().prop_map(|noticed| WorldEvent::EndRun { noticed }),
        5 => key().prop_map(WorldEvent::Press),
    ]
}

/// The right verdict on a state of the files: every third one fails.
fn truth(files: u64) -> Outcome {
    if files.is_multiple_of(3) {
        Outcome::Fail
    } else {
        Outcome::Pass
    }
}

/// A run in progress.
struct Run {
    number: u64,
    lesson: usize,
    /// The state of the files when it read the first one.
    before: Option<Fingerprint>,
    /// Whether the files have had other contents since then, even for a moment.
    mixed: bool,
    cancelled: bool,
}

struct World {
    model: Model,
    /// The contents of the files.
    files: u64,
    /// How often they have been written.
    times: u64,
    run: Option<Run>,
    /// How many runs were started while another one was in progress.
    overlaps: usize,
}

impl World {
    fn new() -> World {
        let mut world = World {
            model: at(4),
            files: 0,
            times: 0,
            run: None,
            overlaps: 0,
        };
        let effects = world.model.start();
        world.perform(effects);
        world
    }

    fn now(&self) -> Fingerprint {
        Fingerprint::synthetic(self.files, self.times)
    }

    /// The files have had other contents since the run began to read them.
    fn mix(&mut self) {
        if let Some(run) = &mut self.run {
            run.mixed |= run.before.is_some();
        }
    }

    fn apply(&mut self, event: WorldEvent) {
        match event {
            WorldEvent::Save => {
                self.files += 1;
                self.times += 1;
                self.mix();
            }
            WorldEvent::Flicker => {
                self.times += 1;
                // Not in four runs in a row: by then, the lab assumes that a program rewrites the files.
                if self.model.rewrites < REWRITES_TO_IGNORE {
                    self.mix();
                }
            }
            WorldEvent::Rewrite => self.times += 1,
            WorldEvent::ReportChange => self.send(Message::FilesChanged(self.now())),
            WorldEvent::BeginReading => self.begin(),
            WorldEvent::ReportStep => {
                if let Some(run) = &self.run {
                    let (run, step) = (run.number, Doing::Probing);
                    self.send(Message::RunProgress { run, step });
                }
            }
            WorldEvent::FinishLesson => self.finish_lesson(),
            WorldEvent::EndRun { noticed } => self.end(noticed),
            WorldEvent::Press(key) => self.press(key),
        }
    }

    fn begin(&mut self) {
        let files = self.now();
        if let Some(run) = &mut self.run
            && run.before.is_none()
        {
            run.before = Some(files);
            let run = run.number;
            self.send(Message::RunStarted { run, files });
        }
    }

    /// The result of the run: files that changed while they were read may look right by chance.
    fn result(&self, mixed: bool) -> Outcome {
        if mixed {
            Outcome::Pass
        } else {
            truth(self.files)
        }
    }

    fn finish_lesson(&mut self) {
        // The run may have been cancelled, and not have noticed yet.
        if let Some(Run {
            number: run,
            lesson,
            before: Some(before),
            mixed,
            ..
        }) = self.run
        {
            let mut finished = finished(&self.model, lesson, self.result(mixed), 0, 0);
            (finished.before, finished.now) = (before, self.now());
            // The location, and with it the answer to `o`, is the same without a run.
            finished.location = None;
            self.send(Message::LessonFinished { run, finished });
        }
    }

    fn end(&mut self, noticed: bool) {
        let Some(run) = self.run.take() else {
            return;
        };
        let end = match run.before {
            Some(before) if !(run.cancelled && noticed) => RunEnd::Checked {
                report: report(&self.model, run.lesson, self.result(run.mixed)),
                before,
                after: self.now(),
                location: None,
            },
            _ if run.cancelled => RunEnd::Cancelled,
            _ => {
                // It has not begun, so it cannot have ended.
                self.run = Some(run);
                return;
            }
        };
        let (run, end) = (run.number, Box::new(end));
        self.send(Message::RunEnded { run, end });
    }

    /// Presses a key, and asserts that it is answered as if no run were in progress.
    fn press(&mut self, key: Key) {
        let mut idle = self.model.clone();
        idle.run = RunState::Idle;
        let other = idle.update(Message::Key(key));
        let effects = self.model.update(Message::Key(key));
        let about_runs = |effect: &&Effect| {
            !matches!(
                effect,
                Effect::StartRun { .. } | Effect::CancelRun(_) | Effect::StopPrebuild
            )
        };
        let plain = |effects: &[Effect]| -> Vec<String> {
            let effects = effects.iter().filter(about_runs);
            effects.map(|effect| format!("{effect:?}")).collect()
        };
        assert_eq!(plain(&effects), plain(&other), "{key:?}");
        // These keys go back to the verdict if a run is in progress.
        if !matches!(key, Key::Escape | Key::Enter | Key::Char('v')) {
            assert_eq!(self.model.page, idle.page, "{key:?}");
        }
        assert_eq!(self.model.question, idle.question, "{key:?}");
        assert_eq!(self.model.notice, idle.notice, "{key:?}");
        if let [(_, scope)] = starts(&other)[..] {
            let will_be = match self.model.run {
                RunState::Running { scope, .. } => Some(scope),
                RunState::Stopping { next, .. } => next,
                RunState::Idle => None,
            };
            assert_eq!(will_be, Some(scope), "{key:?}");
        }
        self.perform(effects);
    }

    fn send(&mut self, message: Message) {
        let effects = self.model.update(message);
        self.perform(effects);
    }

    fn perform(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::StartRun { run, scope, .. } => {
                    self.overlaps += usize::from(self.run.is_some());
                    let lesson = match scope {
                        RunScope::Lesson(lesson) => lesson,
                        RunScope::All => self.model.lesson,
                    };
                    self.run = Some(Run {
                        number: run,
                        lesson,
                        before: None,
                        mixed: false,
                        cancelled: false,
                    });
                }
                Effect::CancelRun(run) => {
                    if let Some(current) = &mut self.run {
                        assert_eq!(current.number, run);
                        current.cancelled = true;
                    }
                }
                Effect::RecordVerdict {
                    report, files: of, ..
                } => self.record(&report, of),
                Effect::ReadWork(lesson) => {
                    let work = LessonWork {
                        lesson,
                        regions: Ok(Vec::new()),
                        touched: true,
                        tried: false,
                        pieces: Arc::new(Ok(Vec::new())),
                    };
                    self.send(Message::WorkRead(work));
                }
                _ => {}
            }
        }
    }

    /// Records a verdict as the driver does it: only if the files on the disk are still the same.
    fn record(&mut self, report: &CheckReport, of: Fingerprint) {
        if !of.same_contents(self.now()) {
            self.send(Message::FilesChanged(self.now()));
            return;
        }
        assert_eq!(report.outcome(), truth(self.files), "a stale verdict");
        let mut progress = self.model.progress.clone();
        for lesson in &report.lessons {
            progress.note_verdict(&lesson.lesson, lesson.outcome == Outcome::Pass);
        }
        self.send(Message::ProgressRead(progress));
    }

    /// Lets the watcher and the runs catch up.
    fn settle(&mut self) {
        self.apply(WorldEvent::ReportChange);
        for _ in 0..4 {
            self.apply(WorldEvent::BeginReading);
            self.apply(WorldEvent::EndRun { noticed: true });
        }
        assert!(self.run.is_none() && self.model.run.is_idle());
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_stale_verdict_is_recorded_and_no_key_is_lost(
        events in proptest::collection::vec(event(), 1..60)
    ) {
        let mut world = World::new();
        for event in events {
            world.apply(event);
            prop_assert_eq!(world.overlaps, 0);
            // Whatever is shown, a whole verdict or a part, is about the newest known state.
            let known = (0..=world.files).find(|number| files(*number).same_contents(world.model.files));
            for (_, outcome) in results_so_far(&world.model) {
                prop_assert!(world.model.verdict.is_none());
                prop_assert_eq!(Some(outcome), known.map(truth));
            }
            if let Some(verdict) = &world.model.verdict {
                prop_assert!(world.model.run.is_idle());
                if world.model.files.same_contents(world.now()) {
                    prop_assert_eq!(verdict.report.outcome(), truth(world.files));
                }
            }
        }
        world.settle();
        // In the end, the newest state has been checked and recorded.
        let verdict = world.model.verdict.as_ref().map(|verdict| verdict.report.outcome());
        prop_assert_eq!(verdict, Some(truth(world.files)));
        let lesson = world.model.verdict.as_ref().unwrap().report.lessons[0].lesson.clone();
        prop_assert_eq!(world.model.progress.passed(&lesson), truth(world.files) == Outcome::Pass);
    }
}
