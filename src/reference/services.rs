//! The services that the server offers, as their descriptors describe them.

use prost_reflect::{DescriptorError, DescriptorPool, MethodDescriptor};

use crate::messages::{DESCRIPTOR_SET, Rpc};

/// The full name of the service RouteGuide.
pub const ROUTE_GUIDE: &str = Rpc::SERVICE;

/// The encoded file descriptor sets of all services: RouteGuide, health, and both versions of reflection.
pub const DESCRIPTOR_SETS: [&[u8]; 4] = [
    DESCRIPTOR_SET,
    tonic_health::pb::FILE_DESCRIPTOR_SET,
    tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
    tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
];

/// Whether a request with this path calls RouteGuide, and not a service for tools.
pub fn is_route_guide(path: &str) -> bool {
    service_and_method(path).is_some_and(|(service, _)| service == ROUTE_GUIDE)
}

/// The two parts of the path of a gRPC request.
pub fn service_and_method(path: &str) -> Option<(&str, &str)> {
    path.strip_prefix('/')?.split_once('/')
}

/// All methods of all services.
///
/// # Errors
///
/// If a descriptor set is invalid.
pub fn methods() -> Result<Vec<MethodDescriptor>, DescriptorError> {
    let mut pool = DescriptorPool::new();
    for set in DESCRIPTOR_SETS {
        pool.decode_file_descriptor_set(set)?;
    }
    let services: Vec<_> = pool.services().collect();
    Ok(services
        .iter()
        .flat_map(|service| service.methods())
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rpc_is_a_method_and_its_path_is_one_of_route_guide() {
        let methods = methods().unwrap();
        for rpc in Rpc::ALL {
            assert!(is_route_guide(rpc.path()));
            let named = |method: &&MethodDescriptor| {
                service_and_method(rpc.path()) == Some((ROUTE_GUIDE, method.name()))
            };
            assert_eq!(methods.iter().filter(named).count(), 1, "{rpc}");
        }
        assert!(!is_route_guide("/grpc.health.v1.Health/Check"));
        assert!(!is_route_guide(ROUTE_GUIDE));
    }
}
