    // Ask for the features between 40, -75 and 42, -73, and print each one as it arrives.
    let _ = client;
    Err("guide_list_features is not written yet".into())
