//! What RouteGuide promises, as pure code: the model that answers as a right server
//! must, the cases that a lesson is checked with, and random ones.
//!
//! Nothing here does I/O, prints or starts anything.

pub mod case;
pub mod cases;
pub mod database;
pub mod geometry;
mod list;
pub mod model;
pub mod notes;
pub mod random;
pub mod shrink;

pub use case::Case;
pub use database::Database;
