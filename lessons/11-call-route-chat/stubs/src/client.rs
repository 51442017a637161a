    // lesson: call-route-chat
    // Send five notes, "First message" at (0, 0), "Second message" at (0, 1), "Third message" at
    // (1, 0), "Fourth message" at (0, 0) and "Fifth message" at (1, 0), and print the replies while
    // you send.
    // Delete the next line: all it does is to tell the compiler that `client` is not forgotten.
    let _ = client;
    Err("guide_route_chat is not written yet".into())
    // end lesson
