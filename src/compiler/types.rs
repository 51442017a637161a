//! Types as rustc writes them in its labels.

/// Two types that differ: what was expected, and what was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Mismatch<'a> {
    /// What was expected, without its path: `Result<Feature, Status>`.
    pub expected: &'a str,
    /// What was found.
    pub found: &'a str,
}

/// The two types of a label such as "expected `Feature`, found `&Feature`".
pub fn mismatch(label: &str) -> Option<Mismatch<'_>> {
    let rest = label.strip_prefix("expected ")?;
    let (expected, found) = rest.split_once(", found ")?;
    let bare = |text| str::trim(text).trim_matches('`');
    Some(Mismatch {
        expected: bare(expected),
        found: bare(found),
    })
}

/// The arguments of a generic type, if it has this name: of `Result<Feature, _>`, `Feature` and `_`.
pub fn arguments<'a>(name: &str, of: &'a str) -> Option<Vec<&'a str>> {
    let (head, rest) = of.split_once('<')?;
    let inside = rest.strip_suffix('>')?;
    if last_segment(head) != name {
        return None;
    }
    let mut arguments = Vec::new();
    let (mut depth, mut start) = (0_usize, 0);
    for (index, c) in inside.char_indices() {
        match c {
            '<' | '(' | '[' | '{' => depth += 1,
            '>' if inside[..index].ends_with('-') => {}
            '>' | ')' | ']' | '}' => depth = depth.saturating_sub(1),
            ',' if depth == 0 => {
                arguments.push(inside[start..index].trim());
                start = index + 1;
            }
            _ => {}
        }
    }
    arguments.push(inside[start..].trim());
    Some(arguments)
}

/// The only or first argument of a generic type of this name.
pub fn argument<'a>(name: &str, of: &'a str) -> Option<&'a str> {
    arguments(name, of)?.first().copied()
}

/// Whether a type has this name, whatever its path and its arguments.
pub fn is(name: &str, of: &str) -> bool {
    last_segment(of.split('<').next().unwrap_or(of)) == name
}

/// A type without the path in front of it.
pub fn last_segment(of: &str) -> &str {
    of.rsplit("::").next().unwrap_or(of).trim()
}

/// A type as a sentence names it: without the paths in it.
pub fn short(of: &str) -> String {
    let mut text = String::new();
    let mut word = String::new();
    let mut chars = of.chars().peekable();
    while let Some(c) = chars.next() {
        if c == ':' && chars.peek() == Some(&':') {
            chars.next();
            word.clear();
        } else if c.is_alphanumeric() || c == '_' {
            word.push(c);
        } else {
            text.push_str(&word);
            word.clear();
            text.push(c);
        }
    }
    text.push_str(&word);
    text
}

/// The words between the first two backticks.
pub fn first_quoted(message: &str) -> Option<&str> {
    quoted(message).next()
}

/// All words between backticks.
pub fn quoted(message: &str) -> impl Iterator<Item = &str> {
    message.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_types_of_a_label_are_taken_apart() {
        let found =
            mismatch("expected `Result<Feature, Status>`, found `Result<&Feature, _>`").unwrap();
        assert_eq!(
            arguments("Result", found.expected),
            Some(vec!["Feature", "Status"])
        );
        assert_eq!(argument("Result", found.found), Some("&Feature"));
        assert_eq!(
            argument("Option", "std::option::Option<Point>"),
            Some("Point")
        );
        assert_eq!(
            arguments(
                "Result",
                "Result<Response<Pin<Box<(dyn Stream<Item = Result<A, B>> + Send)>>>, Status>"
            )
            .map(|a| a.len()),
            Some(2)
        );
        assert_eq!(
            mismatch("expected future, found `Option<_>`").map(|found| found.expected),
            Some("future")
        );
        assert_eq!(mismatch("unknown field"), None);
        assert!(is("Request", "tonic::Request<T>") && !is("Request", "Response<T>"));
        assert_eq!(
            short("tonic::Request<Vec<std::vec::Vec<a::B>>>"),
            "Request<Vec<Vec<B>>>"
        );
        assert_eq!(quoted("no `a` in `b`").collect::<Vec<_>>(), ["a", "b"]);
    }
}
