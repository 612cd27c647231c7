"""Settings: defaults, files for secrets, and wrong values named in Chinese."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.settings import WrongSettings, described, load_settings
from service.wiring import secret_key
from tests.services import settings_for


def test_without_any_setting_there_is_a_sqlite_database_in_the_data_folder(tmp_path: Path) -> None:
    assert settings_for(tmp_path).database == f"sqlite:///{tmp_path / 'huiqi.db'}"


def test_a_secret_may_stand_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "url").write_text("postgresql://somebody:pass@db/huiqi\n", encoding="utf-8")
    monkeypatch.setenv("HUIQI_DATABASE_URL_FILE", str(tmp_path / "url"))

    assert load_settings().database == "postgresql://somebody:pass@db/huiqi"


@pytest.mark.parametrize(
    ("name", "value"), [("PORT", "eighty"), ("PORT", "99999"), ("SECRET_KEY", "short"), ("DEMO", "perhaps")]
)
def test_a_wrong_setting_is_named(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(f"HUIQI_{name}", value)

    with pytest.raises(WrongSettings, match=f"HUIQI_{name}"):
        load_settings()


def test_a_file_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HUIQI_SECRET_KEY_FILE", str(tmp_path / "none"))

    with pytest.raises(WrongSettings, match="HUIQI_SECRET_KEY_FILE"):
        load_settings()


def test_secrets_are_never_printed(tmp_path: Path) -> None:
    shown = described(settings_for(tmp_path, database_url="postgresql://a:verysecret@db/x"))

    assert "verysecret" not in str(shown)
    assert "k" * 40 not in str(shown)


def test_a_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "new", secret_key=None)

    first, second = secret_key(settings), secret_key(settings)

    assert first == second
    assert len(first) >= 32
    assert (tmp_path / "new" / "secret_key").stat().st_mode & 0o077 == 0
