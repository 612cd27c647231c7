"""Numbers, money, rates and dates as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.quantities import date_text, money_text, plain, rate_text, read_date, read_number, read_rate, whole_yuan


@pytest.mark.parametrize(
    ("written", "number"),
    [
        (462, "462"),
        (0.1, "0.1"),
        (Decimal("1.50"), "1.5"),
        ("462", "462"),
        ("４６２万", "4620000"),
        ("462万元", "4620000"),
        ("462 万 元", "4620000"),
        ("1.5亿元", "150000000"),
        ("１．５亿", "150000000"),
        ("2万亿", "2000000000000"),
        ("3千万元", "30000000"),
        ("5百万", "5000000"),
        ("8千", "8000"),
        ("3,000,000", "3000000"),
        ("３，０００，０００元", "3000000"),
        (".5万", "5000"),
        ("-120万元", "-1200000"),
        ("＋7", "7"),
        ("0", "0"),
        ("1亿2000万", "120000000"),
        ("１亿 ２０００万元", "120000000"),
        ("-1亿2000万", "-120000000"),
        ("3亿5千万", "350000000"),
        ("1亿2000.5万", "120005000"),
        ("1万亿2000亿", "1200000000000"),
        ("1亿2000万5000", "120005000"),
        ("2万5000", "25000"),
        ("2万0500元", "20500"),
        ("2万5,000.5", "25000.5"),
        ("5万3千", "53000"),
    ],
)
def test_a_number_is_read_as_people_write_it(written: object, number: str) -> None:
    assert read_number(written, "元") == Decimal(number)


@pytest.mark.parametrize(
    "written",
    ["", " ", "万", "亿元", "元", "约500万", "五百万", "1,00", "1.2.3", "1e5", "0x10", "--5", "5%", "½", "１２人",
     None, True, [], {}, b"5", date(2026, 1, 1), "9" * 41, "1" * 100_000],
)  # fmt: skip
def test_what_is_no_number_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="应为数字"):
        read_number(written, "元")


@pytest.mark.parametrize(
    "written",
    ["1亿2", "1亿2000", "2万5", "2万50000", "1亿2千", "2000万1亿", "1亿2亿", "1亿20000万", "1.5亿2000万", "亿2000万",
     "1亿.5万", "1亿-2000万", "1亿元2000万元", "3千2百万", "1亿0.5亿", "2万5000人"],
)  # fmt: skip
def test_a_compound_amount_that_may_mean_two_things_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="应为数字"):
        read_number(written, "元")


@given(
    st.integers(1, 99_999),
    st.one_of(st.none(), st.integers(0, 9_999)),
    st.one_of(st.none(), st.integers(0, 9_999)),
    st.booleans(),
)
def test_a_compound_amount_is_the_sum_of_its_parts(yi: int, wan: int | None, rest: int | None, negative: bool) -> None:
    if wan is None:
        rest = None
    text = f"{yi}亿" + ("" if wan is None else f"{wan}万") + ("" if rest is None else f"{rest:04d}")
    expected = yi * 10**8 + (wan or 0) * 10**4 + (rest or 0)

    assert read_number(("-" if negative else "") + text) == (-expected if negative else expected)


@pytest.mark.parametrize(
    "written",
    [
        float("inf"),
        float("-inf"),
        float("nan"),
        Decimal("NaN"),
        10**28,
        10**40,
        "9" * 29,
        "1" * 28 + "亿",
        "0." + "1" * 38,
        5e-324,
    ],
)
def test_infinite_and_absurd_numbers_are_refused(written: object) -> None:
    with pytest.raises(ValueError, match=r"应为有限的数字|数字过长"):
        read_number(written)


def test_the_unit_of_a_fact_may_follow_its_number() -> None:
    assert read_number("１２人", "人") == 12
    assert read_number("12 个月", "个月") == 12


@pytest.mark.parametrize(
    ("written", "rate"),
    [
        ("5%", "0.05"),
        ("５％", "0.05"),
        ("百分之5", "0.05"),
        ("3.45%", "0.0345"),
        ("3‰", "0.003"),
        (0.05, "0.05"),
        ("0.05", "0.05"),
        (1, "1"),
        ("120 %", "1.2"),
    ],
)
def test_a_rate_is_read_as_a_fraction(written: object, rate: str) -> None:
    assert read_rate(written) == Decimal(rate)


@pytest.mark.parametrize("written", ["%", "百分之五", "五%", "5%%", None, True])
def test_what_is_no_rate_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="应为数字"):
        read_rate(written)


@pytest.mark.parametrize(
    "written",
    [
        "2026-11-21",
        "2026年11月21日",
        "２０２６年１１月２１日",
        "2026/11/21",
        "2026.11.21",
        " 2026 - 11 - 21 ",
        date(2026, 11, 21),
        datetime(2026, 11, 21, 23, 59, tzinfo=UTC),
    ],
)
def test_a_date_is_read_as_people_write_it(written: object) -> None:
    assert read_date(written) == date(2026, 11, 21)
    assert type(read_date(written)) is date


@pytest.mark.parametrize("written", ["2026-02-29", "2026-13-01", "2026-00-10", "0000-01-01", "2026年2月30日"])
def test_a_day_that_does_not_exist_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match="日期不存在"):
        read_date(written)


@pytest.mark.parametrize(
    "written", ["", "2026", "11-21", "21/11/2026", 20261121, None, "2026-11-21T08:00", "2026-11-21" + " " * 40 + "x"]
)
def test_what_is_no_date_is_refused(written: object) -> None:
    with pytest.raises(ValueError, match="应为日期"):
        read_date(written)


@given(st.one_of(st.text(max_size=50), st.integers(), st.floats(), st.decimals(), st.none(), st.booleans()))
def test_anything_is_read_exactly_or_refused_in_words(written: object) -> None:
    for read in (read_number, read_rate, read_date):
        try:
            found = read(written)
        except ValueError as error:
            assert str(error)
        else:
            assert isinstance(found, date) or (found.is_finite() and read(f"{found:f}") == found)


def test_money_is_rounded_down_to_whole_yuan_and_only_there() -> None:
    assert whole_yuan(Decimal("1999.99")) == 1999
    assert whole_yuan(Decimal("-0.01")) == -1
    assert whole_yuan(Decimal("1e90")) == Decimal("1e90")


@pytest.mark.parametrize(
    ("amount", "text"),
    [("4620000", "462 万元"), ("150000000", "1.5 亿元"), ("8000", "8,000 元"), ("0", "0 元"), ("-4620000", "-462 万元"),
     ("10001", "10,001 元"), ("123456700", "12,345.67 万元"), ("0.5", "0.5 元"), ("10000", "1 万元"), ("100000000", "1 亿元")],
)  # fmt: skip
def test_money_is_worded_exactly_in_the_unit_people_use(amount: str, text: str) -> None:
    assert money_text(Decimal(amount)) == text
    assert read_number(text, "元") == Decimal(amount)


def test_rates_numbers_and_dates_are_worded_plainly() -> None:
    assert rate_text(Decimal("0.0345")) == "3.45%"
    assert rate_text(Decimal(1) / 3) == "33.33%"
    assert plain(Decimal("4620.500")) == "4,620.5"
    assert plain(Decimal("1E+4")) == "10,000"
    assert plain(Decimal("-1234567")) == "-1,234,567"
    assert date_text(date(2026, 3, 5)) == "2026年3月5日"
