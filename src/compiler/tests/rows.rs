//! Code as learners write it that does not compile, and what the lab says. The unit tests read what rustc said of it once;
//! the integration tests, `learner_code::builds`, have it compiled.

/// An edit of the finished crate, and what is said of it.
pub struct Row {
    /// Its name, and that of the file with rustc's errors.
    pub name: &'static str,
    /// Whether every run of the integration tests has it compiled: one or two of each kind. The others are compiled when
    /// what rustc says is recorded anew.
    pub is_compiled: bool,
    /// File, text and the text in its place.
    pub edits: &'static [(&'static str, &'static str, &'static str)],
    /// How the sentence begins.
    pub says: &'static str,
    /// The line to change: its file, and its text without indent.
    pub at: (&'static str, &'static str),
}

pub const SERVER: &str = "start_here/src/server.rs";
pub const CLIENT: &str = "start_here/src/client.rs";
pub const LIBRARY: &str = "start_here/src/lib.rs";
pub const SCRIPT: &str = "start_here/build.rs";
pub const MANIFEST: &str = "start_here/Cargo.toml";

/// The whole stream of ListFeatures is made of this.
const FROM_FEATURES: &str = "let features = Arc::clone(&self.features);";
const EACH: &str = "for feature in features.iter() {";
const YIELD: &str = "yield feature.clone();";
const REPLY: &str = "Ok(Response::new(Box::pin(stream)))";
const READ_POINT: &str = "points.message().await?";
const FIRST_OF_ROUTE: &str = "let mut points = request.into_inner();";
const GENERATE: &str = "tonic_prost_build::compile_fds(descriptors)?;";

