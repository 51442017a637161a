//! What is quoted of the last words of a program: the line with the error and the lines of the author's own code, and
//! not the frames of libraries around them, whatever language it is.

/// How many lines are quoted.
const MOST_LINES: usize = 12;

/// How many of the author's own places.
const MOST_FRAMES: usize = 3;

/// How many lines behind an error may still be about it, such as Rust's message below the place of a panic.
const BEHIND_AN_ERROR: usize = 2;

/// What to quote of everything that a program wrote to standard error.
pub fn of(stderr: &str) -> String {
    let lines: Vec<&str> = without_rust_backtraces(stderr);
    if lines.len() <= MOST_LINES {
        return joined(&lines);
    }
    let Some(crash) = lines.iter().rposition(|line| is_error(line)) else {
        return joined(&lines[lines.len() - MOST_LINES..]);
    };
    // Python tells the places first, and the error last.
    let begin = lines[..=crash]
        .iter()
        .rposition(|line| line.starts_with("Traceback "))
        .filter(|begin| {
            lines[*begin..crash]
                .iter()
                .all(|line| line.starts_with([' ', 'T']))
        })
        .unwrap_or(crash);
    let behind = crash + BEHIND_AN_ERROR.min(lines.len() - 1 - crash);
    let mut kept: Vec<usize> = vec![crash];
    let message = (crash + 1..=behind).take_while(|index| {
        let line = lines[*index];
        !line.trim().is_empty() && !is_frame(line)
    });
    kept.extend(message);
    let frames = (begin..lines.len())
        .filter(|index| is_frame(lines[*index]) && !is_a_librarys(lines[*index]));
    for frame in frames.take(MOST_FRAMES) {
        // Go names the function above its place, Python quotes the line below it.
        let above = lines[frame]
            .starts_with('\t')
            .then(|| frame.checked_sub(1))
            .flatten();
        let below = lines[frame]
            .trim_start()
            .starts_with("File \"")
            .then_some(frame + 1);
        kept.extend(above);
        kept.push(frame);
        kept.extend(below.filter(|below| *below < lines.len()));
    }
    kept.sort_unstable();
    kept.dedup();
    let kept: Vec<&str> = kept.into_iter().map(|index| lines[index]).collect();
    joined(&kept)
}

fn joined(lines: &[&str]) -> String {
    lines.join("\n").trim_matches('\n').to_string()
}

/// The lines without the backtraces of panics, and without the advice to switch them on.
fn without_rust_backtraces(stderr: &str) -> Vec<&str> {
    let mut kept = Vec::new();
    let mut in_backtrace = false;
    for line in stderr.lines() {
        if line == "stack backtrace:" {
            in_backtrace = true;
        } else if in_backtrace && is_backtrace(line) {
            continue;
        } else {
            in_backtrace = false;
            if !is_advice(line) {
                kept.push(line);
            }
        }
    }
    kept
}

/// Whether a line can be one of Rust's backtrace: `  12: core::ops::f` or `             at ./src/main.rs:2:3`.
fn is_backtrace(line: &str) -> bool {
    let text = line.trim_start();
    let is_number = text.split_once(": ").is_some_and(|(number, _)| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    });
    line.starts_with(' ') && (is_number || text.starts_with("at "))
}

fn is_advice(line: &str) -> bool {
    line.starts_with("note: run with `RUST_BACKTRACE")
        || line.starts_with("note: Some details are omitted")
}

/// Whether a line says what went wrong, in the words of Rust, Go, Node, Python, Java, C# or C++.
fn is_error(line: &str) -> bool {
    let begins = [
        "panic: ",
        "fatal error: ",
        "Exception in thread ",
        "Unhandled exception",
        "Uncaught ",
        "terminate called ",
        "Caused by: ",
    ];
    // `TypeError: …`, `io.grpc.StatusRuntimeException: …`, `ValueError`
    let name = line.split([':', ' ']).next().unwrap_or_default();
    let is_name = name.ends_with("Error") || name.ends_with("Exception");
    line.contains(" panicked at ") || is_name || begins.iter().any(|begin| line.starts_with(begin))
}

/// Whether a line names a place in the code, as a stack does.
fn is_frame(line: &str) -> bool {
    let text = line.trim_start();
    let is_go = line.starts_with('\t') && text.contains(".go:");
    line.starts_with([' ', '\t']) && (text.starts_with("at ") || text.starts_with("File \""))
        || is_go
}

