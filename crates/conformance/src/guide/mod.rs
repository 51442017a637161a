//! What RouteGuide promises, and how a server or a client that breaks a promise is told so.
//!
//! Each RPC has a folder with everything about it: its cases, the model that answers as a right server must
//! and as known mistakes answer, drawn cases, the judgement of a call, the words of each mistake, what a
//! client must send, and what a synthetic server answers. All of that is an implementation of [`Method`].
//! What is the same for every RPC is written once, for any `Method`: the search for the cause ([`cause`]),
//! the judgement of a client ([`client`]), the matrix of mistakes and the properties.
//!
//! Nothing here does I/O, prints or starts anything. A call is described as a script, which is data.

pub mod cases;
pub mod cause;
pub mod client;
pub mod damaged;
pub mod database;
pub mod dialect;
pub mod draw;
pub mod geometry;
pub mod get_feature;
mod json_list;
pub mod list_features;
#[cfg(test)]
mod matrix;
pub mod mistake;
pub mod notes;
pub mod played;
pub mod production;
#[cfg(test)]
mod properties;
pub mod record_route;
pub mod registry;
pub mod route_chat;
#[cfg(test)]
mod simulated;
pub mod synthetic;

use std::fmt::Debug;
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;

use self::cause::{Disturbance, Explanation, MistakeText};
pub use self::database::Database;
use self::draw::Draw;
use self::mistake::Mistake;
use self::played::Played;
use self::synthetic::{Conversation, Invention, Length};
use crate::messages::Rpc;
use crate::probe::recorder::When;
use crate::probe::script::{Expected, MessageLimits, Step};
use crate::transcript::Transcript;
use crate::verdict::diagnosis::Finding;
use crate::verdict::{CaseReport, Diagnosis};

/// What a lesson's `check.json` calls a case: one call that is made of a server, with the answer that the
/// model gives.
pub trait Case: Clone + Debug + Send + Sync + Serialize + DeserializeOwned + 'static {
    /// Its name, unique in the lesson.
    fn name(&self) -> &str;

    /// Whether a message that it sends leaves a message field unset. The field reads as its default, but a
    /// server may also refuse it.
    fn leaves_a_field_unset(&self) -> bool;

    /// Whether all other cases must be over before it: what it does may bring a server down, or keep others
    /// waiting.
    fn comes_last(&self) -> bool {
        self.leaves_a_field_unset()
    }

    /// Whether it is a call of hundreds of messages, which is made only if all shorter ones are right: where one of them
    /// is wrong, it would only show the same.
    fn is_long(&self) -> bool {
        false
    }

    /// For how long the client only waits. Such a case may be played beside others.
    fn wait(&self) -> Duration {
        Duration::ZERO
    }

    /// How long before a whole second of the system's clock it begins, at the least and at the most, if that matters. It
    /// does not matter to a right server.
    fn begins_before_a_second(&self) -> Option<[Duration; 2]> {
        None
    }

    /// The same case, with the model's answer from another database.
    #[must_use]
    fn answered_from(self, database: &Database) -> Self;

    /// Smaller cases of the same kind, the smallest first, each with the answer of the model.
    fn smaller(&self, database: &Database) -> Vec<Self>;

    /// What the client does in the call.
    fn steps(&self) -> Vec<Step>;

    /// What can come in a call that is right.
    fn expected(&self) -> Expected;

    /// What the client does in a call that is made before, to leave something behind; nothing if there is no
    /// such call.
    fn earlier_call(&self) -> Vec<Step> {
        Vec::new()
    }

    /// Calls that are cancelled before this one, if there are any.
    fn cancelled(&self) -> Option<CancelledCalls> {
        None
    }

    /// The same steps in two parts, if a plain call of the same RPC is to come and go between them.
    fn around_a_plain_call(&self) -> Option<[Vec<Step>; 2]> {
        None
    }

    /// The call beside which this one is made, if there is one.
    fn beside(&self, _database: &Database) -> Option<OpenCall<Self>> {
        None
    }
}

/// Calls that a client begins and cancels.
#[derive(Debug, Clone)]
pub struct CancelledCalls {
    /// How many.
    pub count: u32,
    /// What the client does in each, up to the cancellation.
    pub steps: Vec<Step>,
}

/// A call that is open while the call of another case comes and goes.
#[derive(Debug, Clone)]
pub struct OpenCall<C> {
    /// The open call as a case of its own.
    pub case: C,
    /// What the client does before the other call begins.
    pub first: Vec<Step>,
    /// What the client does after the other call has ended.
    pub rest: Vec<Step>,
}

