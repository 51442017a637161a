    // lesson: error-details
    // Print the field and the description of each violation. Delete the next line: all it does is to
    // tell the compiler that the parameter is not forgotten.
    let _ = status;
    // end lesson
