"""The credit code and the name of a sample enterprise: valid, readable, and nobody's.

A code passes every check, but its body begins with HQ: as far as we know registries hand out digits or a beginning of MA,
never HQ (no official list of prefixes was found).
"""

from __future__ import annotations

from types import MappingProxyType

from policies.credit_code import ALPHABET, body_check_character, check_character
from policies.profile import SAMPLE_MARK
from service.domain.sample_firm import Firm
from service.domain.sample_tables import Tables

_BODY_PREFIX = "HQ"
_BODIES = len(ALPHABET) ** 6
_CODE_KINDS = MappingProxyType({"enterprise": "91", "cooperative": "93"})  # 92 for the rest
_SHOP_ENDINGS = MappingProxyType({"A": "基地", "C": "加工厂", "F": "经营部", "G": "经营部", "H": "店"})
_SHOPS = ("店", "馆", "超市", "民宿", "旅行社", "门诊部")  # a trade that ends so names the shop already


def credit_code(number: int, seed: int, kind: str, county: str) -> str:
    """A valid code of that kind of entity and county; all different within one seed."""
    rest, body = _scattered(number, seed, _BODIES, 387_420_489), ""
    for _ in range(6):
        rest, digit = divmod(rest, len(ALPHABET))
        body += ALPHABET[digit]
    body = _BODY_PREFIX + body
    first_17 = _CODE_KINDS.get(kind, "92") + county + body + body_check_character(body)
    return first_17 + check_character(first_17)


def full_name(number: int, seed: int, firm: Firm, tables: Tables) -> str:
    """Place, invented name, trade and legal form, as on a licence, and that it is a sample."""
    word = firm.dice.choice(firm.trade.words)
    return f"{firm.place.name}{invented_name(number, seed, tables)}{word}{_ending(firm, word)}{SAMPLE_MARK}"


def invented_name(number: int, seed: int, tables: Tables) -> str:
    """A first and a last word, with a middle one once all pairs have had their turn.

    All different within one seed until every middle word has had its turn as well.
    """
    first, middle, last = tables.first_words, ("", *tables.middle_words), tables.last_words
    pairs = len(first) * len(last)
    row, column = divmod(_scattered(number, seed, pairs, 1_009), len(last))
    return first[row] + middle[number // pairs % len(middle)] + last[column]


def _ending(firm: Firm, word: str) -> str:
    match firm.kind:
        case "enterprise":
            return "股份有限公司" if firm.sales > 1e8 and firm.chance(0.3) else "有限公司"
        case "cooperative":
            return "农民专业合作社"
        case "family_farm":
            return "家庭农场"
    if word.endswith(_SHOPS):
        return ""
    ending = _SHOP_ENDINGS.get(firm.code[0], "服务部")
    return ending.removeprefix("服务") if word.endswith("服务") else ending


def _scattered(number: int, seed: int, size: int, step: int) -> int:
    """A place in 0…size-1 that differs for every number below `size` (`step` and `size` share no factor)."""
    return (number * step + seed * 7_919) % size
