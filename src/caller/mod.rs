//! Calling one RPC by hand: a contract to look names up in, messages from the command line, the call, and what comes
//! back as JSON. All of it works on descriptors, so that the contract may be the course's, the learner's or the server's.

pub mod arguments;
pub mod call;
pub mod contract;
pub mod describe;
pub mod json;
pub mod reflection;
