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

    let mut features = client.list_features(rectangle).await?.into_inner();
    // `None` means that the server has sent everything and ended the call with OK. Any other ending
    // is an error, which `?` hands on.
    while let Some(feature) = features.message().await? {
        println!(
            "Found \"{}\" at {}",
            feature.name,
            degrees(feature.location.unwrap_or_default())
        );
    }
    Ok(())
    // end lesson
