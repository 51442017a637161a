//! Code that is not generated from the .proto, or not included.

use std::ops::Range;

use super::cause::Cause;
use super::place::own_line;
use super::sources::{SourceFile, Sources};
use crate::process::cargo::CompilerMessage;

/// The package of the .proto, after which the generated file is named.
const PACKAGE: &str = "routeguide";

const BUILD_SCRIPT: &str = "start_here/build.rs";
const LIBRARY: &str = "start_here/src/lib.rs";

/// Recognises generated code that is not where it is included, or lacks a part.
pub fn cause(errors: &[CompilerMessage], sources: &Sources) -> Option<(usize, Cause)> {
    let mut each = errors.iter().enumerate();
    each.find_map(|(index, error)| {
        let cause = not_run(error, sources)
            .or_else(|| not_there(error, sources))
            .or_else(|| lacks_a_side(error, sources))
            .or_else(|| not_included(error, sources));
        Some((index, cause?))
    })
}

/// Cargo sets OUT_DIR only for a crate with a build script.
fn not_run(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    // The lab itself may have been started by cargo, which sets OUT_DIR, too: to a folder of the lab's.
    let is_not_defined = error.message.contains("`OUT_DIR` not defined");
    let is_not_there = error.message.starts_with("couldn't read `")
        && error.message.contains(&format!("{PACKAGE}.rs`"));
    if !is_not_defined && !is_not_there {
        return None;
    }
    if let Some(manifest) = sources.file("start_here/Cargo.toml")
        && let Some(line) = manifest.find(|code| code.trim_start().starts_with("build ="))
    {
        let message = "Cargo does not run build.rs: the line `build = …` in Cargo.toml names another build script. \
                       Remove that line.";
        return Some(Cause::new(message).at(manifest.at(line)));
    }
    if sources.file(BUILD_SCRIPT).is_some() {
        return None;
    }
    let moved = sources
        .files()
        .find(|file| file.path.ends_with("/build.rs"));
    Some(match moved {
        Some(moved) => {
            let folder = moved.path.trim_end_matches("/build.rs");
            let message = format!(
                "build.rs must be next to Cargo.toml, in start_here, but it is in {folder}. Cargo does not run it \
                 there, so nothing is generated."
            );
            Cause::new(message)
                .hint(format!("Move {} to {BUILD_SCRIPT}.", moved.path))
                .at(moved.at(1))
        }
        None => Cause::missing(BUILD_SCRIPT, ", so nothing is generated"),
    })
}

/// `include_proto!` does not find its file.
fn not_there(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    if error.message == "expected a literal" {
        let location = own_line(error, sources)?;
        let line = sources.file(&location.file)?.line(location.line)?;
        let message = format!(
            "`include_proto!` takes the package in quotation marks: `tonic::include_proto!(\"{PACKAGE}\");`."
        );
        return line
            .contains("include_proto!")
            .then(|| Cause::new(message).at(location));
    }
    let rest = error.message.strip_prefix("couldn't read `")?;
    let path = rest.split('`').next()?;
    let file = path.rsplit(['/', '\\']).next()?;
    let package = file.strip_suffix(".rs")?;
    let location = own_line(error, sources)?;
    let library = sources.file(&location.file)?;
    let line = library.line(location.line)?;
    if !line.contains("include_proto!") {
        let message = "The generated code is not in src: build.rs writes it into a folder of cargo's, OUT_DIR.";
        let hint =
            format!("Write `tonic::include_proto!(\"{PACKAGE}\");`, which looks for it there.");
        let is_other = line.contains("include!") && !line.contains("OUT_DIR");
        return is_other.then(|| Cause::new(message).hint(hint).at(location));
    }
    if package == PACKAGE {
        return not_written(sources);
    }
    let is_what = match package {
        "route_guide" => "; `route_guide` is the name of the file".to_string(),
        "route_guide.proto" => "; `route_guide.proto` is the file".to_string(),
        "RouteGuide" => "; `RouteGuide` is the name of the service".to_string(),
        package => format!(", not `{package}`"),
    };
    let message = format!("`include_proto!` takes the name of the package, `{PACKAGE}`{is_what}.");
    let hint = format!("Write `tonic::include_proto!(\"{PACKAGE}\");`.");
    Some(Cause::new(message).hint(hint).at(location))
}

/// build.rs has run, but the code is not where `include_proto!` looks for it.
fn not_written(sources: &Sources) -> Option<Cause> {
    let (script, region) = build_script(sources)?;
    let find = |word: &str| script.find(|code| code.contains(word));
    let generates = ["compile_fds", "compile_protos"]
        .iter()
        .any(|call| find(call).is_some());
    if let Some(line) = find("out_dir(").filter(|_| generates) {
        let message = "`out_dir` writes the generated code to another folder than the one in which \
                       `include_proto!` looks for it. Remove the call of `out_dir`.";
        return Some(Cause::new(message).at(script.at(line)));
    }
    if generates {
        return None;
    }
    let message = match find("protox::compile") {
        Some(_) => {
            "build.rs reads the .proto, but generates nothing: pass what `protox::compile` returns to \
             `tonic_prost_build::compile_fds`."
        }
        None => "build.rs generates nothing: it does not call `tonic_prost_build::compile_fds`.",
    };
    let line = find("protox::compile").unwrap_or(region.start);
    Some(Cause::new(message).at(script.at(line)))
}

/// The client or the server is left out of the generated code.
fn lacks_a_side(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let (side, other) = [("client", "server"), ("server", "client")]
        .into_iter()
        .find(|(side, _)| {
            let label = format!("could not find `route_guide_{side}` in `proto`");
            error.labels().any(|found| found == label)
        })?;
    let (script, _) = build_script(sources)?;
    let call = format!("build_{side}(false)");
    let line = script.find(|code| code.replace(' ', "").contains(&call))?;
    let message = format!(
        "`{call}` leaves the {side} out of the generated code, but src/{side}.rs uses it. The crate needs both: remove \
         the call."
    );
    // Both sides may be left out.
    let both = script
        .find(|code| code.contains(&format!("build_{other}(false)")))
        .is_some();
    let hint = format!("Remove `build_{other}(false)` as well.");
    let cause = Cause::new(message).at(script.at(line));
    Some(if both { cause.hint(hint) } else { cause })
}

/// The code is generated, but the module `proto` does not hold it.
fn not_included(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let is_about_proto = error.labels().any(|label| {
        label.ends_with(" in `proto`")
            && (label.starts_with("no `") || label.starts_with("could not find `route_guide_"))
    });
    if !is_about_proto {
        return None;
    }
    let (library, region) = sources.with_region(LIBRARY, "generate-code")?;
    let include = |code: &str| code.contains("include_proto!") || code.contains("OUT_DIR");
    let Some(line) = library.find(include) else {
        let message = "The code is generated, but src/lib.rs does not include it.";
        let hint = format!("Write `tonic::include_proto!(\"{PACKAGE}\");` in the module `proto`.");
        return Some(Cause::new(message).hint(hint).at(library.at(region.start)));
    };
    if !region.contains(&line) {
        return None;
    }
    let module = library.find_in(region.start..line + 1, |code| {
        let code = code.trim_start().trim_start_matches("pub ");
        code.starts_with("mod ") && code.contains('{')
    })?;
    let message = "The generated code is included one module too deep: the other files look for it in `proto` itself.";
    let hint = "Remove the module around `include_proto!`.";
    Some(Cause::new(message).hint(hint).at(library.at(module)))
}

fn build_script(sources: &Sources) -> Option<(&SourceFile, Range<usize>)> {
    sources.with_region(BUILD_SCRIPT, "generate-code")
}
