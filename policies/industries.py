"""Industries: GB/T 4754-2017, section letter to four digits (``C``, ``C32``, ``C325``, ``C3252``).

Source of the table: public repository zmshe/capital (2020-07-02), with class 3741 repaired. A group of one class has
only its class in the source; its group row is filled in here so that both codes can be named.
"""

from __future__ import annotations

from functools import lru_cache

from policies.quantities import normalise
from policies.trees import CodeTree

# The levels whose codes are a section's letter and digits that no other section has.
_NUMBERED = ("division", "group", "class")


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
