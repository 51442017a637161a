//! Clients that know nothing but an address, and ask for everything else.

use std::io::BufRead as _;

use tonic_reflection::pb::v1::ServerReflectionRequest;
use tonic_reflection::pb::v1::server_reflection_client::ServerReflectionClient;
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;

use testkit::python::python;
use testkit::reference::Server;

#[tokio::test]
async fn it_is_told_what_is_offered() {
    let server = Server::start(&[]);
    let mut client = ServerReflectionClient::new(server.channel().await);
    let question = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(MessageRequest::ListServices(String::new())),
    };
    let answers = client
        .server_reflection_info(tokio_stream::once(question))
        .await
        .unwrap();
    let answer = answers.into_inner().message().await.unwrap().unwrap();
    let Some(MessageResponse::ListServicesResponse(list)) = answer.message_response else {
        panic!("{answer:?}");
    };
    assert!(
        list.service
            .iter()
            .any(|service| service.name == "routeguide.RouteGuide")
    );
}

/// One that was not written here.
#[test]
fn one_in_python_finds_out_what_is_offered_and_calls_it() {
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
rpc GetFeature routeguide.Point -> routeguide.Feature
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
