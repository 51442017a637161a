//! Questions on the terminal.

use std::io::{self, IsTerminal as _};

use crate::draw::output::{print_error, print_question};

/// Whether a question can be asked and answered: input and standard error are a terminal.
pub fn can() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Asks a question on standard error, and reads the answer. Only `y` and `yes` are a yes; the end of the input is a no.
///
/// # Errors
///
/// If the answer cannot be read.
pub fn yes(question: &str) -> io::Result<bool> {
    print_question(question)?;
    let mut answer = String::new();
    let read = io::stdin().read_line(&mut answer)?;
    if read == 0 {
        print_error("");
    }
    Ok(is_yes(&answer))
}

fn is_yes(answer: &str) -> bool {
    matches!(answer.trim().to_lowercase().as_str(), "y" | "yes")
}

#[cfg(test)]
mod tests {
    use super::is_yes;

    #[test]
    fn only_a_yes_is_a_yes() {
        assert!(is_yes("y\n") && is_yes(" YES\r\n"));
        assert!(!is_yes("") && !is_yes("\n") && !is_yes("n\n") && !is_yes("yet\n"));
    }
}
