"""Reads policy documents from plain data, naming every defect at once."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from policies.benefit_data import BenefitReader
from policies.benefits import Benefit, Form, NotMoney
from policies.condition_reader import ConditionReader
from policies.conditions import ALWAYS, Condition, Judged, facts_named, leaves
from policies.document import (
    ApplyMode,
    Case,
    Clause,
    DocumentSource,
    DocumentStatus,
    HowToApply,
    Item,
    Policy,
    SourceKind,
    Standing,
    Yearly,
    conditions_of,
)
from policies.eligibility import Outcome
from policies.problems import Problems, shown
from policies.profile import EnterpriseProfile
from policies.profile_data import ProfileReader
from policies.quantities import is_clean, read_date, read_number
from policies.reference import Reference
from policies.windows import WindowState

Data = Mapping[str, Any]
_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)

FORMAT = 1
MAX_ITEMS = 200
MAX_TEXT = 5_000
THEMES: tuple[str, ...] = (
    "科技创新", "技术改造", "数字化", "绿色低碳", "梯度培育", "稳岗就业", "人才引育", "融资贴息", "税费减免",
    "外贸商贸", "知识产权", "标准品牌", "资本市场", "招商项目", "用地物流", "农业农村", "文旅服务", "创业扶持", "政府采购",
)  # fmt: skip
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,79}")
_URL = re.compile(r"https?://[^\s<>\"']{3,500}")
_MONTH_DAY = re.compile(r"(\d{1,2})-(\d{1,2})")

POLICY_KEYS = (
    "format", "id", "title", "number", "issuers", "region", "themes", "summary", "published", "effective",
    "valid_until", "status", "source", "conditions", "items",
)  # fmt: skip
ITEM_KEYS = (
    "id", "title", "summary", "applicants", "clause", "conditions", "benefit", "apply", "exclusive_groups",
    "funds_exhausted_on", "keywords", "cases",
)  # fmt: skip
APPLY_KEYS = (
    "mode", "opens", "closes", "yearly", "announced", "materials", "department", "phone", "address", "url", "note",
)  # fmt: skip
NATION = "100000"
_NOTHING = Benefit(Form.SERVICE, NotMoney(), "")


@dataclass(slots=True)
class PolicyReader:
    """Reads one policy document as of `today`, collecting problems and warnings."""

    reference: Reference
    problems: Problems
    today: date
    _conditions: ConditionReader = field(init=False)
    _benefits: BenefitReader = field(init=False)

    def __post_init__(self) -> None:
        self._conditions = ConditionReader(self.reference, self.problems)
        self._benefits = BenefitReader(self._conditions, self.problems)

    def read(self, data: object) -> Policy | None:
        """The policy, or None when a defect was noted."""
        if not isinstance(data, Mapping):
            self.problems.add("", f"写成了 {shown(data)}", "应为一份政策文件")
            return None
        self._no_extras(data, POLICY_KEYS, "")
        if data.get("format") != FORMAT:
            self.problems.add("format", f"写成了 {shown(data.get('format'))}", f"应为 {FORMAT}")
        items_data = data.get("items")
        if not isinstance(items_data, list) or not 1 <= len(items_data) <= MAX_ITEMS:
            self.problems.add("items", f"写成了 {shown(items_data)}", f"应为 1 到 {MAX_ITEMS} 个政策事项的列表")
            items_data = []
        items = [self._item(item, f"items.{number}") for number, item in enumerate(items_data)]
        read = tuple(item for item in items if item is not None)
        self._check_unique([item.id for item in read])
        policy = self._policy(data, read)
        return None if self.problems.errors else policy

    def _policy(self, data: Data, items: tuple[Item, ...]) -> Policy:
        region = self._region(data.get("region"))
        policy = Policy(
            id=self._id(data.get("id"), "id") or "",
            title=self._text(data, "title", "", required=True) or "",
            issuers=self._texts(data, "issuers", "", required=True),
            region=region,
            source=self._source(data.get("source")),
            items=items,
            number=self._text(data, "number", ""),
            summary=self._text(data, "summary", "") or "",
            themes=self._themes(data),
            published=self._date(data, "published", ""),
            effective=self._date(data, "effective", ""),
            valid_until=self._date(data, "valid_until", ""),
            status=self._status(data.get("status")),
            conditions=self._condition(data.get("conditions"), "conditions"),
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

    def _item(self, data: object, where: str) -> Item | None:
        if not isinstance(data, Mapping):
            self.problems.add(where, f"写成了 {shown(data)}", "应为一个政策事项")
            return None
        self._no_extras(data, ITEM_KEYS, where)
        benefit = self._benefits.read(data.get("benefit"), f"{where}.benefit")
        item_id = self._id(data.get("id"), f"{where}.id")
        title = self._text(data, "title", where, required=True)
        # Everything is read before anything is given up, so that every defect of an item is named at once.
        item = Item(
            id=item_id or "",
            title=title or "",
            summary=self._text(data, "summary", where, required=True) or "",
            applicants=self._applicants(data, where),
            conditions=self._condition(data.get("conditions"), f"{where}.conditions"),
            benefit=benefit or _NOTHING,
            apply=self._apply(data.get("apply"), f"{where}.apply"),
            clause=self._clause(data.get("clause"), f"{where}.clause"),
            exclusive_groups=self._texts(data, "exclusive_groups", where),
            funds_exhausted_on=self._date(data, "funds_exhausted_on", where),
            keywords=self._texts(data, "keywords", where),
            cases=self._cases(data.get("cases", []), f"{where}.cases"),
        )
        return None if benefit is None or item_id is None or title is None else item

    def _condition(self, data: object, where: str) -> Condition:
        if data is None:
            return ALWAYS
        return self._conditions.read(data, where) or ALWAYS

    def _applicants(self, data: Data, where: str) -> tuple[str, ...]:
        kinds = self._texts(data, "applicants", where, required=True)
        known = self.reference.vocabulary.applicants
        for number, kind in enumerate(kinds):
            if kind not in known:
                self.problems.add(f"{where}.applicants.{number}", f"写成了 {shown(kind)}", f"应为 {'、'.join(known)}")
        return kinds

    def _source(self, data: object) -> DocumentSource:
        body = self._object(data, "source", ("kind", "url", "opened", "note"))
        kind = self._enum(body.get("kind"), SourceKind, "source.kind")
        url, opened = self._text(body, "url", "source"), self._date(body, "opened", "source")
        if url is not None and not _URL.fullmatch(url):
            self.problems.add("source.url", f"写成了 {shown(url)}", "应为 http(s) 网址")
        if kind is not None and kind is not SourceKind.SAMPLE and (url is None or opened is None):
            self.problems.add(
                "source", "缺少网址或打开日期", "有出处的政策应写 url 和 opened；没有出处的写 kind: sample"
            )
        if opened is not None and opened > self.today:
            self.problems.add("source.opened", f"写成了 {opened}", "打开日期不应晚于今天")
        return DocumentSource(kind or SourceKind.SAMPLE, url, opened, self._text(body, "note", "source"))

    def _status(self, data: object) -> DocumentStatus:
        if data is None:
            return DocumentStatus()
        body = self._object(data, "status", ("standing", "since", "replaced_by"))
        standing = self._enum(body.get("standing"), Standing, "status.standing") or Standing.IN_FORCE
        since = self._date(body, "since", "status")
        return DocumentStatus(standing, since, self._text(body, "replaced_by", "status"))

    def _clause(self, data: object, where: str) -> Clause:
        body = self._object(data or {}, where, ("article", "restated"))
        return Clause(self._text(body, "article", where), self._text(body, "restated", where))

    def _apply(self, data: object, where: str) -> HowToApply:
        body = self._object(data or {}, where, APPLY_KEYS)
        opens, closes = self._date(body, "opens", where), self._date(body, "closes", where)
        if opens and closes and closes < opens:
            self.problems.add(f"{where}.closes", f"写成了 {closes}", f"应不早于开始日期 {opens}")
        announced = body.get("announced", False)
        if not isinstance(announced, bool):
            self.problems.add(f"{where}.announced", f"写成了 {shown(announced)}", "应为 true 或 false")
        yearly = self._yearly(body.get("yearly"), f"{where}.yearly")
        if yearly is not None and (opens or closes):
            self.problems.add(f"{where}.yearly", "与 opens、closes 同时出现", "每年重复的窗口和固定日期只能写一种")
        url = self._text(body, "url", where)
        if url is not None and not _URL.fullmatch(url):
            self.problems.add(f"{where}.url", f"写成了 {shown(url)}", "应为 http(s) 网址")
        mode = self._enum(body.get("mode", ApplyMode.BY_APPLICATION.value), ApplyMode, f"{where}.mode")
        return HowToApply(
            mode=mode or ApplyMode.BY_APPLICATION,
            opens=opens,
            closes=closes,
            yearly=yearly,
            announced=announced is True,
            materials=self._texts(body, "materials", where),
            department=self._text(body, "department", where),
            phone=self._text(body, "phone", where),
            address=self._text(body, "address", where),
            url=url,
            note=self._text(body, "note", where),
        )

    def _yearly(self, data: object, where: str) -> Yearly | None:
        if data is None:
            return None
        body = self._object(data, where, ("opens", "closes"))
        opens, closes = (self._month_day(body.get(key), f"{where}.{key}") for key in ("opens", "closes"))
        return None if opens is None or closes is None else Yearly(opens, closes)

    def _month_day(self, raw: object, where: str) -> tuple[int, int] | None:
        matched = _MONTH_DAY.fullmatch(str(raw))
        if matched:
            month, day = int(matched[1]), int(matched[2])
            try:
                date(2001, month, day)
                return month, day
            except ValueError:
                pass
        self.problems.add(where, f"写成了 {shown(raw)}", '应为每年都有的月日，如 "03-01"')
        return None

    def _cases(self, data: object, where: str) -> tuple[Case, ...]:
        if not isinstance(data, list):
            self.problems.add(where, f"写成了 {shown(data)}", "应为算例列表")
            return ()
        cases = [self._case(row, f"{where}.{number}") for number, row in enumerate(data)]
        return tuple(case for case in cases if case is not None)

    def _case(self, data: object, where: str) -> Case | None:
        body = self._object(data, where, ("profile", "on", "outcome", "window", "amount", "note"))
        on = self._date(body, "on", where)
        if on is None:
            self.problems.add(f"{where}.on", "没有填写", "应为判定日期")
            return None
        outcome = self._enum(body.get("outcome"), Outcome, f"{where}.outcome")
        window = None
        if body.get("window") is not None:
            window = self._enum(body["window"], WindowState, f"{where}.window")
        facts = ProfileReader(self.reference, self.problems, on).read_facts(body.get("profile", {}), f"{where}.profile")
        amount = self._number_text(body.get("amount"), f"{where}.amount")
        note = self._text(body, "note", where)
        return Case(
            EnterpriseProfile(facts=facts),
            on,
            outcome.value if outcome else "",
            window.value if window else None,
            amount,
            note,
        )

    def _number_text(self, raw: object, where: str) -> str | None:
        """An amount as ``100000``, ``0-50000`` or ``unknown``."""
        if raw is None:
            return None
        text = str(raw)
        try:
            if text != "unknown":
                for part in text.split("-"):
                    read_number(part)
        except ValueError:
            self.problems.add(where, f"写成了 {shown(raw)}", "应为金额 100000、区间 0-50000 或 unknown")
        return text

    # ------------------------------------------------------------------ atoms

    def _no_extras(self, data: Data, allowed: tuple[str, ...], where: str) -> None:
        prefix = f"{where}." if where else ""
        for key in data:
            if key not in allowed:
                self.problems.add(f"{prefix}{key}", f"多出了 {shown(key)}", f"这里可以写：{'、'.join(allowed)}")

    def _object(self, data: object, where: str, allowed: tuple[str, ...]) -> Data:
        if not isinstance(data, Mapping):
            self.problems.add(where, f"写成了 {shown(data)}", f"应为对象，可以写：{'、'.join(allowed)}")
            return {}
        self._no_extras(data, allowed, where)
        return data

    def _check_unique(self, ids: list[str]) -> None:
        for number, item_id in enumerate(ids):
            if item_id in ids[:number]:
                self.problems.add(f"items.{number}.id", f"{shown(item_id)} 重复", "同一文件内的事项 id 应各不相同")

    def _id(self, raw: object, where: str) -> str | None:
        if isinstance(raw, str) and _ID.fullmatch(raw):
            return raw
        self.problems.add(
            where,
            f"写成了 {shown(raw)}",
            "应为 2 到 80 个小写字母、数字或连字符，以字母或数字开头，如 binzhou-2019-talent",
        )
        return None

    def _region(self, raw: object) -> str:
        return self._guard(raw, "region", self.reference.regions.read) or NATION

    def _guard(self, raw: object, where: str, read: Callable[[object], _T]) -> _T | None:
        try:
            return read(raw)
        except ValueError as error:
            self.problems.add(where, f"写成了 {shown(raw)}", str(error))
            return None

    def _enum(self, raw: object, kind: type[_E], where: str) -> _E | None:
        try:
            return kind(str(raw))
        except ValueError:
            self.problems.add(where, f"写成了 {shown(raw)}", f"应为 {'、'.join(kind)} 之一")
            return None

    def _date(self, data: Data, key: str, where: str) -> date | None:
        if data.get(key) is None:
            return None
        return self._guard(data[key], f"{where}.{key}" if where else key, read_date)

    def _text(self, data: Data, key: str, where: str, *, required: bool = False) -> str | None:
        raw = data.get(key)
        place = f"{where}.{key}" if where else key
        if raw is None and not required:
            return None
        if isinstance(raw, str) and 0 < len(raw.strip()) <= MAX_TEXT and is_clean(raw):
            return raw.strip()
        self.problems.add(
            place, "没有填写" if raw is None else f"写成了 {shown(raw)}", f"应为 1 到 {MAX_TEXT} 字的文字"
        )
        return None

    def _texts(self, data: Data, key: str, where: str, *, required: bool = False) -> tuple[str, ...]:
        raw = data.get(key)
        place = f"{where}.{key}" if where else key
        if raw is None and not required:
            return ()
        if (
            isinstance(raw, list)
            and (raw or not required)
            and all(isinstance(text, str) and text.strip() and is_clean(text) for text in raw)
        ):
            return tuple(text.strip() for text in raw)
        self.problems.add(place, "没有填写" if raw is None else f"写成了 {shown(raw)}", "应为文字列表")
        return ()

    def _themes(self, data: Data) -> tuple[str, ...]:
        themes = self._texts(data, "themes", "", required=True)
        for number, theme in enumerate(themes):
            if theme not in THEMES:
                self.problems.add(f"themes.{number}", f"写成了 {shown(theme)}", f"应为 {'、'.join(THEMES)}")
        return themes
