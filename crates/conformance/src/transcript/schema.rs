//! The JSON schema of what the types of a transcript do not say themselves.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use super::{code_name, codes};

/// The name of a gRPC status code: `OK`, `NOT_FOUND`. A transcript holds it as a text.
#[derive(Debug)]
pub struct CodeName;

impl JsonSchema for CodeName {
    fn schema_name() -> Cow<'static, str> {
        "code".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "The name of a gRPC status code.",
            "type": "string",
            "enum": codes().map(code_name).collect::<Vec<_>>(),
        })
    }
}
