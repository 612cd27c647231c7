"""The only place that picks the real parts."""

from __future__ import annotations

import os
import secrets
from datetime import timedelta

from indexes.encoder import BrokenEncoder, Encoder, load_encoder
from indexes.matcher import Matcher
from indexes.vectors import VectorIndex
from policies.reference import load_reference
from service.clock import Clock, SystemClock, monotonic
from service.doorbell import Doorbell, NoDoorbell, RedisDoorbell
from service.errors import HuiqiError, Invalid, Unavailable
from service.settings import Settings
from service.storage.database import open_database
from service.storage.vectors import VectorTable
from service.usecases.services import Services

SECRET_FILE = "secret_key"  # noqa: S105 - the file's name, not a secret


def build(settings: Settings, clock: Clock | None = None) -> Services:
    """The services for these settings. Connects to nothing yet: every connection is made at first use."""
    reference = load_reference()
    database = open_database(settings.database, settings.database_busy_seconds)
    index = VectorIndex(_encoder(settings), VectorTable(database))
    return Services(
        reference=reference,
        database=database,
        clock=clock or SystemClock(timedelta(seconds=settings.clock_offset_seconds)),
        bell=build_doorbell(settings),
        matcher=Matcher(reference, index),
    )


def _encoder(settings: Settings) -> Encoder:
    try:
        return load_encoder(settings.encoder)
    except BrokenEncoder as error:
        raise Unavailable(f"{error}（设置 HUIQI_ENCODER）") from None


def encoder_word(settings: Settings) -> str:
    """The encoder in use, for operators."""
    encoder = _encoder(settings)
    return f"{encoder.id}，{encoder.dimension} 维"


def build_doorbell(settings: Settings) -> Doorbell:
    if settings.redis_url is None:
        return NoDoorbell()
    return RedisDoorbell(settings.redis_url.get_secret_value(), monotonic)


def secret_key(settings: Settings) -> str:
    """The configured key, else one made once and kept in the data folder, readable by its owner only."""
    if settings.secret_key is not None:
        return settings.secret_key.get_secret_value()
    path = settings.data_dir / SECRET_FILE
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        try:
            # O_EXCL: of several processes starting at once one makes the key, the others read it.
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return _kept_key(settings)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(key := secrets.token_urlsafe(48))
        return key
    except OSError as error:
        raise Invalid(f"数据文件夹 {settings.data_dir} 不能写入（{error.strerror}），请检查 HUIQI_DATA_DIR。") from None


def _kept_key(settings: Settings) -> str:
    key = (settings.data_dir / SECRET_FILE).read_text(encoding="ascii").strip()
    if len(key) < 32:
        raise Invalid("保存的密钥文件已损坏，请删除 data_dir 下的 secret_key 后重新启动（用户需要重新登录）。")
    return key


def is_ready(services: Services) -> dict[str, str]:
    """What the service stands on, one word or sentence each; ``ok`` where all is well. For operators' eyes."""
    found = {"redis": services.bell.state() if isinstance(services.bell, (NoDoorbell, RedisDoorbell)) else "unknown"}
    try:
        services.database.check()
        catalogue = services.catalogue()
        found["database"] = "ok"
        found["catalogue"] = "ok" if catalogue.policies else "empty"
    except HuiqiError as error:
        found["database"] = error.message
    return found
