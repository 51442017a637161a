//! The learner's folder: where it is, what has been passed, and how its files are changed so that nothing
//! is lost.

pub mod changes;
pub mod file;
pub mod fingerprint;
pub mod folder;
pub mod freshness;
pub mod lesson_status;
pub mod lock;
pub mod progress;
pub mod reset;
pub mod rewrite;
pub mod scaffold;
pub mod snapshot;
pub mod solution;
pub mod store;
pub mod undo;
pub mod work;

pub use fingerprint::Fingerprint;
pub use folder::{Folder, NoFolder};
pub use lock::StateLock;
pub use progress::Progress;
pub use rewrite::ChangeError;
pub use store::{Store, StoreError};
