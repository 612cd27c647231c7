"""Bringing policy files into the store. One bad file is named and never stops the rest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from policies.document import Policy
from policies.files import FileReport, read_catalogue
from policies.problems import Problem
from service.errors import Detail, HuiqiError
from service.storage.policies import PolicySummary, current_policy, list_policies, policy_version, save_policy
from service.usecases.services import CATALOGUE_TOPIC, Services


class Imported(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "kept"  # what is stored differs and was left as it is
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class ImportedFile:
    """What came of one file: the policy and version it is stored as, or why it is not."""

    name: str
    status: Imported
    policy_id: str | None = None
    version: int | None = None
    problems: tuple[Detail, ...] = ()


def import_policies(services: Services, reports: Iterable[FileReport]) -> list[ImportedFile]:
    """Store every readable policy, each in a transaction of its own."""
    results = [_import(services, report) for report in reports]
    if any(result.status in (Imported.NEW, Imported.CHANGED) for result in results):
        services.bell.ring(CATALOGUE_TOPIC)
        services.cache.forget()
    return results


def _import(services: Services, report: FileReport) -> ImportedFile:
    if report.policy is None:
        return ImportedFile(report.name, Imported.FAILED, problems=report.problems)
    try:
        with services.database.writing() as session:
            stored = save_policy(session, report.policy, services.clock.now())
    except HuiqiError as error:
        problem = Problem("", error.message, "请处理后重新导入")
        return ImportedFile(report.name, Imported.FAILED, report.policy.id, problems=(problem, *error.problems))
    status = Imported.UNCHANGED
    if stored.is_new:
        status = Imported.NEW if stored.version == 1 else Imported.CHANGED
    return ImportedFile(report.name, status, report.policy.id, stored.version, report.problems)


def import_shipped_catalogue(services: Services, *, keep_edits: bool = False) -> list[ImportedFile]:
    """Store the shipped policies; with `keep_edits` only those that are not stored yet, so that no correction is undone."""
    reports = read_catalogue(services.reference, services.clock.today())
    stored = {each.policy.id: each for each in services.catalogue().policies} if keep_edits else {}
    fresh = [report for report in reports if report.policy is None or report.policy.id not in stored]
    results = import_policies(services, fresh)
    for report in reports:
        if report.policy is not None and report.policy.id in stored:
            held = stored[report.policy.id]
            status = Imported.UNCHANGED if held.policy == report.policy else Imported.KEPT
            results.append(ImportedFile(report.name, status, held.policy.id, held.version))
    return results


def listed(services: Services) -> tuple[PolicySummary, ...]:
    with services.database.reading() as session:
        return list_policies(session)


def find(services: Services, policy_id: str, version: int | None = None) -> tuple[Policy, int]:
    """A policy in its current or a named version. Raises NotFound."""
    with services.database.reading() as session:
        if version is not None:
            return policy_version(session, services.reference, policy_id, version), version
        current = current_policy(session, services.reference, policy_id)
        return current.policy, current.version
