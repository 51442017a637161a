//! The client: `connect`, one function for each rpc, and `run`, which calls them in order.

use tonic::transport::Channel;

use crate::Error;
use crate::features::Features;
use crate::proto;
use crate::proto::route_guide_client::RouteGuideClient;

/// Connects to the server at `addr`, for example `localhost:50051`.
///
/// # Errors
///
/// If nothing answers there.
pub async fn connect(addr: &str) -> Result<RouteGuideClient<Channel>, Error> {
    // lesson: create-client
    // Open a channel to the address and make a `RouteGuideClient` of it.
    Err(format!("connect is not written yet; it was asked for {addr}").into())
    // end lesson
}

/// Server streaming: asks for the features between 40° N 75° W and 42° N 73° W, and prints each one
/// as it arrives.
///
/// # Errors
///
/// If the call ends with any status but OK.
pub async fn guide_list_features(client: &mut RouteGuideClient<Channel>) -> Result<(), Error> {
    // lesson: call-list-features
    // Ask for the features between 40, -75 and 42, -73, and print each one as it arrives.
    // Delete the next line: all it does is to tell the compiler that `client` is not forgotten.
    let _ = client;
    Err("guide_list_features is not written yet".into())
    // end lesson
}

/// Client streaming: travels along ten features, picked at random, and prints the summary.
///
/// # Errors
///
/// If the call ends with any status but OK.
pub async fn guide_record_route(
    client: &mut RouteGuideClient<Channel>,
    features: &Features,
) -> Result<(), Error> {
    // lesson: call-record-route
    // Send ten random features' locations as a route, and print the summary that comes back.
    // Delete the next line: all it does is to tell the compiler that the two are not forgotten.
    let _ = (client, features);
    Err("guide_record_route is not written yet".into())
    // end lesson
}

/// Bidirectional streaming: leaves five notes at three places, and prints each reply as it arrives.
///
/// # Errors
///
/// If the call ends with any status but OK.
pub async fn guide_route_chat(client: &mut RouteGuideClient<Channel>) -> Result<(), Error> {
    // lesson: call-route-chat
    // Send five notes, "First message" at (0, 0), "Second message" at (0, 1), "Third message" at
    // (1, 0), "Fourth message" at (0, 0) and "Fifth message" at (1, 0), and print the replies while
    // you send.
    // Delete the next line: all it does is to tell the compiler that `client` is not forgotten.
    let _ = client;
    Err("guide_route_chat is not written yet".into())
    // end lesson
}

/// Unary: asks for the feature at one point, and prints it. This call is for the lesson `get-feature`, which comes
/// after the codelab.
///
/// # Errors
///
/// If the call ends with any status but OK.
pub async fn guide_get_feature(client: &mut RouteGuideClient<Channel>) -> Result<(), Error> {
    // lesson: get-feature
    // Ask for the feature at 40.7127753, -74.0059728, and print its name.
    // Delete the next line: all it does is to tell the compiler that `client` is not forgotten.
    let _ = client;
    Err("guide_get_feature is not written yet".into())
    // end lesson
}

/// Server streaming, cut short: the first `count` features of a rectangle, or fewer if there are not
/// so many. This call is for the lesson `cancel`, which comes after the codelab.
///
/// # Errors
///
/// If the call ends with any status but OK before it is left.
pub async fn first_features(
    client: &mut RouteGuideClient<Channel>,
    rectangle: proto::Rectangle,
    count: usize,
) -> Result<Vec<proto::Feature>, Error> {
    // lesson: cancel
    // Take features until there are `count` of them, or the stream ends, and leave the call then.
    // Delete the next line: all it does is to tell the compiler that these are not forgotten.
    let _ = (client, rectangle, count);
    Err("first_features is not written yet".into())
    // end lesson
}

// lesson: deadlines
// After the codelab, the lesson `deadlines` adds a function here.
// end lesson

/// Makes the three calls of the codelab, one after the other.
///
/// # Errors
///
/// The first error that one of them meets.
pub async fn run(addr: &str, features: &Features) -> Result<(), Error> {
    // lesson: run-client
    // Connect, and make the three calls in order.
    Err(format!(
        "run is not written yet; it was asked for {addr}, with {} features",
        features.len()
    )
    .into())
    // end lesson
}

/// A point as people write it: in degrees, latitude first.
pub fn degrees(point: proto::Point) -> String {
    format!(
        "{:.7}, {:.7}",
        f64::from(point.latitude) / 1e7,
        f64::from(point.longitude) / 1e7
    )
}

/// Prints which fields of a request are wrong, as far as the details of a status say so. This function is for
/// the lesson `error-details`, which comes after the codelab.
pub fn print_violations(status: &tonic::Status) {
    // lesson: error-details
    // Print the field and the description of each violation. Delete the next line: all it does is to
    // tell the compiler that the parameter is not forgotten.
    let _ = status;
    // end lesson
}
