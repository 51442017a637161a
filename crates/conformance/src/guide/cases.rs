//! The cases of a lesson, as its `check.json` holds them: what is sent, and the streamed answer that is
//! expected. A learner can read the file, and a teacher can change it.

use serde::{Deserialize, Serialize};

use super::production::Requirement;
use super::registry::with_all_methods;
use super::{Case as _, Database, Method};
use crate::messages::Rpc;
use crate::transcript::Transcript;
use crate::verdict::Diagnosis;
use crate::verdict::diagnosis::Finding;
use crate::verdict::proto::{MessageSpec, ServiceSpec};

/// How a lesson is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// The messages are in the learner's .proto.
    Messages,
    /// The service is in the learner's .proto.
    Service,
    /// The crate builds, and every RPC of the service answers.
    GeneratedCode,
    /// The service, hosted by `stage`, passes the cases.
    Methods,
    /// The learner's own server program passes the cases.
    Server,
    /// `connect` reaches a server.
    Connection,
    /// One call of the client, hosted by `stage`, is as expected.
    Call,
    /// The learner's own client program makes all the calls in order.
    Client,
    /// The learner's client talks to the learner's server.
    Together,
    /// A program does what a lesson of part two asks for.
    Requirement,
}

/// Does something with the cases of each RPC of a `check.json`, whatever their type.
pub trait CaseVisitor {
    /// Is called once for each RPC, also for one without cases.
    fn visit<M: Method>(&mut self, cases: &[M::Case]);
}

macro_rules! check_file {
    ($( $key:ident: $Method:ident, )+) => {
        /// A `check.json`. What it holds beside `proves` depends on the proof.
        #[derive(Debug, Clone, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct CheckFile {
            /// How the lesson is proven.
            pub proves: Proof,
            /// The messages that the .proto must hold.
            #[serde(default, skip_serializing_if = "Vec::is_empty")]
            pub messages: Vec<MessageSpec>,
            /// The service that the .proto must hold.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub service: Option<ServiceSpec>,
            $(
                /// Calls of this RPC.
                #[serde(default, skip_serializing_if = "Vec::is_empty")]
                pub $key: Vec<<super::$key::$Method as Method>::Case>,
            )+
            /// Calls that the learner's client must make.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub client: Option<ClientCalls>,
            /// What a lesson of part two asks for.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub requirement: Option<Requirement>,
            /// The case whose call shows best what the lesson is about, once it passes.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub shows: Option<String>,
        }

        impl CheckFile {
            /// A check of this kind that asks for nothing yet.
            pub fn new(proves: Proof) -> CheckFile {
                CheckFile {
                    proves,
                    messages: Vec::new(),
                    service: None,
                    $( $key: Vec::new(), )+
                    client: None,
                    requirement: None,
                    shows: None,
                }
            }

            /// Shows the cases to a visitor, RPC by RPC.
            pub fn visit(&self, visitor: &mut impl CaseVisitor) {
                $( visitor.visit::<super::$key::$Method>(&self.$key); )+
            }
        }

        /// The calls that a client must make.
        #[derive(Debug, Clone, Default, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct ClientCalls {
            $(
                /// What this RPC must be called with; nothing if it need not be called.
                #[serde(default, skip_serializing_if = "Option::is_none")]
                pub $key: Option<<super::$key::$Method as Method>::ClientCall>,
            )+
        }

        impl ClientCalls {
            /// The RPCs that must be called, in the order of the course.
            pub fn rpcs(&self) -> Vec<Rpc> {
                let mut rpcs = Vec::new();
                $( rpcs.extend(self.$key.is_some().then_some(super::$key::$Method::RPC)); )+
                rpcs
            }

            /// These calls, and of other RPCs those of `other`.
            #[must_use]
            pub fn or(self, other: ClientCalls) -> ClientCalls {
                ClientCalls {
                    $( $key: self.$key.or(other.$key), )+
                }
            }

            /// What a client has chosen by itself to send in calls that nothing is asked of.
            #[must_use]
            pub fn or_as_sent(self, calls: &[Transcript]) -> ClientCalls {
                ClientCalls {
                    $(
                        $key: self.$key.or_else(|| {
                            let rpc = super::$key::$Method::RPC;
                            let call = calls.iter().find(|call| call.rpc == rpc)?;
                            super::$key::$Method::client_call_of(call)
                        }),
                    )+
                }
            }

            /// The first thing that is wrong with what a client sent in a call.
            pub fn judge_sent(&self, database: &Database, call: &Transcript) -> Option<Finding> {
                match call.rpc {
                    $(
                        super::$key::$Method::RPC => {
                            let expected = self.$key.as_ref()?;
                            super::$key::$Method::judge_sent(expected, database, call)
                        }
                    )+
                }
            }

            /// What is wrong with all calls of an RPC together.
            pub fn judge_spread(&self, calls: &[&Transcript]) -> Option<Finding> {
                match calls.first()?.rpc {
                    $(
                        super::$key::$Method::RPC => {
                            let expected = self.$key.as_ref()?;
                            super::$key::$Method::judge_spread(expected, calls)
                        }
                    )+
                }
            }

            /// Why a client that had to be stopped has left its side of a call open, if more can be told
            /// than that.
            pub fn why_left_open(&self, call: &Transcript) -> Option<Diagnosis> {
                match call.rpc {
                    $(
                        super::$key::$Method::RPC => {
                            let expected = self.$key.as_ref()?;
                            super::$key::$Method::why_left_open(expected, call)
                        }
                    )+
                }
            }
        }
    };
}

