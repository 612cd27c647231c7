"""Trees of codes (places, industries): who stands within whom."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TreeNode:
    code: str
    name: str
    level: str
    parent: str | None


class CodeTree:
    """An immutable forest of codes. `chain` gives a code and all that contain it, nearest first."""

    def __init__(self, nodes: Iterable[TreeNode]) -> None:
        self._nodes: Mapping[str, TreeNode] = {node.code: node for node in nodes}
        for node in self._nodes.values():
            if node.parent is not None and node.parent not in self._nodes:
                raise ValueError(f"{node.code}: parent {node.parent} is not in the tree")
        self._chains = {code: tuple(self._climb(code)) for code in self._nodes}

    def _climb(self, code: str) -> Iterator[str]:
        step: str | None = code
        while step is not None:
            yield step
            step = self._nodes[step].parent

    def __contains__(self, code: object) -> bool:
        return code in self._nodes

    def __iter__(self) -> Iterator[TreeNode]:
        return iter(self._nodes.values())

    def node(self, code: str) -> TreeNode:
        """Raises KeyError for a code that is not in the tree."""
        return self._nodes[code]

    def name(self, code: str) -> str:
        return self._nodes[code].name

    def chain(self, code: str) -> tuple[str, ...]:
        return self._chains[code]

    def is_within(self, code: str, ancestor: str) -> bool:
        return ancestor in self._chains[code]

    def path_name(self, code: str, separator: str = " › ") -> str:
        return separator.join(self.name(step) for step in reversed(self.chain(code)))


def read_csv_tree(text: str) -> CodeTree:
    """A tree from the text of a table with the columns code, name, level, parent."""
    rows = csv.DictReader(text.splitlines())
    return CodeTree(TreeNode(row["code"], row["name"], row["level"], row["parent"] or None) for row in rows)
