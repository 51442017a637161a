//! The client for `run-reference client`. It makes the same calls as the completed client and prints the same lines.
//! Beyond that its calls can be observed, and they can be chosen and made longer.

mod calls;
mod points;
mod script;

pub use calls::{connect, run};
pub use script::{ClientOptions, RPC_OF_NOTES, RPC_OF_POINTS};