/// Whether a line of a stack is in a library or in the language itself.
fn is_a_librarys(line: &str) -> bool {
    let libraries = [
        "node_modules",
        "node:",
        "site-packages",
        "dist-packages",
        "/lib/python",
        "\\Lib\\",
        "<frozen ",
        "java.base/",
        "java.util.",
        "java.lang.",
        "io.grpc.",
        "io.netty.",
        "kotlinx.",
        "/usr/local/go/src/",
        "/go/src/",
        "/pkg/mod/",
        "google.golang.org/",
        "/src/runtime/",
        "System.",
        "Microsoft.",
        "Grpc.",
        "/rustc/",
        "/.cargo/registry/",
    ];
    libraries.iter().any(|library| line.contains(library))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stack of library frames behind the lines that matter.
    fn with_frames(telling: &str, frame: impl Fn(usize) -> String) -> String {
        let frames: Vec<String> = (0..20).map(frame).collect();
        format!("listening on 50051\n{telling}\n{}\n", frames.join("\n"))
    }

    #[test]
    fn a_few_lines_are_quoted_as_they_are() {
        assert_eq!(of("one\ntwo\n"), "one\ntwo");
        let many: String = (1..30).map(|n| format!("line {n}\n")).collect();
        assert_eq!(of(&many).lines().count(), MOST_LINES);
        assert!(of(&many).ends_with("line 29"));
    }

    #[test]
    fn go_keeps_the_panic_and_the_authors_function() {
        let stderr = with_frames(
            "panic: runtime error: index out of range [3]\n\ngoroutine 7 [running]:\nmain.(*guide).RouteChat(0xc0)\n\t/home/me/guide/main.go:41 +0x1d",
            |n| {
                format!(
                    "google.golang.org/grpc.f{n}(0xc0)\n\t/root/go/pkg/mod/google.golang.org/grpc@v1.6/server.go:{n} +0x1"
                )
            },
        );
        assert_eq!(
            of(&stderr),
            "panic: runtime error: index out of range [3]\nmain.(*guide).RouteChat(0xc0)\n\t/home/me/guide/main.go:41 +0x1d"
        );
    }

    #[test]
    fn node_keeps_the_error_and_the_authors_line() {
        let stderr = with_frames(
            "/home/me/server.js:12\n    at = note.location.latitude;\n\nTypeError: Cannot read properties of null\n    at chat (/home/me/server.js:12:25)",
            |n| {
                format!(
                    "    at f{n} (/home/me/node_modules/@grpc/grpc-js/build/src/server.js:{n}:1)"
                )
            },
        );
        assert_eq!(
            of(&stderr),
            "TypeError: Cannot read properties of null\n    at chat (/home/me/server.js:12:25)"
        );
    }

    #[test]
    fn java_keeps_the_exception_and_the_authors_line() {
        let stderr = with_frames(
            "Exception in thread \"grpc-default-executor-1\" java.lang.NullPointerException: no point\n\tat me.Guide.chat(Guide.java:77)",
            |n| format!("\tat io.grpc.stub.F{n}.run(F{n}.java:{n})"),
        );
        assert!(
            of(&stderr).ends_with("no point\n\tat me.Guide.chat(Guide.java:77)"),
            "{}",
            of(&stderr)
        );
    }

    #[test]
    fn python_keeps_the_last_error_and_the_authors_line() {
        let library = |n: usize| {
            format!(
                "  File \"/usr/lib/python3.11/site-packages/grpc/_server.py\", line {n}, in f\n    f()"
            )
        };
        let before: Vec<String> = (0..9).map(library).collect();
        let stderr = format!(
            "Traceback (most recent call last):\n{}\n  File \"/home/me/server.py\", line 9, in RouteChat\n    at = note.where\nAttributeError: where\n",
            before.join("\n")
        );
        assert_eq!(
            of(&stderr),
            "  File \"/home/me/server.py\", line 9, in RouteChat\n    at = note.where\nAttributeError: where"
        );
    }

    #[test]
    fn rust_keeps_the_panic_and_no_backtrace() {
        let stderr = "\nthread 'main' (1) panicked at src/a.rs:1:2:\nno corner\nstack backtrace:\n   0: rust_begin_unwind\n             at /rustc/1/library/std/src/panicking.rs:6:5\n   1: core::f\nnote: Some details are omitted, run with `RUST_BACKTRACE=full` for a verbose backtrace.\nlast\n";
        assert_eq!(
            of(stderr),
            "thread 'main' (1) panicked at src/a.rs:1:2:\nno corner\nlast"
        );
    }
}
