"""What can this enterprise get: matches with their explanations, recorded so that each can be replayed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from indexes.matcher import Group, Match, Matcher, MatchList
from policies.assessment_data import findings_data
from policies.combination import Total, total_of
from policies.derived import Subject
from policies.document import PolicyVersion
from policies.explanation import Explanation, estimate_text, explain
from policies.next_steps import Question, Unlock, questions, unlocks
from policies.profile import EnterpriseProfile
from policies.reference import Reference, build_reference
from service.errors import NotFound
from service.storage.database import Database
from service.storage.enterprises import current_profile, profile_version
from service.storage.matches import MatchRun, StoredMatch, is_recorded, match, match_id, record_matches
from service.storage.policies import policy_version
from service.storage.references import kept_reference
from service.usecases.services import Services

UNSTORED = 0
FORMER_TABLES = 4  # how many former sets of tables stay built in memory


@dataclass(frozen=True, slots=True)
class MatchView:
    """One match with its words. `id` is empty for a profile that is not stored."""

    id: str
    match: Match
    explanation: Explanation
    amount: str


@dataclass(frozen=True, slots=True)
class EnterpriseMatches:
    """Everything one enterprise sees on a day, in order."""

    profile: EnterpriseProfile
    profile_version: int
    catalogue_revision: int
    day: date
    subject: Subject
    views: tuple[MatchView, ...]
    total: Total
    questions: tuple[Question, ...]
    unlocks: tuple[Unlock, ...]
    semantic: bool

    @property
    def groups(self) -> tuple[tuple[str, str, tuple[MatchView, ...]], ...]:
        """The groups of the page in order, empty ones too: key, label, matches."""
        return tuple(
            (group.value, group.label, tuple(view for view in self.views if view.match.group is group))
            for group in Group
        )


def match_enterprise(services: Services, code: str, day: date | None = None) -> EnterpriseMatches:
    """Match a stored enterprise and record the list. Raises NotFound."""
    with services.database.reading() as session:
        profile, version = current_profile(session, services.reference, code)
    matches = _match(services, profile, version, day or services.clock.today())
    _record(services, code, matches)
    return matches


def match_profile(services: Services, profile: EnterpriseProfile, day: date | None = None) -> EnterpriseMatches:
    """Match a profile that is not stored; nothing is recorded."""
    return _match(services, profile, UNSTORED, day or services.clock.today())


def _match(services: Services, profile: EnterpriseProfile, version: int, day: date) -> EnterpriseMatches:
    catalogue = services.catalogue()
    subject = Subject(profile, day, services.reference)
    found: MatchList = services.matcher.match(profile, catalogue.policies, day)
    views = tuple(_view(each, profile.code or "", version, subject) for each in found.matches)
    return EnterpriseMatches(
        profile,
        version,
        catalogue.revision,
        day,
        subject,
        views,
        total_of(found.matches, subject),
        tuple(questions(found.matches, subject)),
        tuple(unlocks(found.matches, subject)),
        found.semantic,
    )


def _view(each: Match, code: str, version: int, subject: Subject) -> MatchView:
    number = ""
    if version != UNSTORED:
        versions = (version, each.policy.id, each.policy_version)
        number = match_id(code, *versions, each.item.id, subject.day, subject.reference.fingerprint)
    amount = estimate_text(each.estimate, each.item.benefit, subject)
    return MatchView(number, each, explain(each.assessment, subject), amount)


def _record(services: Services, code: str, matches: EnterpriseMatches) -> None:
    tables = services.reference
    run = MatchRun(code, matches.profile_version, matches.catalogue_revision, matches.day, tables.fingerprint)
    with services.database.reading() as session:
        if is_recorded(session, run):
            return
    rows = (_row(view, code, matches, tables.fingerprint) for view in matches.views)
    with services.database.writing() as session:
        record_matches(session, rows, run, tables.texts, services.clock.now())


def _row(view: MatchView, code: str, matches: EnterpriseMatches, fingerprint: str) -> StoredMatch:
    found = view.match
    return StoredMatch(
        id=view.id,
        enterprise=code,
        profile_version=matches.profile_version,
        policy_id=found.policy.id,
        policy_version=found.policy_version,
        item_id=found.item.id,
        day=matches.day,
        outcome=found.assessment.outcome.value,
        window=found.assessment.window.state.value,
        findings=findings_data(found.assessment),
        fingerprint=fingerprint,
    )


# ---------------------------------------------------------------------- replay


@dataclass(frozen=True, slots=True)
class Replay:
    """A stored verdict evaluated again from the versions and tables it was made of.

    `differences` is empty when all is the same. `same_tables` is False when the program's tables have changed since.
    """

    stored: StoredMatch
    view: MatchView
    differences: tuple[str, ...]
    same_tables: bool

    @property
    def holds(self) -> bool:
        return not self.differences


def replay(services: Services, number: str) -> Replay:
    """Evaluate a recorded match again: same item version, profile version, day and reference tables.

    Raises NotFound, also when the tables have changed since and those of then are not kept.
    """
    with services.database.reading() as session:
        stored = match(session, number)
    same_tables = stored.fingerprint == services.reference.fingerprint
    reference = services.reference if same_tables else _tables_of(services.database, stored.fingerprint)
    # Vectors belong to the program's own tables, and likeness decides no verdict.
    matcher = services.matcher if same_tables else Matcher(reference, None)
    with services.database.reading() as session:
        policy = policy_version(session, reference, stored.policy_id, stored.policy_version)
        profile = profile_version(session, reference, stored.enterprise, stored.profile_version)
    found = matcher.match(profile, [PolicyVersion(policy, stored.policy_version)], stored.day)
    again = next((each for each in found.matches if each.item.id == stored.item_id), None)
    if again is None:
        raise NotFound(f"政策 {stored.policy_id} 第 {stored.policy_version} 版没有事项 {stored.item_id}。")
    view = _view(again, stored.enterprise, stored.profile_version, Subject(profile, stored.day, reference))
    return Replay(stored, view, tuple(_differences(stored, again)), same_tables)


@lru_cache(maxsize=FORMER_TABLES)
def _tables_of(database: Database, fingerprint: str) -> Reference:
    """Tables that are not the program's any more, as they stood. Building them takes a tenth of a second."""
    with database.reading() as session:
        return build_reference(kept_reference(session, fingerprint))


def _differences(stored: StoredMatch, again: Match) -> list[str]:
    found = []
    if stored.outcome != again.assessment.outcome.value:
        found.append(f"结论：当时 {stored.outcome}，现在 {again.assessment.outcome.value}")
    if stored.window != again.assessment.window.state.value:
        found.append(f"窗口：当时 {stored.window}，现在 {again.assessment.window.state.value}")
    before = {str(row["path"]): row for row in stored.findings}
    after: dict[str, dict[str, Any]] = {str(row["path"]): row for row in findings_data(again.assessment)}
    for path in sorted({*before, *after}):
        if before.get(path) != after.get(path):
            found.append(f"判定依据 {path}：当时 {before.get(path)}，现在 {after.get(path)}")
    return found
