"""Policy files: hostile text in, a policy or every defect out; one bad file never stops the rest."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from policies.conditions import All
from policies.document import Policy
from policies.document_data import policy_data
from policies.document_reader import PolicyReader
from policies.files import MAX_BYTES, FileReport, parse_yaml, read_catalogue, read_policies, read_policy_text
from policies.problems import InvalidData, Problems
from policies.reference import load_reference
from tests.builders import DAY, SHIPPED, item_of, policy_of
from tests.policies.strategies import policies

Change = Callable[[dict[str, Any]], Any]


def valid_data(**changes: Any) -> dict[str, Any]:
    conditions = {"fact": "region", "within": "371600"}
    return {**policy_data(policy_of(item_of(conditions))), **changes}


def read(data: Any) -> FileReport:
    return read_policy_text(data if isinstance(data, str) else json.dumps(data), "policy.yaml", load_reference(), DAY)


def item_with(**changes: Any) -> dict[str, Any]:
    data = valid_data()
    return {**data, "items": [{**data["items"][0], **changes}]}


def test_the_sample_document_is_valid_without_a_warning() -> None:
    report = read(valid_data())

    assert report.problems == ()
    assert report.policy == policy_of(item_of({"fact": "region", "within": "371600"}))


@pytest.mark.parametrize(
    ("data", "where", "expected"),
    [
        ([1], "", "一份政策文件"),
        (valid_data(format=2), "format", "应为 1"),
        (valid_data(id="Bad Id"), "id", "小写字母"),
        (valid_data(title=""), "title", "文字"),
        (valid_data(title=None), "title", "文字"),
        (valid_data(issuers=[]), "issuers", "文字列表"),
        (valid_data(issuers="滨州市"), "issuers", "文字列表"),
        (valid_data(region="火星"), "region", "行政区划"),
        (valid_data(themes=["航天"]), "themes.0", "科技创新"),
        (valid_data(published="2026-02-30"), "published", "日期不存在"),
        (valid_data(effective="2026-01-01", valid_until="2025-12-31"), "valid_until", "不早于施行日期"),
        (valid_data(status={"standing": "gone"}), "status.standing", "in_force"),
        (valid_data(source={"kind": "official"}), "source", "url 和 opened"),
        (valid_data(source={"kind": "press", "url": "javascript:x", "opened": "2026-11-01"}), "source.url", "http"),
        (valid_data(source="网上"), "source", "应为对象"),
        (valid_data(items=[]), "items", "1 到 200 个"),
        (valid_data(items={}), "items", "1 到 200 个"),
        (valid_data(items=["x"]), "items.0", "政策事项"),
        (valid_data(items=valid_data()["items"] * 2), "items.1.id", "各不相同"),
        (valid_data(conditions={"fact": "revenu"}), "conditions.fact", "是不是 revenue"),
        (valid_data(colour="red"), "colour", "这里可以写"),
        (item_with(applicants=["robot"]), "items.0.applicants.0", "enterprise"),
        (item_with(applicants=[]), "items.0.applicants", "文字列表"),
        (item_with(conditions=5), "items.0.conditions", "应为一个条件"),
        (item_with(benefit=None), "items.0.benefit", "应为支持标准"),
        (item_with(apply={"opens": "2026-05-01", "closes": "2026-04-01"}), "items.0.apply.closes", "不早于开始日期"),
        (item_with(apply={"yearly": {"opens": "02-29", "closes": "03-01"}}), "items.0.apply.yearly.opens", "每年都有的月日"),
        (item_with(apply={"yearly": {"opens": "03-01"}}), "items.0.apply.yearly.closes", "月日"),
        (item_with(apply={"opens": "2026-05-01", "yearly": {"opens": "03-01", "closes": "04-01"}}), "items.0.apply.yearly", "只能写一种"),
        (item_with(apply={"mode": "by_magic"}), "items.0.apply.mode", "by_application"),
        (item_with(apply={"announced": "yes"}), "items.0.apply.announced", "true 或 false"),
        (item_with(funds_exhausted_on="soon"), "items.0.funds_exhausted_on", "应为日期"),
        (item_with(keywords=[1]), "items.0.keywords", "文字列表"),
        (item_with(cases=[{"on": "2026-01-01", "outcome": "maybe"}]), "items.0.cases.0.outcome", "eligible"),
        (item_with(cases=[{"outcome": "eligible"}]), "items.0.cases.0.on", "判定日期"),
        (item_with(cases=[{"on": "2026-01-01", "outcome": "eligible", "amount": "much"}]), "items.0.cases.0.amount", "unknown"),
        (item_with(cases=[{"on": "2026-01-01", "outcome": "eligible", "profile": {"revenue": 1}}]), "items.0.cases.0.profile.revenue", "按年份"),
        (item_with(cases=5), "items.0.cases", "算例列表"),
    ],
)  # fmt: skip
def test_a_defect_says_where_and_what_is_expected(data: Any, where: str, expected: str) -> None:
    report = read(data)

    assert report.policy is None
    assert any(p.where == where and expected in p.expected for p in report.errors), list(map(str, report.problems))


def test_every_defect_of_a_file_is_named_at_once_with_its_line() -> None:
    text = yaml.safe_dump(valid_data(id="Bad Id", colour="red", region="火星"), sort_keys=False, allow_unicode=True)
    lines = text.splitlines()

    for problem in read(text).errors:
        assert problem.line is not None
        assert lines[problem.line - 1].startswith(problem.where)
        assert str(problem).startswith(f"第 {problem.line} 行 {problem.where}：")
    assert {problem.where for problem in read(text).errors} == {"id", "colour", "region"}


def test_a_local_item_that_names_no_place_is_a_warning_only() -> None:
    report = read(item_with(conditions=None))

    assert report.policy is not None
    assert [(problem.where, problem.warning) for problem in report.problems] == [("items.0.conditions", True)]
    assert report.errors == ()


# ---------------------------------------------------------------------- hostile text

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", "文件是空的"),
        ("# 只有注释\n", "文件是空的"),
        (BOMB, "锚点或别名"),
        ("a: 1\na: 2\n", "键“a”重复"),
        ("x:\n  - {b: 1, b: 2}\n", "键“b”重复"),
        ('{"a": 1, "a": 2}', "键“a”重复"),
        ("2025: 1\n2025: 2\n", "键“2025”重复"),
        ("true: 1\n", "键写错了"),
        ("? [a]\n: 1\n", "键写错了"),
        ("a: 1\n---\na: 2\n", "不止一份"),
        ("a: !!python/object/apply:os.system [ls]\n", "类型标记"),
        ('a: !!timestamp "x"\n', "类型标记"),
        ('a: !!bool "x"\n', "类型标记"),
        ("a: [1, 2\n", "不是有效的 YAML"),
        ("a: b: c\n", "不是有效的 YAML"),
        ("\tа: 1\n", "不是有效的 YAML"),
        ("a: \x00\n", "不是有效的 YAML"),
        ("a: \ud800\n", "不是有效的 YAML"),
        ('a: "\\ud800"\n', "残缺的字符"),
        ('a: "\\0"\n', "控制字符"),
        ("[" * 500 + "]" * 500, "嵌套过深"),
        ("a: " + "x" * MAX_BYTES, "文件超过"),
    ],
)
def test_hostile_text_is_refused_in_words(text: str, found: str) -> None:
    with pytest.raises(InvalidData, match=found):
        parse_yaml(text)

    assert read(text).policy is None


def test_a_file_of_too_many_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("policies.files.MAX_EVENTS", 100)

    with pytest.raises(InvalidData, match="内容过多"):
        parse_yaml("- x\n" * 100)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"), ("yes", "yes"), ("No", "No"), ("true", True), ("false", False), ("True", "True"),
        ("null", None), ("~", None), ("", None), ("2026-11-21", "2026-11-21"), ("12:30", "12:30"),
        ("010", "010"), ("0x1F", "0x1F"), ("05433361234", "05433361234"), ("42", 42), ("-7", -7), ("'42'", "42"),
        (".inf", ".inf"), (".nan", ".nan"), ('"\\ud83d\\ude00"', "😀"), ("<<", "<<"), ("=", "="),
    ],
)  # fmt: skip
def test_only_plain_words_and_numbers_are_more_than_text(text: str, value: Any) -> None:
    assert parse_yaml(f"a: {text}\n")[0] == {"a": value}


def test_fractions_are_exact() -> None:
    read_value = parse_yaml("a: 12345678901234567.89\n")[0]["a"]

    assert str(read_value) == "12345678901234567.89"


def test_json_is_read_however_it_is_indented() -> None:
    data = valid_data(title="惠企😀政策")

    for indent in (None, 2, "\t"):
        for ascii_only in (True, False):
            report = read(json.dumps(data, indent=indent, ensure_ascii=ascii_only))
            assert report.policy is not None and report.policy.title == "惠企😀政策"


def test_a_huge_number_is_a_defect_and_not_a_crash() -> None:
    for number in ("9" * 5000, "0x" + "F" * 5000, "1e999"):
        report = read(json.dumps(valid_data()).replace("100000,", f"{number},", 1))
        assert any(problem.where == "items.0.benefit.amount" for problem in report.errors)


def test_two_thousand_conditions_nested_a_hundred_deep_are_read_from_a_file() -> None:
    tree: dict[str, Any] = {"fact": "region", "within": "371600"}
    for level in range(99):
        tree = {("all", "any")[level % 2]: [*[{"judged": "好"}] * 19, tree]}

    for text in (json.dumps(item_with(conditions=tree)), yaml.dump(item_with(conditions=tree), Dumper=Plain)):
        report = read(text)
        assert report.problems == ()
        assert report.policy is not None and isinstance(report.policy.items[0].conditions, All)


class Plain(yaml.SafeDumper):
    """Writes a value twice rather than as an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def test_a_condition_nested_too_deep_is_a_clear_error() -> None:
    tree: dict[str, Any] = {"judged": "好"}
    for _ in range(150):
        tree = {"not": tree}
    (problem,) = read(item_with(conditions=tree)).errors

    assert "条件嵌套过深" in problem.found
    assert problem.line == 1


