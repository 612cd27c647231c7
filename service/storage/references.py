"""The reference tables that verdicts rest on, kept as they stood: the program's own change, a verdict must not."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from policies.reference import fingerprint_of
from service.errors import NotFound
from service.storage import tables
from service.storage.failures import StorageFailure


class DamagedReference(StorageFailure):
    """What is kept is not what was stored: a verdict replayed with it would prove nothing."""

    sentence = "已保存的词表和代码表（{place}）已损坏，不能据此复核。请从备份恢复数据库。"


def keep_reference(session: Session, reference_fingerprint: str, texts: Mapping[str, str], now: datetime) -> None:
    """Keep the tables (name to text) unless they are there already.

    Texts of another fingerprint are a defect of the caller: ValueError.
    """
    table = tables.reference_tables
    # Asked before anything is packed: that takes longer than recording the matches.
    if session.scalar(select(table.c.stored_at).where(table.c.fingerprint == reference_fingerprint)) is not None:
        return
    if _fingerprint(texts) != reference_fingerprint:
        raise ValueError(f"these are not the texts of {reference_fingerprint}")
    content = zlib.compress(json.dumps(dict(texts), ensure_ascii=False).encode("utf-8"))
    row = {"fingerprint": reference_fingerprint, "content": content, "stored_at": now}
    tables.insert_absent(session, table, row)


def kept_reference(session: Session, reference_fingerprint: str) -> dict[str, str]:
    """The tables as they stood, name to text. Raises NotFound, and DamagedReference when they are no longer those."""
    table = tables.reference_tables
    content = session.scalar(select(table.c.content).where(table.c.fingerprint == reference_fingerprint))
    if content is None:
        raise NotFound(
            f"数据库里没有保存判定时用的词表和代码表（{reference_fingerprint}），而本程序的已经更新，无法按当时的口径复核。"
            "请换用判定时的程序版本，或从备份恢复数据库。"
        )
    try:
        texts: dict[str, str] = json.loads(zlib.decompress(content))
    except (zlib.error, ValueError) as error:
        raise DamagedReference(reference_fingerprint) from error
    if _fingerprint(texts) != reference_fingerprint:
        raise DamagedReference(reference_fingerprint)
    return texts


def _fingerprint(texts: Mapping[str, str]) -> str | None:
    """None when a table is not among them."""
    try:
        return fingerprint_of(texts)
    except KeyError:
        return None
