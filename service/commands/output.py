"""How commands speak: plain Chinese for people, one JSON document with ``--json``, honest exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click
import orjson

from policies.problems import InvalidData
from policies.quantities import read_date
from service.errors import Detail, HuiqiError
from service.settings import Settings, WrongSettings, load_settings
from service.usecases.services import Services
from service.wiring import build

F = TypeVar("F", bound=Callable[..., Any])

FOUND_WRONG = 1
CANNOT = 2


class Honest(click.Group):
    """A group whose commands turn known errors into one Chinese line (or a JSON problem) and exit code 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (HuiqiError, InvalidData, WrongSettings) as error:
            code, message, problems = _told(error)
            if "--json" in sys.argv:
                write_json({"code": code, "detail": message, "problems": [problem_data(each) for each in problems]})
            else:
                click.echo(f"错误：{message}", err=True)
                for each in problems:
                    click.echo(f"  {each}", err=True)
            ctx.exit(CANNOT)


def _told(error: HuiqiError | InvalidData | WrongSettings) -> tuple[str, str, tuple[Detail, ...]]:
    """Code, message and details of an error."""
    if isinstance(error, HuiqiError):
        return error.code, error.message, error.problems
    if isinstance(error, InvalidData):
        return "invalid", "数据有误。", error.problems
    return "settings", str(error), ()


def json_option(command: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")(command)


class Day(click.ParamType[date]):
    """A day as people write it."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return read_date(value)
        except ValueError as error:
            self.fail(f"“{value}”{error}", param, ctx)


def day_option(command: F) -> F:
    return click.option("--on", "day", type=Day(), help="判定日期，默认今天。")(command)


def ready(settings: Settings | None = None) -> Services:
    """Services whose database is there and of the right version. Raises Unavailable with what to do."""
    services = build(settings or load_settings())
    services.database.check()
    return services


def write_json(data: Any) -> None:
    click.echo(orjson.dumps(data, option=orjson.OPT_INDENT_2).decode())


def problem_data(problem: Detail) -> dict[str, Any]:
    return {
        "where": problem.where,
        "line": problem.line,
        "found": problem.found,
        "expected": problem.expected,
        "warning": problem.warning,
    }
