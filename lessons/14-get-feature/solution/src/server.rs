    // lesson: get-feature
    /// Unary: one point in, the feature at exactly that point out.
    async fn get_feature(&self, request: Request<Point>) -> Result<Response<Feature>, Status> {
        let point = request.into_inner();
        let feature = match self.features.find(&point) {
            Some(feature) => feature.clone(),
            // Not an error: an empty name says that there is no feature at this point.
            None => Feature {
                name: String::new(),
                location: Some(point),
            },
        };
        Ok(Response::new(feature))
    }
    // end lesson
