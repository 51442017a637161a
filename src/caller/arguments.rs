//! From the words of a command line to the messages of a call.

use prost_reflect::{DynamicMessage, MessageDescriptor, MethodDescriptor};

use super::json::{self, FieldError, JsonError};

/// The word that stands for standard input.
const STANDARD_INPUT: &str = "-";

/// Where the messages of a call come from.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The command line.
    Messages(Vec<DynamicMessage>),
    /// Standard input: a message in each line, or one in all of it if the RPC takes one.
    StandardInput,
}

/// Why words are not the messages of a call.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ArgumentError {
    /// A word is no message as JSON.
    #[error("message {number} {error}")]
    Json {
        /// Which message it is, counted from 1.
        number: usize,
        /// The word.
        text: String,
        /// Why.
        error: JsonError,
    },
    /// A word sets no field.
    #[error("cannot use `{word}`: {error}")]
    Field {
        /// The word.
        word: String,
        /// Why.
        error: FieldError,
    },
    /// A field is set by two words.
    #[error("`{0}` is set twice")]
    Twice(String),
    /// Some words are JSON, others set a field.
    #[error("`{field}` sets a field, and `{json}` does not")]
    Mixed {
        /// A word that sets a field.
        field: String,
        /// One that does not.
        json: String,
    },
    /// More than one message for an RPC that takes one.
    #[error("{rpc} takes one {message}, and {count} messages are given")]
    TooMany {
        /// The RPC.
        rpc: String,
        /// The type of its request.
        message: String,
        /// How many were given.
        count: usize,
    },
    /// Standard input is named among other words.
    #[error("`-` reads the messages from standard input, and messages are given as well")]
    InputAndMore,
}

/// Reads the words after the name of the RPC: each a message as JSON, or all of them `field=value` of one message, or
/// `-` for standard input. Without any, an RPC that takes one message gets an empty one, and one that takes a stream
/// reads standard input.
///
/// # Errors
///
/// [`ArgumentError`], also if there are more messages than the RPC takes.
pub fn read(words: &[String], method: &MethodDescriptor) -> Result<Input, ArgumentError> {
    let kind = method.input();
    let streams = method.is_client_streaming();
    let messages = match words {
        [] if streams => return Ok(Input::StandardInput),
        [] => vec![DynamicMessage::new(kind)],
        [only] if only == STANDARD_INPUT => return Ok(Input::StandardInput),
        words if words.iter().any(|word| word == STANDARD_INPUT) => {
            return Err(ArgumentError::InputAndMore);
        }
        words => match (
            words.iter().find(|word| is_field(word)),
            words.iter().find(|word| !is_field(word)),
        ) {
            (Some(field), Some(json)) => {
                return Err(ArgumentError::Mixed {
                    field: field.clone(),
                    json: json.clone(),
                });
            }
            (Some(_), None) => vec![of_fields(words, kind)?],
            (None, _) => of_json(words, &kind)?,
        },
    };
    if messages.len() > 1 && !streams {
        return Err(ArgumentError::TooMany {
            rpc: method.name().to_string(),
            message: method.input().name().to_string(),
            count: messages.len(),
        });
    }
    Ok(Input::Messages(messages))
}

/// Whether a word sets a field: a name, or names with dots between them, and `=`.
fn is_field(word: &str) -> bool {
    word.split_once('=').is_some_and(|(path, _)| {
        path.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && path
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.'))
    })
}

fn of_fields(words: &[String], kind: MessageDescriptor) -> Result<DynamicMessage, ArgumentError> {
    let mut message = DynamicMessage::new(kind);
    let mut set = Vec::new();
    for word in words {
        let (path, text) = word.split_once('=').unwrap_or((word, ""));
        let path =
            json::assign(&mut message, path, text).map_err(|error| ArgumentError::Field {
                word: word.clone(),
                error,
            })?;
        if set.contains(&path) {
            return Err(ArgumentError::Twice(path));
        }
        set.push(path);
    }
    Ok(message)
}

fn of_json(
    words: &[String],
    kind: &MessageDescriptor,
) -> Result<Vec<DynamicMessage>, ArgumentError> {
    let numbered = (1..).zip(words);
    let read = numbered.map(|(number, word)| {
        json::read(word, kind).map_err(|error| ArgumentError::Json {
            number,
            text: word.clone(),
            error,
        })
    });
    read.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caller::contract::Contract;

    fn of(rpc: &str, words: &[&str]) -> Result<Vec<String>, String> {
        let method = Contract::course().unwrap().rpc(rpc).unwrap();
        let words: Vec<String> = words.iter().map(|word| (*word).to_string()).collect();
        match read(&words, &method) {
            Ok(Input::Messages(messages)) => Ok(messages
                .iter()
                .map(|message| json::write(message).unwrap())
                .collect()),
            Ok(Input::StandardInput) => Ok(vec!["standard input".to_string()]),
            Err(error) => Err(error.to_string()),
        }
    }

    #[test]
    fn each_word_is_a_message_or_sets_a_field_of_one() {
        let (origin, one) = (
            r#"{"latitude": 0, "longitude": 0}"#,
            r#"{"latitude": 1, "longitude": 0}"#,
        );
        assert_eq!(of("GetFeature", &["{}"]).unwrap(), [origin]);
        assert_eq!(
            of("RecordRoute", &["{}", " {\"latitude\":1} "]).unwrap(),
            [origin, one]
        );
        assert_eq!(of("GetFeature", &["latitude=1"]).unwrap(), [one]);
        assert_eq!(
            of("RecordRoute", &["longitude=0", "latitude=1"]).unwrap(),
            [one]
        );
    }

    #[test]
    fn without_a_word_a_stream_is_read_and_one_message_is_empty() {
        let origin = r#"{"latitude": 0, "longitude": 0}"#;
        assert_eq!(of("GetFeature", &[]).unwrap(), [origin]);
        assert_eq!(
            of("ListFeatures", &[]).unwrap(),
            [r#"{"lo": null, "hi": null}"#]
        );
        assert_eq!(of("RecordRoute", &[]).unwrap(), ["standard input"]);
        assert_eq!(of("RouteChat", &["-"]).unwrap(), ["standard input"]);
        assert_eq!(of("GetFeature", &["-"]).unwrap(), ["standard input"]);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        for (rpc, words, said) in [
            (
                "GetFeature",
                &["{}", "{}"][..],
                "GetFeature takes one Point, and 2 messages are given",
            ),
            (
                "RecordRoute",
                &["latitude=1", "{}"],
                "`latitude=1` sets a field, and `{}` does not",
            ),
            (
                "RecordRoute",
                &["latitude=0", "latitude=0"],
                "`latitude` is set twice",
            ),
            (
                "RecordRoute",
                &["-", "{}"],
                "`-` reads the messages from standard input, and messages are given as well",
            ),
            (
                "RecordRoute",
                &["{}", "{"],
                "message 2 is not valid JSON: it ends in the middle of an object",
            ),
            (
                "GetFeature",
                &["latitude=x"],
                "cannot use `latitude=x`: `latitude` is an int32, a whole number, and \"x\" is not",
            ),
            (
                "GetFeature",
                &["{latitude=1}"],
                "message 1 is not valid JSON: the name of a field must be in double quotation marks",
            ),
        ] {
            assert_eq!(of(rpc, words).unwrap_err(), said);
        }
    }
}
