"""What other programs write into their PNG files: prompt, model and settings, read back where there are any."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_STEPS = 50  # links followed through a graph
LEADS = ("text", "text_g", "string", "value", "conditioning", "positive")  # inputs of a node by which a prompt comes


@dataclass(frozen=True)
class Foreign:
    """The prompt, the model's name ("" where none is told), and everything else as one text."""

    prompt: str
    model: str = ""
    rest: str = ""


def settings_of(info: Mapping[Any, Any]) -> Foreign | None:
    """The settings among a picture's text chunks; None where there are none that are known."""
    chunks = {key: value for key, value in info.items() if isinstance(key, str) and isinstance(value, str)}
    readers = {"parameters": _lines, "invokeai_metadata": _invoke, "sd-metadata": _dream, "prompt": _graph}
    for name, reader in readers.items():
        if name in chunks and (found := reader(chunks[name])):
            return found
    return None


def _lines(text: str) -> Foreign | None:
    """AUTOMATIC1111's and its descendants': the prompt, "Negative prompt: …", and a last line "Steps: …, Model: …"."""
    lines = text.strip().splitlines()
    starts = (at for at, line in enumerate(lines) if line.startswith(("Negative prompt:", "Steps:")))
    end = next(starts, len(lines))
    rest = "\n".join(lines[end:])
    model = re.search(r"\bModel: ([^,\n]+)", rest)
    return Foreign("\n".join(lines[:end]).strip(), model[1].strip() if model else "", rest)


def _invoke(text: str) -> Foreign | None:
    facts = _mapping(text)
    model = facts.get("model")
    name = (model.get("name") or model.get("model_name")) if isinstance(model, Mapping) else model
    return _plain(facts.get("positive_prompt"), name, {**facts, "positive_prompt": None})


def _dream(text: str) -> Foreign | None:
    facts = _mapping(text)
    image = facts.get("image")
    prompt = image.get("prompt") if isinstance(image, Mapping) else None
    if isinstance(prompt, list) and prompt and isinstance(prompt[0], Mapping):
        prompt = prompt[0].get("prompt")
    return _plain(prompt, facts.get("model_weights"), facts)


def _graph(text: str) -> Foreign | None:
    """ComfyUI's: a graph of nodes; the prompt is what the sampler's "positive" input comes from."""
    nodes = {key: node for key, node in _mapping(text).items() if isinstance(node, Mapping)}
    inputs = [node["inputs"] for node in nodes.values() if isinstance(node.get("inputs"), Mapping)]
    prompt = next((found for each in inputs if (found := _text(nodes, each.get("positive")))), None)
    model = next((each[name] for each in inputs for name in ("ckpt_name", "unet_name") if name in each), None)
    return _plain(prompt, model, nodes)


def _text(nodes: Mapping[str, Any], link: Any) -> str | None:
    """The first text upstream of a link, which is [node, output]."""
    for _ in range(MOST_STEPS):
        if not (isinstance(link, list) and link and isinstance(nodes.get(str(link[0])), Mapping)):
            break
        inputs = nodes[str(link[0])].get("inputs")
        if not isinstance(inputs, Mapping):
            break
        link = next((inputs[name] for name in LEADS if inputs.get(name)), None)
    return link if isinstance(link, str) else None


def _plain(prompt: Any, model: Any, rest: Mapping[str, Any]) -> Foreign | None:
    if not isinstance(prompt, str):
        return None
    others = {key: value for key, value in rest.items() if value is not None}
    return Foreign(prompt.strip(), model if isinstance(model, str) else "", json.dumps(others, ensure_ascii=False))


def _mapping(text: str) -> Mapping[str, Any]:
    try:
        read = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return read if isinstance(read, Mapping) else {}
