"""What another process publishes is seen: at once when the bell rings, a little later without, never lost with Redis."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from dataclasses import replace

import pytest
import redis

from service.clock import FixedClock
from service.doorbell import Doorbell, NoDoorbell, RedisDoorbell
from service.storage.policies import save_policy
from service.usecases import services as services_module
from service.usecases.services import CATALOGUE_TOPIC, CatalogueCache, Services
from tests.services import NOW

REDIS = os.environ.get("HUIQI_TEST_REDIS", "redis://127.0.0.1:6379/9")


class Stopwatch:
    """Seconds that only the test moves."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def stopwatch(monkeypatch: pytest.MonkeyPatch) -> Stopwatch:
    made = Stopwatch()
    monkeypatch.setattr(services_module, "monotonic", made)
    return made


@pytest.fixture
def bell(stopwatch: Stopwatch) -> Iterator[RedisDoorbell]:
    client = redis.Redis.from_url(REDIS)
    try:
        client.ping()
    except redis.RedisError as error:
        if os.environ.get("CI"):
            pytest.fail(f"Redis could not be reached and CI must not skip it: {error}")
        pytest.skip(f"NOT TESTED WITH REDIS: set HUIQI_TEST_REDIS to a server that can be reached ({error})")
    client.delete(f"huiqi:rings:{CATALOGUE_TOPIC}")
    yield RedisDoorbell(REDIS, stopwatch)
    client.delete(f"huiqi:rings:{CATALOGUE_TOPIC}")


def other_process(services: Services, bell: Doorbell) -> Services:
    return replace(services, bell=bell, cache=CatalogueCache())


def publish(services: Services) -> str:
    """Change one policy as another process would; its new title."""
    title = f"改过的标题 {uuid.uuid4().hex[:6]}"
    with services.database.writing() as session:
        first = services.catalogue().policies[0].policy
        save_policy(session, replace(first, title=title), FixedClock(NOW).now())
    services.bell.ring(CATALOGUE_TOPIC)
    return title


def titles(services: Services) -> list[str]:
    return [each.policy.title for each in services.catalogue().policies]


def test_a_ring_shows_a_publication_within_two_seconds(
    stocked: Services, bell: RedisDoorbell, stopwatch: Stopwatch
) -> None:
    here, there = other_process(stocked, bell), other_process(stocked, bell)
    titles(there)

    title = publish(here)
    stopwatch.seconds += 2

    assert title in titles(there)


def test_without_redis_a_publication_is_seen_within_ten_seconds(stocked: Services, stopwatch: Stopwatch) -> None:
    here, there = other_process(stocked, NoDoorbell()), other_process(stocked, NoDoorbell())
    titles(there)

    title = publish(here)

    assert title not in titles(there), "it looked although nothing told it to"
    stopwatch.seconds += 10
    assert title in titles(there)


def test_a_lost_ring_only_delays(stocked: Services, bell: RedisDoorbell, stopwatch: Stopwatch) -> None:
    here, there = other_process(stocked, NoDoorbell()), other_process(stocked, bell)
    titles(there)

    title = publish(here)
    redis.Redis.from_url(REDIS).delete(f"huiqi:rings:{CATALOGUE_TOPIC}")
    stopwatch.seconds += 10

    assert title in titles(there)


def test_a_redis_that_is_away_never_raises_and_is_left_alone_for_a_while(stopwatch: Stopwatch) -> None:
    away = RedisDoorbell("redis://127.0.0.1:1/0", stopwatch)

    away.ring(CATALOGUE_TOPIC)

    assert away.rings(CATALOGUE_TOPIC) is None
    assert away.state() == "unreachable"


def test_nothing_is_read_again_while_the_revision_stands(stocked: Services, stopwatch: Stopwatch) -> None:
    first = stocked.catalogue()
    stopwatch.seconds += 60

    assert stocked.catalogue() is first
