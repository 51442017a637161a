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

    // tonic sends the notes in the background, while the loop below reads. So neither side ever waits
    // for the other: a note may get no reply at all.
    let mut replies = client.route_chat(notes).await?.into_inner();
    while let Some(reply) = replies.message().await? {
        let place = reply.location.unwrap_or_default();
        println!(
            "Got \"{}\" at {}, {}",
            reply.message, place.latitude, place.longitude
        );
    }
    Ok(())
    // end lesson
