        // lesson: record-route
        let started = std::time::Instant::now();
        let mut points = request.into_inner();
        let mut summary = RouteSummary::default();
        let mut metres = 0.0;
        let mut previous: Option<Point> = None;

        // `message()` waits for the next point. It gives `None` once the client has half-closed, that
        // is, has said that it will send no more. `?` ends the call if the client went away.
        while let Some(point) = points.message().await? {
            summary.point_count += 1;
            if self.features.find(&point).is_some() {
                summary.feature_count += 1;
            }
            if let Some(previous) = previous {
                metres += crate::features::distance(&previous, &point);
            }
            previous = Some(point);
        }

        summary.distance = metres.round() as i32;
        summary.elapsed_time = started.elapsed().as_secs() as i32;
        Ok(Response::new(summary))
        // end lesson
