//! Starting programs, and never leaving one behind.

pub mod cargo;
pub mod child;
pub mod files;
pub mod group;
pub mod output;
pub mod port;

pub use child::{Launch, Running};
