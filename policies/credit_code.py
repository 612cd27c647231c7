"""统一社会信用代码 (GB 32100-2015): reading, the check character, and saying what is wrong with a bad one."""

from __future__ import annotations

from dataclasses import dataclass

from policies.quantities import normalise

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {character: value for value, character in enumerate(ALPHABET)}
_WEIGHTS = tuple(pow(3, position, 31) for position in range(17))
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_BODY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
# What people type or an OCR reads for a character of the alphabet.
_LOOK_ALIKES = {"O": "0", "I": "1", "S": "5", "Z": "2"}
LENGTH = 18


class BadCreditCode(ValueError):
    """A code that is not a valid 统一社会信用代码; the message says what is wrong, in Chinese."""


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A valid code. `body_check_holds` is False for the few old bodies that break the inner check (a warning only)."""

    text: str
    body_check_holds: bool

    @property
    def region_code(self) -> str:
        """The registering authority's area code (positions 3–8); may be a withdrawn one."""
        return self.text[2:8]

    @property
    def kind(self) -> str:
        """The first two characters: registering department and kind of body."""
        return self.text[:2]


def check_character(first_17: str) -> str:
    """The 18th character for the first seventeen (GB 32100-2015: weights 3^(i-1) mod 31)."""
    total = sum(_VALUES[character] * weight for character, weight in zip(first_17, _WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def body_check_character(first_8: str) -> str:
    """The check character of the organisation code inside (GB 11714): positions 9–16 give position 17."""
    total = sum(
        _BODY_ALPHABET.index(character) * weight for character, weight in zip(first_8, _BODY_WEIGHTS, strict=True)
    )
    remainder = 11 - total % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))


def read_credit_code(raw: object) -> CreditCode:
    """Read a code as typed (lower case, full width, blanks and hyphens allowed).

    Raises BadCreditCode naming the length, the position of a character that cannot occur (with the look-alike that was
    probably meant), or the check character that does not fit.
    """
    typed = str(raw)
    text = "".join(normalise(typed[:200]).upper().replace("-", "").split())
    if len(typed) > 200:
        raise BadCreditCode(f"统一社会信用代码应为 {LENGTH} 位，您填的太长")
    if not text:
        raise BadCreditCode("统一社会信用代码不能为空")
    if len(text) != LENGTH:
        raise BadCreditCode(f"统一社会信用代码应为 18 位，您填的是 {len(text)} 位")
    for position, character in enumerate(text, start=1):
        if character not in _VALUES:
            meant = _LOOK_ALIKES.get(character)
            hint = f"，是不是数字“{meant}”？" if meant else ""
            raise BadCreditCode(f"第 {position} 位“{character}”不会出现在统一社会信用代码中{hint}")
    if check_character(text[:17]) != text[17]:
        raise BadCreditCode("校验不通过：最后一位与前 17 位对不上，请对照营业执照检查有没有输错")
    return CreditCode(text, body_check_character(text[8:16]) == text[16])
