"""Numbers, money, rates and dates as people in China write them: reading (full-width, 万/亿, %) and wording."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import ROUND_FLOOR, Decimal, localcontext

_SCALES = {"万亿": 10**12, "亿": 10**8, "千万": 10**7, "百万": 10**6, "万": 10**4, "千": 10**3}
# Longer words first: 万亿 before 万 and 亿.
_PART = re.compile(r"(\d+(?:,\d{3})*|\d*)(\.\d+)?(万亿|千万|百万|亿|万|千)?")
# From one part to the next: 1亿2千 may be meant as 1亿2千万, so no step is longer than from 亿 to 万.
_LONGEST_STEP = 10**4
_DATE = re.compile(r"(\d{4})\s*(?:年|-|/|\.)\s*(\d{1,2})\s*(?:月|-|/|\.)\s*(\d{1,2})\s*日?")
_MAX_LENGTH = 40
# What Decimal computes exactly by default; more would be rounded on the way.
_MAX_DIGITS = 28
_EXACT_DIGITS = 100


def normalise(text: str) -> str:
    """NFKC (full-width digits, letters and signs become plain), without surrounding blanks."""
    return unicodedata.normalize("NFKC", text).strip()


def is_clean(text: str) -> bool:
    """Whether a text holds nothing that no database stores and nobody types: control characters, lone surrogates."""
    return not any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\r\t" for character in text)


def read_number(raw: object, unit: str | None = None) -> Decimal:
    """Read a number such as ``462``, ``"４６２万"``, ``"1.5亿元"``, ``"1亿2000万"`` or ``"3,000,000"``.

    `unit` (元, 人 …) may follow the number. Raises ValueError, worded in Chinese, for anything else,
    for infinities and for numbers of more than 28 digits.
    """
    if isinstance(raw, bool):
        raise ValueError("应为数字")
    if isinstance(raw, (int, Decimal)):
        return _bounded(Decimal(raw))
    if isinstance(raw, float):
        return _bounded(Decimal(str(raw)))
    if not isinstance(raw, str):
        raise ValueError("应为数字")
    text = normalise(raw).replace(" ", "")
    if not text or len(text) > _MAX_LENGTH:
        raise ValueError("应为数字")
    if unit and text.endswith(unit):
        text = text[: -len(unit)]
    sign, text = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    with localcontext() as context:
        context.prec = _EXACT_DIGITS
        return _bounded(sign * _sum_of_parts(text))


def _sum_of_parts(text: str) -> Decimal:
    """``3亿5千万`` and its like: parts in descending order, each scale once, a fraction only in the last."""
    total, above, at = Decimal(0), 0, 0
    while True:
        matched = _PART.match(text, at)
        assert matched is not None  # it may match nothing at all
        digits, fraction, word = matched[1].replace(",", ""), matched[2] or "", matched[3]
        if not digits and (above or not fraction):
            raise ValueError("应为数字")
        scale = _SCALES.get(word, 1)
        part = Decimal(digits + fraction) * scale
        if above and not _follows(above, scale, part, digits):
            raise ValueError("应为数字")
        total, above, at = total + part, scale, matched.end()
        if at == len(text):
            return total
        if fraction or word is None:
            raise ValueError("应为数字")


def _follows(above: int, scale: int, part: Decimal, digits: str) -> bool:
    """Whether a part can only mean one thing after a part of the scale `above`: ``2万5000`` does, ``2万5`` does not."""
    if scale == 1:
        return len(digits) == len(str(above)) - 1
    return part < above and scale < above <= scale * _LONGEST_STEP


def _bounded(number: Decimal) -> Decimal:
    if not number.is_finite():
        raise ValueError("应为有限的数字")
    _, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    if len(digits) > _MAX_DIGITS or not -_MAX_DIGITS <= exponent <= _MAX_DIGITS - len(digits):
        raise ValueError("数字过长")
    return number


def read_rate(raw: object) -> Decimal:
    """Read a rate as a fraction: ``0.05``, ``"5%"``, ``"5％"`` and ``"百分之5"`` are all 0.05."""
    if isinstance(raw, str):
        text = normalise(raw).replace(" ", "")
        if text.endswith("%"):
            return _bounded(read_number(text[:-1]) / 100)
        if text.startswith("百分之"):
            return _bounded(read_number(text[3:]) / 100)
        if text.endswith("‰"):
            return _bounded(read_number(text[:-1]) / 1000)
    return read_number(raw)


def read_date(raw: object) -> date:
    """Read a date: an ISO string, ``2026年11月21日``, ``2026/11/21`` or ``2026.11.21``. Raises ValueError."""
    if isinstance(raw, date):
        return raw if type(raw) is date else date(raw.year, raw.month, raw.day)
    text = normalise(raw) if isinstance(raw, str) else ""
    matched = _DATE.fullmatch(text) if len(text) <= _MAX_LENGTH else None
    if matched is None:
        raise ValueError("应为日期，如 2026-11-21")
    try:
        return date(int(matched[1]), int(matched[2]), int(matched[3]))
    except ValueError:
        raise ValueError("日期不存在") from None


def whole_yuan(amount: Decimal) -> Decimal:
    """Rounded down to whole yuan: the last step of every money computation (design rule 6)."""
    with localcontext() as context:
        context.prec = max(60, amount.adjusted() + 2)
        return amount.quantize(Decimal(1), rounding=ROUND_FLOOR)


def plain(number: Decimal) -> str:
    """Without exponent or trailing zeros, thousands separated by commas: ``4,620.5``."""
    text = f"{number:f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    whole, dot, fraction = text.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    return f"{sign}{int(digits or '0'):,}{dot}{fraction}"


def money_text(amount: Decimal) -> str:
    """Exact wording in the unit people use: ``462 万元``, ``1.5 亿元``, ``8,000 元``."""
    size = abs(amount)
    if size >= 10**8 and amount % 10**4 == 0:
        return f"{plain(amount / 10**8)} 亿元"
    if size >= 10**4 and amount % 100 == 0:
        return f"{plain(amount / 10**4)} 万元"
    return f"{plain(amount)} 元"


def rate_text(rate: Decimal) -> str:
    """``5%``; rounded to two decimals of a percent for the eye only."""
    with localcontext() as context:
        context.prec = 60
        percent = (rate * 100).quantize(Decimal("0.01"))
    return f"{plain(percent)}%"


def date_text(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
