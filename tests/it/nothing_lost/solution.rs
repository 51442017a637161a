//! The finished code in the place of the learner's own.

use super::{LIB, both, finished, with_own_code};

#[test]
fn a_solution_is_shown_beside_the_learners_code_and_written_in_its_place() {
    let lab = with_own_code("solution-written");
    let mine = both(&lab);
    let finished = finished(&lab);
    lab.run(["solution", "generate-code", "--write"])
        .exits(1)
        .complains("you have not tried `generate-code` yet")
        .complains("solution generate-code --write --force");
    let shown = lab
        .run(["solution", "generate-code", "--force"])
        .exits(0)
        .says("- your code, + the solution")
        .says("-     mine();\n")
        .says("+ ")
        .says("solution generate-code --write --force  writes it into your files");
    assert!(!shown.stdout.contains('\u{1b}'));
    assert_eq!(both(&lab), mine);

    lab.run(["solution", "generate-code", "--write", "--force"])
        .exits(0)
        .says("The solution of generate-code has been written to start_here/build.rs and start_here/src/lib.rs.");
    assert_eq!(both(&lab), finished);
    lab.run(["solution", "generate-code", "--force"])
        .exits(0)
        .says("Your code is the same as the solution.");
    lab.run(["solution", "generate-code", "--write", "--force"])
        .exits(0)
        .says("there is nothing to write");
    lab.run(["undo"])
        .exits(0)
        .says("Undone: solution generate-code --write");
    assert_eq!(both(&lab), mine);

    // A place that cannot be found is said, and the other file is not written either.
    lab.edit(LIB, |text| text.replace("// end lesson", "// gone"));
    let lost = both(&lab);
    lab.run(["solution", "generate-code", "--write", "--force"])
        .exits(3)
        .complains("the line `// end lesson`");
    lab.run(["solution", "generate-code", "--force"])
        .exits(0)
        .says("Cannot compare it with your code: start_here/src/lib.rs: the line `// end lesson`");
    assert_eq!(both(&lab), lost);
    lab.run(["solution", "try-it-out", "--write"])
        .exits(0)
        .says("there is nothing to write");
}
