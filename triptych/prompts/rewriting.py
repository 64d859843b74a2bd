"""A prompt put in better words by a text model: what it is asked for."""

from triptych.request import ImageRequest, TurnOptions

INSTRUCTIONS = (
    "Rewrite the user's prompt for an image model. Keep what it shows, its language, its names, and every quoted text "
    "letter for letter. Where they are missing, add the medium, the light and the composition, in at most 80 more "
    "words. Answer with the rewritten prompt alone, without quotes around it."
)
MOST_WORDS = 4_000  # tokens that it may think and write, beside one for each character of the prompt


def rewriting(prompt: str, text_model: str) -> ImageRequest:
    """The request for a rewrite of ``prompt``: a turn of words alone, whose text model is the request's model."""
    most = MOST_WORDS + len(prompt)
    turn = TurnOptions(text_model=text_model, style=INSTRUCTIONS, words_only=True, most_words=most)
    return ImageRequest(model=text_model, prompt=prompt, turn=turn)
