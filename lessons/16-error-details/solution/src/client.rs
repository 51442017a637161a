    // lesson: error-details
    use tonic_types::StatusExt as _;

    // Empty where the status has no details, or only such as tonic-types does not know.
    let details = status.get_error_details();
    if let Some(bad_request) = details.bad_request() {
        for violation in &bad_request.field_violations {
            eprintln!("{}: {}", violation.field, violation.description);
        }
    }
    // end lesson
