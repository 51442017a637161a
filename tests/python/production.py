"""Servers for part two, right ones and wrong ones."""

import collections

import grpc
from google.protobuf import any_pb2
from google.rpc import error_details_pb2, status_pb2
from grpc_status import rpc_status

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


class SendsDetails(LimitsNotes):
    """Right: the status says in detail which field is wrong."""

    problem = f"at most {MOST_CHARACTERS} characters are allowed"
    field = "message"

    def details(self):
        details = any_pb2.Any()
        violation = error_details_pb2.BadRequest.FieldViolation(
            field=self.field, description=self.problem
        )
        details.Pack(error_details_pb2.BadRequest(field_violations=[violation]))
        return details

    def status(self):
        return status_pb2.Status(
            code=grpc.StatusCode.INVALID_ARGUMENT.value[0],
            message=f"message: {self.problem}",
            details=[self.details()],
        )

    def refuse(self, context):
        context.abort_with_status(rpc_status.to_status(self.status()))


class BlamesTheNote(SendsDetails):
    """The message's name, and not the field's."""

    field = "RouteNote"


class PacksNothing(SendsDetails):
    """An Any that is filled by hand, and knows no type."""

    def details(self):
        return any_pb2.Any(value=super().details().value)


class SendsJson(SendsDetails):
    """The details are JSON in a header of their own making."""

    def refuse(self, context):
        details = b'{"field": "message"}'
        context.set_trailing_metadata((("grpc-status-details-bin", details),))
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"message: {self.problem}")


class SendsTheBadRequestAlone(SendsDetails):
    """No google.rpc.Status around it."""

    def refuse(self, context):
        details = self.details().value
        context.set_trailing_metadata((("grpc-status-details-bin", details),))
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, f"message: {self.problem}")


MOST_NOTES = 2_000


class CountsNotes(guide.RouteGuide):
    """Right: a chat has so many notes, and no more."""

    def RouteChat(self, request_iterator, context):
        yield from super().RouteChat(self.counted(request_iterator, context), context)

    def counted(self, notes, context):
        for count, note in enumerate(notes):
            if count == MOST_NOTES:
                self.refuse(context)
            yield note

    def refuse(self, context):
        context.abort(
            grpc.StatusCode.RESOURCE_EXHAUSTED, f"a chat may have {MOST_NOTES} notes"
        )


class CountsOnTheService(CountsNotes):
    """An attribute of the service is one for all calls, and stays."""

    count = 0

    def counted(self, notes, context):
        for note in notes:
            if self.count == MOST_NOTES:
                self.refuse(context)
            self.count += 1
            yield note


class KeepsTheNewest(guide.RouteGuide):
    """A deque with a length: the oldest is dropped in silence."""

    def RouteChat(self, request_iterator, context):
        earlier = collections.deque(maxlen=MOST_NOTES)
        for note in request_iterator:
            for old in list(earlier):
                if old.location == note.location:
                    yield old
            earlier.append(note)


class RaisesMemoryError(CountsNotes):
    """An exception of Python's becomes UNKNOWN."""

    def refuse(self, context):
        raise MemoryError("too many notes")
