//! start_here: whether all of its files and lesson regions are there.

use super::{CheckId, Finding, apart, no_answer};
use crate::course::{Course, files};
use crate::learner::{Folder, scaffold, work};

/// The id of the finding.
const CHECK: CheckId = CheckId::StartHere;

/// What was found in it.
#[derive(Debug, Default)]
pub struct Facts {
    /// Why the lessons cannot be read, if they cannot.
    course: Option<String>,
    /// Whether `routeguide-lab init` made the folder.
    is_made: bool,
    /// Files that are missing.
    missing: Vec<String>,
    /// Each lesson whose region is damaged: its id, and why.
    broken: Vec<(String, String)>,
}

/// Looks for all files and regions. None if the system does not answer in time.
pub async fn gather(lab: &Folder) -> Option<Facts> {
    let lab = lab.clone();
    apart(move || {
        let is_made = scaffold::is_made(lab.root());
        let missing: Vec<String> = files::of_start_here()
            .filter(|file| !lab.file(file).is_file())
            .collect();
        let course = match Course::embedded() {
            Ok(course) => course,
            Err(error) => {
                return Facts {
                    course: Some(error.to_string()),
                    missing,
                    is_made,
                    ..Facts::default()
                };
            }
        };
        // A missing file is reported once, and not for each of its lessons.
        let is_here = |file: &String| !missing.contains(file);
        let broken = course
            .lessons()
            .iter()
            .filter(|lesson| lesson.head.files.iter().all(is_here))
            .filter_map(|lesson| {
                let error = work::regions(&lab, lesson).err()?;
                Some((lesson.id().to_string(), error.to_string()))
            })
            .collect();
        Facts {
            course: None,
            is_made,
            missing,
            broken,
        }
    })
    .await
}

/// One finding, about what to fix first.
pub fn judge(facts: Option<&Facts>, program: &str) -> Finding {
    let Some(facts) = facts else {
        return no_answer(CHECK, "what is in start_here");
    };
    if let Some(file) = facts.missing.first() {
        let more = match facts.missing.len() - 1 {
            0 => "is missing".to_string(),
            1 => "is missing, and so is one more file of start_here".to_string(),
            n => format!("is missing, and so are {n} more files of start_here"),
        };
        return Finding::error(CHECK, format!("{file} {more}.")).fix(format!(
            "{} restores it. To restore the original files of a lesson, run `{program} reset LESSON \
             --whole-file`.",
            scaffold::way_back(facts.is_made, file)
        ));
    }
    if let Some(words) = &facts.course {
        return Finding::error(CHECK, format!("The lessons cannot be read: {words}.")).fix(
            format!(
                "Fix the file, or restore it with {}.",
                scaffold::way_back(facts.is_made, "lessons")
            ),
        );
    }
    if let Some((lesson, words)) = facts.broken.first() {
        let more = match facts.broken.len() - 1 {
            0 => String::new(),
            1 => "; the region of one more lesson is damaged too".to_string(),
            n => format!("; the regions of {n} more lessons are damaged too"),
        };
        return Finding::error(CHECK, format!("{words}{more}.")).fix(format!(
            "Restore the line, or run `{program} reset {lesson}`. If that cannot find the place, `{program} reset \
             {lesson} --whole-file` restores the whole file; the lab keeps a copy of what is in it now."
        ));
    }
    Finding::ok(
        CHECK,
        "start_here is complete: every file and every lesson region is there.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::Severity;

    #[test]
    fn what_to_fix_first_comes_first() {
        let mut facts = Facts::default();
        assert_eq!(judge(Some(&facts), "lab").severity, Severity::Ok);
        facts.broken = vec![
            ("route-chat".into(), "the line is missing".into()),
            ("run-client".into(), "another".into()),
        ];
        let finding = judge(Some(&facts), "lab");
        assert!(
            finding
                .message
                .starts_with("the line is missing; the region of one more")
        );
        assert!(
            finding
                .fix
                .unwrap()
                .contains("`lab reset route-chat --whole-file`")
        );
        facts.course = Some("lessons/01: no title".into());
        assert!(judge(Some(&facts), "lab").message.contains("01: no title"));
        facts.missing = vec!["start_here/build.rs".into(); 3];
        let finding = judge(Some(&facts), "lab");
        assert!(
            finding.message.contains("so are 2 more files"),
            "{}",
            finding.message
        );
        let advice = finding.fix.unwrap();
        assert!(advice.starts_with("`git checkout -- start_here/build.rs` restores it."));
        // A repository without a commit has nothing to restore.
        facts.is_made = true;
        let advice = judge(Some(&facts), "lab").fix.unwrap();
        assert!(
            advice.starts_with("`routeguide-lab init` restores it."),
            "{advice}"
        );
        assert_eq!(judge(None, "lab").severity, Severity::Error);
    }
}
