"""A client that knows nothing but an address: it asks the server what it offers, as grpcurl does, and calls that.

    stranger.py HOST:PORT
"""

import sys

import grpc
from google.protobuf import descriptor_pool, message_factory
from grpc_health.v1 import health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

SERVICE = "routeguide.RouteGuide"


def main(addr):
    with grpc.insecure_channel(addr) as channel:
        database = ProtoReflectionDescriptorDatabase(channel)
        for name in sorted(database.get_services()):
            print("service", name)

        pool = descriptor_pool.DescriptorPool(database)
        service = pool.FindServiceByName(SERVICE)
        for method in service.methods:
            asks = "stream " * method.client_streaming + method.input_type.full_name
            answers = "stream " * method.server_streaming + method.output_type.full_name
            print("rpc", method.name, asks, "->", answers)

        health = health_pb2_grpc.HealthStub(channel)
        for name in ["", SERVICE]:
            answer = health.Check(health_pb2.HealthCheckRequest(service=name))
            print("health", name or "(all)", health_pb2.HealthCheckResponse.ServingStatus.Name(answer.status))

        method = service.methods_by_name["ListFeatures"]
        rectangle_class, feature_class = (
            message_factory.GetMessageClass(kind) for kind in (method.input_type, method.output_type)
        )
        rectangle = rectangle_class()
        rectangle.lo.latitude, rectangle.lo.longitude = 400_000_000, -750_000_000
        rectangle.hi.latitude, rectangle.hi.longitude = 420_000_000, -730_000_000
        call = channel.unary_stream(
            f"/{SERVICE}/{method.name}",
            request_serializer=rectangle_class.SerializeToString,
            response_deserializer=feature_class.FromString,
        )
        for compression in [grpc.Compression.NoCompression, grpc.Compression.Gzip]:
            answers = call(rectangle, compression=compression, timeout=60)
            print(compression.name, sum(1 for _ in answers))


main(sys.argv[1])
