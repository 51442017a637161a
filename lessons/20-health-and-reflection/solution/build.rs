    // lesson: generate-code
    use prost::Message as _;

    // Step one: read the .proto and check it. protox is a protobuf compiler written in Rust, so
    // nothing but cargo has to be installed.
    let descriptors = protox::compile(["route_guide.proto"], [proto_folder])?;

    // The same as bytes, in a file beside the generated code: the server gives it to those who ask
    // for the contract.
    let file = Path::new(&std::env::var("OUT_DIR")?).join("routeguide.bin");
    std::fs::write(file, descriptors.encode_to_vec())?;

    // Step two: write the Rust code, a struct for each message and a module for each side of the
    // service, into the folder that cargo names in OUT_DIR.
    tonic_prost_build::compile_fds(descriptors)?;
    // end lesson
