"""Sentences about conditions and values, in plain Chinese. One wording for page, API and command line."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from policies.conditions import (
    LAST_YEAR,
    Bounds,
    Compare,
    DateIn,
    DateRange,
    Growth,
    Holds,
    Includes,
    Is,
    Judged,
    Leaf,
    NotReceived,
    OneOf,
    Period,
    Within,
)
from policies.derived import Subject
from policies.evaluation import Finding
from policies.profile import Qualification, Value
from policies.quantities import date_text, money_text, plain, rate_text
from policies.receipts import Receipt, Repeat
from policies.regions import NOT_IN_A_ZONE
from policies.vocabulary import SOURCE_LABELS, Fact, FactRef, FactType, Source

EXPIRING_DAYS = 90
_PARTS = {
    "valid_until": "的有效期",
    "obtained": "的取得日期",
    "level": "的级别",
    "first_time": "是否首次取得",
}
_TAKEN = {"total": "合计", "average": "年均", "each": "每年都", "pooled": "（合并计算）"}


def number_text(number: Decimal, fact: Fact) -> str:
    """A number with the unit of its fact."""
    match fact.type:
        case FactType.MONEY:
            return money_text(number)
        case FactType.RATE:
            return rate_text(number)
        case _:
            return f"{plain(number)} {fact.unit}" if fact.unit else plain(number)


def rounded(number: Decimal) -> Decimal:
    """To two decimals where a division left more than anyone would write."""
    exponent = number.as_tuple().exponent
    return round(number, 2) if isinstance(exponent, int) and exponent < -6 else number


def either(words: list[str]) -> str:
    """甲、乙或丙."""
    return words[0] if len(words) == 1 else f"{'、'.join(words[:-1])}或{words[-1]}"


def joined(word: str, rest: str) -> str:
    """A word and what follows it, with a blank before a figure: 现为 2021年1月1日, 现为滨城区."""
    return f"{word} {rest}" if rest[:1].isascii() and rest[:1].isalnum() else f"{word}{rest}"


def ref_text(ref: FactRef, subject: Subject) -> str:
    """A fact that is meant, with its year and part: 2025 年研发费用, 高新技术企业的有效期, 是否欠缴税款."""
    fact = subject.reference.fact(ref.key)
    if ref.part is not None:
        return f"更具体的{fact.label}" if ref.part == "finer" else f"{fact.label}{_PARTS[ref.part]}"
    if fact.type is FactType.BOOLEAN:
        return f"是否{fact.label}"
    if fact.type is FactType.QUALIFICATION:
        return f"{fact.label}情况"
    return f"{ref.year} 年{fact.label}" if ref.year is not None else fact.label


def question_text(ref: FactRef, subject: Subject) -> str:
    """The question to ask for a fact, with its year filled in."""
    year = ref.year if ref.year is not None else subject.last_year
    return subject.reference.fact(ref.key).question.replace("{year}", str(year))


# ---------------------------------------------------------------------- requirements


def opposite(leaf: Leaf) -> Leaf | None:
    """The leaf that holds exactly where this one fails; None where no single leaf says so."""
    match leaf:
        case Is(_, value, _):
            return replace(leaf, value=not value)
        case Includes(_, _, mode, _) if mode != "all":
            return replace(leaf, mode="none" if mode == "any" else "any")
        case Compare(_, bounds, _, over, _) if over is None or over.take != "each":
            turned = _turned(bounds)
            return None if turned is None else replace(leaf, bounds=turned)
        case Growth(_, bounds, _, _, _):
            turned = _turned(bounds)
            return None if turned is None else replace(leaf, bounds=turned)
        case _:
            return None


def _turned(bounds: Bounds) -> Bounds | None:
    if bounds.low is None:
        return Bounds(low=bounds.high, low_included=not bounds.high_included)
    return Bounds(high=bounds.low, high_included=not bounds.low_included) if bounds.high is None else None


def negated_text(leaf: Leaf, subject: Subject) -> str:
    """What must not be the case."""
    reference = subject.reference
    turned = opposite(leaf)
    if turned is not None:
        return leaf_text(turned, subject)
    match leaf:
        case Holds(key, level, None, None, _, _):
            fact = reference.fact(key)
            return fact.phrase(False, _level_text(fact, level))
        case OneOf(key, values, _):
            fact = reference.fact(key)
            return f"{fact.label}不是{either([fact.option_label(value) for value in values])}"
        case Within(key, codes, _):
            fact = reference.fact(key)
            verb = "不属于" if fact.type is FactType.INDUSTRY else "不在"
            return f"{fact.label}{verb}{either([reference.code_name(fact, code) for code in codes])}"
        case DateIn(key, days, _):
            fact = reference.fact(key)
            return not_in_range_text(days, event_of(fact), fact.label, subject.day)
        case _:
            return f"没有下列情形：{leaf_text(leaf, subject)}"


def leaf_text(leaf: Leaf, subject: Subject) -> str:
    """One leaf's requirement."""
    if isinstance(leaf, Judged):
        return leaf.text
    if isinstance(leaf, NotReceived):
        return _not_received_text(leaf.repeat, leaf.name or "")
    fact = subject.reference.fact(leaf.fact)
    match leaf:
        case Compare():
            return _compare_text(leaf, fact, subject)
        case Growth(_, bounds, year, span, _):
            last = year.on(subject.day)
            when = f"{last} 年" if span == 1 else f"{last - span}—{last} 年"
            how = "比上年增长" if span == 1 else "年均增长"
            return f"{when}{fact.label}{how}{bounds_text(bounds, rate_text)}"
        case Is(_, value, _):
            return fact.phrase(value)
        case OneOf(_, values, _):
            return f"{fact.label}为{either([fact.option_label(value) for value in values])}"
        case Includes(_, values, mode, _):
            listed = [fact.option_label(value) for value in values]
            word = {"any": "包括", "all": "同时包括", "none": "不包括"}[mode]
            return f"{fact.label}{word}{'、'.join(listed) if mode == 'all' else either(listed)}"
        case Within(_, codes, _):
            names = either([subject.reference.code_name(fact, code) for code in codes])
            return f"{fact.label}{'属于' if fact.type is FactType.INDUSTRY else '在'}{names}"
        case DateIn(_, days, _):
            return date_range_text(days, event_of(fact), fact.label, subject.day)
        case Holds():
            return _holds_text(leaf, fact, subject)


