"""Matches as plain data: one shape for the API and for the command line's ``--json``."""

from __future__ import annotations

from typing import Any

from policies.assessment_data import findings_data
from policies.benefits import Estimate
from policies.combination import Combination, Total
from policies.explanation import Line
from policies.next_steps import Question, Unlock
from policies.profile_data import value_data
from policies.windows import Window
from service.usecases.matching import EnterpriseMatches, MatchView


def matches_data(matches: EnterpriseMatches) -> dict[str, Any]:
    """The whole list: who, on which day, from which versions, and every match in order."""
    return {
        "enterprise": {"code": matches.profile.code, "name": matches.profile.name},
        "day": matches.day.isoformat(),
        "profile_version": matches.profile_version,
        "catalogue_revision": matches.catalogue_revision,
        "ranked_by_meaning": matches.semantic,
        "counts": counts(matches),
        "total": total_data(matches.total),
        "matches": [view_data(view) for view in matches.views],
        "questions": [_question_data(question) for question in matches.questions],
        "unlocks": [_unlock_data(unlock) for unlock in matches.unlocks],
    }


def counts(matches: EnterpriseMatches) -> dict[str, int]:
    """How many matches of each outcome, and how many can be applied for now."""
    found = {"can_apply": sum(view.match.assessment.can_apply for view in matches.views)}
    for view in matches.views:
        outcome = view.match.assessment.outcome.value
        found[outcome] = found.get(outcome, 0) + 1
    return found


def view_data(view: MatchView) -> dict[str, Any]:
    """One match: outcome and window, amount, place in the order, and why, condition by condition."""
    found = view.match
    return {
        "id": view.id or None,
        "policy": {
            "id": found.policy.id,
            "version": found.policy_version,
            "title": found.policy.title,
            "number": found.policy.number,
            "issuers": list(found.policy.issuers),
            "url": found.policy.source.url,
            "source": found.policy.source.kind.value,
            "source_note": found.policy.source.note,
            "further_sources": [{"url": each.url, "shows": each.shows} for each in found.policy.source.also],
            "sample": found.policy.is_sample,
        },
        "item": {
            "id": found.item.id,
            "title": found.item.title,
            "summary": found.item.summary,
            "topics": list(found.item.topics),
        },
        "outcome": found.assessment.outcome.value,
        "outcome_label": view.explanation.outcome,
        "can_apply": found.assessment.can_apply,
        "window": _window_data(found.assessment.window),
        "window_text": view.explanation.window,
        "benefit": {"form": found.item.benefit.form.value, "text": found.item.benefit.text},
        "estimate": {**estimate_data(found.estimate), "text": view.amount},
        "headline": view.explanation.headline,
        "met": view.explanation.met,
        "total": view.explanation.total,
        "explanation": [_line_data(line) for line in view.explanation.lines],
        "findings": findings_data(found.assessment),
        "place": {"relevance": round(found.place.relevance, 4), "reasons": list(found.place.reasons)},
    }


def _window_data(window: Window) -> dict[str, Any]:
    return {
        "state": window.state.value,
        "opens": window.opens.isoformat() if window.opens else None,
        "closes": window.closes.isoformat() if window.closes else None,
        "reason": window.reason.value if window.reason else None,
    }


def estimate_data(estimate: Estimate) -> dict[str, Any]:
    """Yuan as whole numbers; ``high`` null when no upper bound is known."""
    return {
        "basis": estimate.basis.value,
        "low": int(estimate.low),
        "high": None if estimate.high is None else int(estimate.high),
        "missing": [str(ref) for ref in estimate.missing],
    }


def total_data(total: Total) -> dict[str, Any]:
    def combination(found: Combination) -> dict[str, Any]:
        return {"amount": value_data(found.total), "items": list(found.chosen), "exact": found.exact}

    return {
        "certain": combination(total.certain),
        "possible": combination(total.possible),
        "unpriced": total.unpriced,
    }


def _line_data(line: Line) -> dict[str, Any]:
    data: dict[str, Any] = {
        "verdict": line.verdict.value,
        "requirement": line.requirement,
        "value": line.value,
        "source": line.source,
        "clause": line.clause,
        "advice": line.advice,
        "missing": [str(ref) for ref in line.missing],
        "to_judge": line.to_judge,
        "parts": [_line_data(part) for part in line.parts],
    }
    return {key: value for key, value in data.items() if value not in ("", [], False)}


def _question_data(question: Question) -> dict[str, Any]:
    return {
        "fact": question.ref.key,
        "year": question.ref.year,
        "question": question.text,
        "help": question.help,
        "reason": question.reason,
        "decides": question.decides,
        "helps": question.helps,
        "at_stake": value_data(question.at_stake),
    }


def _unlock_data(unlock: Unlock) -> dict[str, Any]:
    return {
        "change": unlock.change,
        "text": unlock.text,
        "items": [f"{policy}/{item}" for policy, item in unlock.items],
        "at_stake": value_data(unlock.at_stake),
    }
