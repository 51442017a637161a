//! The learner's client and server, end to end.

use super::finds;
use super::variants::check;

const LESSON: &str = "try-it-out";

#[test]
fn a_client_and_a_server_that_do_not_get_along() {
    check("", &[LESSON]).exits(0);
    // The texts of the replies stand on the output, but only as what was sent.
    finds("call-chat-prints-wrong", LESSON, "prints-wrong");
    check("record-counts-features-twice", &[LESSON])
        .exits(1)
        .says("`feature_count` is 20, but for this route of 10 points it must be 10.");
    // Whatever the learner's own server does: another one begins later.
    finds("call-chat-waits-for-headers", LESSON, "waits-for-headers");
    finds("record-exits", LESSON, "dies-between-calls");
    check("record-hangs", &[LESSON, "--timeout", "2"])
        .exits(1)
        .says("and then nothing moved any more");
}
