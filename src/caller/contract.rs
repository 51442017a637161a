//! The contract of a call: its services and messages, looked up by name.

use prost_reflect::{
    DescriptorError, DescriptorPool, EnumDescriptor, FileDescriptor, MessageDescriptor,
    MethodDescriptor, ServiceDescriptor,
};

use crate::messages::DESCRIPTOR_SET;
use crate::text::nearest;

/// Packages of services for tools, which are looked through last.
const FOR_TOOLS: &str = "grpc.";

/// The services and the messages that can be named.
#[derive(Debug, Clone)]
pub struct Contract {
    pool: DescriptorPool,
}

/// Something in a contract.
#[derive(Debug, Clone)]
pub enum Item {
    /// A message type.
    Message(MessageDescriptor),
    /// An enum type.
    Enum(EnumDescriptor),
    /// A service.
    Service(ServiceDescriptor),
    /// An RPC.
    Rpc(MethodDescriptor),
}

/// Nothing that was looked through has this name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    name: String,
    /// The names of all that was looked through, without package and service.
    pub known: Vec<String>,
}

/// Why a name does not mean an RPC.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RpcNameError(String);

impl Contract {
    /// The course's own.
    ///
    /// # Errors
    ///
    /// If the descriptors in the program are invalid.
    pub fn course() -> Result<Contract, DescriptorError> {
        DescriptorPool::decode(DESCRIPTOR_SET).map(Contract::of)
    }

    /// All that a pool holds.
    pub fn of(pool: DescriptorPool) -> Contract {
        Contract { pool }
    }

    /// All services.
    pub fn services(&self) -> impl Iterator<Item = ServiceDescriptor> {
        self.pool.services()
    }

    /// All RPCs, those of services for tools last.
    pub fn rpcs(&self) -> Vec<MethodDescriptor> {
        let services: Vec<ServiceDescriptor> = self.services().collect();
        let methods = services.iter().flat_map(ServiceDescriptor::methods);
        let (for_tools, mut all): (Vec<_>, Vec<_>) = methods.partition(is_for_tools);
        all.extend(for_tools);
        all
    }

    /// The RPC that a name means: `ListFeatures`, `list-features`, `list_features`, or with its service, as in
    /// `routeguide.RouteGuide/ListFeatures`.
    ///
    /// # Errors
    ///
    /// If there is no such RPC, or several services have one.
    pub fn rpc(&self, name: &str) -> Result<MethodDescriptor, RpcNameError> {
        let all = self.rpcs();
        let mut found = best(name, &all, MethodDescriptor::full_name);
        if found.iter().any(|method| !is_for_tools(method)) {
            found.retain(|method| !is_for_tools(method));
        }
        match found.as_slice() {
            [only] => Ok((*only).clone()),
            [] => {
                let unknown = UnknownName::new(name, all.iter().map(MethodDescriptor::name));
                Err(RpcNameError(unknown.sentence("there is no RPC called")))
            }
            several => {
                let paths: Vec<String> = several.iter().map(|method| path(method)).collect();
                let problem = format!("`{name}` may be any of {}", paths.join(", "));
                Err(RpcNameError(problem))
            }
        }
    }

    /// Everything that a name means: a message, an enum, a service or an RPC.
    ///
    /// # Errors
    ///
    /// [`UnknownName`].
    pub fn find(&self, name: &str) -> Result<Vec<Item>, UnknownName> {
        let all = self.items();
        let found = best(name, &all, Item::full_name);
        if !found.is_empty() {
            return Ok(found.into_iter().cloned().collect());
        }
        Err(UnknownName::new(
            name,
            all.iter().map(|item| last(item.full_name())),
        ))
    }

    /// Everything outside the packages of Google's own types, in the order of the files.
    pub fn items(&self) -> Vec<Item> {
        let mut items = Vec::new();
        for file in self.pool.files().filter(is_shown) {
            items.extend(file.messages().map(Item::Message));
            items.extend(file.enums().map(Item::Enum));
            items.extend(file.services().map(Item::Service));
        }
        // Those inside of others can be named, but are printed with the others.
        let inner = self.pool.all_messages().filter(|message| {
            message.parent_message().is_some()
                && !message.is_map_entry()
                && is_shown(&message.parent_file())
        });
        items.extend(inner.map(Item::Message));
        items.extend(self.rpcs().into_iter().map(Item::Rpc));
        items
    }
}

impl UnknownName {
    fn new<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> UnknownName {
        UnknownName {
            name: name.to_string(),
            known: known.map(str::to_string).collect(),
        }
    }

    /// The sentence: what `lacks` the name, and the name that comes nearest.
    pub fn sentence(&self, lacks: &str) -> String {
        let known = self.known.iter().map(String::as_str);
        unknown(&format!("{lacks} `{}`", self.name), &self.name, known)
    }
}

impl Item {
    /// The name with its package.
    pub fn full_name(&self) -> &str {
        match self {
            Item::Message(message) => message.full_name(),
            Item::Enum(kind) => kind.full_name(),
            Item::Service(service) => service.full_name(),
            Item::Rpc(method) => method.full_name(),
        }
    }

    /// The file that defines it.
    pub fn file(&self) -> FileDescriptor {
        match self {
            Item::Message(message) => message.parent_file(),
            Item::Enum(kind) => kind.parent_file(),
            Item::Service(service) => service.parent_file(),
            Item::Rpc(method) => method.parent_service().parent_file(),
        }
    }

    /// Where it is in the descriptor of its file.
    pub fn path(&self) -> &[i32] {
        match self {
            Item::Message(message) => message.path(),
            Item::Enum(kind) => kind.path(),
            Item::Service(service) => service.path(),
            Item::Rpc(method) => method.path(),
        }
    }

