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
