"""RouteGuide for grpcio: what `grpc_tools.protoc` would have generated, made when the program starts.

It needs no compiler, and writes no files: the test hands over the compiled .proto, and protobuf makes the
classes of it.
"""

import os

import grpc
from google.protobuf import descriptor_pb2, message_factory

with open(os.environ["ROUTEGUIDE_DESCRIPTORS"], "rb") as file:
    FILES = descriptor_pb2.FileDescriptorSet.FromString(file.read())

_MESSAGES = message_factory.GetMessages(FILES.file)

Point = _MESSAGES["routeguide.Point"]
Feature = _MESSAGES["routeguide.Feature"]
Rectangle = _MESSAGES["routeguide.Rectangle"]
RouteNote = _MESSAGES["routeguide.RouteNote"]
RouteSummary = _MESSAGES["routeguide.RouteSummary"]

SERVICE = "routeguide.RouteGuide"


class RouteGuideServicer:
    """The three methods, not written yet."""

    def ListFeatures(self, request, context):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "Method not implemented!")

    def RecordRoute(self, request_iterator, context):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "Method not implemented!")

    def RouteChat(self, request_iterator, context):
        context.abort(grpc.StatusCode.UNIMPLEMENTED, "Method not implemented!")


def add_RouteGuideServicer_to_server(servicer, server):
    """Registers the methods; `server` is one of grpc's or of grpc.aio's."""

    def reads_and_writes(request, response):
        return {
            "request_deserializer": request.FromString,
            "response_serializer": response.SerializeToString,
        }

    handlers = {
        "ListFeatures": grpc.unary_stream_rpc_method_handler(
            servicer.ListFeatures, **reads_and_writes(Rectangle, Feature)
        ),
        "RecordRoute": grpc.stream_unary_rpc_method_handler(
            servicer.RecordRoute, **reads_and_writes(Point, RouteSummary)
        ),
        "RouteChat": grpc.stream_stream_rpc_method_handler(
            servicer.RouteChat, **reads_and_writes(RouteNote, RouteNote)
        ),
    }
    generic = grpc.method_handlers_generic_handler(SERVICE, handlers)
    server.add_generic_rpc_handlers((generic,))


class RouteGuideStub:
    """The three methods, to be called over a channel of grpc's or of grpc.aio's."""

    def __init__(self, channel):
        def writes_and_reads(request, response):
            return {
                "request_serializer": request.SerializeToString,
                "response_deserializer": response.FromString,
            }

        self.ListFeatures = channel.unary_stream(
            f"/{SERVICE}/ListFeatures", **writes_and_reads(Rectangle, Feature)
        )
        self.RecordRoute = channel.stream_unary(
            f"/{SERVICE}/RecordRoute", **writes_and_reads(Point, RouteSummary)
        )
        self.RouteChat = channel.stream_stream(
            f"/{SERVICE}/RouteChat", **writes_and_reads(RouteNote, RouteNote)
        )
