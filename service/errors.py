"""Errors that people see: a stable code and a plain Chinese message. They know nothing of HTTP."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol


class Detail(Protocol):
    """One defect of data that came in; policies.problems.Problem is one."""

    @property
    def where(self) -> str: ...
    @property
    def line(self) -> int | None: ...
    @property
    def found(self) -> str: ...
    @property
    def expected(self) -> str: ...
    @property
    def warning(self) -> bool: ...


class HuiqiError(Exception):
    """Anything the service says no to. `code` is stable and part of the API; the message is for a person."""

    code = "error"

    def __init__(self, message: str, problems: Iterable[Detail] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.problems = tuple(problems)


class NotFound(HuiqiError):
    code = "not_found"


class Conflict(HuiqiError):
    """The thing changed meanwhile, or exists already."""

    code = "conflict"


class Invalid(HuiqiError):
    """Input that cannot be used; `problems` names every defect."""

    code = "invalid"


class Forbidden(HuiqiError):
    code = "forbidden"


class Unauthenticated(HuiqiError):
    code = "unauthenticated"


class Unavailable(HuiqiError):
    """Something the service stands on is missing, locked, unreachable or of the wrong version."""

    code = "unavailable"
