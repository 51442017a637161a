    // lesson: generate-code
    // Include the code that build.rs has generated for the package `routeguide`. The macro
    // `tonic::include_proto!` takes the package's name.
    // end lesson
