"""How commands speak: plain Chinese for people, one JSON document with ``--json``, honest exit codes."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import date
from typing import Any, TypeVar

import click
import orjson

from policies.problems import InvalidData
from service.errors import Detail, HuiqiError
from service.settings import Settings, WrongSettings, load_settings
from service.usecases.days import read_judged_day
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
        except BrokenPipeError:
            ctx.exit(0)  # whoever read our output (head, less) has seen enough
        except (HuiqiError, InvalidData, WrongSettings, OSError, click.UsageError) as error:
            code, message, problems = _told(error)
            if "--json" in sys.argv:
                write_json({"code": code, "detail": message, "problems": [problem_data(each) for each in problems]})
            else:
                click.echo(f"错误：{message}", err=True)
                for each in problems:
                    click.echo(f"  {each}", err=True)
            ctx.exit(CANNOT)


def _told(error: Exception) -> tuple[str, str, tuple[Detail, ...]]:
    """Code, message and details of an error."""
    if isinstance(error, click.UsageError):
        return "usage", _usage_text(error), ()
    if isinstance(error, OSError):
        return "file", f"“{error.filename}”不能读写（{error.strerror}），请检查路径和权限。", ()
    if isinstance(error, HuiqiError):
        return error.code, error.message, error.problems
    if isinstance(error, InvalidData):
        return "invalid", "数据有误。", error.problems
    return "settings", str(error), ()


def _usage_text(error: click.UsageError) -> str:
    """click's findings in Chinese, with where help is to be had."""
    match error:
        case click.NoSuchOption():
            found = f"没有选项 {error.option_name}"
        case click.MissingParameter():
            found = f"缺少 {error.param.human_readable_name if error.param else '参数'}"
        case click.BadParameter() if isinstance(error.param, click.Parameter) and isinstance(
            error.param.type, click.IntRange
        ):
            limits = error.param.type
            found = f"{error.param.human_readable_name} 应为 {limits.min} 到 {limits.max} 的整数"
        case click.BadParameter():
            name = error.param.human_readable_name if error.param else "参数"
            found = f"{name} 的值不对（{error.message}）"
        case _ if error.message.startswith("No such command"):
            found = f"没有这个命令（{error.message.removeprefix('No such command').strip(' .')}）"
        case _:
            found = error.message
    path = error.ctx.command_path if error.ctx else "huiqi"
    return f"用法不对：{found}。请用 {path} --help 查看用法。"


def json_option(command: F) -> F:
    return click.option("--json", "as_json", is_flag=True, help="以 JSON 输出。")(command)


class Day(click.ParamType[date]):
    """A day as people write it."""

    name = "日期"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        return read_judged_day(value)


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
