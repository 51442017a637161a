//! Runs before the crate is compiled, and writes Rust code for everything in the .proto.

use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // start_here has a .proto of its own; completed shares the one in the folder above.
    let proto_folder = if Path::new("proto").is_dir() {
        "proto"
    } else {
        "../proto"
    };
    // Without these lines cargo would run the generator after every edit of any file.
    println!("cargo::rerun-if-changed={proto_folder}");
    println!("cargo::rerun-if-changed=build.rs");

    // What an earlier run has written must not be taken for this one's.
    let generated = Path::new(&std::env::var("OUT_DIR")?).join("routeguide.rs");
    if generated.exists() {
        std::fs::remove_file(generated)?;
    }

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

    Ok(())
}
