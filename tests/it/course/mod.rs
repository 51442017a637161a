//! The course: what is handed out, the folder that it is taken in, and the way through it.

mod compiled_once;
mod folder;
mod handed_out;
mod texts;
mod walk_through;
