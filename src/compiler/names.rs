//! Names that other files of the crate need, and that the learner has renamed, removed or made private.

use super::cause::Cause;
use super::place::file_of;
use super::sources::{Sources, in_place_of};
use super::types::{first_quoted, last_segment, quoted};
use crate::course::files;
use crate::process::cargo::CompilerMessage;

/// Recognises a given definition that is no longer there, or no longer as it was.
pub fn cause(errors: &[CompilerMessage], sources: &Sources) -> Option<(usize, Cause)> {
    let mut each = errors.iter().enumerate();
    each.find_map(|(index, error)| {
        let cause = missing_file(error, sources)
            .or_else(|| not_found(error, sources))
            .or_else(|| private(error, sources))
            .or_else(|| signature(error, sources));
        Some((index, cause?))
    })
}

/// `mod client;` without src/client.rs.
fn missing_file(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    if error.code() != Some("E0583") {
        return None;
    }
    let file = format!("start_here/src/{}.rs", first_quoted(&error.message)?);
    let is_given = files::finished(&file).is_some() && sources.file(&file).is_none();
    is_given.then(|| Cause::missing(file, ", but src/lib.rs declares it as a module"))
}

/// A name that is not found, although it was handed out.
fn not_found(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    let name = match error.code()? {
        "E0432" | "E0425" | "E0412" | "E0433" => last_segment(first_quoted(&error.message)?),
        "E0599" => error
            .message
            .contains(" named `")
            .then(|| first_quoted(&error.message))??,
        _ => return None,
    };
    let user = file_of(error)?;
    // It is looked for where it was defined, and not on another type with a method of this name.
    let (file, line) = given_definition(name, |file, line| is_looked_for_there(error, file, line))?;
    let source = sources.file(&file)?;
    let original = files::original(&file)?.ok()?;
    let (at, now) = in_place_of(source, &original, &line)?;
    // A given file that needs the name says more than the learner's own code.
    let user = match user == file {
        true => given_user(name, &file, &line).unwrap_or(user),
        false => user,
    };
    let user = short(&user);
    let cause = match now.as_deref().and_then(defined) {
        Some(renamed) if renamed != name => {
            let message = format!(
                "`{name}` is called `{renamed}` in {} now, but {user} still uses the name `{name}`.",
                short(&file)
            );
            let hint = format!(
                "Rename `{renamed}` back to `{name}`: files that are given need that name."
            );
            Cause::new(message).hint(hint)
        }
        Some(_) => return None,
        None => Cause::new(format!(
            "`{name}` is missing from {}, and {user} needs it.",
            short(&file)
        ))
        .hint(format!(
            "What belongs there: {}",
            line.trim().trim_end_matches('{').trim_end()
        )),
    };
    Some(cause.at(source.at(at)))
}

/// A definition that was handed out as `pub`, and is private now.
fn private(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    if error.code() != Some("E0603") {
        return None;
    }
    let name = first_quoted(&error.message)?;
    let (file, line) = given_definition(name, |_, _| true)?;
    let original = files::original(&file)?.ok()?;
    let source = sources.file(&file)?;
    let (at, now) = in_place_of(source, &original, &line)?;
    (line.trim_start().starts_with("pub ") && defined(now.as_deref()?) == Some(name))
        .then_some(())?;
    let user = short(&file_of(error)?);
    let message =
        format!("`{name}` is private, but {user} uses it. Write `pub` in front of it again.");
    Some(Cause::new(message).at(source.at(at)))
}

/// The signature of a given definition is another one now, and given files call it as it was.
fn signature(error: &CompilerMessage, sources: &Sources) -> Option<Cause> {
    if !matches!(error.code()?, "E0061" | "E0308" | "E0277") {
        return None;
    }
    let mut notes = error.children.iter();
    let defined_here =
        notes.find(|child| child.level == "note" && child.message.ends_with("defined here"))?;
    let span = defined_here.primary().next()?;
    let source = sources.file(&span.file_name)?;
    let name = defined(source.line(span.line_start)?)?;
    let (file, line) = given_definition(name, |file, _| file == source.path)?;
    let original = files::original(&file)?.ok()?;
    let was = signature_from(&original.lines().collect::<Vec<_>>(), &line)?;
    let lines: Vec<&str> = source.lines().collect();
    let now = signature_from(&lines, source.line(span.line_start)?)?;
    if was == now {
        return None;
    }
    let at = span.line_start;
    let user = given_user(name, &file, &line)?;
    let message = format!(
        "The signature of `{name}` has changed, but {} calls it as it was.",
        short(&user)
    );
    Some(
        Cause::new(message)
            .hint(format!("It was: {was}"))
            .at(source.at(at)),
    )
}

