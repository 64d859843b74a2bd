"""Text models as data, held against the SDK's own types."""

from typing import get_args, get_type_hints

from openai.types.responses.tool_param import ImageGeneration
from openai.types.shared import ChatModel
from openai.types.shared.reasoning_effort import ReasoningEffort

from triptych.request.turns import ACTIONS, EFFORTS, TEXT_MODEL
from triptych.text_models import TEXT_MODELS, text_model


def test_every_text_model_is_one_of_the_sdk_and_says_where_its_rates_come_from() -> None:
    known = set(get_args(ChatModel))

    assert set() == set(TEXT_MODELS) - known
    assert text_model(TEXT_MODEL).is_priced
    assert [] == [one.id for one in TEXT_MODELS.values() if one.is_priced != ("rates" in one.sources)]
    assert not text_model("one of nobody's").is_priced


def test_efforts_and_actions_are_the_sdks() -> None:
    (efforts, _) = get_args(ReasoningEffort)

    assert set(get_args(efforts)) == set(EFFORTS)
    assert set(get_args(get_type_hints(ImageGeneration)["action"])) == set(ACTIONS)
