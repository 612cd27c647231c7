"""What is known to be missing from the catalogue: the list behind 现有政策全部上平台."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import yaml

from policies.fields import FieldReader
from policies.problems import InvalidData, Problems
from policies.regions import Regions
from policies.themes import TOPICS

BACKLOG_KEYS = ("title", "region", "topics", "seen", "wanted", "url")


@dataclass(frozen=True, slots=True)
class Missing:
    """A policy, or a kind of support, that is not in the catalogue yet.

    `seen` says what is known of it, `wanted` what has to be found, `url` the page that was opened, if any.
    """

    title: str
    region: str
    topics: tuple[str, ...]
    wanted: str
    seen: str | None = None
    url: str | None = None


def read_backlog(data: object, regions: Regions) -> tuple[Missing, ...]:
    """Raises InvalidData naming every defect."""
    problems = Problems()
    reader = FieldReader(problems)
    rows = data if isinstance(data, list) else []
    found = [_read(reader, row, f"{number}", regions) for number, row in enumerate(rows)]
    if problems.listed:
        raise InvalidData(problems.listed)
    return tuple(found)


def _read(reader: FieldReader, row: object, where: str, regions: Regions) -> Missing:
    body: Mapping[str, Any] = reader.mapping(row, where, BACKLOG_KEYS)
    return Missing(
        title=reader.text(body, "title", where, required=True) or "",
        region=reader.guard(body.get("region"), f"{where}.region", regions.read) or "",
        topics=reader.listed(body, "topics", where, TOPICS, required=True),
        wanted=reader.text(body, "wanted", where, required=True) or "",
        seen=reader.text(body, "seen", where),
        url=reader.url(body, "url", where),
    )


def load_backlog(regions: Regions) -> tuple[Missing, ...]:
    """The shipped list."""
    text = (files("policies.data") / "backlog.yaml").read_text(encoding="utf-8")
    return read_backlog(yaml.safe_load(text), regions)
