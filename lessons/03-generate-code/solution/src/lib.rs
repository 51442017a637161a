    // lesson: generate-code
    tonic::include_proto!("routeguide");
    // end lesson
