"""The words people see, sample by sample: what a machine would say before, what we say after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from policies.benefits import estimate
from policies.document_reader import PolicyReader
from policies.eligibility import assess
from policies.explanation import Explanation, Line, estimate_text, explain
from policies.problems import Problems
from policies.reference import load_reference
from tests.builders import AWARD, DAY, profile_of, subject_of

Sample = dict[str, Any]
SAMPLES: list[Sample] = yaml.safe_load(Path(__file__).with_name("wording_samples.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Shown:
    """Everything a person reads about one item."""

    explanation: Explanation
    estimate: str

    def lines(self) -> Iterator[Line]:
        waiting = list(self.explanation.lines)
        while waiting:
            line = waiting.pop()
            waiting += line.parts
            yield line

    def sentences(self) -> list[str]:
        parts = [part for line in self.lines() for part in (line.requirement, line.value, line.source, line.advice)]
        return [self.explanation.headline, self.explanation.window, self.estimate, *parts]

    def asked(self) -> Line:
        """The first line that is not about who may apply, else that one."""
        others = [line for line in self.explanation.lines if not line.is_applicant]
        return others[0] if others else self.explanation.lines[0]

    def words(self, key: str) -> Any:
        if key in ("headline", "window"):
            return getattr(self.explanation, key)
        if key == "estimate":
            return self.estimate
        if key == "parts":
            return [part.requirement for part in self.asked().parts]
        return getattr(self.asked(), key)


def shown(sample: Sample) -> Shown:
    policy_data: Sample = {
        "format": 1,
        "id": "sample-policy",
        "title": "支持企业发展若干措施（示例）",
        "issuers": ["滨州市示例部门"],
        "region": "100000",
        "themes": ["科技创新"],
        "source": {"kind": "sample"},
        **sample.get("policy", {}),
    }
    optional: Sample = {key: sample[key] for key in ("conditions", "apply", "funds_exhausted_on") if key in sample}
    item_data: Sample = {"id": "support", "title": "企业奖励", "summary": "奖励", "applicants": ["enterprise"]}
    items: list[Sample] = [{**item_data, "benefit": sample.get("benefit", AWARD), **optional}]
    problems = Problems()
    policy = PolicyReader(problems, load_reference(), DAY).read({**policy_data, "items": items})
    assert policy is not None, list(map(str, problems))
    day = date.fromisoformat(sample["on"]) if "on" in sample else DAY
    subject = subject_of(profile_of(**sample.get("facts", {})), day)
    assessed = assess(policy, policy.items[0], subject)
    benefit = policy.items[0].benefit
    return Shown(explain(assessed, subject), estimate_text(estimate(benefit, subject), benefit, subject))


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["title"])
def test_a_person_reads_what_was_agreed(sample: Sample) -> None:
    found = shown(sample)

    assert {key: found.words(key) for key in sample["after"]} == sample["after"]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["title"])
def test_the_machine_is_never_heard(sample: Sample) -> None:
    for sentence in shown(sample).sentences():
        assert sample["before"] not in sentence


def test_there_are_enough_samples_and_none_says_the_same_before_and_after() -> None:
    assert len(SAMPLES) >= 20
    assert len({sample["title"] for sample in SAMPLES}) == len(SAMPLES)
    for sample in SAMPLES:
        assert sample["before"] not in sample["after"].values()
