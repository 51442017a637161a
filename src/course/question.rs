//! The question at the end of a lesson. To answer it is optional.

use serde::Deserialize;

/// A question with several answers, one of which is right.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "QuestionFile")]
pub struct Question {
    /// The question.
    pub text: String,
    /// The answers to choose from, at least two.
    pub answers: Vec<String>,
    /// Which of them is right, counted from 0.
    pub right: usize,
    /// Why it is right.
    pub because: String,
}

/// A question as `lesson.toml` has it, with the right answer counted from 1.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct QuestionFile {
    text: String,
    answers: Vec<String>,
    right: usize,
    because: String,
}

impl TryFrom<QuestionFile> for Question {
    type Error = String;

    fn try_from(file: QuestionFile) -> Result<Question, String> {
        let QuestionFile {
            text,
            answers,
            right,
            because,
        } = file;
        let last = answers.len();
        if last < 2 {
            return Err("a question needs at least two answers".to_string());
        }
        if !(1..=last).contains(&right) {
            return Err(format!(
                "`right` is {right}; it must be the number of an answer, from 1 to {last}"
            ));
        }
        Ok(Question {
            text,
            answers,
            right: right - 1,
            because,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(right: usize, answers: &str) -> Result<Question, String> {
        let file = format!("text = 'a'\nanswers = {answers}\nright = {right}\nbecause = 'b'");
        toml::from_str(&file).map_err(|error| error.message().to_string())
    }

    #[test]
    fn the_right_answer_is_one_of_them() {
        assert_eq!(read(2, "['x', 'y']").unwrap().right, 1);
        assert!(read(0, "['x', 'y']").unwrap_err().contains("from 1 to 2"));
        assert!(read(3, "['x', 'y']").unwrap_err().contains("from 1 to 2"));
        assert!(read(1, "['x']").unwrap_err().contains("at least two"));
    }
}
