"""Texts to vectors. A static embedding is read with tokenizers and numpy alone; anything else by sentence-transformers."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import load as load_tensors
from tokenizers import Tokenizer

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

SHIPPED_NAME = "huiqi-static"
_STATIC_CLASS = ".StaticEmbedding"
_NORMALISING_CLASS = ".Normalize"


class BrokenEncoder(Exception):
    """The encoder folder is missing, or something in it cannot be read; the message is for people."""


class Encoder(Protocol):
    """Gives texts their vectors. `id` is stable and changes whenever the vectors could."""

    @property
    def id(self) -> str: ...
    @property
    def dimension(self) -> int: ...
    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (texts, dimension); rows have unit length, and a text nothing is known of gives a row of zeros."""
        ...


def load_encoder(name: str | None = None) -> Encoder:
    """The shipped encoder (None), or any sentence-transformers folder or name. Raises BrokenEncoder."""
    if name is None:
        return StaticEncoder.read(Path(str(files("indexes.model"))), SHIPPED_NAME)
    folder = Path(name)
    if not folder.is_dir():
        if folder.is_absolute() or name.startswith((".", "~")):
            raise BrokenEncoder(f"找不到编码器文件夹“{name}”，请检查 HUIQI_ENCODER 的设置")
        return _load_with_sentence_transformers(name)
    if _is_static(folder):
        return StaticEncoder.read(folder, folder.resolve().name)
    return _load_with_sentence_transformers(name)


def unit_rows(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Every row divided by its length; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.where(lengths > 0, lengths, 1), dtype=np.float32)


# ---------------------------------------------------------------------- static embeddings


class StaticEncoder:
    """A vector per token, averaged over the text. Safe to share between threads and to load before a fork."""

    def __init__(self, encoder_id: str, tokenizer: Tokenizer, table: NDArray[np.float32]) -> None:
        self._id = encoder_id
        self._tokenizer = tokenizer
        self._table = table

    @classmethod
    def read(cls, folder: Path, name: str) -> StaticEncoder:
        """Read a StaticEmbedding folder of sentence-transformers. Raises BrokenEncoder."""
        if not _is_static(folder):
            raise BrokenEncoder(
                f"编码器文件夹“{folder.name}”不完整：应为 sentence-transformers 的 StaticEmbedding 文件夹"
            )
        part = folder / _static_path(folder)
        weights, words = _bytes(part / "model.safetensors"), _bytes(part / "tokenizer.json")
        try:
            table = np.asarray(load_tensors(weights)["embedding.weight"], dtype=np.float32)
            tokenizer = Tokenizer.from_str(words.decode("utf-8"))
        except (SafetensorError, KeyError, UnicodeDecodeError) as error:
            raise BrokenEncoder(
                f"编码器文件夹“{folder.name}”里的权重读不出来（{error}），请重新安装或重新训练"
            ) from None
        except Exception as error:  # tokenizers raises bare Exception for a file it cannot read
            raise BrokenEncoder(f"编码器文件夹“{folder.name}”里的 tokenizer.json 读不出来（{error}）") from None
        if table.ndim != 2 or table.shape[0] < tokenizer.get_vocab_size() or not np.isfinite(table).all():
            raise BrokenEncoder(f"编码器文件夹“{folder.name}”里的权重与词表对不上，请重新安装或重新训练")
        tokenizer.no_padding()
        return cls(f"{name}-{_digest(weights, words)}", tokenizer, table)

    @property
    def id(self) -> str:
        return self._id

    @property
    def dimension(self) -> int:
        return int(self._table.shape[1])

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            # One by one: encode_batch starts native threads, which a later fork would not survive.
            ids = self._tokenizer.encode(text, add_special_tokens=False).ids
            if ids:
                vectors[row] = self._table[ids].mean(axis=0)
        return unit_rows(vectors)


def _modules(folder: Path) -> list[dict[str, Any]]:
    try:
        modules = json.loads(_bytes(folder / "modules.json"))
        return sorted((dict(module) for module in modules), key=lambda module: int(module["idx"]))
    except (ValueError, TypeError, KeyError):
        raise BrokenEncoder(f"编码器文件夹“{folder.name}”里的 modules.json 读不出来") from None


def _is_static(folder: Path) -> bool:
    if not (folder / "modules.json").is_file():
        return False
    kinds = [str(module.get("type", "")) for module in _modules(folder)]
    plain = bool(kinds) and kinds[0].endswith(_STATIC_CLASS) and all(k.endswith(_NORMALISING_CLASS) for k in kinds[1:])
    return plain and not _has_default_prompt(folder) and not _has_other_weights(folder / _static_path(folder))


def _has_other_weights(part: Path) -> bool:
    """Whether the vectors are kept another way (model2vec's names, or a pickle): left to sentence-transformers."""
    path = part / "model.safetensors"
    try:
        with safe_open(path, framework="numpy") as tensors:
            return "embedding.weight" not in tensors.keys()  # noqa: SIM118 - it is no mapping
    except FileNotFoundError:
        return (part / "pytorch_model.bin").is_file()
    except (SafetensorError, OSError):
        return False


def _has_default_prompt(folder: Path) -> bool:
    """Whether texts get a prefix before they are encoded: left to sentence-transformers."""
    path = folder / "config_sentence_transformers.json"
    try:
        return bool(path.is_file() and json.loads(_bytes(path)).get("default_prompt_name"))
    except (ValueError, AttributeError):
        raise BrokenEncoder(f"编码器文件夹“{folder.name}”里的 {path.name} 读不出来") from None


def _static_path(folder: Path) -> str:
    return str(_modules(folder)[0].get("path", ""))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        raise BrokenEncoder(f"编码器文件夹“{path.parent.name}”里缺少 {path.name}") from None


def _digest(*contents: bytes) -> str:
    digest = hashlib.sha256()
    for content in contents:
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:12]


# ---------------------------------------------------------------------- every other encoder


class _TransformerEncoder:
    """Any sentence-transformers model. Not for a process that forks afterwards."""

    def __init__(self, encoder_id: str, model: SentenceTransformer, dimension: int) -> None:
        self._id = encoder_id
        self._model = model
        self._dimension = dimension

    @property
    def id(self) -> str:
        return self._id

    @property
    def dimension(self) -> int:
        return self._dimension

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        if not texts:
            return np.zeros((0, self._dimension), dtype=np.float32)
        vectors = self._model.encode(list(texts), convert_to_numpy=True, show_progress_bar=False)
        return unit_rows(np.asarray(vectors, dtype=np.float32))


def _load_with_sentence_transformers(name: str) -> Encoder:
    # Imported here: it brings torch, which no process should load unless it uses such an encoder.
    from sentence_transformers import SentenceTransformer

    try:
        model = SentenceTransformer(name, device="cpu")
    except Exception as error:  # whatever torch, transformers or the hub raise for a folder or name that is no model
        raise BrokenEncoder(
            f"编码器“{name}”无法载入（{type(error).__name__}）：应为 sentence-transformers 的文件夹或名称"
        ) from error
    dimension = model.get_embedding_dimension()
    if dimension is None:
        raise BrokenEncoder(f"编码器“{name}”没有说明向量维数，无法使用")
    state = model.state_dict()
    weights = (name_.encode() + state[name_].cpu().contiguous().numpy().tobytes() for name_ in sorted(state))
    words = json.dumps(model.tokenizer.get_vocab(), sort_keys=True, ensure_ascii=False).encode()
    short = Path(name).name
    return _TransformerEncoder(f"{short}-{_digest(*weights, words, repr(model).encode())}", model, dimension)
