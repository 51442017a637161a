"""Servers for part two, right ones and wrong ones."""

import grpc

import guide

MOST_CHARACTERS = 1_000


class LimitsNotes(guide.RouteGuide):
    """Right: a note that is too long ends the chat with a status that names the field."""

    def RouteChat(self, request_iterator, context):
        yield from super().RouteChat(self.checked(request_iterator, context), context)

    def checked(self, notes, context):
        for note in notes:
            if self.is_too_long(note.message):
                self.refuse(context)
                return
            yield note

    def is_too_long(self, text):
        return len(text) > MOST_CHARACTERS

    def refuse(self, context):
        context.abort(
            grpc.StatusCode.INVALID_ARGUMENT,
            f"message: at most {MOST_CHARACTERS} characters are allowed",
        )


class RaisesValueError(LimitsNotes):
    """An exception of Python's becomes UNKNOWN."""

    def refuse(self, context):
        raise ValueError("message is too long")


class CountsEncodedBytes(LimitsNotes):
    """A text has more bytes than characters."""

    def is_too_long(self, text):
        return len(text.encode()) > MOST_CHARACTERS


class ReturnsAtALongNote(LimitsNotes):
    """The generator ends, and the call with OK."""

    def refuse(self, context):
        return
