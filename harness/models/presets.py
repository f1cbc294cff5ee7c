"""Local servers by name: ``vllm/MODEL`` is an OpenAI-compatible server on that server's own port.

What each of them does its own way is said by ``track15 doctor``; nothing here changes a request,
since what a server can do is found out by asking it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Preset:
    """A kind of server.

    Attributes:
        title: Its name, as its makers write it.
        port: The port it listens on unless told otherwise.
        start: A command that starts it.
        context: Where the longest prompt it takes is set.
        advice: What a user of this package should know, a sentence each.
    """

    title: str
    port: int
    start: str
    context: str
    advice: tuple[str, ...] = ()

    @property
    def base_url(self) -> str:
        """Where it is found on this machine."""
        return f"http://127.0.0.1:{self.port}/v1"


PRESETS: Final[Mapping[str, Preset]] = {
    "vllm": Preset(
        "vLLM",
        8000,
        "vllm serve MODEL --enable-prompt-tokens-details",
        "--max-model-len of vllm serve",
        (
            (
                "It says how many prompt tokens its prefix cache served only when started with "
                "--enable-prompt-tokens-details."
            ),
            (
                "For a reasoning model, add --reasoning-parser; otherwise its reasoning is read as "
                "speech."
            ),
        ),
    ),
    "llamacpp": Preset(
        "llama.cpp",
        8080,
        "llama-server -m MODEL.gguf -c 65536 -np 4",
        "-c of llama-server, which its -np slots share",
        (
            (
                "It shares its context (-c) among its slots (-np), so each request has -c / -np "
                "tokens. Give --max-connections no more than -np."
            ),
        ),
    ),
    "ollama": Preset(
        "Ollama",
        11434,
        "OLLAMA_CONTEXT_LENGTH=24576 ollama serve",
        "OLLAMA_CONTEXT_LENGTH of ollama serve",
        (
            (
                "It silently cuts a prompt that is longer than its context. Start it with "
                "OLLAMA_CONTEXT_LENGTH at 24576 or more; track15 plan says how long prompts get."
            ),
            "It answers OLLAMA_NUM_PARALLEL requests at once and queues the others.",
        ),
    ),
    "lmstudio": Preset(
        "LM Studio",
        1234,
        "lms server start",
        "the context length that the model is loaded with (lms load --context-length)",
        (
            (
                "Load the model with a context of 24576 tokens or more; track15 plan says how long "
                "prompts get."
            ),
        ),
    ),
    "sglang": Preset(
        "SGLang",
        30000,
        "python -m sglang.launch_server --model-path MODEL --enable-cache-report",
        "--context-length of sglang.launch_server",
        (
            (
                "It says how many prompt tokens its prefix cache served only when started with "
                "--enable-cache-report."
            ),
            (
                "For a reasoning model, add --reasoning-parser; otherwise its reasoning is read as "
                "speech."
            ),
        ),
    ),
}
