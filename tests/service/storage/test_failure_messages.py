"""What a message tells people to run must be there to run."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click
import pytest

from service.cli import main
from service.storage import failures
from service.storage.failures import StorageFailure

KINDS = [kind for kind in vars(failures).values() if isinstance(kind, type) and issubclass(kind, StorageFailure)]
COMMAND = re.compile(r"huiqi((?: [a-z]+)+)")


def _unknown(sentence: str) -> Iterator[str]:
    for words in COMMAND.findall(sentence):
        command: click.Command | None = main
        for word in words.split():
            command = command.commands.get(word) if isinstance(command, click.Group) else None
            if command is None:
                yield words.strip()
                break


@pytest.mark.parametrize("kind", KINDS)
def test_every_command_a_failure_names_exists(kind: type[StorageFailure]) -> None:
    assert list(_unknown(kind.sentence)) == []


def test_a_command_that_does_not_exist_would_be_found() -> None:
    assert list(_unknown("请用 huiqi undo everything 或 huiqi db upgrade。")) == ["undo everything"]
