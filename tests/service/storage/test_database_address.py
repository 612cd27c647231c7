from __future__ import annotations

import traceback

import pytest

from service.storage.database import open_database
from service.storage.failures import ServerUnreachable, UnsupportedDatabase

SECRET = "Pa55-w0rd"


@pytest.mark.parametrize("scheme", ["postgresql", "postgres", "postgresql+psycopg"])
def test_a_server_out_of_reach_is_named_without_account_or_password(scheme: str) -> None:
    database = open_database(f"{scheme}://clerk:{SECRET}@127.0.0.1:1/huiqi")

    with pytest.raises(ServerUnreachable, match=r"连不上数据库 127.0.0.1:1/huiqi") as refused:
        database.check()

    shown = "".join(traceback.format_exception(refused.value)) + repr(database)
    assert SECRET not in shown
    assert "clerk" not in refused.value.message


@pytest.mark.parametrize(
    "address",
    [
        f"mysql://clerk:{SECRET}@host/huiqi",
        f"postgresql+asyncpg://clerk:{SECRET}@host/huiqi",
        f"clerk:{SECRET}@host",
        f"postgresql://clerk:{SECRET}@host:port/huiqi",
        "sqlite://",
        "sqlite:///:memory:",
        "sqlite:///huiqi.db?mode=ro",
        "",
    ],
)
def test_an_address_that_cannot_be_used_says_what_one_looks_like(address: str) -> None:
    with pytest.raises(UnsupportedDatabase, match="sqlite:///文件路径") as refused:
        open_database(address)

    assert SECRET not in "".join(traceback.format_exception(refused.value))
