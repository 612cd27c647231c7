"""Which words of an item and of a profile stand for it when likeness is measured."""

from __future__ import annotations

import re

from policies.document import Item, Policy
from policies.profile import EnterpriseProfile, Known
from policies.reference import Reference
from policies.vocabulary import Fact, FactType

MOST_SCOPE = 400  # characters; a business scope goes on with everything the company might ever do
LONGEST_PHRASE = 24
MOST_PHRASES = 24
# Facts of these groups say what the company is doing now: building, buying, exporting.
_PROJECT_GROUPS = ("investment", "trade")
_TOLD_FACTS = ("high_tech_field",)
# What every business licence says and what says nothing of the trade.
_BOILERPLATE = re.compile(
    r"[（(][^（）()]*(?:依法|许可|批准|凭|除外|不含|限)[^（）()]*[）)]|(?:一般|许可)(?:经营)?项目[:：]|依法须经批准[^。；]*"
)
_SEPARATORS = re.compile(r"[、，,；;。\n|/]+")
_NOTHING = frozenset({"none", "False"})


def item_passage(policy: Policy, item: Item) -> str:
    """The document's title and what the item gives, in its own and in companies' words."""
    parts = (policy.title, item.title, item.summary, " ".join(item.keywords), item.clause.restated or "")
    return "\n".join(part for part in parts if part)


def profile_passage(profile: EnterpriseProfile, reference: Reference) -> str:
    """What the company does and is about to do; empty when nothing of it is known."""
    industry = _code(profile, "industry", reference)
    path = reference.industries.path_name(industry, " ") if industry else ""
    told = " ".join(_projects(profile, reference))
    parts = (_text(profile, "main_products"), _scope(profile), path, told)
    return "\n".join(part for part in parts if part)


def profile_phrases(profile: EnterpriseProfile, reference: Reference) -> tuple[str, ...]:
    """The same as short phrases to be named to people: products first, then the industry, projects, business scope."""
    industry = _code(profile, "industry", reference)
    phrases = [
        *_split(_text(profile, "main_products")),
        *([reference.industries.name(industry)] if industry else []),
        *_projects(profile, reference),
        *_split(_scope(profile)),
    ]
    return tuple(dict.fromkeys(phrases))[:MOST_PHRASES]


def _split(text: str) -> list[str]:
    pieces = (piece.strip() for piece in _SEPARATORS.split(text))
    return [piece for piece in pieces if 2 <= len(piece) <= LONGEST_PHRASE]


def _text(profile: EnterpriseProfile, key: str) -> str:
    known = profile.known(key)
    return known.value.strip() if known and isinstance(known.value, str) else ""


def _scope(profile: EnterpriseProfile) -> str:
    return _BOILERPLATE.sub("", _text(profile, "business_scope"))[:MOST_SCOPE]


def _code(profile: EnterpriseProfile, key: str, reference: Reference) -> str | None:
    code = _text(profile, key)
    return code if code in reference.industries else None


def _projects(profile: EnterpriseProfile, reference: Reference) -> list[str]:
    """What the project and trade facts say, in the order of the vocabulary; what is absent or denied says nothing."""
    by_key: dict[str, Known] = {}
    for (key, _), known in profile.facts.items():
        if _says_something(known):
            by_key[key] = known
    told = (fact for fact in reference.vocabulary.facts.values() if fact.key in by_key)
    return [_told(fact, by_key[fact.key]) for fact in told if fact.group in _PROJECT_GROUPS or fact.key in _TOLD_FACTS]


def _says_something(known: Known) -> bool:
    return bool(known.value) and str(known.value) not in _NOTHING


def _told(fact: Fact, known: Known) -> str:
    return fact.option_label(str(known.value)) if fact.type is FactType.CHOICE else fact.label
