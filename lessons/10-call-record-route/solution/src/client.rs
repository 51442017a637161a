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
    let summary = client.record_route(points).await?.into_inner();
    println!(
        "Finished trip with {} points, passed {} features, travelled {} metres in {} seconds",
        summary.point_count, summary.feature_count, summary.distance, summary.elapsed_time
    );
    Ok(())
    // end lesson
