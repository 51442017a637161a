        // lesson: list-features
        let rectangle = request.into_inner();
        // A message field that the client left out is `None`. It reads as its default, Point(0, 0).
        let lo = rectangle.lo.unwrap_or_default();
        let hi = rectangle.hi.unwrap_or_default();
        // The two corners may come in any order, so each axis is sorted first.
        let latitudes = lo.latitude.min(hi.latitude)..=lo.latitude.max(hi.latitude);
        let longitudes = lo.longitude.min(hi.longitude)..=lo.longitude.max(hi.longitude);

        let features = Arc::clone(&self.features);
        // The body runs later, as the client takes the messages: each `yield` hands over one feature
        // and waits until there is room for the next. It needs no task and no channel of its own.
        let stream = async_stream::try_stream! {
            for feature in features.iter() {
                let place = feature.location.unwrap_or_default();
                if latitudes.contains(&place.latitude) && longitudes.contains(&place.longitude) {
                    yield feature.clone();
                }
            }
        };
        Ok(Response::new(Box::pin(stream)))
        // end lesson
