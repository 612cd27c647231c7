"""``huiqi run | serve | worker | doctor | config | db | link``: running the service."""

from __future__ import annotations

import sys
from collections import Counter

import click

from service.access import Identity, Role, Tickets
from service.clock import monotonic
from service.commands.matching import show_matches
from service.commands.output import CANNOT, json_option, ready, write_json
from service.commands.policy_files import show_imported
from service.errors import NotFound
from service.logs import configure
from service.settings import Settings, described, load_settings
from service.storage.database import open_database
from service.usecases.catalogue import Imported, import_shipped_catalogue
from service.usecases.codes import checked_code
from service.usecases.enterprises import counted, listed, shown_samples, store_samples
from service.usecases.matching import EnterpriseMatches, match_enterprise
from service.usecases.services import Services
from service.wiring import build, encoder_word, is_ready, secret_key

SAMPLES = 300
FIRST_SAMPLES = 12
SHOWN_LINKS = 3


@click.command()
@click.option("--samples", type=click.IntRange(0, 100_000), default=SAMPLES, show_default=True, help="示例企业数。")
@click.option("--no-serve", is_flag=True, help="只准备数据，不启动服务。")
def run(samples: int, no_serve: bool) -> None:
    """一步到位：准备数据库，导入自带政策和示例企业，给出第一份匹配和链接，然后启动服务。"""
    started = monotonic()
    settings = load_settings(demo=True)
    services = build(settings)
    click.echo(f"数据库：{_place(settings)}")
    services.database.upgrade()
    imported = import_shipped_catalogue(services, keep_edits=True)
    tally = Counter(result.status for result in imported)
    show_imported([result for result in imported if result.status is Imported.FAILED], as_json=False)
    click.echo(f"政策：{len(imported) - tally[Imported.FAILED]} 份已就绪，{tally[Imported.FAILED]} 份有错误")
    if tally[Imported.KEPT]:
        click.echo(
            f"      其中 {tally[Imported.KEPT]} 份与自带的不同，保留库里的版本（huiqi policies import --shipped 可换成自带的）"
        )
    if samples and not counted(services):
        store_samples(services, samples)
    click.echo(f"企业：{counted(services)} 家")
    click.echo(f"Redis：{_redis_word(services)}")
    _show_first_match(services)
    _show_links(services, settings)
    click.echo(f"\n准备用时 {monotonic() - started:.1f} 秒")
    services.database.close()
    if not no_serve:
        from service.server import check_address
        from service.supervisor import supervise

        check_address(settings)
        sys.exit(supervise())


def _place(settings: Settings) -> str:
    return repr(open_database(settings.database)).removeprefix("Database(").removesuffix(")")


def _redis_word(services: Services) -> str:
    words = {"disabled": "未配置（不影响使用）", "ok": "已连接", "unreachable": "连不上（不影响使用，更新稍慢）"}
    return words.get(is_ready(services)["redis"], "未知")


def _show_first_match(services: Services) -> None:
    """The one with most to show among the hand-shaped samples."""
    best: EnterpriseMatches | None = None
    for profile in shown_samples(services, FIRST_SAMPLES):
        found = match_enterprise(services, profile.code or "")
        if best is None or _showing(found) > _showing(best):
            best = found
    if best is not None:
        click.echo("\n第一份匹配\n----------")
        show_matches(best, limit=2)


def _showing(found: EnterpriseMatches) -> tuple[int, int]:
    outcomes = {view.match.assessment.outcome for view in found.views}
    return sum(view.match.assessment.can_apply for view in found.views), len(outcomes)


def _show_links(services: Services, settings: Settings) -> None:
    tickets = Tickets(secret_key(settings))
    click.echo("\n请打开\n------")
    click.echo(f"首页      {settings.base_url}/")
    for profile in shown_samples(services, SHOWN_LINKS):
        ticket = tickets.issue_login(Identity(Role.ENTERPRISE, profile.code))
        click.echo(f"{profile.name}\n          {settings.base_url}/enter?ticket={ticket}")
    click.echo(f"接口文档  {settings.base_url}/docs/swagger")


@click.command()
@click.option("--demo", is_flag=True, help="首页列出示例企业及其登录链接。")
def serve(demo: bool) -> None:
    """启动网页和接口服务。"""
    # Imported here: the other commands need neither gunicorn nor Flask.
    from service.server import Server

    settings = load_settings(**({"demo": True} if demo else {}))
    ready(settings).database.close()
    Server(settings).run()


@click.command()
@click.option("--once", is_flag=True, help="只做一轮。")
def worker(once: bool) -> None:
    """启动后台任务：为新的政策和企业文字计算向量。可以同时启动多个。"""
    from service.workers.refresh import run_until_stopped

    settings = load_settings()
    configure(settings.log_level, as_json=settings.log_json)
    run_until_stopped(ready(settings), once=once)


@click.command()
@json_option
def doctor(as_json: bool) -> None:
    """检查各项依赖，逐项说明是否正常、怎么办。"""
    settings = load_settings()
    services = build(settings)
    checks = is_ready(services)
    checks["encoder"] = encoder_word(settings)
    checks["data_dir"] = str(settings.data_dir)
    good = checks["database"] == "ok"
    if as_json:
        write_json({"ok": good, "checks": checks})
    else:
        for name, found in checks.items():
            click.echo(f"{name}：{found}")
    if not good:
        sys.exit(CANNOT)


@click.command()
@json_option
def config(as_json: bool) -> None:
    """列出每一项设置的现值（密钥不显示）和说明。"""
    rows = described(load_settings())
    if as_json:
        write_json([{"name": name, "value": value, "description": text} for name, value, text in rows])
        return
    for name, value, text in rows:
        click.echo(f"{name}={value}\n    {text}")


@click.group()
def db() -> None:
    """数据库结构。"""


@db.command()
@json_option
def upgrade(as_json: bool) -> None:
    """把数据库结构升级到本程序的版本；可以重复执行。"""
    settings = load_settings()
    database = open_database(settings.database, settings.database_busy_seconds)
    database.upgrade()
    revision = database.current_revision()
    if as_json:
        write_json({"revision": revision})
    else:
        click.echo(f"数据库结构已是最新（{revision}）。")


@click.command()
@click.option("--enterprise", "code", help="企业的统一社会信用代码；不填则签发工作人员凭证。")
@click.option("--token", is_flag=True, help="签发接口令牌而不是登录链接。")
@json_option
def link(code: str | None, token: bool, as_json: bool) -> None:
    """签发登录链接或接口令牌。"""
    settings = load_settings()
    identity = Identity(Role.STAFF)
    if code is not None:
        identity = Identity(Role.ENTERPRISE, checked_code(code))
        if not listed(ready(settings), limit=1, search=identity.enterprise).enterprises:
            raise NotFound(f"没有统一社会信用代码为 {identity.enterprise} 的企业。")
    tickets = Tickets(secret_key(settings))
    if token:
        text = tickets.issue_token(identity)
    else:
        text = f"{settings.base_url}/enter?ticket={tickets.issue_login(identity)}"
    if as_json:
        write_json({"token" if token else "link": text, "hours": settings.link_hours})
    else:
        click.echo(text)
