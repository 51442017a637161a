    // lesson: create-client
    // Open a channel to the address and make a `RouteGuideClient` of it.
    Err(format!("connect is not written yet; it was asked for {addr}").into())
    // end lesson
