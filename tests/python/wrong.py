"""Servers with one mistake each, such as people make who write Python."""

import collections
import math
import threading
import time

import grpc

import guide
import guide_aio
import route_guide
from guide import is_inside


class ReturnsAList(guide.RouteGuide):
    """A list where a generator belongs: grpcio asks it for the next response."""

    def ListFeatures(self, request, context):
        return [f for f in self.features if is_inside(f.location, request)]


class AioReturnsAList(guide_aio.RouteGuide):
    """The same with asyncio, where nobody ever looks at the list."""

    async def ListFeatures(self, request, context):
        return [f for f in self.features if is_inside(f.location, request)]


class ForgetsYield(guide.RouteGuide):
    """Finds the notes, and does nothing with them."""

    def RouteChat(self, request_iterator, context):
        earlier = []
        for note in request_iterator:
            [old for old in earlier if old.location == note.location]
            earlier.append(note)


class ReturnsFromTheLoop(guide.RouteGuide):
    """`return` behind the `yield`."""

    def ListFeatures(self, request, context):
        for feature in self.features:
            if is_inside(feature.location, request):
                yield feature
                return


class RangeLeavesOutItsEnd(guide.RouteGuide):
    """`range` ends before its second number."""

    def ListFeatures(self, request, context):
        south, north = sorted((request.lo.latitude, request.hi.latitude))
        west, east = sorted((request.lo.longitude, request.hi.longitude))
        for feature in self.features:
            at = feature.location
            if at.latitude in range(south, north) and at.longitude in range(west, east):
                yield feature


class NoneIsNotFound(guide.RouteGuide):
    """An empty answer gets a status that says so."""

    def ListFeatures(self, request, context):
        found = [f for f in self.features if is_inside(f.location, request)]
        if not found:
            context.abort(grpc.StatusCode.NOT_FOUND, "no feature there")
        yield from found


class TheNamelessRaise(guide.RouteGuide):
    """Looks every feature up by its name, and a place without one is in no table."""

    def ListFeatures(self, request, context):
        places = {f.name: f for f in self.features if f.name}
        found = [f for f in self.features if is_inside(f.location, request)]
        for feature in found:
            yield places[feature.name]


class SendsLocations(guide.RouteGuide):
    """The location alone: nothing keeps a method from sending messages of another type."""

    def ListFeatures(self, request, context):
        for feature in super().ListFeatures(request, context):
            yield feature.location


class KeepsTheFirstAnswer(guide.RouteGuide):
    """No table lists this: what was found for the first rectangle is kept for all."""

    found = None

    def ListFeatures(self, request, context):
        if self.found is None:
            self.found = [f for f in self.features if is_inside(f.location, request)]
        yield from self.found


class DistanceIsAFloat(guide.RouteGuide):
    """protobuf takes no float for an int32, so the method raises."""

    def RecordRoute(self, request_iterator, context):
        route = list(request_iterator)
        return route_guide.RouteSummary(
            point_count=len(route),
            distance=sum(guide.distance(*leg) for leg in zip(route, route[1:])) + 0.5,
        )


class WrapsTheSummary(guide.RouteGuide):
    """A list from a method that returns one message: grpcio cannot serialize it."""

    def RecordRoute(self, request_iterator, context):
        return [super().RecordRoute(request_iterator, context)]


class ArcCosine(guide.RouteGuide):
    """Rounding brings the cosine just over 1 where two points coincide, and `acos` raises."""

    def RecordRoute(self, request_iterator, context):
        start = time.monotonic()
        route = list(request_iterator)
        return route_guide.RouteSummary(
            point_count=len(route),
            feature_count=sum(self.feature_at(point) is not None for point in route),
            distance=round(sum(map(self.leg, route, route[1:]))),
            elapsed_time=int(time.monotonic() - start),
        )

    @staticmethod
    def leg(start, end):
        lat1, lat2 = (math.radians(p.latitude / 1e7) for p in (start, end))
        lon1, lon2 = (math.radians(p.longitude / 1e7) for p in (start, end))
        cosine = math.sin(lat1) * math.sin(lat2)
        cosine += math.cos(lat1) * math.cos(lat2) * math.cos(lon2 - lon1)
        return math.acos(cosine) * guide.EARTH_RADIUS


