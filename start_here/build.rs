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
    // Compile "route_guide.proto", which lies in `proto_folder`, with `protox::compile`, and hand
    // what comes out to `tonic_prost_build::compile_fds`. Both can fail: end each with `?`.
    // end lesson

    Ok(())
}
