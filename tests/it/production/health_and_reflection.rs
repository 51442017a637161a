//! A server with the standard services beside its own.

use std::sync::Arc;

use testkit::guide::{Guide, RUNTIME, Replies};
use testkit::outside::check;
use testkit::parallel;
use tonic::service::Routes;
use tonic::{Request, Response, Status};
use tonic_health::ServingStatus;
use tonic_health::pb::health_check_response::ServingStatus as Wire;
use tonic_health::pb::health_server::{Health, HealthServer};
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use super::{assert_named, python_servers};

const LESSON: &str = "health-and-reflection";
const SERVICE: &str = "routeguide.RouteGuide";

/// Adds health, in which these names have these statuses.
fn healthy(names: &[(&str, ServingStatus)]) -> impl Fn(Routes) -> Routes + use<> {
    let (reporter, service) = tonic_health::server::health_reporter();
    let reporting = async {
        for (name, status) in names {
            reporter.set_service_status(name, *status).await;
        }
    };
    RUNTIME.block_on(reporting);
    move |routes| routes.add_service(service.clone())
}

/// Adds reflection with these descriptors.
fn reflects(descriptors: &'static [u8]) -> impl Fn(Routes) -> Routes {
    move |routes| {
        let builder = tonic_reflection::server::Builder::configure();
        let builder = builder.register_encoded_file_descriptor_set(descriptors);
        routes.add_service(builder.build_v1().unwrap())
    }
}

const RIGHT: [(&str, ServingStatus); 2] = [
    ("", ServingStatus::Serving),
    (SERVICE, ServingStatus::Serving),
];

/// What is said of a name.
type Says = dyn Fn(&str) -> Result<Wire, Status> + Send + Sync;

/// A health service that answers with these.
#[derive(Clone)]
struct Own {
    check: Arc<Says>,
    watch: Arc<Says>,
}

fn answer(status: Wire) -> HealthCheckResponse {
    HealthCheckResponse {
        status: status.into(),
    }
}

#[tonic::async_trait]
impl Health for Own {
    type WatchStream = Replies<HealthCheckResponse>;

    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        let status = (self.check)(&request.get_ref().service)?;
        Ok(Response::new(answer(status)))
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<Self::WatchStream>, Status> {
        let status = (self.watch)(&request.get_ref().service)?;
        let first = tokio_stream::once(Ok(answer(status)));
        let open = tokio_stream::StreamExt::chain(first, tokio_stream::pending());
        Ok(Response::new(Box::pin(open)))
    }
}

/// What a right health service says.
fn says(name: &str) -> Result<Wire, Status> {
    match name {
        "" | SERVICE => Ok(Wire::Serving),
        _ => Err(Status::not_found("")),
    }
}

fn own(
    check: impl Fn(&str) -> Result<Wire, Status> + Send + Sync + 'static,
    watch: impl Fn(&str) -> Result<Wire, Status> + Send + Sync + 'static,
) -> impl Fn(Routes) -> Routes {
    let own = Own {
        check: Arc::new(check),
        watch: Arc::new(watch),
    };
    move |routes| routes.add_service(HealthServer::new(own.clone()))
}

type Add = Box<dyn Fn(Routes) -> Routes + Send>;

