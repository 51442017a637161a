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
