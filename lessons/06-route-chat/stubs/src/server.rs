        // lesson: route-chat
        // Answer each note with the earlier notes of this call from the same place, and read on.
        let notes = request.into_inner();
        Err(Status::unimplemented(format!(
            "route_chat is not written yet; it was handed {notes:?}"
        )))
        // end lesson
