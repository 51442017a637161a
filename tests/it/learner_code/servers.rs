//! Server programs: starting, listening, ending.

use super::finds;
use super::variants::check;
use testkit::outside::has_ipv6;

const LESSON: &str = "start-server";

#[test]
fn a_server_that_is_right() {
    check("", &[LESSON]).exits(0);
}

#[test]
fn servers_that_do_not_serve() {
    finds("serve-returns", LESSON, "returned-at-once");
    finds("serve-fails", LESSON, "crashed-at-start");
    check("serve-fails", &[LESSON]).exits(1).says("no luck");
    finds("serve-speaks-http1", LESSON, "not-http2");
    check("serve-elsewhere-and-says-so", &[LESSON, "--timeout", "60"])
        .exits(1)
        .says("; listen on the address you are given,");
    check("serve-silent", &[LESSON])
        .exits(1)
        .says("Your server does not say where it listens.");
}

/// What the lessons before meet on a stage, the learner's own server must meet, too.
#[test]
fn servers_that_cannot_do_with_many_long_or_large_calls() {
    finds("serve-times-out", LESSON, "error-before-data");
    check("serve-times-out", &[LESSON])
        .exits(1)
        .says("Timeout expired")
        .says("`Server::builder()` has a `timeout`");
    check("serve-small-messages", &[LESSON])
        .exits(1)
        .says("start-server · large-messages");
    check("serve-sheds-load", &[LESSON]).exits(1);
}

#[test]
fn a_server_that_listens_elsewhere() {
    check("serve-elsewhere", &[LESSON, "--timeout", "1"])
        .exits(1)
        .says("; listen on the address you are given,");
    finds("serve-elsewhere", LESSON, "port-hard-coded");
}

#[cfg(unix)]
#[test]
fn servers_that_do_not_end_at_ctrl_c() {
    check("serve-ignores-ctrl-c", &[LESSON])
        .exits(1)
        .says("Ctrl-C ended your server with signal 2");
    check("serve-goes-on", &[LESSON, "--timeout", "2"])
        .exits(1)
        .says("Your server keeps running after Ctrl-C.");
    finds("serve-announces-late", LESSON, "announced-late");
}

#[test]
fn servers_that_listen_or_read_where_they_should_not() {
    finds("serve-everywhere", LESSON, "wrong-family");
    if has_ipv6("a server on the loopback of IPv6") {
        finds("serve-other-loopback", LESSON, "wrong-family");
    }
    finds("serve-binds-twice", LESSON, "port-taken");
    finds("serve-relative-database", LESSON, "db-not-found");
}

/// A busy machine starts a right program as late as this. How long to wait for a call has nothing to do with it.
#[test]
fn programs_that_start_late_pass() {
    check("starts-late", &["--all", "--timeout", "2"]).exits(0);
}