#[test]
fn each_mistake_is_named() {
    let contract = routeguide::proto::FILE_DESCRIPTOR_SET;
    let health = tonic_health::pb::FILE_DESCRIPTOR_SET;
    let unimplemented = || Err(Status::unimplemented(""));
    let rows: Vec<(&str, Add, Add, &str)> = vec![
        (
            "health-missing",
            Box::new(|routes| routes),
            Box::new(reflects(contract)),
            "does not have the health service",
        ),
        (
            "health-not-reported",
            Box::new(healthy(&RIGHT[..1])),
            Box::new(reflects(contract)),
            "the health of the service routeguide.RouteGuide",
        ),
        (
            "health-not-reported",
            Box::new(own(
                |name| {
                    says(name).and_then(|said| match name {
                        "" => Err(Status::not_found("")),
                        _ => Ok(said),
                    })
                },
                says,
            )),
            Box::new(reflects(contract)),
            "the server as a whole",
        ),
        (
            "health-not-serving",
            Box::new(healthy(&[(SERVICE, ServingStatus::NotServing)])),
            Box::new(reflects(contract)),
            "says NOT_SERVING for the service routeguide.RouteGuide, while it answers calls",
        ),
        (
            "health-of-anything",
            Box::new(own(|_| Ok(Wire::Serving), says)),
            Box::new(reflects(contract)),
            "routeguide.NoSuchService, a service that it does not have",
        ),
        (
            "health-fails",
            Box::new(own(|_| Err(Status::internal("no list")), says)),
            Box::new(reflects(contract)),
            "answers INTERNAL",
        ),
        (
            "watch-missing",
            Box::new(own(says, move |_| unimplemented())),
            Box::new(reflects(contract)),
            "has no Watch",
        ),
        (
            "watch-differs",
            Box::new(own(says, |_| Ok(Wire::Unknown))),
            Box::new(reflects(contract)),
            "Watch begins with UNKNOWN",
        ),
        (
            "reflection-missing",
            Box::new(healthy(&RIGHT)),
            Box::new(|routes| routes),
            "does not offer reflection",
        ),
        (
            "reflection-without-service",
            Box::new(healthy(&RIGHT)),
            Box::new(reflects(health)),
            "Reflection does not know routeguide.RouteGuide. It knows grpc.",
        ),
    ];
    parallel(rows, |(id, health, reflection, words)| {
        let addr =
            Guide::default().serve_beside(|server| server, |routes| reflection(health(routes)));
        let run = check(&["--addr", &addr.to_string(), LESSON, "--format", "json"]);
        assert_named(LESSON, &run, id, words);
    });
}

#[test]
fn right_servers_pass() {
    let contract = routeguide::proto::FILE_DESCRIPTOR_SET;
    for health in [
        Box::new(healthy(&RIGHT)) as Add,
        // SERVICE_UNKNOWN in a Watch is what the protocol says of a name that is not there.
        Box::new(own(says, |name| {
            Ok(says(name).unwrap_or(Wire::ServiceUnknown))
        })),
    ] {
        let addr = Guide::default()
            .serve_beside(|server| server, |routes| reflects(contract)(health(routes)));
        let run = check(&["--addr", &addr.to_string(), LESSON]);
        assert_eq!(run.code, Some(0), "{}{}", run.stdout, run.stderr);
    }
}

/// Part one asks for none of it.
#[test]
fn a_server_without_them_is_right_in_part_one() {
    let addr = Guide::default().serve().to_string();
    check(&["--addr", &addr]).exits(0);
    check(&["--addr", &addr, LESSON]).exits(1);
}

#[test]
fn servers_in_python() {
    python_servers(
        LESSON,
        vec![
            ("healthy", None),
            ("only-the-whole", Some("health-not-reported")),
            ("health-alone", Some("reflection-missing")),
        ],
    );
}

/// Ctrl-C is sent there.
#[cfg(unix)]
mod at_the_end {
    use testkit::outside::free_port;
    use testkit::python::python;
    use testkit::{Lab, parallel};

    use super::{LESSON, assert_named};

    /// What is said at the end is seen of a server that the lab has started.
    #[test]
    fn what_is_said_at_the_end_is_seen() {
        let Some(python) = python() else { return };
        let kinds = [
            ("healthy", None),
            ("stops-while-serving", Some("serving-at-shutdown")),
        ];
        parallel(kinds.to_vec(), |(kind, id)| {
            let addr = format!("127.0.0.1:{}", free_port());
            let server = format!("{} {addr}", python.command_line("server.py", kind));
            let words = [
                "--addr", &addr, "--server", &server, LESSON, "--format", "json",
            ];
            let run = python.check(&words);
            match id {
                Some(id) => assert_named(LESSON, &run, id, "no NOT_SERVING came"),
                None => {
                    assert_eq!(run.code, Some(0), "{kind}: {}{}", run.stdout, run.stderr);
                    assert!(run.stdout.contains("health-at-shutdown"), "{}", run.stdout);
                }
            }
        });
    }

    /// The learner's server is started for it, not `stage`.
    #[test]
    fn a_learners_server_that_says_nothing_at_its_end_is_told() {
        let lab = Lab::new("health-and-reflection");
        lab.solve_up_to("try-it-out");
        lab.solve(LESSON);
        lab.edit("start_here/src/server.rs", |text| {
            text.replace("for name in [\"\", SERVICE_NAME]", "for name in [\"\"]")
        });
        lab.run(["check", LESSON])
            .exits(1)
            .says("After Ctrl-C, no NOT_SERVING came for the service");
    }
}