def _not_received_text(repeat: Repeat, name: str) -> str:
    if repeat.years is None:
        return f"没有享受过{name}" if name else "没有享受过（只能享受一次）"
    when = "本年度" if repeat.years == 1 else f"最近 {repeat.years} 年内"
    return f"{when}没有享受过{name}"


def not_in_range_text(days: DateRange, event: str, label: str, day: date) -> str:
    """A day that must lie outside a range."""
    if days.first is not None and days.first.year is not None:
        return f"{label}不在 {days.first.year.on(day)} 年"
    if days.first is not None and days.first.ago is not None:
        return f"{event}不在最近 {period_text(days.first.ago)}内"
    if days.last is not None and days.last.ago is not None:
        return f"{event}不满 {period_text(days.last.ago)}"
    if days.last is None and days.first is not None:
        return f"{label}早于 {date_text(days.first.on(day))}"
    if days.first is None and days.last is not None:
        return f"{label}晚于 {date_text(days.last.on(day))}"
    return f"没有下列情形：{date_range_text(days, event, label, day)}"


def _compare_text(leaf: Compare, fact: Fact, subject: Subject) -> str:
    bounds = bounds_text(leaf.bounds, lambda number: number_text(number, fact))
    if not fact.annual:
        return f"{fact.label}{bounds}"
    last = (leaf.year or LAST_YEAR).on(subject.day)
    if leaf.over is None:
        return f"{last} 年{fact.label}{bounds}"
    return f"{last - leaf.over.years + 1}—{last} 年{fact.label}{_TAKEN[leaf.over.take]}{bounds}"


