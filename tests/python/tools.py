"""The standard services beside RouteGuide, health and reflection: right, and wrong."""

import signal
import threading

from google.protobuf import descriptor_pool
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection

import route_guide

SERVING = health_pb2.HealthCheckResponse.SERVING


def add_health(server, names=("", route_guide.SERVICE)):
    """Adds a health service that reports these names."""
    servicer = health.HealthServicer()
    for name in names:
        servicer.set(name, SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    return servicer


def add_reflection(server):
    """Adds reflection, which knows the contract."""
    pool = descriptor_pool.DescriptorPool()
    for file in route_guide.FILES.file:
        pool.Add(file)
    reflection.enable_server_reflection((route_guide.SERVICE,), server, pool=pool)


def stop_at_ctrl_c(server, first=lambda: None):
    """At Ctrl-C, does this first, and stops then. Not in the handler: what it calls takes locks."""

    def stop():
        first()
        server.stop(grace=5)

    signal.signal(signal.SIGINT, lambda *_: threading.Thread(target=stop).start())


def healthy(server):
    """Right."""
    servicer = add_health(server)
    add_reflection(server)
    stop_at_ctrl_c(server, servicer.enter_graceful_shutdown)


def stops_while_serving(server):
    """Nobody is told that it stops."""
    add_health(server)
    add_reflection(server)
    stop_at_ctrl_c(server)


def only_the_whole(server):
    """Only the empty name is reported, which grpcio does by itself."""
    add_health(server, names=())
    add_reflection(server)


def health_alone(server):
    """There is no reflection."""
    add_health(server)


KINDS = {
    "healthy": healthy,
    "stops-while-serving": stops_while_serving,
    "only-the-whole": only_the_whole,
    "health-alone": health_alone,
}
