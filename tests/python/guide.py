"""A right RouteGuide, and the questions that every RouteGuide asks of its map."""

import json
import math
import os
import time

import route_guide

EARTH_RADIUS = 6_371_000  # metres


def read_features():
    """All features of the database, in its order."""
    with open(os.environ["ROUTEGUIDE_DB"], encoding="utf-8") as file:
        return [
            route_guide.Feature(
                name=entry["name"],
                location=route_guide.Point(**entry["location"]),
            )
            for entry in json.load(file)
        ]


def is_inside(point, rectangle):
    """Whether a point lies in a rectangle or on its border."""
    south, north = sorted((rectangle.lo.latitude, rectangle.hi.latitude))
    west, east = sorted((rectangle.lo.longitude, rectangle.hi.longitude))
    return south <= point.latitude <= north and west <= point.longitude <= east


def distance(start, end):
    """The way between two points in metres, by the haversine formula."""
    lat1, lat2 = math.radians(start.latitude / 1e7), math.radians(end.latitude / 1e7)
    lon1, lon2 = math.radians(start.longitude / 1e7), math.radians(end.longitude / 1e7)
    h = (
        math.sin((lat2 - lat1) / 2) ** 2
        + math.cos(lat1) * math.cos(lat2) * math.sin((lon2 - lon1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS * math.atan2(math.sqrt(h), math.sqrt(1 - h))


class RouteGuide(route_guide.RouteGuideServicer):
    """The service as this codelab promises it."""

    def __init__(self):
        self.features = read_features()

    def feature_at(self, point):
        """The feature at a point, or None."""
        return next((f for f in self.features if f.location == point), None)

    def ListFeatures(self, request, context):
        for feature in self.features:
            if is_inside(feature.location, request):
                yield feature

    def RecordRoute(self, request_iterator, context):
        point_count = 0
        feature_count = 0
        metres = 0.0
        previous = None
        start = time.monotonic()
        for point in request_iterator:
            point_count += 1
            if self.feature_at(point):
                feature_count += 1
            if previous:
                metres += distance(previous, point)
            previous = point
        return route_guide.RouteSummary(
            point_count=point_count,
            feature_count=feature_count,
            distance=int(metres),
            elapsed_time=int(time.monotonic() - start),
        )

    def RouteChat(self, request_iterator, context):
        earlier = []
        for note in request_iterator:
            for old in earlier:
                if old.location == note.location:
                    yield old
            earlier.append(note)