    /// Whether it is printed as a part of something else.
    pub fn is_inner(&self) -> bool {
        match self {
            Item::Message(message) => message.parent_message().is_some(),
            Item::Enum(kind) => kind.parent_message().is_some(),
            Item::Service(_) => false,
            Item::Rpc(_) => true,
        }
    }
}

/// The path of an RPC on the wire, without the slash at its beginning.
pub fn path(method: &MethodDescriptor) -> String {
    format!("{}/{}", method.parent_service().full_name(), method.name())
}

fn is_for_tools(method: &MethodDescriptor) -> bool {
    method.full_name().starts_with(FOR_TOOLS)
}

fn is_shown(file: &FileDescriptor) -> bool {
    !file.name().starts_with("google/protobuf/")
}

/// Those whose full name is meant by a name: exactly, or else with other letters, hyphens or underscores.
fn best<'a, T>(name: &str, all: &'a [T], full_name: impl Fn(&T) -> &str) -> Vec<&'a T> {
    let name = name.trim_start_matches(['/', '.']).replace('/', ".");
    let means = |full: &str, name: &str| {
        full == name
            || full
                .strip_suffix(name)
                .is_some_and(|front| front.ends_with('.'))
    };
    let exactly: Vec<&T> = all
        .iter()
        .filter(|one| means(full_name(one), &name))
        .collect();
    if !exactly.is_empty() || name.is_empty() {
        return exactly;
    }
    let name = likeness(&name);
    all.iter()
        .filter(|one| means(&likeness(full_name(one)), &name))
        .collect()
}

/// Names that differ only in the case of letters, hyphens and underscores are taken for the same.
fn likeness(name: &str) -> String {
    name.replace(['-', '_'], "").to_lowercase()
}

/// The last part of a name.
fn last(name: &str) -> &str {
    name.rsplit(['.', '/']).next().unwrap_or(name)
}

/// A sentence about an unknown name, with the one that comes nearest.
pub fn unknown<'a>(problem: &str, name: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    match nearest(last(name), names) {
        Some(near) => format!("{problem}; did you mean `{near}`?"),
        None => problem.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_rpc_has_many_names() {
        let contract = Contract::course().unwrap();
        for name in [
            "ListFeatures",
            "list-features",
            "list_features",
            "listFeatures",
            "LISTFEATURES",
            "routeguide.RouteGuide/ListFeatures",
            "/routeguide.RouteGuide/ListFeatures",
            "routeguide.RouteGuide.ListFeatures",
            "RouteGuide/ListFeatures",
        ] {
            let rpc = contract.rpc(name).unwrap();
            assert_eq!(path(&rpc), "routeguide.RouteGuide/ListFeatures", "{name}");
        }
    }

    #[test]
    fn an_unknown_rpc_gets_the_nearest_name() {
        let contract = Contract::course().unwrap();
        for (name, said) in [
            (
                "ListFeature",
                "there is no RPC called `ListFeature`; did you mean `ListFeatures`?",
            ),
            (
                "routeguide.RouteGuide/RecordRout",
                "there is no RPC called `routeguide.RouteGuide/RecordRout`; did you mean `RecordRoute`?",
            ),
            ("xyz", "there is no RPC called `xyz`"),
            ("", "there is no RPC called ``"),
            // A message is no RPC, and neither is one of another service.
            (
                "Feature",
                "there is no RPC called `Feature`; did you mean `ListFeatures`?",
            ),
            (
                "other.Service/RouteChat",
                "there is no RPC called `other.Service/RouteChat`; did you mean `RouteChat`?",
            ),
        ] {
            let error = contract.rpc(name).unwrap_err();
            assert_eq!(error.to_string(), said);
        }
    }

    #[test]
    fn a_name_that_several_services_have_needs_its_service() {
        let source = "syntax = \"proto3\"; package grpc.x; message M {} service Tool { rpc Check(M) returns (M); } \
                      service Other { rpc Check(M) returns (M); rpc Watch(M) returns (M); }";
        let of = |source: &str| {
            let parsed =
                crate::probe::proto::parse("a.proto", source, std::path::Path::new("none"));
            Contract::of(parsed.unwrap().file.parent_pool().clone())
        };
        let contract = of(source);
        assert_eq!(
            contract.rpc("check").unwrap_err().to_string(),
            "`check` may be any of grpc.x.Tool/Check, grpc.x.Other/Check"
        );
        assert!(contract.rpc("Tool/Check").is_ok() && contract.rpc("Watch").is_ok());
    }

    #[test]
    fn messages_services_and_rpcs_are_found() {
        let contract = Contract::course().unwrap();
        let found = |name: &str| -> Vec<String> {
            let items = contract.find(name).unwrap().into_iter();
            items.map(|item| item.full_name().to_string()).collect()
        };
        assert_eq!(found("Feature"), ["routeguide.Feature"]);
        assert_eq!(found("feature"), ["routeguide.Feature"]);
        assert_eq!(found("route_note"), ["routeguide.RouteNote"]);
        assert_eq!(found("routeguide.Point"), ["routeguide.Point"]);
        assert_eq!(found("RouteGuide"), ["routeguide.RouteGuide"]);
        assert_eq!(found("route-chat"), ["routeguide.RouteGuide.RouteChat"]);
        let error = contract.find("Featur").unwrap_err();
        assert_eq!(
            error.sentence("the file does not define"),
            "the file does not define `Featur`; did you mean `Feature`?"
        );
        assert!(contract.find("").is_err());
    }
}