def figure_text(leaf: Compare | Growth, fact: Fact, year: int | None) -> str:
    """The figure a leaf compares, named without its bounds: 研发费用, 营业收入增长率, 2024 年研发费用 of several years."""
    if isinstance(leaf, Growth):
        return f"{fact.label}增长率"
    if leaf.over is None:
        return fact.label
    return f"{year} 年{fact.label}" if leaf.over.take == "each" else f"{fact.label}{_TAKEN[leaf.over.take]}"


def bounds_text(bounds: Bounds, show: Callable[[Decimal], str]) -> str:
    """不少于 / 超过 / 不超过 / 不足, as the Civil Code (art. 1259) and design rule 6 use the words."""
    low, high = bounds.low, bounds.high
    if low is not None and low == high:
        return f"等于 {show(low)}"
    words = []
    if low is not None:
        words.append(f"{'不少于' if bounds.low_included else '超过'} {show(low)}")
    if high is not None:
        words.append(f"{'不超过' if bounds.high_included else '不足'} {show(high)}")
    return "、".join(words)


def event_of(fact: Fact) -> str:
    """成立日期 → 成立."""
    return fact.label.removesuffix("日期").removesuffix("的")


def period_text(period: Period) -> str:
    if period.years:
        return f"{period.years} 年"
    return f"{period.months} 个月" if period.months else f"{period.days} 天"


def date_range_text(days: DateRange, event: str, label: str, day: date) -> str:
    """A range of days in words: 成立满 1 年, 成立在最近 3 年内, 在 2025 年, 不早于 2020年1月1日."""
    if days.first is not None and days.first.year is not None:
        return f"{label}在 {days.first.year.on(day)} 年"
    if days.first is not None and days.first.ago is not None:
        return f"{event}在最近 {period_text(days.first.ago)}内（{date_text(days.first.on(day))}以后）"
    if days.last is not None and days.last.ago is not None:
        return f"{event}满 {period_text(days.last.ago)}（{date_text(days.last.on(day))}以前）"
    words = []
    if days.first is not None:
        words.append(f"不早于 {date_text(days.first.on(day))}")
    if days.last is not None:
        words.append(f"不晚于 {date_text(days.last.on(day))}")
    return f"{label}{'、'.join(words)}"


def _holds_text(leaf: Holds, fact: Fact, subject: Subject) -> str:
    text = fact.phrase(True, _level_text(fact, leaf.level))
    if leaf.must_be_valid and fact.expires:
        text += "（有效期内）"
    if leaf.first_time is not None:
        text += "，且为首次取得" if leaf.first_time else "，且不是首次取得"
    if leaf.obtained is not None:
        text += f"，{date_range_text(leaf.obtained, '取得', '取得日期', subject.day)}"
    return text


def _level_text(fact: Fact, level: str | None) -> str:
    if level is None:
        return ""
    return fact.option_label(level) + ("" if fact.levels[-1].key == level else "及以上")


# ---------------------------------------------------------------------- values


def value_text(finding: Finding, subject: Subject) -> str:
    """The company's own value as far as it is known; empty when nothing is."""
    if isinstance(finding.condition, Judged):
        return ""
    if isinstance(finding.condition, NotReceived):
        return _received_text(finding.value)
    fact = subject.reference.fact(finding.condition.fact)
    if finding.possible:
        labels = [option.label for option in fact.options if option.key in finding.possible]
        return f"{either(labels)}（由已填信息推算）"
    if finding.value is None:
        return ""
    if isinstance(finding.condition, Growth) and isinstance(finding.value, Decimal):
        return rate_text(finding.value)
    text = known_text(finding.value, fact, subject)
    if isinstance(finding.condition, Holds) and isinstance(finding.value, Qualification) and finding.value.held:
        text += _obtained_text(finding.condition, finding.value)
    return text


