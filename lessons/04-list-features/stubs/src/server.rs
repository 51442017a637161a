        // lesson: list-features
        // Send every feature that lies in the rectangle or on its border, as a stream.
        let rectangle = request.into_inner();
        Err(Status::unimplemented(format!(
            "list_features is not written yet; it was asked for {rectangle:?}"
        )))
        // end lesson
