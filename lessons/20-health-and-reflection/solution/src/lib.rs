    // lesson: generate-code
    tonic::include_proto!("routeguide");

    /// The contract as the compiler has read it, in bytes.
    pub const FILE_DESCRIPTOR_SET: &[u8] = tonic::include_file_descriptor_set!("routeguide");
    // end lesson
