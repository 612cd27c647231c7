"""Writes what was learnt as a folder that sentence-transformers, and our own reader, can load."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save
from tokenizers import Tokenizer

# The name of the class that every release of sentence-transformers we allow can resolve.
_MODULES = [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.StaticEmbedding"}]
_CONFIG = {
    "model_type": "SentenceTransformer",
    "prompts": {"query": "", "document": ""},
    "default_prompt_name": None,
    "similarity_fn_name": "cosine",
}


def write_folder(folder: Path, tokenizer: Tokenizer, table: NDArray[np.float32]) -> None:
    """The same tokenizer and table give the same bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = save({"embedding.weight": np.ascontiguousarray(table, dtype=np.float32)})
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "tokenizer.json").write_text(tokenizer.to_str(), encoding="utf-8")
    for name, data in (("modules.json", _MODULES), ("config_sentence_transformers.json", _CONFIG)):
        (folder / name).write_text(json.dumps(data, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