/// An RPC of the guide: everything that the lab knows about it. A type implements it in the folder of the
/// RPC, and [`registry`] lists all of them.
pub trait Method: Copy + Debug + Send + Sync + 'static {
    /// The RPC.
    const RPC: Rpc;

    /// Whether a service may do without it: it is not part of the codelab.
    const IS_OPTIONAL: bool = false;

    /// The cases of a server.
    type Case: Case;

    // Which cases there are.

    /// How many cases are drawn at random in a check.
    const RANDOM_CASES: usize = 10;

    /// Draws cases at random.
    fn random(draw: &mut Draw<'_>, count: usize) -> Vec<Self::Case>;

    /// The cases for a database other than the codelab's: those of a lesson, answered anew, and others that
    /// are made for the features of that database.
    fn for_other_features(written: Vec<Self::Case>, draw: &mut Draw<'_>) -> Vec<Self::Case>;

    // How a server is called.

    /// How many messages and bytes more than can be right are a flood.
    fn limits(database: &Database) -> MessageLimits;

    /// The plainest call there is, made for its own sake: the steps of the client, and what can come.
    fn plain_call(database: &Database) -> (Vec<Step>, Expected);

    /// For a server that has left a call without an end: a case, and the steps that show whether it reads
    /// what the client sends.
    fn reading_test(_draw: &mut Draw<'_>) -> Option<(Self::Case, Vec<Step>)> {
        None
    }

    /// Cases that are made only where [`Method::needs_follow_up`] says so: they tell mistakes apart that look the same in
    /// the others.
    fn follow_up(_database: &Database) -> Vec<Self::Case> {
        Vec::new()
    }

    /// Whether what was found so far may have several causes that only further cases tell apart.
    fn needs_follow_up(_played: &[Played<Self::Case>]) -> bool {
        false
    }

    /// Whether a call that is right says little, since the machine was too busy for it to go as it was planned.
    fn says_little(_case: &Self::Case, _report: &CaseReport) -> bool {
        false
    }

    /// The steps of the same case with more time, if all that was wrong may come from a clock that started late on a
    /// busy machine; in two parts, between which a plain call of the same RPC may come and go. Of several such calls, each
    /// must be right.
    fn with_more_time(_case: &Self::Case, _report: &CaseReport) -> Vec<[Vec<Step>; 2]> {
        Vec::new()
    }

    // How a call is judged for itself.

    /// Compares what happened with what is expected.
    fn judge(case: &Self::Case, database: &Database, transcript: Transcript) -> CaseReport;

    /// What is found where a call waited while another was open, and passes alone.
    fn blocked_by_open_call() -> Diagnosis {
        Diagnosis::new(
            "While another call is open, this one gets no answer; it passes when run alone.",
        )
    }

    /// The case that a client has made of a call, by what it sent.
    fn case_of(name: &str, why: &str, database: &Database, call: &Transcript) -> Self::Case;

    // From all calls to the mistake behind them.

    /// The known mistakes of a server.
    type Mistake: Mistake;

    /// Sets of more than two mistakes that people make together.
    const BUNDLES: &'static [&'static [Self::Mistake]] = &[];

    /// A call as far as the model can reproduce it.
    type Observed: Clone + Debug + Send;

    /// Whether a call may be answered by what the calls before it have left.
    const ORDER_MATTERS: bool = false;

    /// The message field that a case may leave unset, as it is called in a sentence.
    const OPTIONAL_FIELD: &'static str = "a message field";

    /// What to do about a call that goes wrong where that field is unset.
    const OPTIONAL_FIELD_HINT: &'static str = "A message field can be absent, and reads as its default then. (To refuse it \
         with INVALID_ARGUMENT is accepted, too.)";

    /// What the model can reproduce of a case that was played; none if it broke off, never ended, or may be
    /// refused.
    fn observed(played: &Played<Self::Case>) -> Option<Self::Observed>;

    /// The same of the calls that were made before it.
    fn observed_before(_played: &Played<Self::Case>) -> Vec<Self::Observed> {
        Vec::new()
    }

    /// Whether a server with these mistakes, and no other, would have answered this call just so, if it had
    /// been the only one.
    fn is_answered_by(database: &Database, call: &Self::Observed, wrong: &[Self::Mistake]) -> bool;

    /// Whether a server with these mistakes, and no other, would have answered all calls just so.
    fn reproduces(database: &Database, calls: &[Self::Observed], wrong: &[Self::Mistake]) -> bool {
        let mut calls = calls.iter();
        calls.all(|call| Self::is_answered_by(database, call, wrong))
    }

    /// Whether the calls can say anything about a mistake of the model.
    fn can_be_explained(_calls: &[Self::Observed]) -> bool {
        true
    }

    /// Whether the model takes so long that only single mistakes are tried.
    fn is_costly(_database: &Database) -> bool {
        false
    }

    /// A cause that the general search does not find.
    fn further_search(
        _database: &Database,
        _calls: &[Self::Observed],
    ) -> Option<cause::Cause<Self::Mistake>> {
        None
    }

    /// What explains the calls: known mistakes, or something that no list has.
    fn explain(
        database: &Database,
        calls: &[Self::Observed],
    ) -> Option<Explanation<Self::Mistake>> {
        cause::find::<Self>(database, calls).map(Explanation::Mistakes)
    }

    /// Whether a call that others may have disturbed shows all the same that not these mistakes were made.
    fn is_contradicted_by(
        _database: &Database,
        _call: &Self::Observed,
        _made: &[Self::Mistake],
    ) -> bool {
        false
    }

    /// How much calls of a case may be disturbed by others.
    fn disturbance(_case: &Self::Case) -> Disturbance {
        Disturbance::None
    }

    // What is said of a mistake.

    /// The words for a mistake.
    fn message(mistake: Self::Mistake) -> MistakeText;

    /// The words for a cause.
    fn describe(cause: &cause::Cause<Self::Mistake>) -> Diagnosis {
        cause.diagnosis(Self::message)
    }

    /// Shows in each failed case what the mistakes that were made have to do with it, and adds to the
    /// diagnosis what only the cases together show. `counts` tells the cases that the cause explains.
    fn show_evidence(
        _played: &mut [Played<Self::Case>],
        _made: &[Self::Mistake],
        _counts: &dyn Fn(&Played<Self::Case>) -> bool,
        diagnosis: Diagnosis,
    ) -> Diagnosis {
        diagnosis
    }

    /// How badly a case shows the mistakes that were made: how many mistakes would have led to just this
    /// call.
    fn ambiguity(
        database: &Database,
        _played: &Played<Self::Case>,
        call: &Self::Observed,
        _made: &[Self::Mistake],
    ) -> usize {
        cause::ambiguity::<Self>(database, call)
    }

    /// Names what can be told before the cause is looked for.
    fn before_search(_played: &mut [Played<Self::Case>]) {}

    /// Names what can be told once the cause has been looked for.
    fn after_search(_played: &mut [Played<Self::Case>]) {}

    // How a client is checked.

    /// What a message of the client's is called in a sentence.
    const REQUEST_NOUN: &'static str;

    /// What a client must send, as a `check.json` says it.
    type ClientCall: Clone + Debug + Send + Sync + Serialize + DeserializeOwned + 'static;

    /// When the calls of a client are made to fail, each in a run of its own.
    const FAILURES: &'static [When];

    /// The first thing that is wrong with what a client sent.
    fn judge_sent(
        expected: &Self::ClientCall,
        database: &Database,
        call: &Transcript,
    ) -> Option<Finding>;

    /// What is wrong with all calls of a client together, where it has spread over several what belongs into one.
    fn judge_spread(_expected: &Self::ClientCall, _calls: &[&Transcript]) -> Option<Finding> {
        None
    }

    /// What is wrong with what a client has sent in two runs, where it has to choose. `one` and `other` are right calls,
    /// each for itself; `at_random` tells whether it has to choose anew each time.
    fn judge_choice(
        _one: &Transcript,
        _other: &Transcript,
        _database: &Database,
        _at_random: bool,
    ) -> Option<Finding> {
        None
    }

    /// What a client has chosen by itself to send, where it may choose.
    fn client_call_of(_call: &Transcript) -> Option<Self::ClientCall> {
        None
    }

    /// What a client may be waiting for that has to be stopped before it has made a call.
    const HINT_IF_NEVER_CALLED: Option<&'static str> = None;

    /// Why a client that had to be stopped has left its side open, if more can be told than that.
    fn why_left_open(_expected: &Self::ClientCall, _call: &Transcript) -> Option<Diagnosis> {
        None
    }

    /// What the synthetic server answers in all calls of one check.
    type Synthetic: Debug + Send + Sync + 'static;

    /// How many messages of a long answer come before the server reads the client's second message.
    const BURST: usize = 0;

    /// Invents the answers.
    fn invent(invention: &mut Invention) -> Self::Synthetic;

    /// Begins to answer one call.
    fn converse(answers: &std::sync::Arc<Self::Synthetic>, length: Length)
    -> Box<dyn Conversation>;
}
