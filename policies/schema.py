"""The published JSON Schema of a policy file, printed from the same tables that the reader uses."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

from policies.benefit_data import KINDS
from policies.benefits import Form
from policies.condition_reader import BOUND_KEYS, DATE_KEYS, NAMED_YEARS, OPERATORS
from policies.document import ApplyMode, CapPeriod, SourceKind, Standing
from policies.document_reader import CAP_KEYS, FORMAT, MAX_ITEMS, POLICY_KEYS
from policies.eligibility import Outcome
from policies.fields import MAX_TEXT
from policies.item_reader import APPLY_KEYS, ITEM_KEYS
from policies.receipts import MAX_REPEAT_YEARS
from policies.themes import THEMES, TOPICS
from policies.vocabulary import Fact, FactType, Vocabulary
from policies.windows import WindowState

Schema = dict[str, Any]
_TEXT: Schema = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
_TEXTS: Schema = {"type": "array", "items": _TEXT}
_DIGIT = "[0-9０-９]"
_NUMBER: Schema = {"type": ["number", "string"], "pattern": _DIGIT}
_AMOUNT: Schema = {"type": ["number", "string"], "minimum": 0, "pattern": f"^[^-－]*{_DIGIT}"}
_DATE: Schema = {
    "type": "string",
    "pattern": f"^\\s*{_DIGIT}{{4}}\\s*[年/.-]\\s*{_DIGIT}{{1,2}}\\s*[月/.-]\\s*{_DIGIT}{{1,2}}\\s*日?\\s*$",
}
_PERIOD: Schema = {"type": "string", "pattern": f"^\\s*{_DIGIT}{{1,4}}\\s*(years?|months?|days?|年|个月|月|天|日)\\s*$"}
_URL: Schema = {"type": "string", "pattern": "^https?://"}


def policy_schema(vocabulary: Vocabulary) -> Schema:
    """JSON Schema (2020-12) of a policy file for a vocabulary. The reader checks more than a schema can say."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Huiqi policy file",
        **_policy(),
        "$defs": {
            "item": _item(vocabulary),
            "condition": _condition(vocabulary),
            "benefit": _benefit(),
            "row": _row(),
            "quantity": _quantity(vocabulary),
            **{_leaf_name(kind, annual): _leaf(vocabulary, kind, annual) for kind, annual in _leaf_kinds(vocabulary)},
        },
    }


def _object(properties: Schema, required: Iterable[str] = ()) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _not_together(*pairs: tuple[str, str]) -> Schema:
    return {"not": {"anyOf": [{"required": list(pair)} for pair in pairs]}}


def _one_of_these(keys: Iterable[str]) -> Schema:
    return {"anyOf": [{"required": [key]} for key in keys]}


def _exactly_one(*keys: str) -> Schema:
    return {"oneOf": [{"required": [key]} for key in keys]}


def _enum(values: Iterable[str]) -> Schema:
    return {"enum": list(values)}


def _policy() -> Schema:
    known: Schema = {
        "format": {"const": FORMAT},
        "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{1,79}$"},
        "issuers": {**_TEXTS, "minItems": 1},
        "region": {"type": ["string", "integer"]},
        "themes": {"type": "array", "items": _enum(THEMES), "minItems": 1},
        "published": _DATE,
        "effective": _DATE,
        "valid_until": _DATE,
        "status": _object({"standing": _enum(Standing), "since": _DATE, "replaced_by": _TEXT}, ["standing"]),
        "source": _source(),
        "conditions": {"$ref": "#/$defs/condition"},
        "caps": {"type": "array", "items": _cap(), "minItems": 1},
        "items": {"type": "array", "items": {"$ref": "#/$defs/item"}, "minItems": 1, "maxItems": MAX_ITEMS},
    }
    return _object(
        {key: known.get(key, _TEXT) for key in POLICY_KEYS},
        ["format", "id", "title", "issuers", "region", "themes", "source", "items"],
    )


def _cap() -> Schema:
    known: Schema = {"items": {**_TEXTS, "minItems": 1}, "amount": _AMOUNT, "per": _enum(CapPeriod)}
    return _object({key: known.get(key, _TEXT) for key in CAP_KEYS}, ["items", "amount", "text"])


def _source() -> Schema:
    also: Schema = {"type": "array", "items": _object({"url": _URL, "shows": _TEXT}, ["url", "shows"])}
    known = _object({"kind": _enum(SourceKind), "url": _URL, "opened": _DATE, "note": _TEXT, "also": also}, ["kind"])
    is_sample = {"properties": {"kind": {"const": SourceKind.SAMPLE.value}}}
    return {**known, "anyOf": [is_sample, {"required": ["url", "opened"]}]}


