"""Servers that do as the public examples of other languages do, where those differ from this codelab."""

import os
import threading

import guide


class Chatting(guide.RouteGuide):
    """A chat with one history for all calls."""

    def __init__(self):
        super().__init__()
        self.notes = {}
        self.lock = threading.Lock()

    def at(self, location):
        """The notes at a place."""
        return self.notes.setdefault((location.latitude, location.longitude), [])


class Go(Chatting):
    """One history for all calls, and the new note is a part of what comes back."""

    def RouteChat(self, request_iterator, context):
        for note in request_iterator:
            with self.lock:
                self.at(note.location).append(note)
                replies = list(self.at(note.location))
            yield from replies


class GoThatFalls(Go):
    """The same, where an unset field is a nil pointer: it takes the whole process with it."""

    def ListFeatures(self, request, context):
        if not (request.HasField("lo") and request.HasField("hi")):
            os._exit(2)
        yield from super().ListFeatures(request, context)

    def RouteChat(self, request_iterator, context):
        yield from super().RouteChat(map(self.located, request_iterator), context)

    def located(self, note):
        if not note.HasField("location"):
            os._exit(2)
        return note


class Cpp(Chatting):
    """One history for all calls."""

    def RouteChat(self, request_iterator, context):
        for note in request_iterator:
            with self.lock:
                replies = list(self.at(note.location))
                self.at(note.location).append(note)
            yield from replies


class Java(Cpp):
    """One history for all calls; and what has no name is no feature."""

    def ListFeatures(self, request, context):
        for feature in super().ListFeatures(request, context):
            if feature.name:
                yield feature

    def feature_at(self, point):
        feature = super().feature_at(point)
        return feature if feature and feature.name else None


class Node(Java):
    """As Java's in all that can be seen."""


class Tonic(guide.RouteGuide):
    """A history for each call, and the new note is a part of what comes back."""

    def RouteChat(self, request_iterator, context):
        notes = {}
        for note in request_iterator:
            place = (note.location.latitude, note.location.longitude)
            notes.setdefault(place, []).append(note)
            yield from notes[place]
