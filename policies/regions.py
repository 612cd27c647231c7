"""Places: GB/T 2260 codes of Shandong, Binzhou's towns, and its functional zones as a second place beside the county.

Source of the table: the statistics bureau's list in the public repository modood/Administrative-divisions-of-China
(snapshot 2024-11-28). Withdrawn codes stay readable because old credit codes and old papers carry them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from policies.quantities import normalise
from policies.trees import CodeTree, TreeNode

NOT_IN_A_ZONE = "none"

# 邹平县 became 邹平市 (371681) in 2018; 莱芜市 was merged into 济南 in January 2019.
WITHDRAWN: Mapping[str, str] = MappingProxyType(
    {"371626": "371681", "371200": "370100", "371202": "370116", "371203": "370117"}
)


@dataclass(frozen=True, slots=True)
class Zone:
    """A functional zone: its own code, the city it belongs to and the counties that surround it."""

    code: str
    name: str
    parent: str
    lies_in: tuple[str, ...]


@dataclass(frozen=True)
class Regions:
    """Administrative places and zones, looked up by code or by name."""

    tree: CodeTree
    zones: Mapping[str, Zone]

    def __contains__(self, code: object) -> bool:
        return code in self.tree or code in self.zones

    def name(self, code: str) -> str:
        return self.zones[code].name if code in self.zones else self.tree.name(code)

    def full_name(self, code: str) -> str:
        """From the city down: 滨州市滨城区滨北街道. A province, the nation and a zone by their own names."""
        if code in self.zones:
            return self.zones[code].name
        above = [self.tree.node(step) for step in reversed(self.tree.chain(code))]
        local = [node.name for node in above if node.level not in ("nation", "province")]
        return "".join(local) or self.tree.name(code)

    def chain(self, code: str) -> tuple[str, ...]:
        """A zone is contained in its city, not in its county."""
        if code in self.zones:
            return (code, *self.tree.chain(self.zones[code].parent))
        return self.tree.chain(code)

    def read(self, raw: object) -> str:
        """The current code for a code or an unambiguous name. Raises ValueError worded in Chinese."""
        text = normalise(str(raw))
        text = WITHDRAWN.get(text, text)
        if text in self:
            return text
        named = [node.code for node in self.tree if node.name == text]
        named += [zone.code for zone in self.zones.values() if zone.name == text]
        if len(named) == 1:
            return named[0]
        if named:
            raise ValueError(f"有 {len(named)} 个地方叫这个名字，请填六位行政区划代码")
        raise ValueError("应为山东省内的行政区划代码或名称，如 371602 或 滨城区")


def read_regions(places: CodeTree, data: Mapping[str, Any]) -> Regions:
    """Places with the zones of `data` (data/zones.yaml)."""
    zones = {row["code"]: Zone(row["code"], row["name"], row["parent"], tuple(row["lies_in"])) for row in data["zones"]}
    return Regions(places, MappingProxyType(zones))


def regions_of(nodes: Mapping[str, str]) -> Regions:
    """A flat set of places (code → name) for other people's rules, with no zones."""
    return Regions(CodeTree(TreeNode(code, name, "place", None) for code, name in nodes.items()), {})
