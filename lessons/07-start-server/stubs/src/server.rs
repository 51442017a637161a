    // lesson: start-server
    // Load the features, make the service, print `Starting server on ADDR`, and serve until Ctrl-C.
    Err(format!("serve is not written yet; it was asked to listen on {addr}").into())
    // end lesson
