"""RouteGuide clients for grpcio: `client.py KIND`. They connect to ROUTEGUIDE_ADDR.

KIND is `right`, or a class below, in words: `never-half-closes` is NeverHalfCloses.
"""

import itertools
import os
import queue
import sys

import grpc
from google.rpc import error_details_pb2
from grpc_status import rpc_status

import guide
import route_guide


def point(latitude, longitude):
    return route_guide.Point(latitude=latitude, longitude=longitude)


def note(text, latitude, longitude):
    return route_guide.RouteNote(message=text, location=point(latitude, longitude))


class Right:
    """What the codelab asks of a client."""

    rectangle = route_guide.Rectangle(
        lo=point(400_000_000, -750_000_000), hi=point(420_000_000, -730_000_000)
    )

    def __init__(self, stub):
        self.stub = stub

    def run(self):
        print("-- ListFeatures")
        self.list_features()
        print("-- RecordRoute")
        self.record_route()
        print("-- RouteChat")
        self.route_chat()

    def list_features(self):
        for feature in self.stub.ListFeatures(self.rectangle):
            self.show_feature(feature)

    def show_feature(self, feature):
        name = feature.name or "a place without a name"
        print(f"{name} at {feature.location.latitude}, {feature.location.longitude}")

    def route(self):
        """Ten points of the map."""
        for feature in guide.read_features()[:10]:
            yield feature.location

    def record_route(self):
        summary = self.stub.RecordRoute(self.route())
        print(f"{summary.point_count} points, {summary.feature_count} features")
        print(f"{summary.distance} m in {summary.elapsed_time} s")

    def notes(self):
        yield note("First message", 0, 0)
        yield note("Second message", 0, 1)
        yield note("Third message", 1, 0)
        yield note("Fourth message", 0, 0)
        yield note("Fifth message", 1, 0)

    def route_chat(self):
        for reply in self.stub.RouteChat(self.notes()):
            print(f"{reply.message} at {reply.location}")


class Hurried(Right):
    """Right as well: with a deadline, with metadata, and as soon as the channel is ready."""

    def list_features(self):
        options = {"timeout": 60, "wait_for_ready": True}
        for feature in self.stub.ListFeatures(self.rectangle, **options):
            self.show_feature(feature)

    def record_route(self):
        metadata = (("authorization", "Bearer of news"),)
        summary, call = self.stub.RecordRoute.with_call(self.route(), metadata=metadata)
        print(summary, call.code())


class Compressed(Right):
    """Right as well: its messages are compressed."""

    def record_route(self):
        options = {"compression": grpc.Compression.Gzip}
        summary = self.stub.RecordRoute(self.route(), **options)
        print(repr(summary))


class Reporting(Right):
    """Right as well: it says what went wrong, and goes on."""

    def run(self):
        for call in (self.list_features, self.record_route, self.route_chat):
            try:
                call()
            except grpc.RpcError as error:
                print(f"Sorry: {error.code()} ({error.details()})")


class IgnoresErrors(Right):
    """`except: pass`."""

    def run(self):
        for call in (self.list_features, self.record_route, self.route_chat):
            try:
                call()
            except Exception:
                pass


class WrongRectangle(Right):
    """Farther north than asked for."""

    rectangle = route_guide.Rectangle(
        lo=point(400_000_000, -750_000_000), hi=point(430_000_000, -730_000_000)
    )


class ForgetsTheSign(Right):
    """East, where there is nothing."""

    rectangle = route_guide.Rectangle(
        lo=point(400_000_000, 750_000_000), hi=point(420_000_000, 730_000_000)
    )


class OtherOrder(Right):
    """Chats first."""

    def run(self):
        self.route_chat()
        self.list_features()
        self.record_route()


class PrintsNothing(Right):
    """Reads all of it, and keeps it to itself."""

    def list_features(self):
        list(self.stub.ListFeatures(self.rectangle))

    def record_route(self):
        self.stub.RecordRoute(self.route())

    def route_chat(self):
        list(self.stub.RouteChat(self.notes()))


class StopsAfterTheFirst(Right):
    """`next` where a loop belongs."""

    def list_features(self):
        call = self.stub.ListFeatures(self.rectangle)
        self.show_feature(next(call))
        call.cancel()


class NeverHalfCloses(Right):
    """A generator that waits for more points, and none come."""

    def route(self):
        yield from super().route()
        queue.Queue().get()


class WaitsForEachReply(Right):
    """Sends the next note when the one before has been answered."""

    def route_chat(self):
        outgoing = queue.Queue()
        replies = self.stub.RouteChat(iter(outgoing.get, None))
        for one in self.notes():
            outgoing.put(one)
            print(next(replies).message)
        outgoing.put(None)


