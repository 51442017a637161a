// lesson: deadlines
// After the codelab, the lesson `deadlines` adds a function here.
// end lesson
