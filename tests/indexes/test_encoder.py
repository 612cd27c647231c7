from __future__ import annotations

import json
import shutil
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest

from indexes.encoder import BrokenEncoder, StaticEncoder, load_encoder

TEXTS = [
    "铝板带箔生产，轻量化部件",
    "床上用品出口 ＡＢＣ erp",
    "",
    "12345，。",
    "𠀀𠀁",
    "商用厨房设备\n绳网\t化工",
    "养老托育" * 200,
]


def shipped() -> Path:
    return Path(str(files("indexes.model")))


@pytest.fixture
def copied(tmp_path: Path) -> Path:
    return Path(shutil.copytree(shipped(), tmp_path / "encoder", ignore=shutil.ignore_patterns("*.py", "__pycache__")))


def test_rows_have_unit_length_and_a_text_nothing_is_known_of_gives_zeros() -> None:
    vectors = load_encoder(None).encode(TEXTS)

    lengths = np.linalg.norm(vectors, axis=1)

    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), load_encoder(None).dimension)
    assert np.allclose(lengths, [1, 1, 0, 0, 0, 1, 1], atol=1e-6)


def test_no_texts_give_no_rows() -> None:
    encoder = load_encoder(None)

    assert encoder.encode([]).shape == (0, encoder.dimension)


@pytest.mark.slow
def test_the_shipped_vectors_are_those_of_sentence_transformers() -> None:
    from sentence_transformers import SentenceTransformer

    theirs = SentenceTransformer(str(shipped()), device="cpu").encode(TEXTS, normalize_embeddings=True)

    assert np.abs(load_encoder(None).encode(TEXTS) - theirs).max() <= 1e-6


@pytest.mark.slow
def test_a_static_folder_that_sentence_transformers_saved_gives_its_vectors(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Normalize, StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(shipped() / "tokenizer.json"))
    model = SentenceTransformer(modules=[StaticEmbedding(tokenizer, embedding_dim=16), Normalize()], device="cpu")
    model.save(str(tmp_path / "theirs"))

    encoder = load_encoder(str(tmp_path / "theirs"))

    assert isinstance(encoder, StaticEncoder)
    assert np.abs(encoder.encode(TEXTS) - model.encode(TEXTS)).max() <= 1e-6


@pytest.mark.slow
def test_any_other_folder_is_read_by_sentence_transformers(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Dense, StaticEmbedding
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(shipped() / "tokenizer.json"))
    modules = [StaticEmbedding(tokenizer, embedding_dim=16), Dense(16, 8)]
    SentenceTransformer(modules=modules, device="cpu").save(str(tmp_path / "dense"))

    first, again = load_encoder(str(tmp_path / "dense")), load_encoder(str(tmp_path / "dense"))

    assert not isinstance(first, StaticEncoder)
    assert first.dimension == 8
    assert np.allclose(np.linalg.norm(first.encode(["铝板", "绳网"]), axis=1), 1, atol=1e-6)
    assert first.encode([]).shape == (0, 8)
    assert first.id == again.id and first.id.startswith("dense-")


def test_the_id_comes_from_the_content(copied: Path) -> None:
    before = load_encoder(str(copied)).id

    words = copied / "tokenizer.json"
    words.write_text(words.read_text(encoding="utf-8") + "\n", encoding="utf-8")

    assert load_encoder(None).id == load_encoder(None).id
    assert load_encoder(None).id.startswith("huiqi-static-")
    assert before.removeprefix("encoder-") == load_encoder(None).id.removeprefix("huiqi-static-")
    assert load_encoder(str(copied)).id != before


def test_a_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokenEncoder, match="找不到编码器文件夹"):
        load_encoder(str(tmp_path / "nowhere"))


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
def test_a_missing_file_is_named(copied: Path, name: str) -> None:
    (copied / name).unlink()

    with pytest.raises(BrokenEncoder, match=f"缺少 {name}"):
        load_encoder(str(copied))


@pytest.mark.parametrize(
    ("name", "says"),
    [("model.safetensors", "读不出来"), ("tokenizer.json", "读不出来"), ("modules.json", "modules.json")],
)
def test_a_damaged_file_is_told_in_plain_words(copied: Path, name: str, says: str) -> None:
    (copied / name).write_bytes(b"\xff{ not it")

    with pytest.raises(BrokenEncoder, match=says):
        load_encoder(str(copied))


def test_weights_that_do_not_fit_the_vocabulary_are_refused(copied: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"embedding.weight": np.zeros((3, 8), dtype=np.float32)}, copied / "model.safetensors")

    with pytest.raises(BrokenEncoder, match="对不上"):
        load_encoder(str(copied))


def test_a_folder_with_a_prompt_of_its_own_is_left_to_sentence_transformers(
    copied: Path,
) -> None:
    config = {"model_type": "SentenceTransformer", "prompts": {"query": "问："}, "default_prompt_name": "query"}
    (copied / "config_sentence_transformers.json").write_text(json.dumps(config), encoding="utf-8")

    assert not isinstance(load_encoder(str(copied)), StaticEncoder)


@pytest.mark.slow
def test_static_weights_kept_under_other_names_are_left_to_sentence_transformers(copied: Path) -> None:
    from safetensors.numpy import load_file, save_file

    table = load_file(copied / "model.safetensors")["embedding.weight"]
    save_file({"embeddings": table}, copied / "model.safetensors")

    encoder = load_encoder(str(copied))

    assert not isinstance(encoder, StaticEncoder)
    assert np.abs(encoder.encode(TEXTS) - load_encoder(None).encode(TEXTS)).max() <= 1e-6


def test_the_shipped_encoder_needs_neither_torch_nor_sentence_transformers() -> None:
    program = (
        "import sys; from indexes.encoder import load_encoder; import indexes.matcher; load_encoder(None).encode(['铝'])\n"
        "print([name for name in ('torch', 'sentence_transformers', 'transformers') if name in sys.modules])"
    )

    told = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=shipped().parents[1]
    )

    assert told.stdout.strip() == "[]"


def test_the_shipped_folder_is_at_most_ten_megabytes() -> None:
    assert sum(path.stat().st_size for path in shipped().rglob("*") if path.is_file()) <= 10_000_000
