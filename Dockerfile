# The lab in a container, for teachers and graders. Neither image runs as root.
#
#   docker build --target lab -t routeguide-lab .
#       The lab alone: serves the reference server, and checks any server or client that it can reach.
#       docker run --rm --network host routeguide-lab check --addr 127.0.0.1:50051
#
#   docker build -t routeguide-grader .
#       With Rust and a course whose crates are compiled: checks a learner's start_here, without a network.
#       docker run --rm --network none -v "$PWD/start_here:/course/start_here:ro" routeguide-grader

FROM rust:1-slim-bookworm AS build
WORKDIR /source
COPY . .
RUN cargo install --locked --path . --root /installed

FROM debian:bookworm-slim AS lab
COPY --from=build /installed/bin/routeguide-lab /usr/local/bin/
RUN useradd --uid 1000 --create-home learner
USER 1000:1000
WORKDIR /home/learner
ENTRYPOINT ["routeguide-lab"]

FROM rust:1-slim-bookworm AS grader
COPY --from=build /installed/bin/routeguide-lab /usr/local/bin/
RUN useradd --uid 1000 --create-home learner && install -d -o learner /course
USER 1000:1000
WORKDIR /course
# The finished track needs the same crates as a learner's.
RUN routeguide-lab init --vendor . && cargo build --locked --offline -p completed
ENTRYPOINT ["routeguide-lab"]
CMD ["check", "--all"]
