//! Servers that exist only as the model, for tests.

use proptest::strategy::BoxedStrategy;

use super::{Database, Method};
use crate::messages::Message;

/// A method whose servers can be simulated, right ones and wrong ones.
pub trait Simulated: Method {
    /// How many pairs of its mistakes the matrix tries, and how many of them are found as just these two by the
    /// written cases. Many pairs hide each other: without a filter, no border can be forgotten.
    const PAIRS_AND_FOUND: (usize, usize);

    /// What is observed of a server with these mistakes in these cases.
    fn simulate(
        database: &Database,
        cases: &[Self::Case],
        wrong: &[Self::Mistake],
    ) -> Vec<Self::Observed>;

    /// The messages of the answer; none if it was an error.
    fn answer_of(call: &Self::Observed) -> Option<Vec<Message>>;

    /// The same call with another answer: what there is of its type among these messages.
    fn answered_with(call: Self::Observed, messages: &[Message]) -> Self::Observed;

    /// Any case there can be.
    fn any_case(database: &Database) -> BoxedStrategy<Self::Case>;
}
