//! What was seen of a client, for the lessons of part two.

use super::ClientRun;
use super::mentions::mentions;
use super::printed::Printed;
use crate::messages::Rpc;
use crate::transcript::{Status, Transcript};
use crate::verdict::{Diagnosis, quote};

impl ClientRun {
    /// The calls of an RPC, in the order in which they began.
    pub fn calls_of(&self, rpc: Rpc) -> impl Iterator<Item = &Transcript> {
        self.recording
            .calls
            .iter()
            .filter(move |call| call.rpc == rpc)
    }

    /// Why there is no call of an RPC.
    pub fn not_called(&self, rpc: Rpc) -> Diagnosis {
        self.panic()
            .unwrap_or_else(|| match self.recording.connections {
                0 => self.never_connects(),
                _ => self.never_called(rpc, true),
            })
    }

    /// Where the client panicked, if it did.
    pub fn why_panicked(&self) -> Option<Diagnosis> {
        self.panic()
    }

    /// Why the client failed where nothing should have: that it panicked, or else this, with what it wrote last.
    pub fn why_failed(&self, otherwise: Diagnosis) -> Diagnosis {
        self.why_panicked()
            .unwrap_or_else(|| otherwise.quoting(self.last_said()))
    }

    /// The first name or text of an answer that the client has not printed.
    pub fn not_printed(&self, call: &Transcript) -> Option<String> {
        let printed = Printed::of(self, call);
        Some(printed.first_missing()?.text.clone())
    }

    /// How many messages of an answer the client has printed something of.
    pub fn count_printed(&self, call: &Transcript) -> usize {
        Printed::of(self, call).count()
    }

    /// Whether the client speaks of an error, in words that it did not use when all went well.
    pub fn speaks_of(&self, error: &Status, when_well: &ClientRun) -> bool {
        mentions(error, &when_well.said, &self.said)
    }

    /// The lines that it wrote, on both outputs, and did not write when all went well.
    pub fn new_lines<'a>(&'a self, when_well: &'a ClientRun) -> impl Iterator<Item = &'a str> {
        let known = |line: &&str| when_well.said.lines().any(|other| other == *line);
        self.said.lines().filter(move |line| !known(line))
    }

    /// What to quote of the last lines that it wrote, on both outputs.
    pub fn last_said(&self) -> String {
        quote::of(&self.said)
    }
}