# ---------------------------------------------------------------------- folders


def test_one_broken_file_of_a_folder_is_named_and_the_rest_loads(tmp_path: Path) -> None:
    write = {name: tmp_path / name for name in ("a.yaml", "b.yaml", "c.yml", "d.json", "e.yaml", "f.yaml", "notes.txt")}
    write["a.yaml"].write_text(yaml.safe_dump(valid_data(id="first"), allow_unicode=True), encoding="utf-8")
    write["b.yaml"].write_bytes("title: 惠企".encode("gbk"))
    write["c.yml"].write_text(BOMB, encoding="utf-8")
    write["d.json"].write_text(json.dumps(valid_data(id="fourth")), encoding="utf-8-sig")
    write["e.yaml"].write_text(json.dumps(valid_data(id="first")), encoding="utf-8")
    write["f.yaml"].mkdir()
    write["notes.txt"].write_text("不是政策", encoding="utf-8")
    reports = read_policies(tmp_path, load_reference(), DAY)

    assert [report.name for report in reports] == ["a.yaml", "b.yaml", "c.yml", "d.json", "e.yaml", "f.yaml"]
    assert [report.policy.id if report.policy else None for report in reports] == [
        "first",
        None,
        None,
        "fourth",
        None,
        None,
    ]
    assert "UTF-8" in reports[1].errors[0].found
    assert "锚点" in reports[2].errors[0].found
    assert "已在 a.yaml 中出现" in reports[4].errors[0].found
    assert "不是普通文件" in reports[5].errors[0].found


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "latin-1"])
def test_another_encoding_is_refused(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes("title: 惠企é".encode(encoding, "ignore"))
    (report,) = read_policies(path, load_reference(), DAY)

    assert "不是 UTF-8 编码" in report.errors[0].found


def test_a_file_too_large_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(b"\xff" * (MAX_BYTES + 1))
    (report,) = read_policies(path, load_reference(), DAY)

    assert "文件超过 2 MB" in report.errors[0].found


def test_a_path_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_policies(tmp_path / "nothing", load_reference(), DAY)


def test_the_shipped_catalogue_has_no_defect() -> None:
    for report in read_catalogue(load_reference(), SHIPPED):
        assert report.errors == (), (report.name, list(map(str, report.errors)))


# ---------------------------------------------------------------------- round trips


@settings(max_examples=60, deadline=None)
@given(policies(), st.booleans())
def test_a_policy_survives_being_written_and_read(policy: Policy, as_json: bool) -> None:
    written = policy_data(policy)
    text = json.dumps(written) if as_json else yaml.dump(written, Dumper=Plain, allow_unicode=True, sort_keys=False)
    report = read(text)

    assert report.errors == ()
    assert report.policy == policy
    assert policy_data(report.policy) == written


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("ab: -[]{},\n\t\"'&*!|>?%@#0x1e.~<=\\\ud83d\x00é惠"), max_size=40))
def test_any_text_is_data_or_refused_in_words(text: str) -> None:
    try:
        parse_yaml(text)
    except InvalidData as error:
        assert error.problems[0].found and error.problems[0].expected


def test_a_source_opened_later_than_today_is_a_warning_that_stops_nothing() -> None:
    problems = Problems()

    policy = PolicyReader(problems, load_reference(), DAY).read(
        valid_data(source={"kind": "press", "url": "https://a.cn", "opened": "2026-12-01"})
    )

    assert policy is not None
    assert [(problem.where, problem.warning) for problem in problems.listed][:1] == [("source.opened", True)]
