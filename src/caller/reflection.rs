//! Asking a server for its contract, by the reflection protocol: v1, or else v1alpha, whose messages are the same.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::uri::PathAndQuery;
use prost_reflect::DescriptorPool;
use prost_reflect::prost::Message as _;
use prost_reflect::prost_types::{FileDescriptorProto, FileDescriptorSet};
use tonic::client::Grpc;
use tonic::transport::Channel;
use tonic::{Code, Request};
use tonic_reflection::pb::v1::server_reflection_request::MessageRequest;
use tonic_reflection::pb::v1::server_reflection_response::MessageResponse;
use tonic_reflection::pb::v1::{ServerReflectionRequest, ServerReflectionResponse};

use super::contract::Contract;
use crate::probe::codec::RawCodec;
use crate::transcript::Status;

/// The paths of the two versions.
const PATHS: [&str; 2] = [
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo",
];

/// How many files a contract may have.
const MOST_FILES: usize = 1_000;

/// Why a server does not tell its contract.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReflectionError {
    /// It does not offer reflection.
    #[error("the server does not offer reflection")]
    NotOffered,
    /// A call of the reflection service failed.
    #[error("the server's reflection service answers {0}")]
    Failed(Status),
    /// What it answers is not what the protocol asks for.
    #[error("the server's reflection service gives an answer that cannot be used: {0}")]
    Invalid(String),
}

/// Asks for everything that a server offers.
///
/// # Errors
///
/// [`ReflectionError`].
pub async fn ask(channel: &Channel) -> Result<Contract, ReflectionError> {
    let list = MessageRequest::ListServices(String::new());
    let (path, list) = match question(channel, PATHS[0], list.clone()).await {
        Err(ReflectionError::NotOffered) => (PATHS[1], question(channel, PATHS[1], list).await?),
        answer => (PATHS[0], answer?),
    };
    let MessageResponse::ListServicesResponse(list) = list else {
        return Err(invalid("no list of services"));
    };
    let mut files = BTreeMap::new();
    for service in list.service {
        let wanted = MessageRequest::FileContainingSymbol(service.name);
        take(&mut files, question(channel, path, wanted).await?)?;
    }
    while let Some(name) = missing(&files) {
        if files.len() > MOST_FILES {
            return Err(invalid("it has too many files"));
        }
        let wanted = MessageRequest::FileByFilename(name.clone());
        take(&mut files, question(channel, path, wanted).await?)?;
        if !files.contains_key(&name) {
            return Err(invalid(&format!("it does not have the file {name}")));
        }
    }
    let set = FileDescriptorSet {
        file: files.into_values().collect(),
    };
    let pool = DescriptorPool::from_file_descriptor_set(set);
    pool.map(Contract::of)
        .map_err(|error| invalid(&error.to_string()))
}

/// A file that is imported, and not there.
fn missing(files: &BTreeMap<String, FileDescriptorProto>) -> Option<String> {
    let mut imported = files.values().flat_map(|file| &file.dependency);
    imported.find(|name| !files.contains_key(*name)).cloned()
}

fn take(
    files: &mut BTreeMap<String, FileDescriptorProto>,
    answer: MessageResponse,
) -> Result<(), ReflectionError> {
    let MessageResponse::FileDescriptorResponse(answer) = answer else {
        return Err(invalid("no file"));
    };
    for bytes in answer.file_descriptor_proto {
        let file = FileDescriptorProto::decode(bytes.as_slice());
        let file = file.map_err(|error| invalid(&error.to_string()))?;
        files.insert(file.name().to_string(), file);
    }
    Ok(())
}

/// Asks one question, in a call of its own.
async fn question(
    channel: &Channel,
    path: &'static str,
    question: MessageRequest,
) -> Result<MessageResponse, ReflectionError> {
    let request = ServerReflectionRequest {
        host: String::new(),
        message_request: Some(question),
    };
    let requests = tokio_stream::once(Bytes::from(request.encode_to_vec()));
    let bytes = exchange(channel, path, requests)
        .await
        .map_err(|status| match status.code() {
            Code::Unimplemented => ReflectionError::NotOffered,
            _ => ReflectionError::Failed(Status::from(&status)),
        })?;
    let answer = ServerReflectionResponse::decode(bytes.ok_or_else(|| invalid("nothing"))?);
    let answer = answer.map_err(|error| invalid(&error.to_string()))?;
    match answer.message_response {
        Some(MessageResponse::ErrorResponse(error)) => Err(invalid(&error.error_message)),
        Some(answer) => Ok(answer),
        None => Err(invalid("an empty message")),
    }
}

/// The first message that comes back.
async fn exchange(
    channel: &Channel,
    path: &'static str,
    requests: impl tokio_stream::Stream<Item = Bytes> + Send + 'static,
) -> Result<Option<Bytes>, tonic::Status> {
    let mut grpc = Grpc::new(channel.clone());
    grpc.ready()
        .await
        .map_err(|error| tonic::Status::from_error(error.into()))?;
    let path = PathAndQuery::from_static(path);
    let response = grpc
        .streaming(Request::new(requests), path, RawCodec)
        .await?;
    response.into_inner().message().await
}

fn invalid(problem: &str) -> ReflectionError {
    ReflectionError::Invalid(problem.to_string())
}
