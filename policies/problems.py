"""What is wrong with data that came in: every problem at once, each with where, what was found and what was expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Problem:
    """One defect, worded for the person who must mend it. `where` is a field path such as ``items.0.benefit.amount``."""

    where: str
    found: str
    expected: str
    line: int | None = None
    warning: bool = False

    def __str__(self) -> str:
        place = f"第 {self.line} 行 " if self.line else ""
        return f"{place}{self.where or '（整个文件）'}：{self.found}；{self.expected}"


@dataclass(slots=True)
class Problems:
    """A collector handed down while reading, so that reading goes on after the first defect."""

    listed: list[Problem] = field(default_factory=list)

    def add(self, where: str, found: str, expected: str) -> None:
        self.listed.append(Problem(where, found, expected))

    def warn(self, where: str, found: str, expected: str) -> None:
        self.listed.append(Problem(where, found, expected, warning=True))

    @property
    def errors(self) -> list[Problem]:
        return [problem for problem in self.listed if not problem.warning]

    def __iter__(self) -> Iterator[Problem]:
        return iter(self.listed)


class InvalidData(ValueError):
    """Data from outside that cannot be used; carries every problem found."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


def shown(value: object, limit: int = 40) -> str:
    """A found value, quoted and cut so that hostile input cannot flood a message."""
    text = str(value)[: limit + 1].encode("utf-8", "replace").decode("utf-8")
    return f"“{text[:limit]}…”" if len(text) > limit else f"“{text}”"
