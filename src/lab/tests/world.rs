//! Random sequences of events, in a world that does what it likes.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::checker::Doing;
use crate::lab::run::REWRITTEN;

/// What can happen, in a world where files change whenever they like, news of it comes late, and runs end
/// when they want.
#[derive(Debug, Clone, Copy)]
enum Happening {
    /// The learner saves.
    Save,
    /// Something else stands in the files for a moment, and then the same as before.
    Flicker,
    /// A program writes what stands there already.
    Rewrite,
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
        2 => Just(Happening::Flicker),
        1 => Just(Happening::Rewrite),
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
    before: Option<Fingerprint>,
    /// Whether something else has stood there since, even if it is gone again.
    mixed: bool,
    cancelled: bool,
}

struct World {
    state: State,
    /// What stands in the files.
    files: u64,
    /// How often they were written.
    times: u64,
    going: Option<Going>,
    /// How many runs are to be begun while one is going on: never any.
    overlaps: usize,
}

impl World {
    fn new() -> World {
        let mut world = World {
            state: at(4),
            files: 0,
            times: 0,
            going: None,
            overlaps: 0,
        };
        let effects = world.state.begin();
        world.carry_out(effects);
        world
    }

    fn now(&self) -> Fingerprint {
        Fingerprint::made_up(self.files, self.times)
    }

    /// Something else has stood in the files since the run began, if it has.
    fn mix(&mut self) {
        if let Some(going) = &mut self.going {
            going.mixed |= going.before.is_some();
        }
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Save => {
                self.files += 1;
                self.times += 1;
                self.mix();
            }
            Happening::Flicker => {
                self.times += 1;
                // Not in four runs one after the other: that is where the lab takes it for a program.
                if self.state.rewritten < REWRITTEN {
                    self.mix();
                }
            }
            Happening::Rewrite => self.times += 1,
            Happening::Notice => self.tell(Event::Saved(self.now())),
            Happening::Begin => self.begin(),
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

    fn begin(&mut self) {
        let files = self.now();
        if let Some(going) = &mut self.going
            && going.before.is_none()
        {
            going.before = Some(files);
            let run = going.run;
            self.tell(Event::Began { run, files });
        }
    }

    /// What the run finds: what was read from changing files may look right by chance.
    fn found(&self, mixed: bool) -> Outcome {
        if mixed {
            Outcome::Pass
        } else {
            truth(self.files)
        }
    }

    fn settle(&mut self) {
        // It may have been cancelled, and not have noticed yet.
        if let Some(Going {
            run,
            lesson,
            before: Some(before),
            mixed,
            ..
        }) = self.going
        {
            let mut settled = settled(&self.state, lesson, self.found(mixed), 0, 0);
            (settled.before, settled.now) = (before, self.now());
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
            Some(before) if !(going.cancelled && noticed) => Ended::Judged {
                report: report(&self.state, going.lesson, self.found(going.mixed)),
                before,
                after: self.now(),
                place: None,
            },
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
                        mixed: false,
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
                        regions: Ok(Vec::new()),
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
        if !of.same_contents(self.now()) {
            self.tell(Event::Saved(self.now()));
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
            let known = (0..=world.files).find(|number| files(*number).same_contents(world.state.files));
            for (_, outcome) in so_far(&world.state) {
                prop_assert!(world.state.verdict.is_none());
                prop_assert_eq!(Some(outcome), known.map(truth));
            }
            if let Some(verdict) = &world.state.verdict {
                prop_assert!(world.state.run.is_idle());
                if world.state.files.same_contents(world.now()) {
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
