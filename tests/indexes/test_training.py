from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from indexes.encoder import StaticEncoder
from indexes.training.__main__ import main
from indexes.training.examples import Example, examples, read_phrases, read_topics
from indexes.training.folder import write_folder
from indexes.training.measure import by_overlap, by_weighted_overlap, figure, measure, read_cases
from indexes.training.segmentation import make_tokenizer, words_of
from policies.reference import load_reference
from tests.indexes.builders import a_policy, an_item

TINY = [
    Example("铝板带箔", "铝压延加工"),
    Example("铝型材门窗", "铝压延加工"),
    Example("床单被套", "床上用品制造"),
    Example("枕套四件套", "床上用品制造"),
    Example("渔网缆绳", "绳索缆制造"),
]
TEXTS = sorted({text for pair in TINY for text in (pair.text, pair.near)})


def trained(folder: Path) -> StaticEncoder:
    from indexes.training.contrast import Settings, train

    settings = Settings(dimension=16, rounds=30, batch=4, seen_at_least=(1, 1, 2, 2))
    tokenizer = make_tokenizer(TEXTS, settings.seen_at_least)
    write_folder(folder, tokenizer, train(TINY, tokenizer, settings))
    return StaticEncoder.read(folder, "tiny")


@pytest.mark.slow
def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = trained(tmp_path / "first"), trained(tmp_path / "second")

    assert first.id == second.id
    for path in (tmp_path / "first").iterdir():
        assert path.read_bytes() == (tmp_path / "second" / path.name).read_bytes()


@pytest.mark.slow
def test_training_brings_together_what_belongs_together(tmp_path: Path) -> None:
    encoder = trained(tmp_path / "tiny")

    bed, aluminium, cover = encoder.encode(["床上用品制造", "铝压延加工", "被套"])

    assert cover @ bed > 0.5 > cover @ aluminium


def test_every_substring_up_to_four_characters_is_a_word() -> None:
    assert words_of("铝板带") == ["铝", "板", "带", "铝板", "板带", "铝板带"]


def test_a_tokenizer_is_the_same_from_the_same_texts() -> None:
    one, other = make_tokenizer(TEXTS, (1, 1, 2, 2)), make_tokenizer(reversed(TEXTS), (1, 1, 2, 2))

    assert one.to_str() == other.to_str()


def test_the_pairs_come_from_every_source_once() -> None:
    policy = a_policy(an_item(title="冷库补助", summary="新建冷库", keywords=("保鲜库",)), themes=("农业农村",)).policy

    pairs = examples(load_reference(), [policy])

    assert len(set(pairs)) == len(pairs)
    assert Example("冷库补助", "新建冷库") in pairs
    assert Example("保鲜库", "冷库补助 新建冷库") in pairs
    assert Example("铝压延加工", "有色金属压延加工") in pairs


def test_every_phrase_names_industries_and_topics_that_exist() -> None:
    reference, topics = load_reference(), read_topics()

    for phrase in read_phrases():
        assert all(code in reference.industries for code in phrase.industries), phrase
        assert set(phrase.topics) <= set(topics), phrase


def test_there_are_at_least_four_hundred_phrases_and_none_twice() -> None:
    texts = [phrase.text for phrase in read_phrases()]

    assert len(set(texts)) == len(texts) >= 400


CASES = """
texts: {cold: 新建冷库给予补助, nets: 绳网企业更新织机}
queries:
  - {text: 我们要建冷库, relevant: {cold: 2}}
  - {text: 织绳网的, relevant: {nets: 2, cold: 1}}
  - {text: 水果保鲜, relevant: {nets: 2}}
"""


def test_a_perfect_ranking_measures_one_and_a_wrong_one_less() -> None:
    quality = measure("overlap", by_overlap, read_cases(CASES))

    assert quality.ndcg.tolist() == [1.0, 1.0, pytest.approx(1 / np.log2(3))]
    assert quality.hit.tolist() == [1.0, 1.0, 1.0]


def test_rare_words_weigh_more() -> None:
    texts = ["补助 甲乙", "补助 丙丁", "补助 戊己"]

    plain, weighted = by_overlap(["补助甲乙"], texts), by_weighted_overlap(["补助甲乙"], texts)

    assert weighted[0][0] > weighted[0][1]
    assert weighted[0][1] / weighted[0][0] < plain[0][1] / plain[0][0]


def test_a_figure_has_its_mean_within_its_interval() -> None:
    values = np.array([0.0, 1.0, 1.0, 0.5])

    told = figure(values)

    assert told.low <= told.mean == 0.625 <= told.high
    assert str(told) == str(figure(values))


def test_a_case_that_names_an_unknown_text_is_refused() -> None:
    with pytest.raises(ValueError, match="没有的文本"):
        read_cases("texts: {a: 甲}\nqueries: [{text: 乙, relevant: {b: 2}}]")


def test_evaluate_prints_baselines_and_encoder(tmp_path: Path) -> None:
    path = tmp_path / "cases.yaml"
    path.write_text(CASES, encoding="utf-8")

    told = CliRunner().invoke(main, ["evaluate", "--cases", str(path)])

    assert told.exit_code == 0
    assert "3 个企业描述，2 条政策文本" in told.output
    assert len(re.findall(r"nDCG@5 .*hit@3", told.output)) == 4