class ReadsTwice(guide.RouteGuide):
    """What is left of an iterator that has been read: no points."""

    def RecordRoute(self, request_iterator, context):
        summary = super().RecordRoute(request_iterator, context)
        summary.point_count = len(list(request_iterator))
        return summary


class CountsOnSelf(guide.RouteGuide):
    """The counters live as long as the server."""

    def __init__(self):
        super().__init__()
        self.point_count = 0
        self.feature_count = 0

    def RecordRoute(self, request_iterator, context):
        route = list(request_iterator)
        self.point_count += len(route)
        self.feature_count += sum(self.feature_at(p) is not None for p in route)
        return route_guide.RouteSummary(
            point_count=self.point_count,
            feature_count=self.feature_count,
            distance=round(sum(map(guide.distance, route, route[1:]))),
        )


class Milliseconds(guide.RouteGuide):
    """`time.time()` is in seconds, and this multiplies it."""

    def RecordRoute(self, request_iterator, context):
        start = time.time() * 1000
        summary = super().RecordRoute(request_iterator, context)
        summary.elapsed_time = int(time.time() * 1000 - start)
        return summary


class MutableDefault(guide.RouteGuide):
    """A default value is made once, and so all calls have the same list."""

    def RouteChat(self, request_iterator, context, earlier=[]):
        for note in request_iterator:
            yield from [old for old in earlier if old.location == note.location]
            earlier.append(note)


class ComparesIdentity(guide.RouteGuide):
    """`is` asks whether it is the same object, and it never is."""

    def RouteChat(self, request_iterator, context):
        earlier = []
        for note in request_iterator:
            for old in earlier:
                if old.location is note.location:
                    yield old
            earlier.append(note)


class CollectsReplies(guide.RouteGuide):
    """Replies once all notes are there."""

    def RouteChat(self, request_iterator, context):
        replies = list(super().RouteChat(request_iterator, context))
        yield from replies


class LocksTheWholeCall(guide.RouteGuide):
    """While one client talks, no other gets a reply."""

    lock = threading.Lock()

    def RouteChat(self, request_iterator, context):
        with self.lock:
            yield from super().RouteChat(request_iterator, context)


class IsClose(guide.RouteGuide):
    """Whole numbers, compared as if they were not: a few metres make no difference."""

    def RouteChat(self, request_iterator, context):
        earlier = []
        for note in request_iterator:
            here = note.location
            for old in earlier:
                there = old.location
                if math.isclose(
                    here.latitude, there.latitude, rel_tol=1e-6
                ) and math.isclose(here.longitude, there.longitude, rel_tol=1e-6):
                    yield old
            earlier.append(note)


class StripsTexts(guide.RouteGuide):
    """No table lists this: the notes come back tidied."""

    def RouteChat(self, request_iterator, context):
        for old in super().RouteChat(request_iterator, context):
            yield route_guide.RouteNote(
                location=old.location, message=old.message.strip()
            )


class ForgetsTheOldest(guide.RouteGuide):
    """No table lists this: two notes are kept for a place, and no more."""

    def RouteChat(self, request_iterator, context):
        kept = collections.defaultdict(lambda: collections.deque(maxlen=2))
        for note in request_iterator:
            place = kept[note.location.latitude, note.location.longitude]
            yield from list(place)
            place.append(note)


class PagesOfTen(guide.RouteGuide):
    """No table lists this either: ten features at the most."""

    def ListFeatures(self, request, context):
        found = [f for f in self.features if is_inside(f.location, request)]
        yield from found[:10]
