"""The fact vocabulary: everything a condition may name about an enterprise, described once (data/facts.yaml)."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from policies.problems import InvalidData, Problem, shown


class FactType(StrEnum):
    BOOLEAN = "boolean"
    COUNT = "count"
    NUMBER = "number"
    MONEY = "money"
    RATE = "rate"
    DATE = "date"
    TEXT = "text"
    CHOICE = "choice"
    CHOICES = "choices"
    REGION = "region"
    ZONE = "zone"
    INDUSTRY = "industry"
    QUALIFICATION = "qualification"
    RECEIPTS = "receipts"

    @property
    def is_numeric(self) -> bool:
        return self in (FactType.COUNT, FactType.NUMBER, FactType.MONEY, FactType.RATE)


class Source(StrEnum):
    """Who knows a fact, and where a value comes from."""

    REGISTRY = "registry"
    TAX = "tax"
    SOCIAL_INSURANCE = "social_insurance"
    STATISTICS = "statistics"
    CREDIT = "credit"
    DEPARTMENT = "department"
    ENTERPRISE = "enterprise"
    SAMPLE = "sample"
    COMPUTED = "computed"


SOURCE_LABELS: Mapping[Source, str] = MappingProxyType(
    {
        Source.REGISTRY: "市场监管",
        Source.TAX: "税务",
        Source.SOCIAL_INSURANCE: "人社",
        Source.STATISTICS: "统计",
        Source.CREDIT: "信用",
        Source.DEPARTMENT: "主管部门",
        Source.ENTERPRISE: "本企业填写",
        Source.SAMPLE: "示例",
        Source.COMPUTED: "系统计算",
    }
)


@dataclass(frozen=True, slots=True)
class Option:
    """One allowed value of a choice, or one rung of a ladder of levels (lowest first)."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """How a derived fact is computed: the rule's name in policies/derived.py and the facts it needs."""

    by: str
    inputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that can be known about an enterprise. Money is yuan, rates are fractions, bounds are inclusive.

    `asked_of` are the industries to whom the question makes sense, `asked_if` the facts of which one must be there for
    it to make sense; empty: everybody. `rare` is what few enterprises have or do. All three steer what is asked and in
    which order things are shown, never a verdict: what a stranger to the trade has not said stays unknown.
    """

    key: str
    group: str
    type: FactType
    label: str
    question: str
    help: str
    known_by: Source
    annual: bool = False
    unit: str | None = None
    changeable: bool = True
    min: Decimal | None = None
    max: Decimal | None = None
    options: tuple[Option, ...] = ()
    levels: tuple[Option, ...] = ()
    expires: bool = True
    derived: Derivation | None = None
    second_place: str | None = None
    phrases: tuple[str, str] | None = None
    ordered: bool = False
    asked_of: tuple[str, ...] = ()
    asked_if: tuple[str, ...] = ()
    rare: bool = False

    def phrase(self, holds: bool, level: str = "") -> str:
        """Having or not having it as a person says it; `level` is put where a level may be named."""
        yes, no = self.phrases or (self.label, f"不具备：{self.label}")
        return (yes if holds else no).replace("{level}", level)

    def option_label(self, key: str) -> str:
        return next(option.label for option in (*self.options, *self.levels) if option.key == key)

    def higher_options(self, than: str) -> tuple[str, ...]:
        """The options of an ordered choice above one of them, lowest first."""
        keys = [option.key for option in self.options]
        return tuple(keys[keys.index(than) + 1 :])

    def level_rank(self, key: str) -> int:
        return [level.key for level in self.levels].index(key)


@dataclass(frozen=True, slots=True, order=True)
class FactRef:
    """A fact that is named somewhere, with its year when annual and the part of it that is meant.

    `part` is ``valid_until``, ``obtained``, ``level`` or ``first_time`` of a qualification, or ``finer`` where a code
    is known too coarsely to decide.
    """

    key: str
    year: int | None = None
    part: str | None = None

    def __str__(self) -> str:
        return ".".join(str(piece) for piece in (self.key, self.year, self.part) if piece is not None)


@dataclass(frozen=True, slots=True)
class ApplicantKind:
    """One kind of applicant (支持对象): the choice or boolean fact that tells whether an enterprise is one."""

    key: str
    label: str
    fact: str
    values: tuple[str, ...]


class UnknownFact(KeyError):
    """A fact key outside the vocabulary; `suggestions` are the nearest ones."""

    def __init__(self, key: str, suggestions: tuple[str, ...]) -> None:
        super().__init__(key)
        self.key = key
        self.suggestions = suggestions

    @property
    def found(self) -> str:
        return f"没有信息项 {shown(self.key)}"

    @property
    def expected(self) -> str:
        hint = f"，是不是 {'、'.join(self.suggestions)}？" if self.suggestions else ""
        return f"应为词表里的信息项{hint}"


@dataclass(frozen=True)
class Vocabulary:
    """All facts. `nothing_before_founding`: of a year before the founding there was nothing where something is asked for.

    That rule stands with the tables, because they are kept with every verdict: an older one is replayed without it.
    """

    version: str
    groups: Mapping[str, str]
    facts: Mapping[str, Fact]
    applicants: Mapping[str, ApplicantKind]
    nothing_before_founding: bool = False

    def fact(self, key: str) -> Fact:
        """Raises UnknownFact with the nearest keys or labels."""
        found = self.facts.get(key)
        if found is None:
            raise UnknownFact(key, self.suggest(key))
        return found

    def suggest(self, word: str) -> tuple[str, ...]:
        names = {**{fact.label: fact.key for fact in self.facts.values()}, **{key: key for key in self.facts}}
        close = difflib.get_close_matches(word[:60], list(names), n=3, cutoff=0.5)
        return tuple(dict.fromkeys(names[name] for name in close))

    def base_inputs(self, key: str) -> tuple[str, ...]:
        """The facts a person could be asked for behind `key`: itself, or all the inputs of a derived fact."""
        fact = self.fact(key)
        if fact.derived is None:
            return (key,)
        return tuple(dict.fromkeys(base for name in fact.derived.inputs for base in self.base_inputs(name)))


def read_vocabulary(data: Mapping[str, Any]) -> Vocabulary:
    """Build and check a vocabulary from its data. Raises InvalidData naming every defect."""
    problems: list[Problem] = []
    groups = {row["key"]: row["label"] for row in data["groups"]}
    facts: dict[str, Fact] = {}
    for row in data["facts"]:
        problems += _shape_problems(row)
        fact = _read_fact(row)
        if fact.key in facts:
            problems.append(Problem(fact.key, "重复的信息项", "每个 key 只能出现一次"))
        if fact.type in (FactType.BOOLEAN, FactType.QUALIFICATION) and fact.phrases is None:
            problems.append(Problem(f"{fact.key}.phrases", "没有填写", "是非类和资质类应写 {has: …, lacks: …}"))
        if fact.annual and not fact.type.is_numeric:
            problems.append(Problem(f"{fact.key}.annual", fact.type.value, "只有数值类的信息项可以按年份填写"))
        if fact.group not in groups:
            problems.append(Problem(f"{fact.key}.group", fact.group, "应为已列出的分组"))
        facts[fact.key] = fact
    for fact in facts.values():
        named = {"derived.inputs": fact.derived.inputs if fact.derived else (), "asked_if": fact.asked_if}
        for part, names in named.items():
            problems += [
                Problem(f"{fact.key}.{part}", name, "应为词表里的信息项") for name in names if name not in facts
            ]
    problems += [Problem(f"{key}.asked_if", key, "信息项不能绕一圈又问回自己") for key in _circular(facts)]
    applicants = {row["key"]: _read_applicant(row) for row in data.get("applicants", ())}
    for kind in applicants.values():
        if kind.fact not in facts:
            problems.append(Problem(f"applicants.{kind.key}", kind.fact, "应为词表里的信息项"))
    if problems:
        raise InvalidData(problems)
    return Vocabulary(
        str(data["version"]),
        MappingProxyType(groups),
        MappingProxyType(facts),
        MappingProxyType(applicants),
        data.get("before_founding") == "nothing",
    )


_FACT_KEYS = frozenset(
    [
        "key",
        "group",
        "type",
        "label",
        "question",
        "help",
        "known_by",
        "annual",
        "unit",
        "changeable",
        "min",
        "max",
        "options",
        "levels",
        "expires",
        "derived",
        "second_place",
        "ordered",
        "phrases",
        "asked_of",
        "asked_if",
        "rare",
    ]
)


def _shape_problems(row: Mapping[str, Any]) -> list[Problem]:
    """What a row of the vocabulary says that would otherwise be passed over in silence."""
    key = str(row.get("key"))
    found = [
        Problem(f"{key}.{name}", f"多出了 {shown(name)}", "词表里没有这个栏目")
        for name in row
        if name not in _FACT_KEYS
    ]
    for name in ("asked_of", "asked_if"):
        listed = row.get(name, [])
        if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
            found.append(Problem(f"{key}.{name}", f"写成了 {shown(listed)}", "应为文字列表"))
    for name in ("annual", "changeable", "expires", "ordered", "rare"):
        if not isinstance(row.get(name, False), bool):
            found.append(Problem(f"{key}.{name}", f"写成了 {shown(row[name])}", "应为 true 或 false"))
    if row.get("type") in ("choice", "choices") and not row.get("options") and not row.get("derived"):
        found.append(Problem(f"{key}.options", "没有填写", "选择类的信息项应列出选项"))
    return found


def _circular(facts: Mapping[str, Fact]) -> list[str]:
    """The facts that are asked only if they themselves are there."""

    def above(key: str, seen: frozenset[str]) -> frozenset[str]:
        for name in facts[key].asked_if if key in facts else ():
            if name not in seen:
                seen = above(name, seen | {name})
        return seen

    return [key for key in facts if key in above(key, frozenset())]


def _read_applicant(row: Mapping[str, Any]) -> ApplicantKind:
    values = tuple(row["in"]) if "in" in row else ("true",)
    return ApplicantKind(row["key"], row["label"], row["fact"], values)


def _read_fact(row: Mapping[str, Any]) -> Fact:
    kind = FactType(row["type"])
    derived = row.get("derived")
    low = row.get("min", 0 if kind.is_numeric else None)
    return Fact(
        key=row["key"],
        group=row["group"],
        type=kind,
        label=row["label"],
        question=row["question"],
        help=row["help"],
        known_by=Source(row["known_by"]),
        annual=row.get("annual", False),
        unit=row.get("unit"),
        changeable=row.get("changeable", True),
        min=None if low is None else Decimal(str(low)),
        max=Decimal(str(row["max"])) if "max" in row else None,
        options=_read_options(row.get("options", ())),
        levels=_read_options(row.get("levels", ())),
        expires=row.get("expires", True),
        derived=Derivation(derived["by"], tuple(derived["inputs"])) if derived else None,
        second_place=row.get("second_place"),
        ordered=row.get("ordered", False),
        asked_of=tuple(row.get("asked_of") or ()),
        asked_if=tuple(row.get("asked_if") or ()),
        rare=row.get("rare", False),
        phrases=(row["phrases"]["has"], row["phrases"]["lacks"]) if "phrases" in row else None,
    )


def _read_options(rows: Any) -> tuple[Option, ...]:
    return tuple(Option(row["key"], row["label"]) for row in rows)
