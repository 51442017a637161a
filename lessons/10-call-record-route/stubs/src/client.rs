    // Send ten random features' locations as a route, and print the summary that comes back.
    let _ = (client, features);
    Err("guide_record_route is not written yet".into())
