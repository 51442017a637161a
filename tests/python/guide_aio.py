"""The right RouteGuide for grpc.aio: the same, with `async`."""

import time

import guide
import route_guide


class RouteGuide(guide.RouteGuide):
    """The service as this codelab promises it, in one thread."""

    async def ListFeatures(self, request, context):
        for feature in self.features:
            if guide.is_inside(feature.location, request):
                yield feature

    async def RecordRoute(self, request_iterator, context):
        start = time.monotonic()
        route = [point async for point in request_iterator]
        elapsed = time.monotonic() - start
        legs = zip(route, route[1:])
        return route_guide.RouteSummary(
            point_count=len(route),
            feature_count=sum(self.feature_at(point) is not None for point in route),
            distance=sum(round(guide.distance(*leg)) for leg in legs),
            elapsed_time=int(elapsed),
        )

    async def RouteChat(self, request_iterator, context):
        earlier = {}
        async for note in request_iterator:
            place = (note.location.latitude, note.location.longitude)
            for old in earlier.setdefault(place, []):
                yield old
            earlier[place].append(note)
