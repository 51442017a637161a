    // Send five notes, at (0,0) (0,1) (1,0) (0,0) (1,0), and print the replies while you send.
    let _ = client;
    Err("guide_route_chat is not written yet".into())
