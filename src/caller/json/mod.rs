//! Messages as JSON, by the JSON mapping of proto3: field names as in the .proto or in camelCase. Well-known types have no
//! form of their own here: they are written as the messages that they are.

mod fields;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use fields::{FieldError, assign};
pub use read::{JsonError, read};
pub use write::{example, write};
