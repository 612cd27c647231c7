"""Every setting, with its default and what it is for. The only place that reads the environment.

Each is read from ``HUIQI_<NAME>``, from a ``.env`` file in the working folder, or from the file named by
``HUIQI_<NAME>_FILE`` (for secrets). docs/settings.md lists them and a test compares.
"""

from __future__ import annotations

import os
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "HUIQI_"


class WrongSettings(ValueError):
    """Settings that cannot be used; the message names each of them and what it should be, in Chinese."""


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore", frozen=True)

    data_dir: Path = Field(Path("var"), description="存放 SQLite 数据库、密钥等本机数据的文件夹")
    database_url: SecretStr | None = Field(
        None, description="数据库地址；不填用 data_dir 下的 SQLite，生产环境填 postgresql://…"
    )
    database_busy_seconds: float = Field(10.0, gt=0, le=120, description="SQLite 被占用时最多等待的秒数")
    redis_url: SecretStr | None = Field(None, description="Redis 协议地址（Redis 或 Valkey）；不填则不使用，功能不减")
    encoder: str | None = Field(None, description="替换自带编码模型：sentence-transformers 模型的文件夹或名称")
    secret_key: SecretStr | None = Field(
        None, min_length=32, description="签发登录凭证的密钥，至少 32 个字符；不填则在 data_dir 生成并保存"
    )
    host: str = Field("127.0.0.1", description="监听地址")
    port: int = Field(8000, ge=1, le=65535, description="监听端口")
    public_url: str | None = Field(None, description="对外访问的网址，用于生成链接；不填用监听地址")
    web_workers: int = Field(2, ge=1, le=64, description="网页服务的进程数")
    web_threads: int = Field(8, ge=1, le=64, description="每个进程的线程数")
    max_body_bytes: int = Field(2_000_000, ge=10_000, description="单个请求正文的最大字节数")
    session_hours: int = Field(12, ge=1, le=720, description="登录后多少小时需要重新登录")
    link_hours: int = Field(24, ge=1, le=720, description="登录链接多少小时内有效")
    secure_cookies: bool = Field(False, description="只通过 HTTPS 发送登录凭证；正式部署应为 true")
    trusted_proxies: int = Field(0, ge=0, le=5, description="前面有几层可信的反向代理（读取 X-Forwarded-*）")
    clock_offset_seconds: int = Field(
        0, ge=-315_360_000, le=315_360_000, description="把系统时钟拨快（正）或拨慢（负）的秒数，仅用于演示和测试"
    )
    demo: bool = Field(False, description="演示模式：首页列出示例企业及其登录链接")
    log_json: bool = Field(True, description="日志每行一个 JSON；开发时可设为 false")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="日志级别")

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @cached_property
    def database(self) -> str:
        """The database address in force."""
        if self.database_url is not None:
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir / 'huiqi.db'}"

    @cached_property
    def base_url(self) -> str:
        """The address people open, without a trailing slash."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::") else self.host  # noqa: S104 - compared, not bound
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")


def load_settings(**overrides: Any) -> Settings:
    """Settings from the environment, `overrides` winning. Raises WrongSettings naming each wrong setting in Chinese."""
    try:
        return Settings(**{**_from_files(), **overrides})
    except ValidationError as error:
        wrong = "；".join(
            f"{PREFIX}{str(detail['loc'][0]).upper()} {_written(detail)}，{_reason(detail)}"
            for detail in error.errors()
        )
        raise WrongSettings(f"设置有误：{wrong}。请对照 docs/settings.md 修改。") from None


def _from_files() -> dict[str, str]:
    """Values whose setting names a file instead (``HUIQI_SECRET_KEY_FILE=/run/secrets/…``)."""
    found: dict[str, str] = {}
    for name in Settings.model_fields:
        path = os.environ.get(f"{PREFIX}{name.upper()}_FILE")
        if not path:
            continue
        try:
            found[name] = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise WrongSettings(f"{PREFIX}{name.upper()}_FILE 指向的文件读不出来：{error.strerror}") from None
    return found


_SECRETS = frozenset({"secret_key", "database_url", "redis_url"})


def _written(detail: Any) -> str:
    """What was found, unless it is a secret."""
    return "写错了" if detail["loc"][0] in _SECRETS else f"写成了“{str(detail['input'])[:40]}”"


def _reason(detail: Any) -> str:
    """What was expected."""
    kind, context = str(detail["type"]), detail.get("ctx", {})
    limits = {"greater_than_equal": "应不小于 {ge}", "less_than_equal": "应不大于 {le}", "greater_than": "应大于 {gt}"}
    reasons = {
        "int_parsing": "应为整数",
        "float_parsing": "应为数字",
        "bool_parsing": "应为 true 或 false",
        "too_short": "太短，至少 {min_length} 个字符",
        "string_too_short": "太短，至少 {min_length} 个字符",
        "literal_error": "应为 {expected} 之一",
        **limits,
    }
    return str(reasons.get(kind, "格式不对")).format(**context)


def described(settings: Settings) -> list[tuple[str, str, str]]:
    """(environment name, value in force with secrets masked, description) of every setting."""
    rows = []
    for name, field in Settings.model_fields.items():
        value = getattr(settings, name)
        shown = "（未设置）" if value is None else "******" if isinstance(value, SecretStr) else str(value)
        rows.append((f"{PREFIX}{name.upper()}", shown, field.description or ""))
    return rows
