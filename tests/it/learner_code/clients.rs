//! Clients that call, read or print otherwise than they should.

use super::variants::check;
use super::{finds, mistakes};
use testkit::outside::where_ports_are_free;
use testkit::{parallel, skipped};

#[test]
fn the_variants_are_made_of_a_client_that_is_right() {
    let lessons = ["8", "9", "10", "11", "12", "try-it-out"];
    check("", &lessons).exits(0);
}

#[test]
fn clients_that_do_not_do_their_part() {
    let _ports = testkit::outside::fixed_ports();
    let rows = vec![
        (
            "call-list-minus-missing",
            "call-list-features",
            "minus-missing",
        ),
        (
            "call-record-nine-points",
            "call-record-route",
            "wrong-point-count",
        ),
        ("call-chat-prints-wrong", "call-route-chat", "prints-wrong"),
        ("call-chat-waits", "call-route-chat", "waits-for-each-reply"),
        // What comes only later.
        (
            "call-chat-waits-for-headers",
            "call-route-chat",
            "waits-for-headers",
        ),
        (
            "call-chat-reads-after-sending",
            "call-route-chat",
            "reads-after-sending",
        ),
        (
            "call-record-awaits-first",
            "call-record-route",
            "awaits-before-sending",
        ),
        (
            "call-record-fills-first",
            "call-record-route",
            "rpc-never-called",
        ),
        // Another route than asked for.
        ("call-record-first-ten", "call-record-route", "same-points"),
        ("call-record-one-place", "call-record-route", "same-point"),
        ("call-record-five-twice", "call-record-route", "few-places"),
        ("call-list-panics-at-error", "call-list-features", "panics"),
        (
            "call-record-each",
            "call-record-route",
            "one-call-per-point",
        ),
        ("connect-https", "create-client", "wrong-scheme"),
        // The three calls.
        ("run-goes-on", "run-client", "goes-on-after-error"),
        ("run-at-once", "run-client", "calls-at-once"),
        ("connect-never", "create-client", "never-connects"),
        // Another wording.
        ("call-chat-alters-note", "call-route-chat", "notes-altered"),
        // A call that is left out.
        ("run-without-chat", "run-client", "rpc-never-called"),
    ];
    parallel(rows, |(variant, lesson, mistake)| {
        finds(variant, lesson, mistake)
    });
    // It sends beside the call, as it must.
    check("call-chat-sends-from-a-task", &["call-route-chat"]).exits(0);
    // Where it panics is the place to change.
    check("call-record-panics", &["call-record-route"])
        .exits(1)
        .says("Your client panicked at start_here/src/client.rs:")
        .says("index out of bounds");
    // A client that sleeps for too long is told so, and how it gets more time.
    check("run-sleeps", &["run-client"])
        .exits(1)
        .says("nothing moved for 3 s.")
        .says("`--timeout 10`");
    check("run-sleeps", &["run-client", "--timeout", "8"]).exits(0);
    // It connects, but only when it calls.
    check("connect-never", &["create-client"])
        .exits(1)
        .says("no connection was opened before it made a call")
        .says("`connect_lazy()` opens no connection before the first call");
    // It connects, whatever happens.
    check("connect-always-ok", &["create-client"])
        .exits(1)
        .says("but your `connect` returns `Ok`");
    // An end in the middle.
    check("call-record-exits", &["call-record-route"])
        .exits(1)
        .says("Your client ended with exit code 7");
    // A client that takes its time is not taken for one that hangs.
    check("call-record-slow", &["call-record-route", "--timeout", "1"]).exits(0);
}

#[test]
fn clients_that_take_no_notice_of_an_error() {
    let rows = vec![
        ("call-list-ignores-error", "call-list-features"),
        ("call-list-ignores-error", "run-client"),
        ("call-record-ignores-error", "call-record-route"),
        ("call-chat-ignores-error", "call-route-chat"),
    ];
    parallel(rows, |(variant, lesson)| {
        finds(variant, lesson, "ignores-error")
    });
    check("call-list-ignores-error", &["call-list-features"])
        .exits(1)
        .says("call-list-features · ListFeatures-fails")
        .says("The server ended ListFeatures with DATA_LOSS: Storm ")
        .says("it ended with exit code 0")
        .says("Looking for features between")
        .says("◀─── DATA_LOSS: Storm ")
        .says("`?` behind each `.await`");
    // It is said, though not with the exit code.
    check("call-list-prints-error", &["call-list-features"])
        .exits(1)
        .says("but ends with exit code 0, as if");
}

#[test]
fn clients_that_do_not_read_or_print_what_comes() {
    let rows = vec![
        // Only the first is read; nothing is read.
        (
            "call-list-stops-after-first",
            "call-list-features",
            "stops-after-first",
        ),
        ("call-chat-never-reads", "call-route-chat", "never-reads"),
        // All is read, and other things are printed or nothing.
        (
            "call-list-prints-wrong",
            "call-list-features",
            "prints-wrong",
        ),
        (
            "call-list-prints-nothing",
            "call-list-features",
            "prints-nothing",
        ),
    ];
    parallel(rows, |(variant, lesson, mistake)| {
        finds(variant, lesson, mistake)
    });
    let rows = vec![
        ("call-list-collects", "prints-at-end"),
        ("call-list-on-stderr", "prints-on-stderr"),
        ("call-list-takes-ten", "exits-early"),
        ("call-list-prints-city", "prints-wrong"),
        ("call-list-prints-short", "prints-wrong"),
        ("call-list-prints-names-once", "prints-once"),
        ("call-list-skips-unnamed", "prints-wrong"),
    ];
    parallel(rows, |(variant, mistake)| {
        finds(variant, "call-list-features", mistake)
    });
    // It reads only what is there at once.
    check("call-list-reads-at-once", &["call-list-features"]).exits(1);
}

#[test]
fn a_client_that_connects_elsewhere() {
    let _ports = testkit::outside::fixed_ports();
    // Where another program has the port, nothing can be seen there.
    match std::net::TcpListener::bind("127.0.0.1:50051") {
        Ok(free) => drop(free),
        Err(error) => return skipped(&format!("127.0.0.1:50051: {error}")),
    }
    let words = ["create-client", "--format", "json"];
    let run = where_ports_are_free(|| check("connect-hard-coded", &words)).exits(1);
    assert_eq!(mistakes(&run, "create-client"), ["address-hard-coded"]);
    where_ports_are_free(|| check("connect-hard-coded", &["create-client"]))
        .exits(1)
        .says("Your client connected to 127.0.0.1:50051, but it was told to connect to");
}
