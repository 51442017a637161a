//! The learner's client and server, end to end.

use super::{CLIENT, SERVER, finds};
use crate::support::Lab;

#[test]
fn a_client_and_a_server_that_do_not_get_along() {
    let lab = Lab::new("wrong-together");
    lab.solve_up_to("run-client");
    lab.run(["check", "try-it-out"]).exits(0);

    // The texts of the replies stand on the output, but only as what was sent.
    lab.edit(CLIENT, |text| {
        text.replace("reply.message, place", "\"a reply\", place")
    });
    finds(&lab, "try-it-out", "prints-wrong");
    lab.solve("call-route-chat");

    lab.edit(SERVER, |text| {
        text.replace("summary.feature_count += 1;", "summary.feature_count += 2;")
    });
    lab.run(["check", "try-it-out"])
        .exits(1)
        .says("`feature_count` is 20, but for this route of 10 points it must be 10.");
    lab.solve("record-route");

    lab.edit(SERVER, |text| {
        text.replace(
            "let mut summary =",
            "std::process::exit(3);\n        let mut summary =",
        )
    });
    finds(&lab, "try-it-out", "dies-between-calls");
    lab.solve("record-route");

    lab.edit(SERVER, |text| {
        text.replace(
            "let mut summary =",
            "std::future::pending::<()>().await;\n        let mut summary =",
        )
    });
    let run = lab.run(["check", "try-it-out", "--timeout", "2"]).exits(1);
    run.says("and then nothing moved any more");
}
