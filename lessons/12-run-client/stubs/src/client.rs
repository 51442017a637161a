    // Load the features, connect, and make the three calls in order.
    Err(format!("run is not written yet; it was asked for {addr}").into())
