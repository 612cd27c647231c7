"""`python -m indexes.training` makes the shipped encoder; `… evaluate` measures it beside plain overlap."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path

import click

from indexes.encoder import SHIPPED_NAME, Encoder, StaticEncoder, load_encoder
from indexes.training.card import card
from indexes.training.examples import Example, examples, read_phrases, read_topics
from indexes.training.measure import (
    Quality,
    RankingCases,
    by_encoder,
    by_overlap,
    by_weighted_overlap,
    figure,
    measure,
    read_cases,
)
from policies.files import read_catalogue
from policies.reference import load_reference

# Only decides which warnings the reader of policies gives; the texts are the same on any day.
READ_AS_OF = "2026-11-21"
CASES = Path("tests/quality/ranking_cases.yaml")
_FOLDER = click.Path(file_okay=False, path_type=Path)
_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--into", type=_FOLDER, default=None, help="写到哪个文件夹（默认随软件发布的那个）")
@click.option("--on", "day", type=click.DateTime(["%Y-%m-%d"]), default=READ_AS_OF, help="按哪一天读取政策文件")
@click.option("--cases", "path", type=_FILE, default=CASES, help="写进说明文件的评测用例")
@click.pass_context
def main(context: click.Context, into: Path | None, day: datetime, path: Path) -> None:
    """训练随软件发布的编码器；加 evaluate 只评测。"""
    if context.invoked_subcommand is None:
        _make(into or Path(str(files("indexes.model"))), day, read_cases(path.read_text(encoding="utf-8")))


@main.command()
@click.option("--cases", "path", type=_FILE, default=CASES, help="评测用例文件")
@click.option("--encoder", "name", default=None, help="编码器的文件夹或名称（默认随软件发布的那个）")
def evaluate(path: Path, name: str | None) -> None:
    """打印 nDCG@5 和 hit@3：字面重合（基线）与编码器，附 95% 自助区间。"""
    for line in _figures(load_encoder(name), read_cases(path.read_text(encoding="utf-8"))):
        click.echo(line)


def _figures(encoder: Encoder, cases: RankingCases) -> Iterator[str]:
    overlap = measure("字面重合（二字组）", by_overlap, cases)
    weighted = measure("字面重合（二字组，逆频加权）", by_weighted_overlap, cases)
    ours = measure(f"编码器 {encoder.id}", by_encoder(encoder), cases)
    yield f"{len(cases.cases)} 个企业描述，{len(cases.texts)} 条政策文本"
    yield from (_line(quality) for quality in (overlap, weighted, ours))
    yield f"nDCG@5 {figure(ours.ndcg - weighted.ndcg)}  hit@3 {figure(ours.hit - weighted.hit)}  编码器比加权基线高出"


def _line(quality: Quality) -> str:
    return f"nDCG@5 {figure(quality.ndcg)}  hit@3 {figure(quality.hit)}  {quality.name}"


def _make(folder: Path, day: datetime, cases: RankingCases) -> None:
    # Imported here: training needs torch, evaluating does not.
    from indexes.training.contrast import Settings, train
    from indexes.training.folder import write_folder
    from indexes.training.segmentation import make_tokenizer

    settings = Settings()
    reference = load_reference()
    reports = read_catalogue(reference, day.date())
    learnt = examples(reference, [report.policy for report in reports if report.policy is not None])
    tokenizer = make_tokenizer(_texts(learnt), settings.seen_at_least)
    table = train(learnt, tokenizer, settings)
    write_folder(folder, tokenizer, table)
    encoder = StaticEncoder.read(folder, SHIPPED_NAME)
    figures = list(_figures(encoder, cases))
    tables = len(read_phrases()), len(read_topics())
    text = card(settings, len(learnt), len(table), tables, _fingerprint(learnt), figures)
    (folder / "README.md").write_text(text, encoding="utf-8")
    click.echo("\n".join((f"{len(learnt)} 对文本，{len(table)} 个词，{encoder.dimension} 维", *figures)))


def _texts(learnt: Iterable[Example]) -> list[str]:
    return sorted({text for pair in learnt for text in (pair.text, pair.near)})


def _fingerprint(learnt: Iterable[Example]) -> str:
    return hashlib.sha256("\n".join(f"{pair.text}\t{pair.near}" for pair in learnt).encode()).hexdigest()[:12]


if __name__ == "__main__":
    main()
