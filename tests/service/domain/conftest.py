"""The sample enterprises the tests of this folder look at."""

from __future__ import annotations

import pytest

from policies.profile import EnterpriseProfile
from policies.reference import load_reference
from service.domain.sample_enterprises import generate
from tests.builders import DAY


@pytest.fixture(scope="session")
def samples() -> list[EnterpriseProfile]:
    return list(generate(5_000, day=DAY, reference=load_reference()))
