//! Makes what the lab carries inside itself, so that the binary can stand alone: the contract's
//! messages and descriptor set, and the files of the course.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost::Message as _;
use prost_build::{Service, ServiceGenerator};

type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

fn main() -> Result<()> {
    let out = PathBuf::from(env::var("OUT_DIR")?);
    contract(&out)?;
    // start_here is not among them: it is the learner's, and its original is the completed track
    // with the stubs of the lessons put in. So an edit of the learner's never rebuilds the lab, and
    // never becomes the "original".
    embed(&out, &["proto", "completed", "lessons"])
}

/// Compiles the .proto: its descriptor set for reflection, its messages with JSON for the cases, and the list
/// of its RPCs.
fn contract(out: &Path) -> Result<()> {
    println!("cargo::rerun-if-changed=proto");
    let mut compiler = protox::Compiler::new(["proto"])?;
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
            "#[derive(serde::Serialize, serde::Deserialize)] #[serde(default, deny_unknown_fields)]",
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

/// Writes `course_files.rs`: a list of pairs, path and text, of every file in these folders.
fn embed(out: &Path, folders: &[&str]) -> Result<()> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let mut paths = Vec::new();
    for folder in folders {
        println!("cargo::rerun-if-changed={folder}");
        collect(&root.join(folder), &mut paths)?;
    }
    let mut named = Vec::new();
    for path in paths {
        let inside = path
            .strip_prefix(&root)?
            .to_string_lossy()
            .replace('\\', "/");
        named.push((inside, path.to_string_lossy().into_owned()));
    }
    // As strings: the lab looks them up by binary search.
    named.sort();

    let mut list = String::from("&[\n");
    for (inside, path) in named {
        writeln!(list, "    ({inside:?}, include_str!({path:?})),")?;
    }
    list.push_str("]\n");
    fs::write(out.join("course_files.rs"), list)?;
    Ok(())
}

/// The files below a folder, but for hidden ones and build output.
fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        if name.to_string_lossy().starts_with('.') || name == "target" {
            continue;
        }
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), paths)?;
        } else {
            paths.push(entry.path());
        }
    }
    Ok(())
}
