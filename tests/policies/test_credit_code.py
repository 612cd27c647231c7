"""统一社会信用代码 as people type it: what is read, and what is said about a bad one."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.credit_code import ALPHABET, BadCreditCode, check_character, read_credit_code

HUAWEI = "914403001922038216"
VALID = (
    HUAWEI,
    "91440300708461136T",
    "91110108551385082Q",
    "91110000802100433B",
    "91330100716105852F",
    "91440400192548256N",
    "91110000100010433L",
)


@pytest.mark.parametrize("code", VALID)
def test_a_published_code_is_valid_and_its_inner_check_holds(code: str) -> None:
    read = read_credit_code(code)

    assert read.text == code
    assert read.body_check_holds


@pytest.mark.parametrize(
    "typed",
    [
        "91440300708461136t",
        "９１４４０３００７０８４６１１３６Ｔ",
        "  9144 0300 7084 6113 6T ",
        "91440300-70846113-6T",
        "91440300　70846113　6ｔ",
        "\t91440300708461136T\n",
    ],
)
def test_lower_case_full_width_blanks_and_hyphens_are_read(typed: str) -> None:
    assert read_credit_code(typed).text == "91440300708461136T"


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("", "不能为空"),
        ("  - ", "不能为空"),
        ("91440300708461136", "应为 18 位，您填的是 17 位"),
        ("91440300708461136TT", "应为 18 位，您填的是 19 位"),
        ("x" * 100_000, "太长"),
        (HUAWEI + " " * 300 + "junk", "太长"),
        ("914403001922038217", "最后一位与前 17 位对不上"),
        ("91440300708461136V", "第 18 位“V”不会出现"),
        ("9144030070846113？T", "第 17 位“?”不会出现"),
        ("91440300滨08461136T", "第 9 位“滨”不会出现"),
    ],
)
def test_a_bad_code_is_told_what_is_wrong_with_it(typed: str, message: str) -> None:
    with pytest.raises(BadCreditCode, match=re.escape(message)):
        read_credit_code(typed)


@pytest.mark.parametrize(("letter", "digit"), [("O", "0"), ("I", "1"), ("S", "5"), ("Z", "2"), ("o", "0"), ("ｚ", "2")])
def test_a_look_alike_is_named_with_the_digit_that_was_meant(letter: str, digit: str) -> None:
    with pytest.raises(BadCreditCode, match=f"第 3 位.*是不是数字“{digit}”"):
        read_credit_code("91" + letter + "403001922038216"[:15])


@pytest.mark.parametrize("raw", [None, 12, 914403001922038216, [], {"code": HUAWEI}])
def test_what_is_no_text_is_read_as_its_text_or_refused(raw: object) -> None:
    if raw == int(HUAWEI):
        assert read_credit_code(raw).text == HUAWEI
    else:
        with pytest.raises(BadCreditCode):
            read_credit_code(raw)


def test_an_old_body_that_breaks_the_inner_check_is_a_warning_only() -> None:
    first_17 = "914403001922038228"[:16] + "9"
    read = read_credit_code(first_17 + check_character(first_17))

    assert not read.body_check_holds


def test_a_code_tells_its_authority_and_kind_even_with_a_withdrawn_area() -> None:
    first_17 = "91371626192203821"
    read = read_credit_code(first_17 + check_character(first_17))

    assert (read.kind, read.region_code) == ("91", "371626")


@given(st.text(ALPHABET, min_size=17, max_size=17), st.integers(0, 16), st.sampled_from(ALPHABET))
def test_any_single_wrong_character_is_noticed(first_17: str, position: int, other: str) -> None:
    code = first_17 + check_character(first_17)
    mistyped = code[:position] + other + code[position + 1 :]

    assert read_credit_code(code).text == code
    if mistyped != code:
        with pytest.raises(BadCreditCode):
            read_credit_code(mistyped)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused_politely(typed: str) -> None:
    try:
        assert len(read_credit_code(typed).text) == 18
    except BadCreditCode as error:
        assert str(error)
