//! A client that was not written here, in Python: it knows an address, and asks for everything else.

use std::io::BufRead as _;

use crate::server::Server;
use crate::support::python::python;

#[test]
fn a_stranger_finds_out_what_is_offered_and_calls_it() {
    let Some(python) = python() else { return };
    let mut server = Server::start(&["--trace"]);
    let run = python.run("stranger.py", &[&server.addr]).exits(0);
    let said = "\
service grpc.health.v1.Health
service grpc.reflection.v1.ServerReflection
service grpc.reflection.v1alpha.ServerReflection
service routeguide.RouteGuide
rpc ListFeatures routeguide.Rectangle -> stream routeguide.Feature
rpc RecordRoute stream routeguide.Point -> routeguide.RouteSummary
rpc RouteChat stream routeguide.RouteNote -> stream routeguide.RouteNote
health (all) SERVING
health routeguide.RouteGuide SERVING
NoCompression 147
Gzip 147
";
    assert_eq!(run.stdout.replace('\r', ""), said);
    // grpcio shows nobody how an answer was compressed. It always lists gzip, and asks for it by compressing what
    // it sends.
    let mut drawn = String::new();
    while drawn.matches("── ListFeatures: OK").count() < 2 {
        assert!(server.stdout.read_line(&mut drawn).unwrap() > 0, "{drawn}");
    }
    let compressed = drawn.matches("headers grpc-encoding: gzip").count();
    assert_eq!(compressed, 1, "{drawn}");
}
