//! Asking a server by the standard services, health and reflection.

use std::time::Duration;

use futures_util::future::join_all;
use tonic::Streaming;
use tonic::transport::Channel;
use tonic_health::pb::health_client::HealthClient;
use tonic_health::pb::{HealthCheckRequest, HealthCheckResponse};

use crate::caller::reflection::{self, ReflectionError};
use crate::guide::production::health_and_reflection::{
    Health, LastWord, ReflectedService, ReflectionFailure, SeenServices, ServingStatus,
    StandardServices,
};
use crate::transcript::Status;

/// Asks everything that can be asked of a server that serves. A call that does not answer within `patience` counts as
/// failed.
pub async fn ask(
    services: &StandardServices,
    channel: &Channel,
    patience: Duration,
) -> SeenServices {
    let check = |name: &str| check(channel, name.to_string(), patience);
    let watch = |name: &str| watch(channel, name.to_string(), patience);
    let names = || services.reported.iter();
    let (checked, not_there, watches, reflected) = tokio::join!(
        join_all(names().map(|name| check(name))),
        check(&services.not_there),
        join_all(names().map(|name| watch(name))),
        tokio::time::timeout(patience, reflection::ask(channel)),
    );
    SeenServices {
        checked,
        not_there,
        watched: watches
            .into_iter()
            .map(|watch| watch.map(|(first, _)| first))
            .collect(),
        reflected: match reflected {
            Ok(Ok(contract)) => Ok(contract
                .services()
                .map(|service| ReflectedService {
                    name: service.full_name().to_string(),
                    methods: service
                        .methods()
                        .map(|rpc| rpc.name().to_string())
                        .collect(),
                })
                .collect()),
            Ok(Err(ReflectionError::NotOffered)) => Err(ReflectionFailure::NotOffered),
            Ok(Err(error)) => Err(ReflectionFailure::Failed(error.to_string())),
            Err(_) => Err(ReflectionFailure::Failed(no_answer(patience))),
        },
    }
}

/// Watches the health of each reported name while `stop` asks the server to stop. None if it cannot be asked on this
/// system.
pub async fn watch_shutdown(
    services: &StandardServices,
    channel: &Channel,
    patience: Duration,
    stop: impl FnOnce() -> bool,
) -> Option<Vec<LastWord>> {
    let names = services.reported.iter();
    let watches = names.map(|name| watch(channel, name.clone(), patience));
    let watches = join_all(watches).await;
    if !stop() {
        return None;
    }
    let last = watches.into_iter().map(async |watch| match watch {
        Ok((_, stream)) => last_word(stream, patience).await,
        Err(status) => LastWord::NotBegun(status),
    });
    Some(join_all(last).await)
}

/// What comes in a Watch after the server was asked to stop.
async fn last_word(mut stream: Streaming<HealthCheckResponse>, patience: Duration) -> LastWord {
    loop {
        match tokio::time::timeout(patience, stream.message()).await {
            Ok(Ok(Some(said))) => {
                if ServingStatus::of_number(said.status) == ServingStatus::NotServing {
                    return LastWord::NotServing;
                }
            }
            Ok(Ok(None)) => return LastWord::Ended(None),
            Ok(Err(status)) => return LastWord::Ended(Some(Status::from(&status))),
            Err(_) => return LastWord::Nothing,
        }
    }
}

async fn check(channel: &Channel, service: String, patience: Duration) -> Health {
    let mut client = HealthClient::new(channel.clone());
    let answer = client.check(HealthCheckRequest { service });
    let answer = within(patience, answer).await?;
    Ok(ServingStatus::of_number(answer.into_inner().status))
}

/// The first message of a Watch, and the rest of it.
async fn watch(
    channel: &Channel,
    service: String,
    patience: Duration,
) -> Result<(ServingStatus, Streaming<HealthCheckResponse>), Status> {
    let mut client = HealthClient::new(channel.clone());
    let begins = async {
        let mut stream = client
            .watch(HealthCheckRequest { service })
            .await?
            .into_inner();
        let first = stream.message().await?;
        let first = first.ok_or_else(|| tonic::Status::ok("the stream ended before a message"))?;
        Ok((ServingStatus::of_number(first.status), stream))
    };
    within(patience, begins).await
}

/// What comes of a call, or a status of ours if nothing does.
async fn within<T>(
    patience: Duration,
    call: impl Future<Output = Result<T, tonic::Status>>,
) -> Result<T, Status> {
    match tokio::time::timeout(patience, call).await {
        Ok(answer) => answer.map_err(|status| Status::from(&status)),
        Err(_) => Err(Status::new(
            tonic::Code::DeadlineExceeded,
            no_answer(patience),
        )),
    }
}

fn no_answer(patience: Duration) -> String {
    format!("no answer within {} s", patience.as_secs())
}