class WaitsForTheHeaders(Right):
    """Begins to send when the server has begun to answer."""

    def route_chat(self):
        outgoing = queue.Queue()
        replies = self.stub.RouteChat(iter(outgoing.get, None))
        replies.initial_metadata()
        for one in self.notes():
            outgoing.put(one)
        outgoing.put(None)
        for reply in replies:
            print(reply.message)


class NeverAsks(Right):
    """Nothing is recorded: the call is made when somebody looks at it, it thinks."""

    def record_route(self):
        print("a route of ten points")


class RaisesOnTheWay(Right):
    """No table lists this: the program fails between two calls."""

    def record_route(self):
        summary = self.stub.RecordRoute(self.route())
        print(f"{summary.point_count} points, {summary.metres} m")


class TakesFour(Right):
    """Part two, right: four features, and then another call."""

    def run(self):
        for feature in self.first_features(4):
            print(feature.name)
        self.stub.RecordRoute(iter(()))

    def first_features(self, count):
        call = self.stub.ListFeatures(self.rectangle)
        features = list(itertools.islice(call, count))
        self.leave(call)
        return features

    def leave(self, call):
        call.cancel()


class TakesFourOfAll(TakesFour):
    """A list of everything, and a slice of it."""

    def first_features(self, count):
        return list(self.stub.ListFeatures(self.rectangle))[:count]


class LeavesWithTheProgram(TakesFour):
    """The program ends, and so does the call."""

    def leave(self, call):
        call.cancel()
        print("Enough.")

    def run(self):
        features = self.first_features(4)
        for feature in features:
            print(feature.name)
        if len(features) < 4:
            self.stub.RecordRoute(iter(()))


class AwaitsTheStatus(TakesFour):
    """The status of a call that was cancelled is an exception."""

    def leave(self, call):
        call.cancel()
        call.result()


class WithDeadlines(Right):
    """Part two, right: each call has a deadline, and an end is reported as what it is."""

    timeout = 1

    def list_features(self):
        for feature in self.stub.ListFeatures(self.rectangle, timeout=self.timeout):
            self.show_feature(feature)

    def record_route(self):
        print(self.stub.RecordRoute(self.route(), timeout=self.timeout))

    def route_chat(self):
        for reply in self.stub.RouteChat(self.notes(), timeout=self.timeout):
            print(reply.message)

    def run(self):
        for call in (self.list_features, self.record_route, self.route_chat):
            try:
                call()
            except grpc.RpcError as error:
                self.report(error)

    def report(self, error):
        print(error.code())


class HidesTheDeadline(WithDeadlines):
    """Whatever happens is a failure."""

    def report(self, error):
        print("The call failed.")


class BlamesTheDeadline(WithDeadlines):
    """Whatever happens is the deadline."""

    def report(self, error):
        print("The deadline has passed.")


class PrintsDetails(Right):
    """Part two, right: what is wrong with a request is printed field by field."""

    def route_chat(self):
        try:
            super().route_chat()
        except grpc.RpcError as error:
            print(f"{error.code()}: {error.details()}")
            self.explain(rpc_status.from_call(error))

    def explain(self, status):
        if status is None:
            return
        for detail in status.details:
            if detail.Is(error_details_pb2.BadRequest.DESCRIPTOR):
                request = error_details_pb2.BadRequest()
                detail.Unpack(request)
                for violation in request.field_violations:
                    print(f"{violation.field}: {violation.description}")


class PrintsTheStatus(PrintsDetails):
    """What everybody prints."""

    def explain(self, status):
        pass


class PrintsTheWholeStatus(PrintsDetails):
    """It is a message, and so is printed as one; the details in it are bytes."""

    def explain(self, status):
        print(status.details[0].value if status and status.details else "")


class TakesDetailsForGranted(PrintsDetails):
    """`None` has no details."""

    def explain(self, status):
        for detail in status.details:
            super().explain(status)


class UnpacksEverything(PrintsDetails):
    """Whatever comes is a BadRequest."""

    def explain(self, status):
        for detail in status.details if status else []:
            request = error_details_pb2.BadRequest.FromString(detail.value)
            for violation in request.field_violations:
                print(f"{violation.field}: {violation.description}")


def main(kind):
    name = "".join(word.capitalize() for word in kind.split("-"))
    with grpc.insecure_channel(os.environ["ROUTEGUIDE_ADDR"]) as channel:
        globals()[name](route_guide.RouteGuideStub(channel)).run()


if __name__ == "__main__":
    main(sys.argv[1])
