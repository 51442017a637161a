    // lesson: generate-code
    // Compile "route_guide.proto", which lies in `proto_folder`, with `protox::compile`, and hand
    // what comes out to `tonic_prost_build::compile_fds`. Both can fail: end each with `?`.
    // end lesson
