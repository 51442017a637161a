//! The cases of a lesson, as its `check.json` holds them: what is sent, and the streamed answer that
//! is expected. A learner can read the file, and a teacher can change it.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::messages::{Feature, Point, Rectangle, RouteNote, RouteSummary, Rpc};
use crate::verdict::proto::{MessageSpec, ServiceSpec};

/// How a lesson is proven.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// The messages stand in the learner's .proto.
    Messages,
    /// The service stands in the learner's .proto.
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
}

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
    /// Calls of ListFeatures.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub list_features: Vec<ListFeaturesCase>,
    /// Calls of RecordRoute.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub record_route: Vec<RecordRouteCase>,
    /// Calls of RouteChat.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub route_chat: Vec<RouteChatCase>,
    /// Calls that the learner's client must make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientCalls>,
}

/// One call of ListFeatures.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ListFeaturesCase {
    /// Its name, unique in the lesson.
    pub case: String,
    /// What it is there to find out.
    pub why: String,
    /// How many calls are cancelled before this one, each after its first feature.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after_cancelled: u32,
    /// The rectangle asked for.
    pub request: Rectangle,
    /// The features to come, in any order.
    pub expect: Vec<Feature>,
}

/// One call of RecordRoute.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordRouteCase {
    /// Its name, unique in the lesson.
    pub case: String,
    /// What it is there to find out.
    pub why: String,
    /// The points to send.
    pub send: Vec<Point>,
    /// How many whole seconds the client lets pass before it half-closes.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub wait_seconds: u32,
    /// The summary to come.
    pub expect: RouteSummary,
}

fn is_zero(number: &u32) -> bool {
    *number == 0
}

/// One call of RouteChat.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteChatCase {
    /// Its name, unique in the lesson.
    pub case: String,
    /// What it is there to find out.
    pub why: String,
    /// Notes that an earlier call left, which this call must not see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub earlier_call: Vec<RouteNote>,
    /// Notes of another call, which stays open beside this one until this one has ended.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside_open_call: Vec<RouteNote>,
    /// Notes of another call, which comes and goes before the last note of this one. The lab makes such cases
    /// of those beside an open call; files do not hold them.
    #[serde(skip)]
    pub around_another_call: Vec<RouteNote>,
    /// How many calls are cancelled before this one, each after its first reply.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub after_cancelled: u32,
    /// The notes to send, one after the other, each with the replies that must come before the next.
    pub turns: Vec<Turn>,
}

/// One note, and the replies to it.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Turn {
    /// The note to send.
    pub send: RouteNote,
    /// The replies to come, in this order.
    pub expect: Vec<RouteNote>,
}

/// The calls that a client must make.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientCalls {
    /// The rectangle that ListFeatures must be called with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub list_features: Option<Rectangle>,
    /// How many points RecordRoute must be sent, each the place of a feature in the database.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub record_route: Option<usize>,
    /// The notes that RouteChat must be sent, in this order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route_chat: Option<Vec<RouteNote>>,
}

impl ClientCalls {
    /// The RPCs that must be called, in the order of the course.
    pub fn rpcs(&self) -> Vec<Rpc> {
        let wanted = |rpc: &Rpc| match rpc {
            Rpc::ListFeatures => self.list_features.is_some(),
            Rpc::RecordRoute => self.record_route.is_some(),
            Rpc::RouteChat => self.route_chat.is_some(),
        };
        Rpc::ALL.into_iter().filter(wanted).collect()
    }
}

impl CheckFile {
    /// Reads a `check.json`.
    ///
    /// # Errors
    ///
    /// [`CheckFileError`] says at which line and in which field.
    pub fn from_json(text: &str) -> Result<CheckFile, CheckFileError> {
        let reader = &mut serde_json::Deserializer::from_str(text);
        serde_path_to_error::deserialize(reader).map_err(|error| {
            let field = error.path().to_string();
            let problem = error.into_inner();
            CheckFileError {
                line: problem.line(),
                field,
                problem: problem.to_string(),
            }
        })
    }

    /// How many whole seconds the longest of the routes lasts that are held open to see a server count them.
    pub fn paced_seconds(&self) -> u32 {
        let seconds = self.record_route.iter().map(|case| case.wait_seconds);
        seconds.max().unwrap_or(0)
    }
}

/// Why a text is no `check.json`.
#[derive(Debug)]
pub struct CheckFileError {
    /// The line, counted from 1.
    pub line: usize,
    /// The path of the field, such as `list_features[2].request.lo`; `.` is the file as a whole.
    pub field: String,
    /// What is wrong there.
    pub problem: String,
}

impl fmt::Display for CheckFileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.field.as_str() {
            "." => write!(f, "{}", self.problem),
            field => write!(f, "field `{field}`: {}", self.problem),
        }
    }
}

impl std::error::Error for CheckFileError {}

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
    fn a_misspelt_field_is_no_silent_default() {
        let error =
            CheckFile::from_json(r#"{"proves": "methods", "list_featurs": []}"#).unwrap_err();
        assert!(
            error.problem.contains("unknown field `list_featurs`"),
            "{error}"
        );
    }
}
