    // lesson: get-feature
    // After the codelab, the lesson `get-feature` adds a method here.
    // end lesson
