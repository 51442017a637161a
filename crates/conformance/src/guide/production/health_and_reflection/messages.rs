//! The words of each mistake.

use super::ServingStatus;
use crate::messages::Rpc;
use crate::transcript::Status;
use crate::verdict::Diagnosis;

const HEALTH: &str = "grpc.health.v1.Health";
const REFLECTION: &str = "grpc.reflection.v1.ServerReflection";

/// A name in a sentence: the empty one is the server's.
fn of(name: &str) -> String {
    match name {
        "" => "the server as a whole (the empty name)".to_string(),
        name => format!("the service {name}"),
    }
}

pub fn health_missing() -> Diagnosis {
    let message = format!("Your server does not have the health service, {HEALTH}.");
    Diagnosis::mistake("health-missing", message)
        .hint("Most gRPC libraries have it ready: add it beside RouteGuide.")
        .hint_in_rust(
            "`tonic_health::server::health_reporter()` makes it. Pass the second of the two to `add_service`.",
        )
}

pub fn not_reported(name: &str) -> Diagnosis {
    let message = format!("Your server does not report the health of {}.", of(name));
    Diagnosis::mistake("health-not-reported", message)
        .hint("Set its status to SERVING before you serve.")
        .hint_in_rust(
            "Before you serve: `health.set_service_status(SERVICE_NAME, ServingStatus::Serving).await`.",
        )
}

pub fn not_serving(name: &str, status: ServingStatus) -> Diagnosis {
    let message = format!(
        "Your server says {status} for {}, while it answers calls.",
        of(name)
    );
    Diagnosis::mistake("health-not-serving", message).hint(
        "Set its status to SERVING before you serve, and to NOT_SERVING only before it stops.",
    )
}

pub fn reports_anything(name: &str, status: ServingStatus) -> Diagnosis {
    let message = format!("Your server says {status} for {name}, a service that it does not have.");
    Diagnosis::mistake("health-of-anything", message)
        .hint("A name that no status was set for is NOT_FOUND.")
}

pub fn health_fails(method: &str, name: &str, status: &Status) -> Diagnosis {
    let message = format!("{method} of {HEALTH} for {} answers {status}.", of(name));
    Diagnosis::mistake("health-fails", message)
        .hint("Use the health service of your gRPC library, and only set the status of each name.")
}

pub fn watch_missing() -> Diagnosis {
    let message =
        format!("Your health service has no Watch: {HEALTH}/Watch answers UNIMPLEMENTED.");
    Diagnosis::mistake("watch-missing", message)
        .hint("Use the health service of your gRPC library: it has both methods.")
}

pub fn watch_differs(name: &str, status: ServingStatus) -> Diagnosis {
    let message = format!(
        "Watch begins with {status} for {}, and Check says something else.",
        of(name)
    );
    Diagnosis::mistake("watch-differs", message)
        .hint("Both read the same status: the one that was set last.")
}

pub fn reflection_missing() -> Diagnosis {
    let message = format!("Your server does not offer reflection, {REFLECTION}.");
    Diagnosis::mistake("reflection-missing", message)
        .hint("Most gRPC libraries have it ready: add it beside RouteGuide.")
        .hint_in_rust(
            "`tonic_reflection::server::Builder::configure()` … `.build_v1()?` makes it. Pass it to `add_service`.",
        )
}

pub fn reflection_fails(how: &str) -> Diagnosis {
    Diagnosis::mistake(
        "reflection-fails",
        format!("Reflection does not give a contract: {how}."),
    )
    .hint("Give reflection the descriptors of the .proto and of everything that it imports.")
}

pub fn own_service_missing(services: &[&str]) -> Diagnosis {
    let message = format!(
        "Reflection does not know {}. It knows {}.",
        Rpc::SERVICE,
        match services {
            [] => "no service".to_string(),
            services => services.join(", "),
        }
    );
    Diagnosis::mistake("reflection-without-service", message)
        .hint("Give reflection the descriptors of your .proto.")
        .hint_in_rust("`.register_encoded_file_descriptor_set(crate::proto::FILE_DESCRIPTOR_SET)`")
}

pub fn method_missing(rpc: Rpc) -> Diagnosis {
    let message = format!(
        "What reflection gives as {} has no method {rpc}.",
        Rpc::SERVICE
    );
    Diagnosis::mistake("reflection-of-another-contract", message)
        .hint("Give reflection the descriptors that your code is generated from.")
}

pub fn serving_at_shutdown(name: &str, how: &str) -> Diagnosis {
    let message = format!("After Ctrl-C, no NOT_SERVING came for {}: {how}.", of(name));
    Diagnosis::mistake("serving-at-shutdown", message)
        .hint("When the server is asked to stop, set each status to NOT_SERVING first, and stop then.")
        .hint_in_rust(
            "In the future of `serve_with_shutdown`, after `ctrl_c().await`, set the status of both names.",
        )
}