with_all_methods!(check_file);

impl CheckFile {
    /// Reads a `check.json`.
    ///
    /// # Errors
    ///
    /// [`CheckFileError`] says at which line and in which field.
    pub fn from_json(text: &str) -> Result<CheckFile, CheckFileError> {
        let reader = &mut serde_json::Deserializer::from_str(text);
        let check: CheckFile = serde_path_to_error::deserialize(reader).map_err(|error| {
            let field = error.path().to_string();
            let problem = error.into_inner();
            CheckFileError {
                line: problem.line(),
                field,
                problem: problem.to_string(),
            }
        })?;
        if check.asks_for_nothing() {
            return Err(CheckFileError {
                line: 1,
                field: "proves".to_string(),
                problem: "it has no case, so every program would pass".to_string(),
            });
        }
        Ok(check)
    }

    /// Whether there is nothing in it that a program could fail.
    fn asks_for_nothing(&self) -> bool {
        struct Count(usize);
        impl CaseVisitor for Count {
            fn visit<M: Method>(&mut self, cases: &[M::Case]) {
                self.0 += cases.len();
            }
        }
        let mut cases = Count(0);
        self.visit(&mut cases);
        let no_calls = || {
            let calls = self.client.as_ref();
            calls.is_none_or(|calls| calls.rpcs().is_empty())
        };
        match self.proves {
            Proof::Messages => self.messages.is_empty(),
            Proof::Service => self.service.is_none(),
            Proof::Methods | Proof::Server => cases.0 == 0,
            Proof::Call | Proof::Client | Proof::Together => no_calls(),
            Proof::Requirement => {
                let requirement = self.requirement.as_ref();
                requirement.is_none_or(Requirement::asks_for_nothing)
            }
            // These need none: what is asked for is known.
            Proof::GeneratedCode | Proof::Connection => false,
        }
    }

    /// Whether it is about a server as a program, and more is asked of that than what RouteGuide promises.
    pub fn is_about_program(&self) -> bool {
        let requirement = self.requirement.as_ref();
        requirement.is_some_and(Requirement::is_of_program)
    }

    /// The optional RPC that the check is about, if it is about one.
    pub fn optional_rpc(&self) -> Option<Rpc> {
        struct Optional(Option<Rpc>);
        impl CaseVisitor for Optional {
            fn visit<M: Method>(&mut self, cases: &[M::Case]) {
                if M::IS_OPTIONAL && !cases.is_empty() {
                    self.0 = Some(M::RPC);
                }
            }
        }
        let mut optional = Optional(None);
        self.visit(&mut optional);
        optional.0
    }

    /// The RPC of which a case takes longest because its server has to count seconds, and for how many whole seconds
    /// the client waits in it. None if no case waits.
    pub fn longest_wait(&self) -> Option<(Rpc, u64)> {
        struct Longest(Option<(Rpc, u64)>);
        impl CaseVisitor for Longest {
            fn visit<M: Method>(&mut self, cases: &[M::Case]) {
                let seconds = cases.iter().map(|case| case.wait().as_secs()).max();
                let longest = self.0.map_or(0, |(_, seconds)| seconds);
                if let Some(seconds) = seconds.filter(|seconds| *seconds > longest) {
                    self.0 = Some((M::RPC, seconds));
                }
            }
        }
        let mut longest = Longest(None);
        self.visit(&mut longest);
        longest.0
    }
}

/// Why a text is not a `check.json`.
#[derive(Debug, thiserror::Error)]
#[error("{}{problem}", if field == "." { String::new() } else { format!("field `{field}`: ") })]
pub struct CheckFileError {
    /// The line, counted from 1.
    pub line: usize,
    /// The path of the field, such as `list_features[2].request.lo`; `.` is the file as a whole.
    pub field: String,
    /// What is wrong there.
    pub problem: String,
}

/// Whether a number need not be written.
pub(super) fn is_zero(number: &u32) -> bool {
    *number == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_line_and_field() {
        let text = "{\n\"proves\": \"methods\",\n\"list_features\": [\n{\"case\": \"a\", \"why\": \"b\",\n\
                    \"request\": {\"lo\": {\"latitude\": \"north\"}}, \"expect\": []}]}";
        let error = CheckFile::from_json(text).unwrap_err();
        assert_eq!(
            (error.line, error.field.as_str()),
            (5, "list_features[0].request.lo.latitude")
        );
        assert!(error.problem.contains("expected i32"), "{error}");
    }

    #[test]
    fn a_check_that_every_program_passes_is_an_error() {
        for proves in [
            "messages", "service", "methods", "server", "call", "client", "together",
        ] {
            for rest in ["", r#", "client": {}"#] {
                let text = format!(r#"{{"proves": "{proves}"{rest}}}"#);
                let error = CheckFile::from_json(&text).unwrap_err();
                assert!(error.problem.contains("no case"), "{proves}: {error}");
            }
        }
        for proves in ["generated-code", "connection"] {
            let text = format!(r#"{{"proves": "{proves}"}}"#);
            assert!(CheckFile::from_json(&text).is_ok(), "{proves}");
        }
    }

    #[test]
    fn a_misspelt_field_is_not_a_silent_default() {
        let error =
            CheckFile::from_json(r#"{"proves": "methods", "list_featurs": []}"#).unwrap_err();
        assert!(
            error.problem.contains("unknown field `list_featurs`"),
            "{error}"
        );
    }
}
