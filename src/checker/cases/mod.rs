//! The cases of a lesson, played against a server and judged: those of its file, and drawn ones.

mod play;
mod player;
mod runner;

use futures_util::future::join_all;

pub use self::player::Player;
use self::runner::{CaseRunner, Runner};
use super::Setting;
use crate::course::files;
use crate::guide::cases::{CaseVisitor, CheckFile};
use crate::guide::draw::Draw;
use crate::guide::{Case as _, Database, Method};
use crate::messages::Rpc;
use crate::verdict::CaseReport;

/// What becomes of the RPCs that a lesson about an optional RPC has cases for beside it, to see that they still
/// work. They have lessons of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bystanders {
    /// Their cases are played as they are written.
    AsWritten,
    /// They are left out: the lessons of their own are checked on the same server, and a server that is wrong
    /// there has not failed this lesson.
    LeftOut,
}

/// The cases of a lesson, while they are being played.
pub struct Cases<'a> {
    setting: &'a Setting,
    /// Those of each RPC that the lesson has cases for.
    runners: Vec<Box<dyn Runner>>,
}

impl<'a> Cases<'a> {
    /// Takes the cases of a lesson, and draws others for the RPCs that it is about.
    pub fn of(setting: &'a Setting, check: &CheckFile, bystanders: Bystanders) -> Cases<'a> {
        let mut all = All {
            setting,
            is_the_codelabs: is_the_codelabs(&setting.database),
            about: check.optional_rpc(),
            bystanders,
            runners: Vec::new(),
        };
        check.visit(&mut all);
        Cases {
            setting,
            runners: all.runners,
        }
    }

    /// Plays all cases but those that come last. The RPCs run side by side, the calls of one RPC one after the
    /// other; cases that only wait go beside them. A player makes no more than four calls at once.
    pub async fn play(&mut self, player: &Player<'_>) {
        join_all(self.runners.iter_mut().map(|runner| runner.play(player))).await;
    }

    /// Plays the cases that come last, one after the other, once no other call is open: what they do may keep
    /// other calls waiting or, if the server is wrong, bring it down. Before them, random cases that show what
    /// no other case does are made smaller, and a server that has left a call unanswered gets one that shows
    /// whether it reads at all.
    pub async fn play_last(&mut self, player: &Player<'_>) {
        for runner in &mut self.runners {
            runner.test_reading(player).await;
        }
        for runner in &mut self.runners {
            runner.shrink(player).await;
        }
        for runner in &mut self.runners {
            runner.play_last(player).await;
        }
    }

    /// Plays the cases that leave a field unset, which a server may break down at: after all others of
    /// all lessons.
    pub async fn play_unset(&mut self, player: &Player<'_>) {
        for runner in &mut self.runners {
            runner.play_unset(player).await;
        }
    }

    /// Names the mistakes.
    pub fn judge(self) -> Vec<CaseReport> {
        let database = &self.setting.database;
        let runners = self.runners.into_iter();
        runners.flat_map(|runner| runner.judge(database)).collect()
    }
}

/// Makes a runner of the cases of each RPC.
struct All<'a> {
    setting: &'a Setting,
    is_the_codelabs: bool,
    /// The optional RPC that the lesson is about, if it is about one.
    about: Option<Rpc>,
    bystanders: Bystanders,
    runners: Vec<Box<dyn Runner>>,
}

impl CaseVisitor for All<'_> {
    fn visit<M: Method>(&mut self, cases: &[M::Case]) {
        let is_bystander = self.about.is_some_and(|rpc| rpc != M::RPC);
        if cases.is_empty() || is_bystander && self.bystanders == Bystanders::LeftOut {
            return;
        }
        let mut draw = Draw::new(&self.setting.database, self.setting.seed);
        let mut cases = cases.to_vec();
        if !self.is_the_codelabs {
            // What the file expects is about the codelab's features.
            cases = M::for_other_features(cases, &mut draw);
        }
        if !is_bystander {
            cases.extend(M::random(&mut draw, M::RANDOM_CASES));
        }
        let (waiting, others) = cases.into_iter().partition(|case| case.wait_seconds() > 0);
        self.runners
            .push(Box::new(CaseRunner::<M>::new(others, waiting)));
    }
}

/// Whether this is the database that the lessons' cases were written for.
fn is_the_codelabs(database: &Database) -> bool {
    Database::from_json(files::DATABASE).is_ok_and(|own| own.features() == database.features())
}
