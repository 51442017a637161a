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
    // A channel is a connection that may be shared; `http://` says that it is not encrypted.
    let channel = Channel::from_shared(format!("http://{addr}"))?
        .connect()
        .await?;
    // The stub has a method for each rpc, and turns a call into messages on the channel.
    Ok(RouteGuideClient::new(channel))
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
    let rectangle = proto::Rectangle {
        lo: Some(proto::Point {
            latitude: 400_000_000,
            longitude: -750_000_000,
        }),
        hi: Some(proto::Point {
            latitude: 420_000_000,
            longitude: -730_000_000,
        }),
    };
    println!("Looking for features between 40, -75 and 42, -73");

    let mut request = tonic::Request::new(rectangle);
    // The server is told, too: it need not go on when the client has given up.
    request.set_timeout(DEADLINE);
    until_deadline(async {
        let mut features = client.list_features(request).await?.into_inner();
        // `None` means that the server has sent everything and ended the call with OK. Any other
        // ending is an error, which `?` hands on.
        while let Some(feature) = features.message().await? {
            println!(
                "Found \"{}\" at {}",
                feature.name,
                degrees(feature.location.unwrap_or_default())
            );
        }
        Ok(())
    })
    .await
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
    let route: Vec<proto::Point> = fastrand::choose_multiple(features.iter(), 10)
        .into_iter()
        .map(|feature| feature.location.unwrap_or_default())
        .collect();
    println!("Travelling along {} points", route.len());

    // The stub takes any stream of points. When this one has run out, tonic half-closes the call, and
    // that is the server's cue to answer.
    let points = async_stream::stream! {
        for point in route {
            println!("Passing {}", degrees(point));
            yield point;
        }
    };
    let mut request = tonic::Request::new(points);
    request.set_timeout(DEADLINE);
    let summary = until_deadline(async { Ok(client.record_route(request).await?.into_inner()) });
    let summary = summary.await?;
    println!(
        "Finished trip with {} points, passed {} features, travelled {} metres in {} seconds",
        summary.point_count, summary.feature_count, summary.distance, summary.elapsed_time
    );
    Ok(())
    // end lesson
}

/// Bidirectional streaming: leaves five notes at three places, and prints each reply as it arrives.
///
/// # Errors
///
/// If the call ends with any status but OK.
pub async fn guide_route_chat(client: &mut RouteGuideClient<Channel>) -> Result<(), Error> {
    // lesson: call-route-chat
    let itinerary = [
        (0, 0, "First message"),
        (0, 1, "Second message"),
        (1, 0, "Third message"),
        (0, 0, "Fourth message"),
        (1, 0, "Fifth message"),
    ];
    let notes = async_stream::stream! {
        for (latitude, longitude, message) in itinerary {
            println!("Sending \"{message}\" at {latitude}, {longitude}");
            yield proto::RouteNote {
                location: Some(proto::Point { latitude, longitude }),
                message: message.to_string(),
            };
        }
    };

    let mut request = tonic::Request::new(notes);
    request.set_timeout(DEADLINE);
    until_deadline(async {
        // tonic sends the notes in the background, while the loop below reads. So neither side ever
        // waits for the other: a note may get no reply at all.
        let mut replies = client.route_chat(request).await?.into_inner();
        while let Some(reply) = replies.message().await? {
            let place = reply.location.unwrap_or_default();
            println!(
                "Got \"{}\" at {}, {}",
                reply.message, place.latitude, place.longitude
            );
        }
        Ok(())
    })
    .await
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
    let place = proto::Point {
        latitude: 407_127_753,
        longitude: -740_059_728,
    };
    // A unary call needs no loop: the answer is one message.
    let feature = client.get_feature(place).await?.into_inner();
    println!(
        "Found \"{}\" at {}",
        feature.name,
        degrees(feature.location.unwrap_or_default())
    );
    Ok(())
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
    let mut features = client.list_features(rectangle).await?.into_inner();
    let mut first = Vec::new();
    // The count is looked at before the next feature is waited for: a server may take its time to
    // send one that is not needed.
    while first.len() < count {
        match features.message().await? {
            Some(feature) => first.push(feature),
            None => break,
        }
    }
    // Here `features` is dropped before its end. So tonic resets the stream, and the server stops its
    // work on the call. The connection lives on.
    Ok(first)
    // end lesson
}

// lesson: deadlines
/// How long each call may take, from its beginning to its status.
const DEADLINE: std::time::Duration = std::time::Duration::from_secs(3);

/// Waits for a call until its deadline, and gives it up then: to drop it is to cancel it.
async fn until_deadline<T>(call: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::select! {
        // The clock is asked first: tonic has one of its own, which ends the call with another code.
        biased;
        () = tokio::time::sleep(DEADLINE) => {
            let words = format!("not over after {} s", DEADLINE.as_secs());
            Err(tonic::Status::deadline_exceeded(words).into())
        }
        result = call => result,
    }
}
// end lesson

/// Makes the three calls of the codelab, one after the other.
///
/// # Errors
///
/// The first error that one of them meets.
pub async fn run(addr: &str, features: &Features) -> Result<(), Error> {
    // lesson: run-client
    let mut client = connect(addr).await?;

    println!("-------------- ListFeatures --------------");
    guide_list_features(&mut client).await?;

    println!("-------------- RecordRoute ---------------");
    guide_record_route(&mut client, features).await?;

    println!("-------------- RouteChat -----------------");
    guide_route_chat(&mut client).await?;
    Ok(())
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
    use tonic_types::StatusExt as _;

    // Empty where the status has no details, or only such as tonic-types does not know.
    let details = status.get_error_details();
    if let Some(bad_request) = details.bad_request() {
        for violation in &bad_request.field_violations {
            eprintln!("{}: {}", violation.field, violation.description);
        }
    }
    // end lesson
}