def _received_text(value: Value | None) -> str:
    if not isinstance(value, tuple):
        return ""
    return "、".join(_receipt_text(receipt) for receipt in value) or "没有享受过"


def _receipt_text(receipt: Receipt) -> str:
    return f"{date_text(receipt.on)}已享受" + (f" {money_text(receipt.amount)}" if receipt.amount is not None else "")


def _obtained_text(leaf: Holds, value: Qualification) -> str:
    """What else a requirement looks at, so that a person sees why it holds or fails."""
    text = ""
    if leaf.obtained is not None and value.obtained is not None:
        text += f"，{date_text(value.obtained)}取得"
    if leaf.first_time is not None and value.first_time is not None:
        text += "，是首次取得" if value.first_time else "，不是首次取得"
    return text


def now_text(finding: Finding, subject: Subject) -> str:
    """The company's value as the end of a sentence: ，现为滨城区 / ，目前不是高新技术企业; empty when nothing is known."""
    value = value_text(finding, subject)
    if not value or isinstance(finding.condition, Judged):
        return ""
    is_said = subject.reference.fact(finding.condition.fact).phrases is not None or value.startswith(
        ("没有", "未", "不")
    )
    return joined("，目前" if is_said else "，现为", value)


def known_text(value: Value, fact: Fact, subject: Subject) -> str:
    """A value of a fact in words."""
    match value:
        case bool():
            return fact.phrase(value)
        case Decimal():
            if counts_years(fact):
                return _years_text(value)
            # A share is rounded as a percentage: 4.84 % is not 5 %.
            return number_text(value if fact.type is FactType.RATE else rounded(value), fact)
        case date():
            return date_text(value)
        case frozenset():
            return "、".join(option.label for option in fact.options if option.key in value) or "没有"
        case Qualification():
            return _qualification_text(value, fact, subject.day)
        case tuple():
            return _received_text(value)
        case str():
            return _word_text(value, fact, subject)


def _word_text(value: str, fact: Fact, subject: Subject) -> str:
    if value == NOT_IN_A_ZONE and fact.type is FactType.ZONE:
        return "不在功能区"
    if fact.type is FactType.INDUSTRY:
        return subject.reference.industries.name(value)
    # A place may be told by the zone beside it, so both kinds of code are looked up.
    if fact.type in (FactType.REGION, FactType.ZONE):
        return subject.reference.regions.full_name(value)
    return fact.option_label(value) if fact.options else value


def counts_years(fact: Fact) -> bool:
    """Whether the fact is the years since a day, which grow by waiting and by nothing else."""
    return fact.derived is not None and fact.derived.by == "years_since"


def _years_text(years: Decimal) -> str:
    whole = int(years)
    months = int((years - whole) * 12)
    if not whole:
        return f"{months} 个月" if months else "不满 1 个月"
    return f"{whole} 年" + (f" {months} 个月" if months else "多" if years > whole else "")


def _qualification_text(value: Qualification, fact: Fact, day: date) -> str:
    if not value.held:
        return fact.phrase(False)
    text = fact.phrase(True, fact.option_label(value.level) if value.level else "")
    if value.valid_until is None or not fact.expires:
        return text
    if value.valid_until < day:
        return f"{text}，但已于 {date_text(value.valid_until)}到期"
    left = (value.valid_until - day).days
    soon = f"，还有 {left} 天到期" if left <= EXPIRING_DAYS else ""
    return f"{text}，有效期至 {date_text(value.valid_until)}{soon}"


def source_text(source: Source | None, as_of: date | None) -> str:
    """Where a value comes from: 市场监管 2026年11月1日."""
    if source is None:
        return ""
    return SOURCE_LABELS[source] + (f" {date_text(as_of)}" if as_of else "")
