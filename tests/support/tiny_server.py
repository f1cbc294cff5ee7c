"""A real llama.cpp server with a tiny random model: real sampling, real grammars, no download.

The model knows nothing, but it speaks: a one-layer llama of width 64 whose vocabulary is bytes,
ASCII and a few words. What a server with constrained decoding does to a schema is real.
"""

from __future__ import annotations

import importlib.util
import os
import select
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Weights = NDArray[np.float32]

# One layer and one head: with a character a token prompts are long, and attention over them is
# nearly all that the server does. More of either teaches a random model nothing.
WIDTH, LAYERS, HEADS, INNER, CONTEXT = 64, 1, 1, 128, 16384
WORDS = [
    "we",
    "you",
    "offer",
    "accept",
    "reject",
    "counter",
    "fee",
    "term",
    "deal",
    "party",
    "percent",
    "years",
    "treaty",
    "budget",
]
BLANK = "\u2581"  # how a SentencePiece vocabulary writes a space
UNKNOWN, BEGIN, END, FIRST_BYTE, FIRST_CHARACTER = 0, 1, 2, 3, 259
START_SECONDS = 300
"""Patience for a machine that does much else: it takes one."""
CHAT_TEMPLATE = (
    "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant: "
)


def is_available() -> bool:
    """Whether the packages the server needs are installed."""
    return all(importlib.util.find_spec(name) for name in ("xllamacpp", "gguf", "numpy"))


class TinyServer:
    """The server, running between ``__enter__`` and ``__exit__``; with a model file of its own or
    one that is given.

    It is a process of its own: stopped within one, llama.cpp's server can wait for ever for a loop
    that it has not yet entered. The process ends with its standard input, so none is left behind.

    Args:
        slots: Requests served at once, each with a context of its own.
        seed: Of the model's weights.
        gguf: A model file to serve in place of the random one.
        context: Tokens that a slot holds.
    """

    model = "tiny"

    def __init__(
        self,
        *,
        slots: int = 2,
        seed: int = 7,
        gguf: Path | None = None,
        context: int = CONTEXT,
    ) -> None:
        words = [slots, seed, context, *([] if gguf is None else [gguf])]
        self._command = [sys.executable, __file__, *map(str, words)]
        self._process: subprocess.Popen[str] | None = None
        self.base_url = ""

    def __enter__(self) -> TinyServer:
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], START_SECONDS)
        address = self._process.stdout.readline().strip() if ready else ""
        if not address:
            self.__exit__()
            raise RuntimeError("the llama.cpp server did not start")
        self.base_url = f"{address}/v1"
        return self

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def serve(slots: int, seed: int, context: int, gguf: Path | None) -> None:
    """Serve until standard input ends; print the server's address when it listens."""
    import xllamacpp

    with tempfile.TemporaryDirectory() as folder:
        path = gguf or Path(folder) / "tiny.gguf"
        if gguf is None:
            write_model(path, seed=seed)
        params = xllamacpp.CommonParams()
        params.model.path = str(path)
        params.hostnames = ["127.0.0.1"]
        params.port = 0
        params.n_parallel = slots
        params.n_ctx = context * slots
        params.cpuparams.n_threads = 1  # more would wait for each other on a busy machine
        params.warmup = False
        params.verbosity = 1  # errors only
        server = xllamacpp.Server(params)
    sys.stdout.write(f"{server.listening_address}\n")
    sys.stdout.flush()
    sys.stdin.read()
    os._exit(0)  # without the server's destructor, see TinyServer


def write_model(path: Path, *, seed: int) -> None:
    """Write the model as a GGUF file (about 0.6 MB)."""
    import gguf
    import numpy as np

    tokens, types = _vocabulary()
    generator = np.random.default_rng(seed)

    def normal(*shape: int, scale: float = 0.08) -> Weights:
        return (generator.standard_normal(shape) * scale).astype(np.float32)

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(LAYERS)
    writer.add_feed_forward_length(INNER)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(HEADS)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_file_type(0)
    writer.add_tokenizer_model("llama")
    writer.add_token_list([token.encode() for token in tokens])
    writer.add_token_types(types)
    writer.add_token_scores(_merge_scores(tokens))
    writer.add_bos_token_id(BEGIN)
    writer.add_eos_token_id(END)
    writer.add_unk_token_id(UNKNOWN)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT_TEMPLATE)
    embedding, head = _embedding_and_head(tokens, normal)
    writer.add_tensor("token_embd.weight", embedding)
    writer.add_tensor("output.weight", head)
    ones = np.ones(WIDTH, np.float32)
    writer.add_tensor("output_norm.weight", ones)
    for layer in range(LAYERS):
        writer.add_tensor(f"blk.{layer}.attn_norm.weight", ones)
        writer.add_tensor(f"blk.{layer}.ffn_norm.weight", ones)
        for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
            writer.add_tensor(f"blk.{layer}.{name}.weight", normal(WIDTH, WIDTH))
        writer.add_tensor(f"blk.{layer}.ffn_gate.weight", normal(INNER, WIDTH))
        writer.add_tensor(f"blk.{layer}.ffn_up.weight", normal(INNER, WIDTH))
        writer.add_tensor(f"blk.{layer}.ffn_down.weight", normal(WIDTH, INNER))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _vocabulary() -> tuple[list[str], list[int]]:
    """Control tokens, 256 bytes, printable ASCII, and every prefix of every word.

    SentencePiece merges two neighbours at a time, so a word is only reached through its prefixes.
    """
    from gguf import TokenType

    prefixes = {(BLANK + word)[:end] for word in WORDS for end in range(2, len(word) + 2)}
    rows: list[tuple[str, TokenType]] = [
        ("<unk>", TokenType.UNKNOWN),
        ("<s>", TokenType.CONTROL),
        ("</s>", TokenType.CONTROL),
    ]
    rows += [(f"<0x{byte:02X}>", TokenType.BYTE) for byte in range(256)]
    rows += [(character, TokenType.NORMAL) for character in [BLANK, *map(chr, range(33, 127))]]
    rows += [(prefix, TokenType.NORMAL) for prefix in sorted(prefixes, key=lambda p: (len(p), p))]
    return [token for token, _ in rows], [int(kind) for _, kind in rows]


def _merge_scores(tokens: list[str]) -> list[float]:
    """Shorter prefixes merge first; single characters never."""
    first_prefix = FIRST_CHARACTER + 95
    return [-float(i) if i >= first_prefix else -1000.0 for i in range(len(tokens))]


def _embedding_and_head(
    tokens: list[str], normal: Callable[..., Weights]
) -> tuple[Weights, Weights]:
    """Random tables, with a bias per token so that replies are words and come to an end.

    The first dimension of every embedding is a constant; its row in the head is then a bias.
    """
    import numpy as np

    bias = np.zeros(len(tokens), np.float32)
    bias[FIRST_BYTE:FIRST_CHARACTER] = -6
    bias[tokens.index("\\")] = -6
    bias[tokens.index('"')] = 3
    bias[END] = 2.5
    bias[tokens.index("p")] = 3  # "propose" and "pass" are always open; "reject" is mostly not
    for word in WORDS:
        bias[tokens.index(BLANK + word)] = 2.5
    embedding = normal(len(tokens), WIDTH, scale=1.0)
    head = normal(len(tokens), WIDTH, scale=0.35)
    embedding[:, 0] = 4
    head[:, 0] = bias / 2
    return embedding, head


if __name__ == "__main__":
    numbers, files = sys.argv[1:4], sys.argv[4:]
    serve(*map(int, numbers), gguf=Path(files[0]) if files else None)  # type: ignore[misc]
