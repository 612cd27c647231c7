"""Reads policy items from plain data, naming every defect at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from policies.benefit_data import BenefitReader
from policies.benefits import Benefit, Form, NotMoney
from policies.condition_reader import ConditionReader
from policies.document import ApplyMode, Case, Clause, HowToApply, Item, Yearly
from policies.eligibility import Outcome
from policies.fields import Data, FieldReader
from policies.problems import shown
from policies.profile import EnterpriseProfile
from policies.profile_data import ProfileReader
from policies.receipts import Repeat, read_repeat
from policies.reference import Reference
from policies.themes import TOPICS
from policies.windows import WindowState

_MONTH_DAY = re.compile(r"(\d{1,2})-(\d{1,2})")
_NOTHING = Benefit(Form.SERVICE, NotMoney(), "")

ITEM_KEYS = (
    "id", "title", "summary", "topics", "applicants", "clause", "conditions", "benefit", "apply", "exclusive_groups",
    "repeat", "top_up", "funds_exhausted_on", "keywords", "cases",
)  # fmt: skip
APPLY_KEYS = (
    "mode", "opens", "closes", "yearly", "announced", "materials", "department", "phone", "address", "url", "note",
)  # fmt: skip


@dataclass(slots=True)
class ItemReader(FieldReader):
    """Reads the items of one document."""

    reference: Reference
    _conditions: ConditionReader
    _benefits: BenefitReader = field(init=False)

    def __post_init__(self) -> None:
        self._benefits = BenefitReader(self._conditions, self.problems)

    def read(self, data: object, where: str) -> Item | None:
        if not isinstance(data, Mapping):
            self.problems.add(where, f"写成了 {shown(data)}", "应为一个政策事项")
            return None
        self.no_extras(data, ITEM_KEYS, where)
        benefit = self._benefits.read(data.get("benefit"), f"{where}.benefit")
        item_id = self.identifier(data.get("id"), f"{where}.id")
        title = self.text(data, "title", where, required=True)
        # Everything is read before anything is given up, so that every defect of an item is named at once.
        item = Item(
            id=item_id or "",
            title=title or "",
            summary=self.text(data, "summary", where, required=True) or "",
            topics=self.listed(data, "topics", where, TOPICS),
            applicants=self._applicants(data, where),
            conditions=self._conditions.read_optional(data.get("conditions"), f"{where}.conditions"),
            benefit=benefit or _NOTHING,
            apply=self._apply(data.get("apply"), f"{where}.apply"),
            clause=self._clause(data.get("clause"), f"{where}.clause"),
            exclusive_groups=self.texts(data, "exclusive_groups", where),
            repeat=self._repeat(data.get("repeat"), f"{where}.repeat"),
            top_up=self.flag(data, "top_up", where),
            funds_exhausted_on=self.day(data, "funds_exhausted_on", where),
            keywords=self.texts(data, "keywords", where),
            cases=self._cases(data.get("cases", []), f"{where}.cases"),
        )
        return None if benefit is None or item_id is None or title is None else item

    def _applicants(self, data: Data, where: str) -> tuple[str, ...]:
        return self.listed(data, "applicants", where, tuple(self.reference.vocabulary.applicants), required=True)

    def _repeat(self, data: object, where: str) -> Repeat | None:
        return None if data is None else self.guard(data, where, read_repeat)

    def _clause(self, data: object, where: str) -> Clause:
        body = self.mapping(data or {}, where, ("article", "restated"))
        return Clause(self.text(body, "article", where), self.text(body, "restated", where))

    def _apply(self, data: object, where: str) -> HowToApply:
        body = self.mapping(data or {}, where, APPLY_KEYS)
        opens, closes = self.day(body, "opens", where), self.day(body, "closes", where)
        if opens and closes and closes < opens:
            self.problems.add(f"{where}.closes", f"写成了 {closes}", f"应不早于开始日期 {opens}")
        yearly = self._yearly(body.get("yearly"), f"{where}.yearly")
        if yearly is not None and (opens or closes):
            self.problems.add(f"{where}.yearly", "与 opens、closes 同时出现", "每年重复的窗口和固定日期只能写一种")
        mode = self.one_of(body.get("mode", ApplyMode.BY_APPLICATION.value), ApplyMode, f"{where}.mode")
        return HowToApply(
            mode=mode or ApplyMode.BY_APPLICATION,
            opens=opens,
            closes=closes,
            yearly=yearly,
            announced=self.flag(body, "announced", where),
            materials=self.texts(body, "materials", where),
            department=self.text(body, "department", where),
            phone=self.text(body, "phone", where),
            address=self.text(body, "address", where),
            url=self.url(body, "url", where),
            note=self.text(body, "note", where),
        )

    def _yearly(self, data: object, where: str) -> Yearly | None:
        if data is None:
            return None
        body = self.mapping(data, where, ("opens", "closes"))
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
        body = self.mapping(data, where, ("profile", "on", "outcome", "window", "amount", "note"))
        on = self.day(body, "on", where)
        if on is None:
            self.problems.add(f"{where}.on", "没有填写", "应为判定日期")
            return None
        outcome = self.one_of(body.get("outcome"), Outcome, f"{where}.outcome")
        window = None
        if body.get("window") is not None:
            window = self.one_of(body["window"], WindowState, f"{where}.window")
        facts = ProfileReader(self.reference, self.problems, on).read_facts(body.get("profile", {}), f"{where}.profile")
        amount = self.amount_text(body.get("amount"), f"{where}.amount")
        note = self.text(body, "note", where)
        return Case(
            EnterpriseProfile(facts=facts),
            on,
            outcome.value if outcome else "",
            window.value if window else None,
            amount,
            note,
        )