def _item(vocabulary: Vocabulary) -> Schema:
    month_day: Schema = {"type": "string", "pattern": r"^\d{1,2}-\d{1,2}$"}
    apply_known: Schema = {
        "mode": _enum(ApplyMode),
        "opens": _DATE,
        "closes": _DATE,
        "yearly": _object({"opens": month_day, "closes": month_day}, ["opens", "closes"]),
        "announced": {"type": "boolean"},
        "materials": _TEXTS,
        "url": _URL,
    }
    case = {
        "profile": {"type": "object"},
        "on": _DATE,
        "outcome": _enum(Outcome),
        "window": _enum(WindowState),
        "amount": {"type": ["string", "number"]},
        "note": _TEXT,
    }
    known: Schema = {
        "id": {"type": "string", "pattern": "^[a-z0-9][a-z0-9-]{1,79}$"},
        "topics": {"type": "array", "items": _enum(TOPICS)},
        "applicants": {"type": "array", "items": _enum(vocabulary.applicants), "minItems": 1},
        "clause": _object({"article": _TEXT, "restated": _TEXT}),
        "conditions": {"$ref": "#/$defs/condition"},
        "benefit": {"$ref": "#/$defs/benefit"},
        "apply": {
            **_object({key: apply_known.get(key, _TEXT) for key in APPLY_KEYS}),
            **_not_together(("yearly", "opens"), ("yearly", "closes")),
        },
        "exclusive_groups": _TEXTS,
        "repeat": _repeat(),
        "top_up": {"type": "boolean"},
        "funds_exhausted_on": _DATE,
        "keywords": _TEXTS,
        "cases": {"type": "array", "items": _object(case, ["on", "outcome"])},
    }
    return _object(
        {key: known.get(key, _TEXT) for key in ITEM_KEYS}, ["id", "title", "summary", "applicants", "benefit"]
    )


def _repeat() -> Schema:
    years = _object({"years": {"type": "integer", "minimum": 2, "maximum": MAX_REPEAT_YEARS}}, ["years"])
    return {"anyOf": [_enum(("once", "yearly")), years]}


# ---------------------------------------------------------------------- conditions


def _leaf_kinds(vocabulary: Vocabulary) -> list[tuple[FactType, bool]]:
    return sorted({(fact.type, fact.annual) for fact in vocabulary.facts.values() if OPERATORS[fact.type]})


def _leaf_name(kind: FactType, annual: bool) -> str:
    return f"{'annual_' if annual else ''}{kind.value}_leaf"


def _condition(vocabulary: Vocabulary) -> Schema:
    some: Schema = {"type": "array", "items": {"$ref": "#/$defs/condition"}, "minItems": 1}
    at_least = _object({"k": {"type": "integer", "minimum": 1}, "of": some}, ["k", "of"])
    received = {
        **_object({"name": _TEXT, "items": _TEXTS, "groups": _TEXTS, "repeat": _repeat()}),
        **_one_of_these(["items", "groups"]),
    }
    groups = [
        _object({"all": some}, ["all"]),
        _object({"any": some}, ["any"]),
        _object({"not": {"$ref": "#/$defs/condition"}}, ["not"]),
        _object({"at_least": at_least}, ["at_least"]),
        _object({"judged": _TEXT, "clause": _TEXT}, ["judged"]),
        _object({"not_received": received, "clause": _TEXT}, ["not_received"]),
    ]
    leaves = [{"$ref": f"#/$defs/{_leaf_name(kind, annual)}"} for kind, annual in _leaf_kinds(vocabulary)]
    return {"oneOf": [*groups, *leaves]}


_DATE_PAIRS = [pair for pair in combinations(DATE_KEYS, 2) if pair != ("on_or_after", "on_or_before")]
# Keys of a leaf that cannot stand together.
_RIVALS: list[tuple[str, str]] = [
    ("at_least", "more_than"),
    ("at_most", "less_than"),
    *(("equals", key) for key in BOUND_KEYS if key != "equals"),
    *(("growth", key) for key in (*BOUND_KEYS, "over")),
    ("is", "in"),
    *combinations(("includes", "includes_all", "excludes"), 2),
    *_DATE_PAIRS,
]