/// The signature that begins with a line: all up to the brace, on one line.
fn signature_from(lines: &[&str], first: &str) -> Option<String> {
    let start = lines.iter().position(|line| *line == first)?;
    let mut signature = String::new();
    for line in &lines[start..] {
        signature.push_str(line.trim());
        if line.contains('{') {
            let signature = signature.trim_end_matches('{').trim_end();
            return Some(signature.replace(", )", ")"));
        }
        if !signature.ends_with('(') {
            signature.push(' ');
        }
    }
    None
}

/// A file that calls a function or a method of another file, as both were handed out.
fn given_user(name: &str, file: &str, line: &str) -> Option<String> {
    let module = module_of(file);
    let of = match line.starts_with(' ') {
        true => type_of_module(module)?,
        false => module,
    };
    let call = format!("{of}::{name}(");
    files::of_start_here().find(|other| {
        let text = files::original(other).and_then(Result::ok);
        other != file && other.ends_with(".rs") && text.is_some_and(|text| text.contains(&call))
    })
}

/// The module that a file is, or the name of the library.
fn module_of(file: &str) -> &str {
    match file
        .rsplit('/')
        .next()
        .unwrap_or(file)
        .trim_end_matches(".rs")
    {
        "lib" => "routeguide",
        module => module,
    }
}

/// The file, from the lab's root, and the line in which a name is defined in the files that were handed out; only if
/// one that is wanted is defined once.
fn given_definition(
    name: &str,
    is_wanted: impl Fn(&str, &str) -> bool,
) -> Option<(String, String)> {
    let mut found = None;
    for file in files::of_start_here().filter(|file| file.ends_with(".rs")) {
        let Some(Ok(text)) = files::original(&file) else {
            continue;
        };
        let defines = |line: &&str| defined(line) == Some(name) && is_wanted(&file, line);
        for line in text.lines().filter(defines) {
            if found.is_some() {
                return None;
            }
            found = Some((file.clone(), line.to_string()));
        }
    }
    found
}

/// Whether an error looks for a name in the module, or on the type, in which it was handed out.
fn is_looked_for_there(error: &CompilerMessage, file: &str, line: &str) -> bool {
    let module = module_of(file);
    let is_method = line.starts_with(' ');
    let mut texts = std::iter::once(error.message.as_str()).chain(error.labels());
    if is_method {
        // `no function … found for struct `Features``
        let types = ["RouteGuideService", "Features", "Index"];
        return types.iter().any(|name| {
            quoted(&error.message).any(|word| last_segment(word).trim_start_matches('&') == *name)
                && type_of_module(module) == Some(*name)
        });
    }
    texts.any(|text| {
        quoted(text).any(|word| word.split("::").any(|part| part == module))
            || (module == "routeguide" && text.contains("in the root"))
    })
}

/// The type whose methods a module defines.
fn type_of_module(module: &str) -> Option<&'static str> {
    match module {
        "server" => Some("RouteGuideService"),
        "features" => Some("Features"),
        "index" => Some("Index"),
        _ => None,
    }
}

/// The name that a line defines, if it defines one.
fn defined(line: &str) -> Option<&str> {
    let code = line.trim_start();
    let code = code.strip_prefix("pub ").unwrap_or(code);
    let code = code.strip_prefix("async ").unwrap_or(code);
    let kinds = [
        "fn ", "struct ", "enum ", "type ", "trait ", "const ", "mod ",
    ];
    let rest = kinds.iter().find_map(|kind| code.strip_prefix(kind))?;
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_')?;
    Some(&rest[..end]).filter(|name| !name.is_empty())
}

/// A file as a sentence names it: from the crate's folder.
fn short(file: &str) -> String {
    match file.split_once("start_here/") {
        Some((_, inside)) => inside.to_string(),
        None => file.to_string(),
    }
}
