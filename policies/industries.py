"""Industries: GB/T 4754-2017, section letter to four digits (``C``, ``C32``, ``C325``, ``C3252``).

Source of the table: public repository zmshe/capital (2020-07-02), with class 3741 repaired. A group of one class has
only its class in the source; its group row is filled in here so that both codes can be named.
"""

from __future__ import annotations

from functools import cache

from policies.quantities import normalise
from policies.trees import CodeTree, read_csv_tree


@cache
def load_industries() -> CodeTree:
    """The shipped table; read once."""
    return read_csv_tree("policies.data", "industries.csv")


@cache
def _letters() -> dict[str, str]:
    return {node.code[1:]: node.code for node in load_industries() if len(node.code) > 1}


def read_industry(raw: object, tree: CodeTree) -> str:
    """The full code for ``C3252``, ``3252`` or ``c3252``. Raises ValueError worded in Chinese."""
    text = normalise(str(raw)).upper()
    if text in tree:
        return text
    if tree is load_industries() and text in _letters():
        return _letters()[text]
    raise ValueError("应为国民经济行业分类（GB/T 4754-2017）代码，如 C3252")