def _leaf(vocabulary: Vocabulary, kind: FactType, annual: bool) -> Schema:
    facts = [fact for fact in vocabulary.facts.values() if fact.type is kind and fact.annual is annual]
    operators = {key: _operator(kind, key, facts) for key in OPERATORS[kind]}
    extra: Schema = {}
    if annual:
        over = _object(
            {"years": {"type": "integer"}, "take": _enum(["total", "average", "each", "pooled"])}, ["years", "take"]
        )
        bounded = _object({"years": {"type": "integer"}, **dict.fromkeys(BOUND_KEYS, _NUMBER)})
        growth = {**bounded, **_one_of_these(BOUND_KEYS), **_not_together(*_RIVALS)}
        extra = {"year": _year(), "over": over, "growth": growth}
    schema = _object({"fact": _enum(fact.key for fact in facts), **operators, **extra, "clause": _TEXT}, ["fact"])
    deciding = [key for key in (*operators, *extra) if key not in ("year", "over")]
    apart = [pair for pair in _RIVALS if pair[0] in schema["properties"] and pair[1] in schema["properties"]]
    return {**schema, **_one_of_these(deciding), **(_not_together(*apart) if apart else {})}


def _year() -> Schema:
    return {"anyOf": [_enum(NAMED_YEARS), {"type": "integer"}]}


def _operator(kind: FactType, key: str, facts: list[Fact]) -> Schema:
    options = sorted({option.key for fact in facts for option in fact.options})
    levels = sorted({level.key for fact in facts for level in fact.levels})
    dates: Schema = dict.fromkeys(DATE_KEYS, _DATE) | {
        "in_year": _year(),
        "within_last": _PERIOD,
        "at_least_ago": _PERIOD,
    }
    code: Schema = {"type": ["string", "integer"]}
    several = {"type": "array", "items": _enum(options), "minItems": 1}
    special: Schema = {
        "in": several,
        "includes": {"anyOf": [several, _enum(options)]},
        "includes_all": {"anyOf": [several, _enum(options)]},
        "excludes": {"anyOf": [several, _enum(options)]},
        "within": {"anyOf": [code, {"type": "array", "items": code, "minItems": 1}]},
        "held": {"const": True},
        "level_at_least": _enum(levels),
        "obtained": {**_object(dates), **_one_of_these(dates), **_not_together(*_DATE_PAIRS)},
        "first_time": {"type": "boolean"},
        "must_be_valid": {"type": "boolean"},
    }
    if key == "is":
        return {"type": "boolean"} if kind is FactType.BOOLEAN else _enum(options)
    return special.get(key) or (dates[key] if key in DATE_KEYS else _NUMBER)


# ---------------------------------------------------------------------- benefits


def _quantity(vocabulary: Vocabulary) -> Schema:
    numeric = _enum(fact.key for fact in vocabulary.facts.values() if fact.type.is_numeric)
    body = {"fact": numeric, "year": _year(), "above": _NUMBER, "increase": {"type": "boolean"}}
    return {"anyOf": [numeric, _object(body, ["fact"])]}


def _benefit() -> Schema:
    common: Schema = {
        "form": _enum(Form),
        "text": _TEXT,
        "cap": _AMOUNT,
        "floor": _AMOUNT,
        "discretionary": {"type": "boolean"},
        "period": _enum(["once", "yearly"]),
    }
    return {"oneOf": [_formula(kind, ("form", "text"), common) for kind in KINDS]}


def _row() -> Schema:
    """A row of a table: a formula with its condition."""
    when: Schema = {"anyOf": [{"const": "otherwise"}, {"$ref": "#/$defs/condition"}]}
    return {"oneOf": [_formula(kind, ("when",), {"when": when, "cap": _AMOUNT}) for kind in KINDS]}


def _formula(kind: str, more_required: Iterable[str], common: Schema) -> Schema:
    quantity: Schema = {"$ref": "#/$defs/quantity"}
    tier = _object({"from": _AMOUNT, "amount": _AMOUNT, "rate": _AMOUNT}, ["from"])
    known: Schema = {
        "of": quantity,
        "by": quantity,
        "principal": quantity,
        "loan_rate": quantity,
        "months_fact": quantity,
        "months": {"type": "integer", "minimum": 1},
        "tiers": {"type": "array", "items": {**tier, **_exactly_one("amount", "rate")}, "minItems": 1},
        "rows": {"type": "array", "items": {"$ref": "#/$defs/row"}, "minItems": 1},
        "pick": _enum(["first", "highest"]),
    }
    required, optional = KINDS[kind]
    properties = {key: known.get(key, _AMOUNT) for key in (*required, *optional)}
    body = _object({"kind": {"const": kind}, **properties, **common}, ["kind", *required, *more_required])
    if kind != "interest":
        return body
    return {**body, **_exactly_one("rate", "share"), **_not_together(("rate", "loan_rate"))}
