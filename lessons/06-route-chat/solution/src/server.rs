        // lesson: route-chat
        use std::collections::HashMap;

        let mut notes = request.into_inner();
        let stream = async_stream::try_stream! {
            // The notes of this call, place by place. Another call has a map of its own.
            let mut history: HashMap<Point, Vec<RouteNote>> = HashMap::new();

            while let Some(note) = notes.message().await? {
                let here = history.entry(note.location.unwrap_or_default()).or_default();
                // Reply first and remember afterwards: a note is never sent back to its own sender.
                for earlier in here.iter() {
                    yield earlier.clone();
                }
                here.push(note);
            }
        };
        Ok(Response::new(Box::pin(stream)))
        // end lesson