pub const ROWS: &[Row] = &[
    Row {
        name: "yield-reference",
        is_compiled: true,
        edits: &[(SERVER, YIELD, "yield feature;")],
        says: "The stream hands out references to a `Feature`, but must hand out messages of its own. Clone each one",
        at: (SERVER, "yield feature;"),
    },
    Row {
        name: "yield-ok-in-try-stream",
        is_compiled: false,
        edits: &[(SERVER, YIELD, "yield Ok(feature.clone());")],
        says: "`try_stream!` wraps each item in `Ok` itself: yield the message",
        at: (SERVER, "yield Ok(feature.clone());"),
    },
    Row {
        name: "yield-message-in-stream",
        is_compiled: false,
        edits: &[(
            SERVER,
            "async_stream::try_stream! {\n            for feature",
            "async_stream::stream! {\n            for feature",
        )],
        says: "`stream!` hands out its items as they are, and each must be a `Result`",
        at: (SERVER, YIELD),
    },
    Row {
        name: "stream-borrows-self",
        is_compiled: true,
        edits: &[
            (SERVER, FROM_FEATURES, ""),
            (SERVER, EACH, "for feature in self.features.iter() {"),
        ],
        says: "The stream borrows `self`, but it lives longer than the method that returns it. Clone what it needs",
        at: (SERVER, "for feature in self.features.iter() {"),
    },
    Row {
        name: "task-borrows-self",
        is_compiled: false,
        edits: &[(
            SERVER,
            FIRST_OF_ROUTE,
            "let mut points = request.into_inner();\ntokio::spawn(async move { println!(\"{:?}\", self.features); });",
        )],
        says: "The task borrows `self`, but it can live longer than the call that starts it.",
        at: (
            SERVER,
            "tokio::spawn(async move { println!(\"{:?}\", self.features); });",
        ),
    },
    Row {
        name: "task-without-move",
        is_compiled: false,
        edits: &[(
            SERVER,
            FIRST_OF_ROUTE,
            "let mut points = request.into_inner();\nlet n = 3;\ntokio::spawn(async { println!(\"{n}\"); });",
        )],
        says: "The block borrows `n`, but it can live longer than this method. Write `async move`.",
        at: (SERVER, "tokio::spawn(async { println!(\"{n}\"); });"),
    },
    Row {
        name: "lock-across-yield",
        is_compiled: true,
        edits: &[
            (
                SERVER,
                EACH,
                "let seen = std::sync::Mutex::new(0);\nlet mut guard = seen.lock().unwrap();\n*guard += 1;\nfor feature in features.iter() {",
            ),
            (SERVER, YIELD, "yield feature.clone();\n*guard += 1;"),
        ],
        says: "`guard` is a lock that is kept across an `.await` or `yield`, where the code can move to another thread.",
        at: (SERVER, "let mut guard = seen.lock().unwrap();"),
    },
    Row {
        name: "rc-across-await",
        is_compiled: false,
        edits: &[
            (
                SERVER,
                FIRST_OF_ROUTE,
                "let mut points = request.into_inner();\nlet count = std::rc::Rc::new(0);",
            ),
            (
                SERVER,
                "Ok(Response::new(summary))",
                "drop(count);\nOk(Response::new(summary))",
            ),
        ],
        says: "`count` is an `Rc` that is kept across an `.await` or `yield`",
        at: (SERVER, "let count = std::rc::Rc::new(0);"),
    },
    Row {
        name: "ref-cell-across-await",
        is_compiled: false,
        edits: &[
            (
                SERVER,
                FIRST_OF_ROUTE,
                "let mut points = request.into_inner();\nlet cell = std::cell::RefCell::new(0);\nlet mut inside = cell.borrow_mut();\n*inside += 1;",
            ),
            (
                SERVER,
                "Ok(Response::new(summary))",
                "drop(inside);\nOk(Response::new(summary))",
            ),
        ],
        says: "`inside` is a borrow of a `RefCell` that is kept across an `.await` or `yield`",
        at: (SERVER, "let mut inside = cell.borrow_mut();"),
    },
    Row {
        name: "no-box-pin",
        is_compiled: false,
        edits: &[(SERVER, REPLY, "Ok(Response::new(stream))")],
        says: "The stream must be boxed and pinned",
        at: (SERVER, "Ok(Response::new(stream))"),
    },
    Row {
        name: "no-response",
        is_compiled: false,
        edits: &[(SERVER, REPLY, "Ok(Box::pin(stream))")],
        says: "What the method returns must be in a `Response`",
        at: (SERVER, "Ok(Box::pin(stream))"),
    },
    Row {
        name: "no-ok",
        is_compiled: false,
        edits: &[(
            SERVER,
            "Ok(Response::new(summary))",
            "Response::new(summary)",
        )],
        says: "The method returns a `Result`: wrap the response in `Ok(…)`.",
        at: (SERVER, "Response::new(summary)"),
    },
    Row {
        name: "request-not-opened",
        is_compiled: true,
        edits: &[(SERVER, FIRST_OF_ROUTE, "let mut points = request;")],
        says: "A `Request` wraps what the client sends: call `into_inner()` on it first.",
        at: (SERVER, "while let Some(point) = points.message().await? {"),
    },
    Row {
        name: "response-not-opened",
        is_compiled: false,
        edits: &[(
            CLIENT,
            "client.record_route(points).await?.into_inner()",
            "client.record_route(points).await?",
        )],
        says: "A `Response` wraps what the server sends: call `into_inner()` on it first.",
        at: (
            CLIENT,
            "summary.point_count, summary.feature_count, summary.distance, summary.elapsed_time",
        ),
    },
    Row {
        name: "question-mark-on-future",
        is_compiled: true,
        edits: &[(SERVER, READ_POINT, "points.message()?")],
        says: "This call is not awaited: it returns a future",
        at: (SERVER, "while let Some(point) = points.message()? {"),
    },
    Row {
        name: "no-question-mark",
        is_compiled: false,
        edits: &[(SERVER, READ_POINT, "points.message().await")],
        says: "This is a `Result`, which may hold an error: write `?` behind the `.await`",
        at: (SERVER, "while let Some(point) = points.message().await {"),
    },
    Row {
        name: "for-over-stream",
        is_compiled: false,
        edits: &[(
            SERVER,
            "while let Some(point) = points.message().await? {",
            "for point in points {",
        )],
        says: "A stream is not an iterator: its next `Point` may have to be waited for.",
        at: (SERVER, "for point in points {"),
    },
    Row {
        name: "option-not-opened",
        is_compiled: false,
        edits: &[(
            SERVER,
            "let lo = rectangle.lo.unwrap_or_default();",
            "let lo = rectangle.lo;",
        )],
        says: "This `Point` is still in an `Option`, since it can be absent",
        at: (
            SERVER,
            "let latitudes = lo.latitude.min(hi.latitude)..=lo.latitude.max(hi.latitude);",
        ),
    },
    Row {
        name: "no-some",
        is_compiled: true,
        edits: &[(
            CLIENT,
            "location: Some(proto::Point { latitude, longitude }),",
            "location: proto::Point { latitude, longitude },",
        )],
        says: "An `Option` is needed here, and this is a `Point`: wrap it in `Some(…)`.",
        at: (CLIENT, "location: proto::Point { latitude, longitude },"),
    },
    Row {
        name: "text-not-owned",
        is_compiled: false,
        edits: &[(CLIENT, "message: message.to_string(),", "message,")],
        says: "The field or variable is a `String`, and this is a `&str`",
        at: (CLIENT, "message,"),
    },
    Row {
        name: "float-for-integer",
        is_compiled: false,
        edits: &[
            (
                SERVER,
                "summary.point_count += 1;",
                "summary.point_count += 1;\nsummary.distance += distance(&point, &point);",
            ),
            (
                SERVER,
                "use crate::Error;",
                "use crate::Error;\nuse crate::features::distance;",
            ),
        ],
        says: "The field or variable is an `i32`, and this is an `f64`",
        at: (SERVER, "summary.distance += distance(&point, &point);"),
    },
    Row {
        name: "vec-for-stream",
        is_compiled: true,
        edits: &[(
            CLIENT,
            "client.record_route(points)",
            "client.record_route(vec![proto::Point::default()])",
        )],
        says: "`record_route` takes a stream of messages, and `Vec<Point>` is not one. `tokio_stream::iter(…)` makes a stream",
        at: (
            CLIENT,
            "let summary = client.record_route(vec![proto::Point::default()]).await?.into_inner();",
        ),
    },
    Row {
        name: "results-for-messages",
        is_compiled: false,
        edits: &[(
            CLIENT,
            "yield point;",
            "yield Ok::<_, tonic::Status>(point);",
        )],
        says: "A client sends the messages as they are: each item of its stream must be a `Point`, not a `Result`.",
        at: (CLIENT, "yield Ok::<_, tonic::Status>(point);"),
    },
    Row {
        name: "reference-for-message",
        is_compiled: false,
        edits: &[(
            CLIENT,
            "client.list_features(rectangle)",
            "client.list_features(&rectangle)",
        )],
        says: "`list_features` takes the `Rectangle` itself, not a reference: remove the `&`",
        at: (
            CLIENT,
            "let mut features = client.list_features(&rectangle).await?.into_inner();",
        ),
    },
    Row {
        name: "stream-borrows-argument",
        is_compiled: false,
        edits: &[(
            CLIENT,
            "client.record_route(points)",
            "client.record_route(tokio_stream::iter(features.iter().filter_map(|feature| feature.location)))",
        )],
        says: "The stream borrows `features`, but it can live longer than this call.",
        at: (
            CLIENT,
            "let summary = client.record_route(tokio_stream::iter(features.iter().filter_map(|feature| feature.location))).await?.into_inner();",
        ),
    },
    Row {
        name: "service-not-wrapped",
        is_compiled: false,
        edits: &[(SERVER, "RouteGuideServer::new(service)", "service")],
        says: "`add_service` takes the service in its wrapper",
        at: (SERVER, ".add_service(service)"),
    },
    Row {
        name: "no-client",
        is_compiled: true,
        edits: &[(
            SCRIPT,
            GENERATE,
            "tonic_prost_build::configure()\n.build_client(false)\n.compile_fds(descriptors)?;",
        )],
        says: "`build_client(false)` leaves the client out of the generated code, but src/client.rs uses it.",
        at: (SCRIPT, ".build_client(false)"),
    },
    Row {
        name: "no-server",
        is_compiled: false,
        edits: &[(
            SCRIPT,
            GENERATE,
            "tonic_prost_build::configure().build_server(false).compile_fds(descriptors)?;",
        )],
        says: "`build_server(false)` leaves the server out of the generated code, but src/server.rs uses it.",
        at: (
            SCRIPT,
            "tonic_prost_build::configure().build_server(false).compile_fds(descriptors)?;",
        ),
    },
    Row {
        name: "nothing-compiled",
        is_compiled: true,
        edits: &[(SCRIPT, GENERATE, "drop(descriptors);")],
        says: "build.rs reads the .proto, but generates nothing: pass what `protox::compile` returns",
        at: (
            SCRIPT,
            "let descriptors = protox::compile([\"route_guide.proto\"], [proto_folder])?;",
        ),
    },
    Row {
        name: "other-out-dir",
        is_compiled: false,
        edits: &[(
            SCRIPT,
            GENERATE,
            "let other = std::env::temp_dir();\ntonic_prost_build::configure().out_dir(other).compile_fds(descriptors)?;",
        )],
        says: "`out_dir` writes the generated code to another folder",
        at: (
            SCRIPT,
            "tonic_prost_build::configure().out_dir(other).compile_fds(descriptors)?;",
        ),
    },
    Row {
        name: "include-file",
        is_compiled: true,
        edits: &[(
            LIBRARY,
            "include_proto!(\"routeguide\")",
            "include_proto!(\"route_guide\")",
        )],
        says: "`include_proto!` takes the name of the package, `routeguide`; `route_guide` is the name of the file.",
        at: (LIBRARY, "tonic::include_proto!(\"route_guide\");"),
    },
    Row {
        name: "include-service",
        is_compiled: false,
        edits: &[(
            LIBRARY,
            "include_proto!(\"routeguide\")",
            "include_proto!(\"RouteGuide\")",
        )],
        says: "`include_proto!` takes the name of the package, `routeguide`; `RouteGuide` is the name of the service.",
        at: (LIBRARY, "tonic::include_proto!(\"RouteGuide\");"),
    },
    Row {
        name: "include-nested",
        is_compiled: true,
        edits: &[(
            LIBRARY,
            "tonic::include_proto!(\"routeguide\");",
            "pub mod routeguide {\ntonic::include_proto!(\"routeguide\");\n}",
        )],
        says: "The generated code is included one module too deep",
        at: (LIBRARY, "pub mod routeguide {"),
    },
    Row {
        name: "not-included",
        is_compiled: false,
        edits: &[(
            LIBRARY,
            "tonic::include_proto!(\"routeguide\");",
            "pub struct Nothing;",
        )],
        says: "The code is generated, but src/lib.rs does not include it.",
        at: (LIBRARY, "pub struct Nothing;"),
    },
    Row {
        name: "renamed-type",
        is_compiled: true,
        edits: &[(SERVER, "RouteGuideService", "MyGuide")],
        says: "`RouteGuideService` is called `MyGuide` in src/server.rs now, but src/bin/stage.rs still uses the name",
        at: (SERVER, "pub struct MyGuide {"),
    },
    Row {
        name: "renamed-function",
        is_compiled: false,
        edits: &[(CLIENT, "guide_list_features", "list_all")],
        says: "`guide_list_features` is called `list_all` in src/client.rs now, but src/bin/stage.rs still uses the name",
        at: (
            CLIENT,
            "pub async fn list_all(client: &mut RouteGuideClient<Channel>) -> Result<(), Error> {",
        ),
    },
    Row {
        name: "private-function",
        is_compiled: false,
        edits: &[(CLIENT, "pub async fn connect", "async fn connect")],
        says: "`connect` is private, but src/bin/stage.rs uses it.",
        at: (
            CLIENT,
            "async fn connect(addr: &str) -> Result<RouteGuideClient<Channel>, Error> {",
        ),
    },
    Row {
        name: "other-signature",
        is_compiled: true,
        edits: &[(CLIENT, "connect(addr: &str)", "connect(addr: String)")],
        says: "The signature of `connect` has changed, but src/bin/stage.rs calls it as it was.",
        at: (
            CLIENT,
            "pub async fn connect(addr: String) -> Result<RouteGuideClient<Channel>, Error> {",
        ),
    },
    Row {
        name: "implemented-twice",
        is_compiled: true,
        edits: &[(
            SERVER,
            "impl RouteGuideService {",
            "impl Eq for Point {}\n\nimpl RouteGuideService {",
        )],
        says: "The generated `Point` implements `Eq` already. Remove your `impl`.",
        at: (SERVER, "impl Eq for Point {}"),
    },
    Row {
        name: "not-a-dependency",
        is_compiled: false,
        edits: &[(CLIENT, "fastrand::choose_multiple", "rand::choose_multiple")],
        says: "The crate `rand` is not a dependency of start_here. This course uses `fastrand` in its place.",
        at: (
            CLIENT,
            "let route: Vec<proto::Point> = rand::choose_multiple(features.iter(), 10)",
        ),
    },
    Row {
        name: "references-from-iterator",
        is_compiled: false,
        edits: &[(
            SERVER,
            REPLY,
            "drop(stream);\nlet stream = tokio_stream::iter(self.features.iter().map(Ok));\nOk(Response::new(Box::pin(stream)))",
        )],
        says: "The stream hands out references to a `Feature`, but must hand out messages of its own.",
        at: (SERVER, REPLY),
    },
    Row {
        name: "some-too-many",
        is_compiled: false,
        edits: &[(
            SERVER,
            "Ok(Response::new(summary))",
            "Ok(Response::new(Some(summary)))",
        )],
        says: "The `RouteSummary` itself is needed here: remove `Some(…)` around it.",
        at: (SERVER, "Ok(Response::new(Some(summary)))"),
    },
    Row {
        name: "error-without-status",
        is_compiled: false,
        edits: &[(
            SERVER,
            FIRST_OF_ROUTE,
            "let mut points = request.into_inner();\nlet _limit: i32 = \"3\".parse()?;",
        )],
        says: "A call of the server ends with a `Status`, and this error is none",
        at: (SERVER, "let _limit: i32 = \"3\".parse()?;"),
    },
    Row {
        name: "arc-not-cloned",
        is_compiled: false,
        edits: &[(SERVER, FROM_FEATURES, "let features = self.features;")],
        says: "`self.features` is only borrowed here, so it cannot be given away: write `Arc::clone(&self.features)`.",
        at: (SERVER, "let features = self.features;"),
    },
    Row {
        name: "address-only-borrowed",
        is_compiled: false,
        edits: &[(
            CLIENT,
            "Channel::from_shared(format!(\"http://{addr}\"))",
            "Channel::from_shared(addr)",
        )],
        says: "The channel keeps its address, and `addr` is only borrowed.",
        at: (CLIENT, "let channel = Channel::from_shared(addr)?"),
    },
    Row {
        name: "macro-without-crate",
        is_compiled: false,
        edits: &[(SERVER, "async_stream::try_stream!", "try_stream!")],
        says: "`try_stream!` is a macro of the crate `async_stream`: write `async_stream::try_stream!`.",
        at: (SERVER, "let stream = try_stream! {"),
    },
    Row {
        name: "shutdown-gives-a-result",
        is_compiled: true,
        edits: &[(
            SERVER,
            "async {\n            tokio::signal::ctrl_c().await.ok();\n        }",
            "tokio::signal::ctrl_c()",
        )],
        says: "The future that stops the server must give `()`, and this one gives `Result<(), Error>`.",
        at: (
            SERVER,
            ".serve_with_shutdown(addr, tokio::signal::ctrl_c())",
        ),
    },
    Row {
        name: "shutdown-gives-an-option",
        is_compiled: false,
        edits: &[(SERVER, "ctrl_c().await.ok();", "ctrl_c().await.ok()")],
        says: "The future that stops the server must give `()`, and this one gives `Option<()>`.",
        at: (SERVER, ".serve_with_shutdown(addr, async {"),
    },
    Row {
        name: "connected-with-another-error",
        is_compiled: false,
        edits: &[(
            CLIENT,
            "Ok(RouteGuideClient::new(channel))",
            "drop(channel);\n    RouteGuideClient::connect(format!(\"http://{addr}\")).await",
        )],
        says: "Both are a `Result`, but with different types of error. `?` converts an error: write `Ok(…?)`",
        at: (
            CLIENT,
            "RouteGuideClient::connect(format!(\"http://{addr}\")).await",
        ),
    },
    Row {
        name: "map-without-path",
        is_compiled: false,
        edits: &[(SERVER, "        use std::collections::HashMap;\n", "")],
        says: "`HashMap` is not imported: write its whole path, `std::collections::HashMap`.",
        at: (
            SERVER,
            "let mut history: HashMap<Point, Vec<RouteNote>> = HashMap::new();",
        ),
    },
    Row {
        name: "descriptors-still-a-result",
        is_compiled: false,
        edits: &[(
            SCRIPT,
            "protox::compile([\"route_guide.proto\"], [proto_folder])?;",
            "protox::compile([\"route_guide.proto\"], [proto_folder]);",
        )],
        says: "`descriptors` is a `Result`, which may hold an error: write `?` behind the call that it comes from.",
        at: (SCRIPT, GENERATE),
    },
    Row {
        name: "server-not-imported",
        is_compiled: true,
        edits: &[(
            SERVER,
            "    use crate::proto::route_guide_server::RouteGuideServer;\n",
            "",
        )],
        says: "`RouteGuideServer` is not imported: write its whole path, `crate::proto::route_guide_server::RouteGuideServer`. Or write `use crate::proto::route_guide_server::RouteGuideServer;` as the first line",
        at: (SERVER, ".add_service(RouteGuideServer::new(service))"),
    },
    Row {
        name: "transport-not-imported",
        is_compiled: false,
        edits: &[(SERVER, "    use tonic::transport::Server;\n", "")],
        says: "`Server` is not imported: write its whole path, `tonic::transport::Server`.",
        at: (SERVER, "Server::builder()"),
    },
    Row {
        name: "message-without-path",
        is_compiled: true,
        edits: &[(
            CLIENT,
            "let rectangle = proto::Rectangle {",
            "let rectangle = Rectangle {",
        )],
        says: "`Rectangle` is not imported, but its module is: write `proto::Rectangle`.",
        at: (CLIENT, "let rectangle = Rectangle {"),
    },
    Row {
        name: "distance-without-path",
        is_compiled: false,
        edits: &[(SERVER, "crate::features::distance(", "distance(")],
        says: "`distance` is not imported: write its whole path, `crate::features::distance`.",
        at: (SERVER, "metres += distance(&previous, &point);"),
    },
    Row {
        name: "channel-without-path",
        is_compiled: false,
        edits: &[(
            SERVER,
            FIRST_OF_ROUTE,
            "let mut points = request.into_inner();\nlet (_sender, _receiver) = mpsc::channel::<i32>(4);",
        )],
        says: "`mpsc` is not imported: write its whole path, `tokio::sync::mpsc`.",
        at: (
            SERVER,
            "let (_sender, _receiver) = mpsc::channel::<i32>(4);",
        ),
    },
    Row {
        name: "list-moved-by-for",
        is_compiled: true,
        edits: &[(
            SERVER,
            "for earlier in here.iter() {",
            "for earlier in here {",
        )],
        says: "`for … in here` uses `here` up, but it is used again in line 126. Write `here.iter()`, which only lends it",
        at: (SERVER, "for earlier in here {"),
    },
    Row {
        name: "note-moved",
        is_compiled: false,
        edits: &[(
            SERVER,
            "here.push(note);",
            "here.push(note);\nprintln!(\"{}\", note.message);",
        )],
        says: "`note` is given away here, but it is used again in line 127. Clone it here: `note.clone()`.",
        at: (SERVER, "here.push(note);"),
    },
    Row {
        name: "moved-in-loop",
        is_compiled: false,
        edits: &[
            (
                SERVER,
                "previous = Some(point);",
                "previous = Some(point);\ndrop(started_text);",
            ),
            (
                SERVER,
                "let mut metres = 0.0;",
                "let mut metres = 0.0;\nlet started_text = String::new();",
            ),
        ],
        says: "`started_text` is given away here, but the loop needs it again in its next round. Clone it here",
        at: (SERVER, "drop(started_text);"),
    },
    Row {
        name: "list-moved-by-method",
        is_compiled: false,
        edits: &[(
            CLIENT,
            "println!(\"Travelling along {} points\", route.len());",
            "let first = route.into_iter().next();\nprintln!(\"Travelling along {} points {first:?}\", route.len());",
        )],
        says: "`into_iter` uses `route` up, but it is used again in line 75. Write `route.iter()`, which only lends it.",
        at: (CLIENT, "let first = route.into_iter().next();"),
    },
    Row {
        name: "yield-mutable-reference",
        is_compiled: false,
        edits: &[
            (
                SERVER,
                "for earlier in here.iter() {",
                "for earlier in here.iter_mut() {",
            ),
            (SERVER, "yield earlier.clone();", "yield earlier;"),
        ],
        says: "The stream hands out references to a `RouteNote`, but must hand out messages of its own. Clone each one: `earlier.clone()` in place of `earlier`.",
        at: (SERVER, "yield earlier;"),
    },
    Row {
        name: "yield-option",
        is_compiled: true,
        edits: &[
            (
                CLIENT,
                "let route: Vec<proto::Point> =",
                "let route: Vec<Option<proto::Point>> =",
            ),
            (
                CLIENT,
                ".map(|feature| feature.location.unwrap_or_default())\n        .collect();",
                ".map(|feature| feature.location)\n        .collect();",
            ),
            (CLIENT, "println!(\"Passing {}\", degrees(point));", ""),
        ],
        says: "The stream hands out `Option<Point>`, but this rpc sends `Point`. Take each one out of its `Option`: write `point.unwrap_or_default()`.",
        at: (CLIENT, "yield point;"),
    },
    Row {
        name: "yield-some",
        is_compiled: false,
        edits: &[(CLIENT, "yield point;", "yield Some(point);")],
        says: "The stream hands out `Option<Point>`, but this rpc sends `Point`. Remove `Some(…)` around it.",
        at: (CLIENT, "yield Some(point);"),
    },
    Row {
        name: "yield-option-in-server",
        is_compiled: false,
        edits: &[(SERVER, YIELD, "yield Some(feature.clone());")],
        says: "The stream hands out `Option<Feature>`, but this rpc sends `Feature`. Remove `Some(…)` around it.",
        at: (SERVER, "yield Some(feature.clone());"),
    },
    Row {
        name: "client-not-lent",
        is_compiled: true,
        edits: &[(
            CLIENT,
            "guide_list_features(&mut client)",
            "guide_list_features(client)",
        )],
        says: "The function borrows this `RouteGuideClient<Channel>` and may change it: write `&mut client`.",
        at: (CLIENT, "guide_list_features(client).await?;"),
    },
    Row {
        name: "client-lent-without-mut",
        is_compiled: false,
        edits: &[(
            CLIENT,
            "guide_list_features(&mut client)",
            "guide_list_features(&client)",
        )],
        says: "The function borrows this variable and may change it: write `&mut client`.",
        at: (CLIENT, "guide_list_features(&client).await?;"),
    },
    Row {
        name: "client-not-mutable",
        is_compiled: true,
        edits: &[(
            CLIENT,
            "let mut client = connect(addr)",
            "let client = connect(addr)",
        )],
        says: "`client` is changed in line 179, so it must be declared as mutable: write `let mut client`.",
        at: (CLIENT, "let client = connect(addr).await?;"),
    },
    Row {
        name: "points-not-mutable",
        is_compiled: false,
        edits: &[(SERVER, FIRST_OF_ROUTE, "let points = request.into_inner();")],
        says: "`points` is changed in line 90, so it must be declared as mutable: write `let mut points`.",
        at: (SERVER, "let points = request.into_inner();"),
    },
    Row {
        name: "summary-not-mutable",
        is_compiled: false,
        edits: &[(SERVER, "let mut summary =", "let summary =")],
        says: "`summary` is changed in line 91, so it must be declared as mutable: write `let mut summary`.",
        at: (SERVER, "let summary = RouteSummary::default();"),
    },
    Row {
        name: "assigned-twice",
        is_compiled: false,
        edits: &[(SERVER, "let mut metres = 0.0;", "let metres = 0.0;")],
        says: "`metres` is changed in line 96, so it must be declared as mutable: write `let mut metres`.",
        at: (SERVER, "let metres = 0.0;"),
    },
    Row {
        name: "question-mark-in-shutdown",
        is_compiled: true,
        edits: &[(SERVER, "ctrl_c().await.ok();", "ctrl_c().await?;")],
        says: "`?` hands an error on to the caller, but this async block gives `()`, which cannot hold one. To go on without the result, write `.ok();`",
        at: (SERVER, "tokio::signal::ctrl_c().await?;"),
    },
    Row {
        name: "question-mark-in-stream",
        is_compiled: false,
        edits: &[(
            CLIENT,
            "println!(\"Passing {}\", degrees(point));",
            "let _number: i32 = \"1\".parse()?;",
        )],
        says: "`?` makes each item of the stream a `Result`, but a client sends the messages as they are. Do above the stream",
        at: (CLIENT, "let _number: i32 = \"1\".parse()?;"),
    },
    Row {
        name: "endpoint-still-a-result",
        is_compiled: true,
        edits: &[(
            CLIENT,
            "Channel::from_shared(format!(\"http://{addr}\"))?",
            "Channel::from_shared(format!(\"http://{addr}\"))",
        )],
        says: "This is a `Result`, which may hold an error: write `?` in front of `.connect`.",
        at: (CLIENT, ".connect()"),
    },
    Row {
        name: "point-for-reference",
        is_compiled: false,
        edits: &[(
            SERVER,
            "distance(&previous, &point)",
            "distance(previous, point)",
        )],
        says: "The function only borrows this `Point`: write `&previous` and `&point`.",
        at: (
            SERVER,
            "metres += crate::features::distance(previous, point);",
        ),
    },
    Row {
        name: "stream-clones-inside",
        is_compiled: true,
        edits: &[
            (SERVER, FROM_FEATURES, ""),
            (
                SERVER,
                EACH,
                "let features = self.features.clone();\nfor feature in features.iter() {",
            ),
        ],
        says: "The stream borrows `self`, but it lives longer than the method that returns it. The clone must be above `try_stream!`: move this line there.",
        at: (SERVER, "let features = self.features.clone();"),
    },
    Row {
        name: "task-clones-inside",
        is_compiled: false,
        edits: &[(
            SERVER,
            FIRST_OF_ROUTE,
            "let mut points = request.into_inner();\ntokio::spawn(async move {\nlet map = Arc::clone(&self.features);\nprintln!(\"{map:?}\");\n});",
        )],
        says: "The task borrows `self`, but it can live longer than the call that starts it. The clone must be above `tokio::spawn`: move this line there.",
        at: (SERVER, "let map = Arc::clone(&self.features);"),
    },
    Row {
        name: "into-inner-on-future",
        is_compiled: true,
        edits: &[(
            CLIENT,
            "client.list_features(rectangle).await?.into_inner()",
            "client.list_features(rectangle).into_inner()",
        )],
        says: "This call is not awaited: it returns a future, which does nothing until `.await`. Write `.await?` in front of `.into_inner`.",
        at: (
            CLIENT,
            "let mut features = client.list_features(rectangle).into_inner();",
        ),
    },
    Row {
        name: "message-on-future",
        is_compiled: false,
        edits: &[(
            CLIENT,
            "client.list_features(rectangle).await?.into_inner()",
            "client.list_features(rectangle)",
        )],
        says: "This call is not awaited: it returns a future, which does nothing until `.await`. Write `.await?.into_inner()` behind the call that gives `features`.",
        at: (
            CLIENT,
            "let mut features = client.list_features(rectangle);",
        ),
    },
    Row {
        name: "use-from-another-module",
        is_compiled: true,
        edits: &[(
            SERVER,
            "use crate::proto::route_guide_server::RouteGuideServer;",
            "use crate::proto::RouteGuideServer;",
        )],
        says: "`RouteGuideServer` is in another module: write `use crate::proto::route_guide_server::RouteGuideServer;`.",
        at: (SERVER, "use crate::proto::RouteGuideServer;"),
    },
    Row {
        name: "client-without-ok",
        is_compiled: false,
        edits: &[(
            CLIENT,
            "Ok(RouteGuideClient::new(channel))",
            "RouteGuideClient::new(channel)",
        )],
        says: "A `Result` is needed here, and this is a `RouteGuideClient`: wrap it in `Ok(…)`.",
        at: (CLIENT, "RouteGuideClient::new(channel)"),
    },
    Row {
        name: "return-error-in-try-stream",
        is_compiled: false,
        edits: &[(
            SERVER,
            YIELD,
            "if feature.name.len() > 1_000 { return Err(Status::internal(\"name\")); }\n                    yield feature.clone();",
        )],
        says: "`return` does not end a stream in `try_stream!` with an error: write `Err(…)?;`.",
        at: (
            SERVER,
            "if feature.name.len() > 1_000 { return Err(Status::internal(\"name\")); }",
        ),
    },
    // What is not recognised is rustc's to explain, at the learner's own line.
    Row {
        name: "misspelt-variable",
        is_compiled: true,
        edits: &[(
            SERVER,
            "let rectangle = request.into_inner();",
            "let rectangel = request.into_inner();",
        )],
        says: "start_here does not compile yet:",
        at: (SERVER, "let lo = rectangle.lo.unwrap_or_default();"),
    },
];
