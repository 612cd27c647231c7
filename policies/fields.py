"""Reads the fields of plain data, naming every defect with its place. What cannot be read becomes None, or empty."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, TypeVar

from policies.problems import Problems, shown
from policies.quantities import is_clean, read_date, read_number

Data = Mapping[str, Any]
_T = TypeVar("_T")
_E = TypeVar("_E", bound=StrEnum)

MAX_TEXT = 5_000
_ID = re.compile(r"[a-z0-9][a-z0-9-]{1,79}")
_URL = re.compile(r"https?://[^\s<>\"'\\]{3,500}")


@dataclass(slots=True)
class FieldReader:
    """Reads single fields, collecting problems. `where` is the place of the data the field stands in."""

    problems: Problems

    def no_extras(self, data: Data, allowed: tuple[str, ...], where: str) -> None:
        prefix = f"{where}." if where else ""
        for key in data:
            if key not in allowed:
                self.problems.add(f"{prefix}{key}", f"多出了 {shown(key)}", f"这里可以写：{'、'.join(allowed)}")

    def mapping(self, data: object, where: str, allowed: tuple[str, ...]) -> Data:
        if not isinstance(data, Mapping):
            self.problems.add(where, f"写成了 {shown(data)}", f"应为对象，可以写：{'、'.join(allowed)}")
            return {}
        self.no_extras(data, allowed, where)
        return data

    def identifier(self, raw: object, where: str) -> str | None:
        if isinstance(raw, str) and _ID.fullmatch(raw):
            return raw
        self.problems.add(
            where,
            f"写成了 {shown(raw)}",
            "应为 2 到 80 个小写字母、数字或连字符，以字母或数字开头，如 binzhou-2019-talent",
        )
        return None

    def guard(self, raw: object, where: str, read: Callable[[object], _T]) -> _T | None:
        try:
            return read(raw)
        except ValueError as error:
            self.problems.add(where, f"写成了 {shown(raw)}", str(error))
            return None

    def one_of(self, raw: object, kind: type[_E], where: str) -> _E | None:
        try:
            return kind(str(raw))
        except ValueError:
            self.problems.add(where, f"写成了 {shown(raw)}", f"应为 {'、'.join(kind)} 之一")
            return None

    def day(self, data: Data, key: str, where: str) -> date | None:
        if data.get(key) is None:
            return None
        return self.guard(data[key], f"{where}.{key}" if where else key, read_date)

    def text(self, data: Data, key: str, where: str, *, required: bool = False) -> str | None:
        raw = data.get(key)
        place = f"{where}.{key}" if where else key
        if raw is None and not required:
            return None
        if isinstance(raw, str) and 0 < len(raw.strip()) <= MAX_TEXT and is_clean(raw):
            return raw.strip()
        self.problems.add(
            place, "没有填写" if raw is None else f"写成了 {shown(raw)}", f"应为 1 到 {MAX_TEXT} 字的文字"
        )
        return None

    def flag(self, data: Data, key: str, where: str) -> bool:
        """A boolean that is False when absent."""
        raw = data.get(key, False)
        if not isinstance(raw, bool):
            self.problems.add(f"{where}.{key}", f"写成了 {shown(raw)}", "应为 true 或 false")
        return raw is True

    def texts(self, data: Data, key: str, where: str, *, required: bool = False) -> tuple[str, ...]:
        raw = data.get(key)
        place = f"{where}.{key}" if where else key
        if raw is None and not required:
            return ()
        if (
            isinstance(raw, list)
            and (raw or not required)
            and all(isinstance(text, str) and text.strip() and is_clean(text) for text in raw)
        ):
            return tuple(text.strip() for text in raw)
        self.problems.add(place, "没有填写" if raw is None else f"写成了 {shown(raw)}", "应为文字列表")
        return ()

    def listed(
        self, data: Data, key: str, where: str, allowed: Sequence[str], *, required: bool = False
    ) -> tuple[str, ...]:
        """Texts of which each must be one of a list."""
        found = self.texts(data, key, where, required=required)
        place = f"{where}.{key}" if where else key
        if len(set(found)) < len(found):
            self.problems.add(place, "有重复", "每个只写一次")
        for number, text in enumerate(found):
            if text not in allowed:
                self.problems.add(f"{place}.{number}", f"写成了 {shown(text)}", f"应为 {'、'.join(allowed)}")
        return found

    def amount_text(self, raw: object, where: str) -> str | None:
        """An amount as ``100000``, ``0-50000`` or ``unknown``."""
        if raw is None:
            return None
        text = str(raw)
        try:
            if text != "unknown":
                for part in text.split("-"):
                    read_number(part)
        except ValueError:
            self.problems.add(where, f"写成了 {shown(raw)}", "应为金额 100000、区间 0-50000 或 unknown")
        return text

    def url(self, data: Data, key: str, where: str) -> str | None:
        found = self.text(data, key, where)
        if found is not None and not _URL.fullmatch(found):
            self.problems.add(f"{where}.{key}", f"写成了 {shown(found)}", "应为 http(s) 网址")
        return found
