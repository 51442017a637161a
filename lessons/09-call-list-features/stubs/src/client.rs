    // lesson: call-list-features
    // Ask for the features between 40, -75 and 42, -73, and print each one as it arrives.
    // Delete the next line: all it does is to tell the compiler that `client` is not forgotten.
    let _ = client;
    Err("guide_list_features is not written yet".into())
    // end lesson
