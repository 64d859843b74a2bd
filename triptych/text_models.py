"""The text models that lead a conversation, as data: what their tokens cost. Of any other the price is unknown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

SDK = "types of openai 3.57"
TOLD = "third parties, 2026-11; not official, and not seen on OpenAI's own pages"


@dataclass(frozen=True, kw_only=True)
class TextModel:
    """One text model. Rates are US dollars for a million tokens, None where unknown; what is read from a cache counts
    as read in full, an upper bound."""

    id: str
    label: str
    text_in: Decimal | None = None
    text_out: Decimal | None = None
    sources: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def is_priced(self) -> bool:
        """Whether both rates are known."""
        return self.text_in is not None and self.text_out is not None


def _told(name: str, label: str, text_in: str, text_out: str) -> TextModel:
    sources = {"id": SDK, "rates": TOLD}
    return TextModel(id=name, label=label, text_in=Decimal(text_in), text_out=Decimal(text_out), sources=sources)


TEXT_MODELS: Mapping[str, TextModel] = {
    one.id: one
    for one in (
        _told("gpt-5.6-luna", "GPT-5.6 Luna", "0.20", "1.20"),
        _told("gpt-5.6-terra", "GPT-5.6 Terra", "2", "12"),
        _told("gpt-6-astra", "GPT-6 Astra", "10", "50"),
        TextModel(id="gpt-6-luna", label="GPT-6 Luna", sources={"id": SDK}),
        TextModel(id="gpt-6.1-terra", label="GPT-6.1 Terra", sources={"id": SDK}),
    )
}


def text_model(name: str) -> TextModel:
    """The entry of that id; of one that is not listed nothing is known but its name."""
    return TEXT_MODELS.get(name) or TextModel(id=name, label=name)
