    // lesson: get-feature
    // Ask for the feature at 40.7127753, -74.0059728, and print its name.
    // Delete the next line: all it does is to tell the compiler that `client` is not forgotten.
    let _ = client;
    Err("guide_get_feature is not written yet".into())
    // end lesson
