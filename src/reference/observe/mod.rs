//! Observing calls: a tower layer for tonic's server, and for a client's channel. It reports to observers what
//! happens in each call, and can delay the messages so that people can follow them. It does not change the
//! streams. Without this layer, observation costs nothing.

mod deadline;
mod layer;
mod observed_body;
mod observed_call;
pub mod observer;
#[cfg(test)]
mod tests;

pub use layer::ObserveLayer;
