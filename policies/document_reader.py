"""Reads policy documents from plain data, naming every defect at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from policies.condition_reader import ConditionReader
from policies.conditions import Judged, facts_named, leaves
from policies.document import (
    CapPeriod,
    DocumentSource,
    DocumentStatus,
    FurtherSource,
    Item,
    Policy,
    SourceKind,
    Standing,
    SumCap,
    conditions_of,
)
from policies.fields import Data, FieldReader
from policies.item_reader import ItemReader
from policies.problems import shown
from policies.quantities import read_number
from policies.reference import Reference
from policies.themes import THEMES

FORMAT = 1
MAX_ITEMS = 200
POLICY_KEYS = (
    "format", "id", "title", "number", "issuers", "region", "themes", "summary", "published", "effective",
    "valid_until", "status", "source", "conditions", "caps", "items",
)  # fmt: skip
SOURCE_KEYS = ("kind", "url", "opened", "note", "also")
CAP_KEYS = ("items", "amount", "per", "text")
NATION = "100000"


@dataclass(slots=True)
class PolicyReader(FieldReader):
    """Reads one policy document as of `today`, collecting problems and warnings."""

    reference: Reference
    today: date
    _conditions: ConditionReader = field(init=False)
    _items: ItemReader = field(init=False)

    def __post_init__(self) -> None:
        self._conditions = ConditionReader(self.reference, self.problems)
        self._items = ItemReader(self.problems, self.reference, self._conditions)

    def read(self, data: object) -> Policy | None:
        """The policy, or None when a defect was noted."""
        if not isinstance(data, Mapping):
            self.problems.add("", f"写成了 {shown(data)}", "应为一份政策文件")
            return None
        self.no_extras(data, POLICY_KEYS, "")
        if data.get("format") != FORMAT:
            self.problems.add("format", f"写成了 {shown(data.get('format'))}", f"应为 {FORMAT}")
        items_data = data.get("items")
        if not isinstance(items_data, list) or not 1 <= len(items_data) <= MAX_ITEMS:
            self.problems.add("items", f"写成了 {shown(items_data)}", f"应为 1 到 {MAX_ITEMS} 个政策事项的列表")
            items_data = []
        items = [self._items.read(item, f"items.{number}") for number, item in enumerate(items_data)]
        read = tuple(item for item in items if item is not None)
        self._check_unique([item.id for item in read])
        policy = self._policy(data, read)
        return None if self.problems.errors else policy

    def _policy(self, data: Data, items: tuple[Item, ...]) -> Policy:
        region = self._region(data.get("region"))
        policy = Policy(
            id=self.identifier(data.get("id"), "id") or "",
            title=self.text(data, "title", "", required=True) or "",
            issuers=self.texts(data, "issuers", "", required=True),
            region=region,
            source=self._source(data.get("source")),
            items=items,
            number=self.text(data, "number", ""),
            summary=self.text(data, "summary", "") or "",
            themes=self._themes(data),
            published=self.day(data, "published", ""),
            effective=self.day(data, "effective", ""),
            valid_until=self.day(data, "valid_until", ""),
            status=self._status(data.get("status")),
            conditions=self._conditions.read_optional(data.get("conditions"), "conditions"),
            caps=self._caps(data.get("caps"), items),
        )
        start = policy.effective or policy.published
        if start and policy.valid_until and policy.valid_until < start:
            self.problems.add("valid_until", f"写成了 {policy.valid_until}", f"应不早于施行日期 {start}")
        self._warn_about_reach(policy)
        return policy

    def _warn_about_reach(self, policy: Policy) -> None:
        """A local policy whose item names no place would reach the whole country."""
        if policy.region == NATION:
            return
        self._warn_about_zones(policy)
        general = facts_named(policy.conditions)
        for number, item in enumerate(policy.items):
            if not (general | facts_named(item.conditions)) & {"region", "tax_region", "zone"}:
                self.problems.warn(
                    f"items.{number}.conditions", "没有所在地条件", "地方政策应写明 region、tax_region 或 zone"
                )

    def _warn_about_zones(self, policy: Policy) -> None:
        """What a county pays for a firm in a zone of its own finances is for the department to say (design rule 7)."""
        around = {county for zone in self.reference.regions.zones.values() for county in zone.lies_in}
        if policy.region not in around:
            return
        for number, item in enumerate(policy.items):
            conditions = conditions_of(policy, item)
            if "zone" not in facts_named(conditions) and not any(
                isinstance(leaf, Judged) for leaf in leaves(conditions)
            ):
                self.problems.warn(
                    f"items.{number}.conditions",
                    "没有说明功能区内的企业怎么办",
                    "功能区财政独立的，请加 zone 条件或 judged",
                )

    # ------------------------------------------------------------------ parts

    def _source(self, data: object) -> DocumentSource:
        body = self.mapping(data, "source", SOURCE_KEYS)
        kind = self.one_of(body.get("kind"), SourceKind, "source.kind")
        url, opened = self.url(body, "url", "source"), self.day(body, "opened", "source")
        if kind is not None and kind is not SourceKind.SAMPLE and (url is None or opened is None):
            self.problems.add(
                "source", "缺少网址或打开日期", "有出处的政策应写 url 和 opened；没有出处的写 kind: sample"
            )
        if kind is SourceKind.SAMPLE and (url is None) is not (opened is None):
            self.problems.add("source", "网址和打开日期只写了一个", "两个都写，或者都不写")
        if opened is not None and opened > self.today:
            self.problems.warn("source.opened", f"写成了 {opened}", "打开日期晚于今天，请检查")
        also = self._also(body.get("also", []))
        return DocumentSource(kind or SourceKind.SAMPLE, url, opened, self.text(body, "note", "source"), also)

    def _also(self, data: object) -> tuple[FurtherSource, ...]:
        if not isinstance(data, list):
            self.problems.add("source.also", f"写成了 {shown(data)}", "应为 {url, shows} 的列表")
            return ()
        found = []
        for number, row in enumerate(data):
            where = f"source.also.{number}"
            body = self.mapping(row, where, ("url", "shows"))
            url, shows = self.url(body, "url", where), self.text(body, "shows", where, required=True)
            if url is None:
                self.problems.add(f"{where}.url", "没有填写", "应为 http(s) 网址")
            elif shows is not None:
                found.append(FurtherSource(url, shows))
        return tuple(found)

    def _caps(self, data: object, items: tuple[Item, ...]) -> tuple[SumCap, ...]:
        if data is None:
            return ()
        if not isinstance(data, list) or not data:
            self.problems.add("caps", f"写成了 {shown(data)}", "应为 {items, amount, per, text} 的列表")
            return ()
        caps = [self._cap(row, f"caps.{number}", {item.id for item in items}) for number, row in enumerate(data)]
        found = tuple(cap for cap in caps if cap is not None)
        for number, cap in enumerate(found):
            for other in found[:number]:
                mine, theirs = set(cap.items), set(other.items)
                if mine & theirs and not (mine <= theirs or theirs <= mine):
                    self.problems.add(
                        f"caps.{number}.items", "与另一个合计上限只有一部分相同", "应互不相干，或一个包含另一个"
                    )
        return found

    def _cap(self, data: object, where: str, known: set[str]) -> SumCap | None:
        body = self.mapping(data, where, CAP_KEYS)
        names = self.texts(body, "items", where, required=True)
        for number, name in enumerate(names):
            if name not in known:
                self.problems.add(f"{where}.items.{number}", f"写成了 {shown(name)}", "应为本文件的事项 id")
        amount = self.guard(body.get("amount"), f"{where}.amount", _read_cap)
        per = self.one_of(body.get("per", CapPeriod.YEAR.value), CapPeriod, f"{where}.per")
        text = self.text(body, "text", where, required=True)
        if amount is None or per is None or text is None:
            return None
        return SumCap(names, amount, per, text)

    def _status(self, data: object) -> DocumentStatus:
        if data is None:
            return DocumentStatus()
        body = self.mapping(data, "status", ("standing", "since", "replaced_by"))
        standing = self.one_of(body.get("standing"), Standing, "status.standing") or Standing.IN_FORCE
        since = self.day(body, "since", "status")
        return DocumentStatus(standing, since, self.text(body, "replaced_by", "status"))

    def _check_unique(self, ids: list[str]) -> None:
        for number, item_id in enumerate(ids):
            if item_id in ids[:number]:
                self.problems.add(f"items.{number}.id", f"{shown(item_id)} 重复", "同一文件内的事项 id 应各不相同")

    def _region(self, raw: object) -> str:
        return self.guard(raw, "region", self.reference.regions.read) or NATION

    def _themes(self, data: Data) -> tuple[str, ...]:
        return self.listed(data, "themes", "", THEMES, required=True)


def _read_cap(raw: object) -> Decimal:
    amount = read_number(raw, "元")
    if amount <= 0:
        raise ValueError("应为大于 0 的金额")
    return amount
