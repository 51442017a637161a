//! Making the calls.

use bytes::Bytes;
use http::uri::PathAndQuery;
use routeguide::Error;
use routeguide::features::Features;
use tonic::body::Body;
use tonic::client::{Grpc, GrpcService};
use tonic::codegen::{Body as HttpBody, StdError};
use tonic::transport::Channel;
use tonic::{Request, Status};

use super::script::{self, ClientOptions, Script};
use crate::guide::registry;
use crate::messages::Rpc;
use crate::probe::codec::RawCodec;

/// Connects to a server, as the completed client does.
///
/// # Errors
///
/// If the connection fails.
pub async fn connect(addr: &str) -> Result<Channel, Error> {
    let endpoint = Channel::from_shared(format!("http://{addr}"))?;
    Ok(endpoint.connect().await?)
}

/// Makes the calls over a channel, and prints what they send and receive, line by line.
///
/// # Errors
///
/// The first error of a call.
pub async fn run<T>(
    channel: T,
    features: &Features,
    options: &ClientOptions,
    print: fn(&str),
) -> Result<(), Error>
where
    T: GrpcService<Body>,
    T::Error: Into<StdError>,
    T::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
{
    let mut grpc = Grpc::new(channel);
    let rpcs: Vec<Rpc> = match options.rpc {
        Some(only) => vec![only],
        // A server need not have the others.
        None => registry::required().collect(),
    };
    for rpc in rpcs {
        if options.rpc.is_none() {
            print(&heading(rpc));
        }
        let script = script::script(rpc, features, options);
        call(&mut grpc, rpc, script, options.one_by_one, print).await?;
    }
    Ok(())
}

/// The line that is printed before a call, if there are several.
fn heading(rpc: Rpc) -> String {
    let start = format!("-------------- {rpc} ");
    format!("{start:-<42}")
}

/// Makes one call. On the wire, all four kinds of RPC are the same: a stream of requests and a stream of responses,
/// either of which may have to consist of one message.
async fn call<T>(
    grpc: &mut Grpc<T>,
    rpc: Rpc,
    script: Script,
    one_by_one: bool,
    print: fn(&str),
) -> Result<(), Error>
where
    T: GrpcService<Body>,
    T::Error: Into<StdError>,
    T::ResponseBody: HttpBody<Data = Bytes> + Send + 'static,
    <T::ResponseBody as HttpBody>::Error: Into<StdError> + Send,
{
    if let Some(opening) = &script.opening {
        print(opening);
    }
    let requests = async_stream::stream! {
        for request in script.requests {
            if let Some(line) = &request.line {
                print(line);
            }
            yield Bytes::from(request.message.encode());
            if one_by_one {
                // tonic sends all messages that are ready at once in one frame.
                tokio::task::yield_now().await;
            }
        }
    };
    grpc.ready()
        .await
        .map_err(|error| Status::unknown(format!("the channel is not ready: {}", error.into())))?;
    let path = PathAndQuery::from_static(rpc.path());
    let response = grpc
        .streaming(Request::new(requests), path, RawCodec)
        .await?;
    let mut responses = response.into_inner();
    let mut count = 0_u64;
    while let Some(bytes) = responses.message().await? {
        let response = rpc
            .decode_response(&bytes)
            .map_err(|error| Status::internal(format!("a response does not decode: {error}")))?;
        print(&(script.describe_response)(response));
        count += 1;
    }
    if count != 1 && !rpc.server_streams() {
        let error = format!("{rpc} ended with OK and {count} responses; there must be one");
        return Err(Status::internal(error).into());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_those_of_the_completed_client() {
        let source = crate::course::files::finished("start_here/src/client.rs").unwrap();
        for rpc in registry::required() {
            let line = format!("println!(\"{}\");", heading(rpc));
            assert!(source.contains(&line), "no {line}");
        }
    }
}
