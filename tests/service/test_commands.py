"""The command line: plain Chinese, JSON on request, honest exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from service.cli import main
from service.usecases.enterprises import listed
from service.usecases.services import Services

BROKEN = "format: 1\nid: X\ntitle: ''\nitems: [{id: a, benefit: {kind: gift}}]\n"
GOOD = """
format: 1
id: one-award
title: 一次性奖励（示例）
issuers: [示例部门]
region: "371600"
themes: [科技创新]
source: {kind: sample}
conditions: {fact: region, within: "371600"}
items:
  - id: award
    title: 一次性奖励
    summary: 奖励 10 万元
    applicants: [enterprise]
    benefit: {form: award, kind: fixed, amount: 10万, text: 奖励 10 万元}
"""


@pytest.fixture
def huiqi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> object:
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str, data_dir: Path = tmp_path) -> Result:
        return CliRunner().invoke(main, arguments, env={"HUIQI_DATA_DIR": str(data_dir)}, catch_exceptions=False)

    return run


def test_validate_names_every_error_with_file_line_found_and_expected(huiqi, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "bad.yaml").write_text(BROKEN, encoding="utf-8")

    result = huiqi("policies", "validate", str(tmp_path / "bad.yaml"))

    assert result.exit_code == 1
    for said in ("bad.yaml", "第 2 行 id", "issuers", "source", "themes", "items.0.benefit.kind", "gift"):
        assert said in result.output


def test_of_a_folder_with_one_broken_file_the_rest_is_imported(huiqi, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    folder = tmp_path / "policies"
    folder.mkdir()
    (folder / "a.yaml").write_text(BROKEN, encoding="utf-8")
    (folder / "b.yaml").write_text(GOOD, encoding="utf-8")
    huiqi("db", "upgrade")

    result = huiqi("policies", "import", str(folder), "--json")

    assert result.exit_code == 1
    assert [(row["file"], row["status"]) for row in json.loads(result.output)] == [
        ("a.yaml", "failed"),
        ("b.yaml", "new"),
    ]
    assert "one-award" in huiqi("policies", "list").output


def test_what_is_exported_validates_and_imports_as_unchanged(huiqi, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    huiqi("db", "upgrade")
    huiqi("policies", "import", "--shipped")

    assert huiqi("policies", "export", "out").exit_code == 0
    assert huiqi("policies", "validate", "out").exit_code == 0
    again = json.loads(huiqi("policies", "import", "out", "--json").output)

    assert {row["status"] for row in again} == {"unchanged"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("policies", "validate", "nowhere"), "没有这个文件或文件夹"),
        (("match", "--enterprise", "x"), "huiqi db upgrade"),
        (("match",), "二者选一"),
        (("replay", "M1"), "huiqi db upgrade"),
        (("assess", "--policy", "nowhere", "--profile", "nowhere"), "没有这个文件或文件夹"),
        (("policies", "import"), "二者选一"),
    ],
)
def test_a_command_that_cannot_work_says_what_to_do(huiqi, arguments: tuple[str, ...], said: str) -> None:  # type: ignore[no-untyped-def]
    result = huiqi(*arguments)

    assert result.exit_code == 2
    assert said in result.output
    assert "Traceback" not in result.output


def test_an_error_in_json_is_json(huiqi, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr("sys.argv", ["huiqi", "replay", "M1", "--json"])

    result = huiqi("replay", "M1", "--json")

    assert result.exit_code == 2
    assert json.loads(result.output)["code"] == "unavailable"


def test_replay_of_a_recorded_match_holds(huiqi, stocked: Services, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    code = listed(stocked, limit=1).enterprises[0].code
    found = json.loads(huiqi("match", "--enterprise", code, "--json").output)

    result = huiqi("replay", found["matches"][0]["id"])

    assert result.exit_code == 0
    assert "核对一致" in result.output


def test_an_audience_counts_every_enterprise_once(huiqi, stocked: Services) -> None:  # type: ignore[no-untyped-def]
    found = json.loads(huiqi("audience", "--policy", "cn-xiaowei-getihu-shuifei-2023-12", "--json").output)

    total = len(listed(stocked, limit=100).enterprises)
    for item in found["items"]:
        assert sum(len(codes) for codes in item["by_outcome"].values()) == total
    assert found["unreadable"] == []


def test_doctor_says_what_lacks(huiqi, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    before = huiqi("doctor")
    huiqi("db", "upgrade")
    after = huiqi("doctor")

    assert before.exit_code == 2
    assert "huiqi db upgrade" in before.output
    assert after.exit_code == 0


def test_run_prepares_everything_and_shows_a_first_match(huiqi) -> None:  # type: ignore[no-untyped-def]
    first = huiqi("run", "--no-serve", "--samples", "24")
    second = huiqi("run", "--no-serve", "--samples", "24")

    for result in (first, second):
        assert result.exit_code == 0, result.output
        for said in ("第一份匹配", "可申报", "请打开", "/enter?ticket=", "企业：24 家"):
            assert said in result.output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("frob",), "没有这个命令"),
        (("match", "--nope"), "没有选项 --nope"),
        (("enterprises", "list", "--limit", "0"), "应为 1 到 1000 的整数"),
        (("policies", "validate", ""), "路径不能为空"),
        (("match", "--enterprise", "123"), "您填的是 3 位"),
        (("match", "--enterprise", "914403001922038216", "--on", "0001-01-01"), "1990 年到 2100 年"),
    ],
)
def test_wrong_use_is_explained_in_chinese(huiqi, arguments: tuple[str, ...], said: str) -> None:  # type: ignore[no-untyped-def]
    huiqi("db", "upgrade")

    result = huiqi(*arguments)

    assert result.exit_code == 2
    assert said in result.output


def test_a_policy_corrected_in_the_store_is_kept_by_run(huiqi, stocked: Services) -> None:  # type: ignore[no-untyped-def]
    from dataclasses import replace

    from service.storage.policies import save_policy

    first = stocked.catalogue().policies[0].policy
    with stocked.database.writing() as session:
        save_policy(session, replace(first, summary="更正过的说明"), stocked.clock.now())

    assert "保留库里的版本" in huiqi("run", "--no-serve", "--samples", "0").output
    assert "更正过的说明" in huiqi("policies", "show", first.id).output


def test_check_names_what_ends_soon_and_says_so_by_its_exit_code(huiqi, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.yaml").write_text(GOOD.replace("source:", "valid_until: 2026-12-31\nsource:"), encoding="utf-8")

    soon = huiqi("policies", "check", "a.yaml", "--on", "2026-11-22")
    later = huiqi("policies", "check", "a.yaml", "--on", "2026-06-01")

    assert soon.exit_code == 1 and "快到期：1 个" in soon.output and "2026年12月31日" in soon.output
    assert later.exit_code == 0 and later.output.strip() == "没有要处理的政策。"


def test_check_reads_the_stored_policies_too(huiqi, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.yaml").write_text(GOOD.replace("source:", "valid_until: 2026-12-31\nsource:"), encoding="utf-8")
    huiqi("db", "upgrade")
    huiqi("policies", "import", "a.yaml")

    result = huiqi("policies", "check", "--stored", "--on", "2026-11-22", "--json")

    assert result.exit_code == 1
    assert [(row["care"], row["policy"], row["day"]) for row in json.loads(result.output)] == [
        ("ending", "one-award", "2026-12-31")
    ]
    assert huiqi("policies", "check", "a.yaml", "--stored").exit_code == 2


def test_a_defect_in_a_file_stops_the_check_and_is_named_with_its_file(huiqi, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "bad.yaml").write_text(BROKEN, encoding="utf-8")

    result = huiqi("policies", "check", "bad.yaml")

    assert result.exit_code == 2 and "bad.yaml" in result.output


def test_coverage_prints_its_tables_and_counts(huiqi, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "a.yaml").write_text(GOOD.replace("    applicants", "    topics: [高企]\n    applicants"), "utf-8")

    said = huiqi("policies", "coverage", "a.yaml")
    counted = json.loads(huiqi("policies", "coverage", "a.yaml", "--json").output)

    assert said.exit_code == 0
    for words in ("按主题", "高企", "北海", "共 1 份文件、1 个事项、0 个算例", "还没有任何事项的主题"):
        assert words in said.output
    assert counted["by_topic"]["高企"] == {"city": 1} and counted["by_place"]["371600"] == {"policies": 1, "items": 1}


def test_one_bad_file_never_stops_the_count_of_the_others(huiqi, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "all").mkdir()
    (tmp_path / "all/a.yaml").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "all/b.yaml").write_text(GOOD, encoding="utf-8")

    counted, checked = huiqi("policies", "coverage", "all"), huiqi("policies", "check", "all")

    for result in (counted, checked):
        assert result.exit_code == 1 and "a.yaml" in result.stderr
    assert "共 1 份文件" in counted.output
