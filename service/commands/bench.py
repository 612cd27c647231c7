"""``huiqi bench …``: our speed beside others', in one run, as ratios."""

from __future__ import annotations

import click


@click.group()
def bench() -> None:
    """测速：与同类工具同场比较，给出比值。"""
