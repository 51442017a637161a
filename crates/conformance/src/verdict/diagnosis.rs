//! Why something is not right, with the evidence.

use crate::location::Location;

/// Why something is not right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The ids of known mistakes, where the cause is one.
    pub mistakes: Vec<&'static str>,
    /// The cause, in one sentence: the earliest and the worst, if there are several.
    pub message: String,
    /// Further causes, a sentence each.
    pub also: Vec<String>,
    /// What shows it in the call that is shown.
    pub evidence: Option<String>,
    /// What to do about it, if it goes without the lesson's text. It speaks of no language.
    pub hint: Option<String>,
    /// The same for somebody who writes Rust, if more can be said then.
    pub hint_in_rust: Option<String>,
    /// What others wrote about it, word for word.
    pub quoted: Option<Quote>,
    /// The line of the learner's that shows it.
    pub excerpt: Option<Excerpt>,
    /// What was expected at the first difference, beside what came.
    pub contrast: Option<Contrast>,
    /// What to change, where it is known more exactly than by the lesson's region. The file is named from the lab's
    /// root.
    pub location: Option<Location>,
    /// Whether the cause is not in the learner's code, so that no line of it is to be changed.
    pub elsewhere: bool,
}

/// Somebody else's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quote {
    /// The compiler's or cargo's, which may be in colour.
    Compiler {
        /// What is shown at once: of several errors, the one that the diagnosis is about.
        first: String,
        /// The other errors.
        rest: Vec<String>,
    },
    /// The learner's program's, which may be anything.
    Program(String),
}

impl Quote {
    /// The words; of several errors, the first.
    pub fn words(&self) -> &str {
        match self {
            Quote::Compiler { first: words, .. } | Quote::Program(words) => words,
        }
    }

    /// All words.
    pub fn all_words(&self) -> String {
        match self {
            Quote::Compiler { first, rest } => {
                let all: Vec<&str> = std::iter::once(first)
                    .chain(rest)
                    .map(String::as_str)
                    .collect();
                all.join("\n")
            }
            Quote::Program(words) => words.clone(),
        }
    }
}

/// The two sides of a difference, in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contrast {
    /// What the contract promises.
    pub expected: String,
    /// What the learner's program did.
    pub received: String,
}

impl Diagnosis {
    /// A cause without a known mistake.
    pub fn new(message: impl Into<String>) -> Diagnosis {
        Diagnosis {
            mistakes: Vec::new(),
            message: message.into(),
            also: Vec::new(),
            evidence: None,
            hint: None,
            hint_in_rust: None,
            quoted: None,
            excerpt: None,
            contrast: None,
            location: None,
            elsewhere: false,
        }
    }

    /// A known mistake.
    pub fn mistake(id: &'static str, message: impl Into<String>) -> Diagnosis {
        Diagnosis {
            mistakes: vec![id],
            ..Diagnosis::new(message)
        }
    }

    /// With one more cause.
    #[must_use]
    pub fn also(mut self, cause: impl Into<String>) -> Diagnosis {
        self.also.push(cause.into());
        self
    }

    /// With what shows it.
    #[must_use]
    pub fn evidence(self, evidence: impl Into<String>) -> Diagnosis {
        Diagnosis {
            evidence: Some(evidence.into()),
            ..self
        }
    }

    /// The causes and the evidence in one text, for formats that have one field for it.
    pub fn text(&self) -> String {
        let mut text = self.message.clone();
        for cause in &self.also {
            text.push_str(&format!(" Also: {cause}"));
        }
        if let Some(evidence) = &self.evidence {
            text.push_str(&format!(" {evidence}"));
        }
        text
    }

    /// With what to do about it.
    #[must_use]
    pub fn hint(self, hint: impl Into<String>) -> Diagnosis {
        Diagnosis {
            hint: Some(hint.into()),
            ..self
        }
    }

    /// With what to do about it for somebody who writes Rust. The other hint is for everybody else.
    #[must_use]
    pub fn hint_in_rust(self, hint: impl Into<String>) -> Diagnosis {
        Diagnosis {
            hint_in_rust: Some(hint.into()),
            ..self
        }
    }

    /// With one sentence more of what to do, in any language.
    #[must_use]
    pub fn and_hint(mut self, more: &str) -> Diagnosis {
        if let Some(hint) = &mut self.hint_in_rust {
            hint.push(' ');
            hint.push_str(more);
        }
        self.hint = Some(match self.hint {
            Some(hint) => format!("{hint} {more}"),
            None => more.to_string(),
        });
        self
    }

    /// As it is for somebody who is known to write Rust, or for one whose language is not known.
    #[must_use]
    pub fn addressed(self, writes_rust: bool) -> Diagnosis {
        let in_rust = self.hint_in_rust.filter(|_| writes_rust);
        Diagnosis {
            hint: in_rust.or(self.hint),
            hint_in_rust: None,
            ..self
        }
    }

    /// With the line to change.
    #[must_use]
    pub fn at(self, location: Location) -> Diagnosis {
        Diagnosis {
            location: Some(location),
            ..self
        }
    }

    /// With a cause that is not in the learner's code.
    #[must_use]
    pub fn elsewhere(self) -> Diagnosis {
        Diagnosis {
            elsewhere: true,
            ..self
        }
    }

    /// With what was expected, beside what came.
    #[must_use]
    pub fn contrast(self, expected: impl ToString, received: impl ToString) -> Diagnosis {
        let contrast = Contrast {
            expected: expected.to_string(),
            received: received.to_string(),
        };
        Diagnosis {
            contrast: Some(contrast),
            ..self
        }
    }

    /// With the words of the learner's program, unless they are empty.
    #[must_use]
    pub fn quoting(self, words: impl Into<String>) -> Diagnosis {
        let words = words.into();
        let quoted = (!words.trim().is_empty()).then_some(Quote::Program(words));
        Diagnosis { quoted, ..self }
    }

    /// With the words of the compiler or of cargo.
    #[must_use]
    pub fn quoting_compiler(self, words: impl Into<String>) -> Diagnosis {
        self.quoting_errors(words, Vec::new())
    }

    /// With an error of the compiler's, and the others that there are.
    #[must_use]
    pub fn quoting_errors(self, first: impl Into<String>, rest: Vec<String>) -> Diagnosis {
        Diagnosis {
            quoted: Some(Quote::Compiler {
                first: first.into(),
                rest,
            }),
            ..self
        }
    }
}

/// A line of the learner's, quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Where the line is; the file is named from the lab's root.
    pub location: Location,
    /// The column, counted from 1 in characters.
    pub column: usize,
    /// The text of the line.
    pub source: String,
}

/// The first thing that is not right in a call.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What it is.
    pub diagnosis: Diagnosis,
    /// The event that shows it.
    pub mark: Option<usize>,
}
