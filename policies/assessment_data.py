"""An assessment as plain data: what is stored of a verdict and compared when it is replayed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from policies.condition_data import condition_data
from policies.eligibility import Assessment
from policies.evaluation import Evaluation, Finding
from policies.profile_data import value_data


def findings_data(assessment: Assessment) -> list[dict[str, Any]]:
    """Every leaf's finding with its path (requirement number, then part numbers), as JSON data."""
    return [
        {"path": path, **finding_data(finding)}
        for number, requirement in enumerate(assessment.requirements)
        for path, finding in _walk(requirement.evaluation, str(number))
    ]


def _walk(node: Evaluation, path: str) -> Iterator[tuple[str, Finding]]:
    if node.finding is not None:
        yield path, node.finding
    for number, part in enumerate(node.parts):
        yield from _walk(part, f"{path}.{number}")


def finding_data(finding: Finding) -> dict[str, Any]:
    """One finding; what is empty is left out."""
    data: dict[str, Any] = {
        "condition": condition_data(finding.condition),
        "verdict": finding.verdict.value,
        "value": None if finding.value is None else value_data(finding.value),
        "year": finding.year,
        "source": None if finding.source is None else finding.source.value,
        "as_of": None if finding.as_of is None else finding.as_of.isoformat(),
        "missing": [str(ref) for ref in finding.missing],
        "to_judge": finding.to_judge,
        "possible": sorted(finding.possible),
    }
    return {key: value for key, value in data.items() if value not in (None, [])}
