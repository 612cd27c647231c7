"""Versioned content: the hash that tells whether it changed, and what a stored text may hold."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from service.errors import Invalid


def content_hash(data: dict[str, Any]) -> str:
    """SHA-256 of the canonical JSON, in hex: the order of keys does not count, the order of lists does."""
    text = json.dumps(data, ensure_ascii=True, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return hashlib.sha256(text.encode("ascii")).hexdigest()


def check_storable(text: str, label: str) -> None:
    """Raises Invalid for what a column cannot hold: NUL (PostgreSQL) and half of a surrogate pair (both)."""
    if "\0" in text or any("\ud800" <= character <= "\udfff" for character in text):
        raise Invalid(f"{label}里有无法保存的字符，请检查后再试。")
