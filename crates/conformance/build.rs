//! Makes what the contract says in Rust: its messages, its RPCs and its descriptor set.

use std::path::{Path, PathBuf};
use std::{env, fs};

use prost::Message as _;
use prost_build::{Service, ServiceGenerator};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

/// The folder of the contract, from this crate.
const PROTO: &str = "../../proto";

fn main() -> Result<()> {
    contract(&PathBuf::from(env::var("OUT_DIR")?))
}

/// Compiles the .proto: its descriptor set for reflection, its messages with JSON for the cases, and the list
/// of its RPCs.
fn contract(out: &Path) -> Result<()> {
    println!("cargo::rerun-if-changed={PROTO}");
    let mut compiler = protox::Compiler::new([PROTO])?;
    compiler
        .include_source_info(true)
        .include_imports(true)
        .open_file("route_guide.proto")?;
    let descriptors = compiler.file_descriptor_set();
    fs::write(out.join("route_guide.binpb"), descriptors.encode_to_vec())?;
    prost_build::Config::new()
        .out_dir(out)
        .type_attribute(
            ".",
            "#[derive(serde::Serialize, serde::Deserialize)] #[serde(default, deny_unknown_fields)] \
             #[cfg_attr(feature = \"schema\", derive(schemars::JsonSchema))]",
        )
        .service_generator(Box::new(Rpcs))
        .compile_fds(descriptors)?;
    Ok(())
}

/// Writes the service as a call of the macro `rpcs!`, which is in `src/messages/rpc.rs`.
struct Rpcs;

impl ServiceGenerator for Rpcs {
    fn generate(&mut self, service: Service, code: &mut String) {
        let path = format!("{}.{}", service.package, service.proto_name);
        code.push_str(&format!("rpcs! {{\n    {path:?},\n"));
        for rpc in &service.methods {
            for line in &rpc.comments.leading {
                code.push_str(&format!("    #[doc = {line:?}]\n"));
            }
            code.push_str(&format!(
                "    {}({} {}) -> ({} {}),\n",
                rpc.proto_name,
                rpc.client_streaming,
                rpc.input_type,
                rpc.server_streaming,
                rpc.output_type
            ));
        }
        code.push_str("}\n");
    }
}
