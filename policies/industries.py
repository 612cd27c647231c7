"""Industries: GB/T 4754-2017, section letter to four digits (``C``, ``C32``, ``C325``, ``C3252``).

Source of the table: public repository zmshe/capital (2020-07-02), with class 3741 repaired. A group of one class has
only its class in the source; its group row is filled in here so that both codes can be named.
"""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.resources import files

from policies.quantities import normalise
from policies.trees import CodeTree, read_csv_tree

# The levels whose codes are a section's letter and digits that no other section has.
_NUMBERED = ("division", "group", "class")


@cache
def load_industries() -> CodeTree:
    """The shipped table; read once."""
    return read_csv_tree(files("policies.data").joinpath("industries.csv").read_text(encoding="utf-8"))


@lru_cache(maxsize=8)
def _by_digits(tree: CodeTree) -> dict[str, str]:
    """Full codes by their digits alone."""
    return {node.code[1:]: node.code for node in tree if node.level in _NUMBERED}


def read_industry(raw: object, tree: CodeTree) -> str:
    """The full code for ``C3252``, ``3252`` or ``c3252``. Raises ValueError worded in Chinese."""
    text = normalise(str(raw)).upper()
    if text in tree:
        return text
    if text in (full_codes := _by_digits(tree)):
        return full_codes[text]
    raise ValueError("应为国民经济行业分类（GB/T 4754-2017）代码，如 C3252")
