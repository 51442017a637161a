//! The cases of a lesson, played against a server and judged: those of its file, and drawn ones.

mod play;
mod player;
mod runner;

use futures_util::future::{BoxFuture, FutureExt as _, join_all};

use self::player::PatienceLevel;
pub use self::player::Player;
use self::runner::{CaseRunner, Runner};
use super::Setting;
use crate::course::files;
use crate::guide::cases::{CaseVisitor, CheckFile};
use crate::guide::cause;
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

    /// Plays cases of one RPC all at once, if all have been right one after the other.
    pub async fn play_at_once(&mut self, player: &Player<'_>) {
        join_all(
            self.runners
                .iter_mut()
                .map(|runner| runner.play_at_once(player)),
        )
        .await;
    }

    /// Whether the server has kept a call waiting.
    pub fn was_kept_waiting(&self) -> bool {
        self.runners.iter().any(|runner| runner.was_kept_waiting())
    }

    /// Plays the cases that leave a field unset, which a server may break down at: after all others of
    /// all lessons. `kept_waiting` tells whether the server has kept a call of any lesson waiting: then one that comes to no
    /// end may only wait for that, and says nothing.
    pub async fn play_unset(&mut self, player: &Player<'_>, kept_waiting: bool) {
        for runner in &mut self.runners {
            runner.play_unset(player, kept_waiting).await;
        }
    }

    /// Plays calls that fail in the middle, after all others.
    pub async fn play_damaged(&mut self, player: &Player<'_>) {
        for runner in &mut self.runners {
            runner.play_damaged(player).await;
        }
    }

    /// Names the mistakes.
    pub fn judge(self) -> Vec<CaseReport> {
        let database = &self.setting.database;
        let empty = Database::default();
        let are_right = |database| self.runners.iter().all(|runner| runner.is_right(database));
        // In one RPC, that may have other reasons.
        let has_no_features = self.runners.len() > 1 && !are_right(database) && are_right(&empty);
        let runners = self.runners.into_iter();
        let mut reports: Vec<CaseReport> =
            runners.flat_map(|runner| runner.judge(database)).collect();
        if has_no_features {
            cause::name_missing_features(&mut reports);
        }
        reports
    }
}

/// Makes a call of a lesson whose RPC streams both ways, once the server has begun to answer it lets `inner` happen, and
/// judges the call. None if the lesson has no such case.
pub async fn play_around(
    check: &CheckFile,
    player: &Player<'_>,
    inner: BoxFuture<'_, ()>,
) -> Option<CaseReport> {
    let mut chosen = Chosen(None);
    check.visit(&mut chosen);
    Some(chosen.0?.play(player, inner).await)
}

/// The case of an RPC that streams both ways.
struct Chosen(Option<Box<dyn PlayAround>>);

impl CaseVisitor for Chosen {
    fn visit<M: Method>(&mut self, cases: &[M::Case]) {
        let streams = M::RPC.client_streams() && M::RPC.server_streams();
        let mut cases = cases.iter();
        let case = cases.find(|case| streams && !case.comes_last() && !case.is_long());
        if let (None, Some(case)) = (&self.0, case) {
            self.0 = Some(Box::new(AroundCase::<M>(case.clone())));
        }
    }
}

/// A case of some RPC.
trait PlayAround: Send {
    fn play<'a>(
        self: Box<Self>,
        player: &'a Player<'_>,
        inner: BoxFuture<'a, ()>,
    ) -> BoxFuture<'a, CaseReport>;
}

struct AroundCase<M: Method>(M::Case);

impl<M: Method> PlayAround for AroundCase<M> {
    fn play<'a>(
        self: Box<Self>,
        player: &'a Player<'_>,
        inner: BoxFuture<'a, ()>,
    ) -> BoxFuture<'a, CaseReport> {
        async move {
            let script = player.script_of::<M>(&self.0, PatienceLevel::Normal);
            let (transcript, ()) = player.call_around(&script, inner, &[]).await;
            M::judge(&self.0, player.database(), transcript)
        }
        .boxed()
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
        let (waiting, others) = cases.into_iter().partition(|case| !case.wait().is_zero());
        self.runners
            .push(Box::new(CaseRunner::<M>::new(others, waiting)));
    }
}

/// Whether this is the database that the lessons' cases were written for.
fn is_the_codelabs(database: &Database) -> bool {
    Database::from_json(files::DATABASE).is_ok_and(|own| own.features() == database.features())
}
