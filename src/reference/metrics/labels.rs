//! The labels of the metrics.

use std::collections::HashMap;
use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prost_reflect::{DescriptorError, MethodDescriptor};

use crate::reference::services;

/// The labels of a method.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct MethodLabels {
    grpc_service: Arc<str>,
    grpc_method: Arc<str>,
    grpc_type: &'static str,
}

/// The labels of a method and of the status code that its call ended with.
#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
pub struct OutcomeLabels {
    grpc_service: Arc<str>,
    grpc_method: Arc<str>,
    grpc_type: &'static str,
    grpc_code: &'static str,
}

impl MethodLabels {
    fn new(service: &str, method: &str, grpc_type: &'static str) -> MethodLabels {
        MethodLabels {
            grpc_service: service.into(),
            grpc_method: method.into(),
            grpc_type,
        }
    }

    fn of(method: &MethodDescriptor) -> MethodLabels {
        let grpc_type = match (method.is_client_streaming(), method.is_server_streaming()) {
            (false, false) => "unary",
            (true, false) => "client_stream",
            (false, true) => "server_stream",
            (true, true) => "bidi_stream",
        };
        MethodLabels::new(
            method.parent_service().full_name(),
            method.name(),
            grpc_type,
        )
    }

    /// Whether these are the labels of a method of RouteGuide.
    pub fn is_route_guide(&self) -> bool {
        &*self.grpc_service == services::ROUTE_GUIDE
    }

    /// These labels with a status code.
    pub fn with_code(&self, grpc_code: &'static str) -> OutcomeLabels {
        OutcomeLabels {
            grpc_service: Arc::clone(&self.grpc_service),
            grpc_method: Arc::clone(&self.grpc_method),
            grpc_type: self.grpc_type,
            grpc_code,
        }
    }
}

/// The labels of all methods that the server offers. Clients may call any path, and labels for each path would
/// fill the memory, so all other paths share one set of labels.
#[derive(Debug)]
pub struct Labels {
    by_path: HashMap<String, MethodLabels>,
    unknown: MethodLabels,
}

impl Labels {
    /// The labels of the methods in the descriptors of the server's services.
    ///
    /// # Errors
    ///
    /// If a descriptor set is invalid.
    pub fn new() -> Result<Labels, DescriptorError> {
        let methods = services::methods()?;
        let by_path = methods.iter().map(|method| {
            let service = method.parent_service();
            let path = format!("/{}/{}", service.full_name(), method.name());
            (path, MethodLabels::of(method))
        });
        Ok(Labels {
            by_path: by_path.collect(),
            unknown: MethodLabels::new("unknown", "unknown", "unknown"),
        })
    }

    /// The labels of the method that a path calls.
    pub fn of_path(&self, path: &str) -> &MethodLabels {
        self.by_path.get(path).unwrap_or(&self.unknown)
    }

    /// The labels of all methods that the server offers.
    pub fn all(&self) -> impl Iterator<Item = &MethodLabels> {
        self.by_path.values()
    }
}
