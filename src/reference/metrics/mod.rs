//! Metrics of the calls for Prometheus: an observer that counts, and a page that shows the counts.

mod counts;
mod labels;
mod page;
#[cfg(test)]
mod tests;

pub use counts::Metrics;
pub use page::serve;
