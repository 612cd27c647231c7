"""Policy documents as canonical plain data: what is stored and exported. Reading it gives the same policy back."""

from __future__ import annotations

from datetime import date
from typing import Any

from policies.benefit_data import benefit_data
from policies.condition_data import condition_data, number_data
from policies.conditions import ALWAYS
from policies.document import Case, DocumentStatus, HowToApply, Item, Policy
from policies.document_reader import FORMAT
from policies.item_reader import APPLY_KEYS
from policies.profile_data import profile_data
from policies.receipts import repeat_data


def _clean(data: dict[str, Any]) -> dict[str, Any]:
    """Without what is empty; dates as ISO text, tuples as lists."""

    def plain(value: Any) -> Any:
        if isinstance(value, date):
            return value.isoformat()
        return list(value) if isinstance(value, tuple) else value

    return {key: plain(value) for key, value in data.items() if value not in (None, (), [], {}, "")}


def policy_data(policy: Policy) -> dict[str, Any]:
    """The canonical data of a policy; reading it gives the same policy back."""
    status = _clean(
        {
            "standing": policy.status.standing.value,
            "since": policy.status.since,
            "replaced_by": policy.status.replaced_by,
        }
    )
    return _clean(
        {
            "format": FORMAT,
            "id": policy.id,
            "title": policy.title,
            "number": policy.number,
            "issuers": policy.issuers,
            "region": policy.region,
            "themes": policy.themes,
            "summary": policy.summary,
            "published": policy.published,
            "effective": policy.effective,
            "valid_until": policy.valid_until,
            "status": None if policy.status == DocumentStatus() else status,
            "source": _clean(
                {
                    "kind": policy.source.kind.value,
                    "url": policy.source.url,
                    "opened": policy.source.opened,
                    "note": policy.source.note,
                    "also": [{"url": each.url, "shows": each.shows} for each in policy.source.also],
                }
            ),
            "conditions": None if policy.conditions == ALWAYS else condition_data(policy.conditions),
            "caps": [
                {"items": list(cap.items), "amount": number_data(cap.amount), "per": cap.per.value, "text": cap.text}
                for cap in policy.caps
            ],
            "items": [item_data(item) for item in policy.items],
        }
    )


def item_data(item: Item) -> dict[str, Any]:
    return _clean(
        {
            "id": item.id,
            "title": item.title,
            "summary": item.summary,
            "topics": item.topics,
            "applicants": item.applicants,
            "clause": _clean({"article": item.clause.article, "restated": item.clause.restated}),
            "conditions": None if item.conditions == ALWAYS else condition_data(item.conditions),
            "benefit": benefit_data(item.benefit),
            "apply": _apply_data(item.apply),
            "exclusive_groups": item.exclusive_groups,
            "repeat": None if item.repeat is None else repeat_data(item.repeat),
            "top_up": item.top_up or None,
            "funds_exhausted_on": item.funds_exhausted_on,
            "keywords": item.keywords,
            "cases": [_case_data(case) for case in item.cases],
        }
    )


def _apply_data(apply: HowToApply) -> dict[str, Any]:
    data = {key: getattr(apply, key) for key in APPLY_KEYS}
    data["mode"] = apply.mode.value
    data["announced"] = apply.announced or None
    if apply.yearly is not None:
        data["yearly"] = {
            "opens": "{:02d}-{:02d}".format(*apply.yearly.opens),
            "closes": "{:02d}-{:02d}".format(*apply.yearly.closes),
        }
    return _clean(data)


def _case_data(case: Case) -> dict[str, Any]:
    return _clean(
        {
            "profile": profile_data(case.profile)["facts"],
            "on": case.on,
            "outcome": case.outcome,
            "window": case.window,
            "amount": case.amount,
            "note": case.note,
        }
    )
