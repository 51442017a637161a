//! The learner's folder: where it is, what has been passed, and copies of what was changed.

pub mod changes;
pub mod fingerprint;
pub mod folder;
pub mod progress;
pub mod snapshot;
pub mod work;

pub use fingerprint::Fingerprint;
pub use folder::{Folder, NoFolder};
pub use progress::{Progress, Store, StoreError};
