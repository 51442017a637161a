//! The list of all RPCs that the lab knows. A new RPC is a folder, and a line here.

use super::synthetic::{Invention, SyntheticMethod};
use super::{Database, Method};
use crate::messages::Rpc;
use crate::probe::recorder::When;
use crate::probe::script::{Expected, MessageLimits, Step};
use crate::transcript::Transcript;
use crate::verdict::CaseReport;
use crate::verdict::diagnosis::Finding;

/// Gives the list of all RPCs to another macro: for each the name of its folder, which is also its key in a
/// `check.json`, and the type that implements [`Method`].
#[macro_export]
macro_rules! with_all_methods {
    ($macro:ident) => {
        $macro! {
            list_features: ListFeatures,
            record_route: RecordRoute,
            route_chat: RouteChat,
            get_feature: GetFeature,
        }
    };
}

pub use with_all_methods;

/// A [`Method`] without its types, for code that treats all RPCs alike.
pub trait AnyMethod: Sync {
    /// Whether a service may do without it.
    fn is_optional(&self) -> bool;

    /// The plainest call there is, made for its own sake.
    fn plain_call(&self, database: &Database) -> PlainCall;

    /// What a message of the client's is called in a sentence.
    fn request_noun(&self) -> &'static str;

    /// What a client may be waiting for that has to be stopped before it has made a call.
    fn hint_if_never_called(&self) -> Option<&'static str>;

    /// How many messages of a long answer come before the server reads the client's second message.
    fn burst(&self) -> usize;

    /// When the calls of a client are made to fail, each in a run of its own.
    fn failures(&self) -> &'static [When];

    /// What is wrong with what a client has sent in two runs, where it has to choose.
    fn judge_choice(
        &self,
        one: &Transcript,
        other: &Transcript,
        database: &Database,
        at_random: bool,
    ) -> Option<Finding>;

    /// Judges what a server answered to a call that a client made.
    fn judge_answer(
        &self,
        name: &str,
        why: &str,
        database: &Database,
        call: &Transcript,
    ) -> CaseReport;

    /// Invents what a synthetic server answers.
    fn invent(&self, invention: &mut Invention) -> Box<dyn SyntheticMethod>;
}

/// A call that is made for its own sake.
#[derive(Debug, Clone)]
pub struct PlainCall {
    /// What the client does.
    pub steps: Vec<Step>,
    /// What can come.
    pub expected: Expected,
    /// What is a flood.
    pub limits: MessageLimits,
}

impl<M: Method> AnyMethod for M {
    fn is_optional(&self) -> bool {
        M::IS_OPTIONAL
    }

    fn plain_call(&self, database: &Database) -> PlainCall {
        let (steps, expected) = M::plain_call(database);
        PlainCall {
            steps,
            expected,
            limits: M::limits(database),
        }
    }

    fn request_noun(&self) -> &'static str {
        M::REQUEST_NOUN
    }

    fn hint_if_never_called(&self) -> Option<&'static str> {
        M::HINT_IF_NEVER_CALLED
    }

    fn burst(&self) -> usize {
        M::BURST
    }

    fn failures(&self) -> &'static [When] {
        M::FAILURES
    }

    fn judge_choice(
        &self,
        one: &Transcript,
        other: &Transcript,
        database: &Database,
        at_random: bool,
    ) -> Option<Finding> {
        M::judge_choice(one, other, database, at_random)
    }

    fn judge_answer(
        &self,
        name: &str,
        why: &str,
        database: &Database,
        call: &Transcript,
    ) -> CaseReport {
        let case = M::case_of(name, why, database, call);
        M::judge(&case, database, call.clone())
    }

    fn invent(&self, invention: &mut Invention) -> Box<dyn SyntheticMethod> {
        super::synthetic::of::<M>(invention)
    }
}

/// The RPCs that every service must have, in the order of the course.
pub fn required() -> impl Iterator<Item = Rpc> {
    let required = |rpc: &Rpc| !method(*rpc).is_optional();
    Rpc::ALL.into_iter().filter(required)
}

macro_rules! lookup {
    ($( $key:ident: $Method:ident, )+) => {
        /// The method of an RPC. An RPC of the .proto that is missing in the list does not compile.
        pub fn method(rpc: Rpc) -> &'static dyn AnyMethod {
            match rpc {
                $( <super::$key::$Method as Method>::RPC => &super::$key::$Method, )+
            }
        }
    };
}

with_all_methods!(lookup);
