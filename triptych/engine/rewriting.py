"""How the demo's text model rewrites a prompt: by rule it adds the medium, the light and the composition that lack."""

import re
from collections.abc import Iterator

from triptych.engine.languages import EAST, HANGUL, KANA, LETTERS, SMALL, in_english
from triptych.engine.words import QUOTED, STYLES, TIMES, VIEWS, WORD

# Medium, light, composition, and what is said once there are all three, by language.
ADDED = {
    "en": (
        "watercolor on rough paper",
        "soft evening light at dusk",
        "seen in the distance with calm space around it",
        "fine detail and a limited palette",
    ),
    "de": (
        "Aquarell auf rauem Papier",
        "weiches Abendlicht in der Dämmerung",
        "aus der Ferne gesehen, mit ruhigem Raum darum",
        "feine Details und wenige Farben",
    ),
    "fr": (
        "aquarelle sur papier à grain",
        "lumière douce du soir au crépuscule",
        "vu de loin, avec un espace calme autour",
        "détails fins et palette réduite",
    ),
    "es": (
        "acuarela sobre papel rugoso",
        "luz suave del atardecer",
        "visto a lo lejos, con espacio tranquilo alrededor",
        "detalles finos y pocos colores",
    ),
    "ko": (
        "거친 종이에 그린 수채화",
        "해질녘의 부드러운 빛",
        "멀리서 본 구도와 주위의 여백",
        "섬세한 묘사, 절제된 색",
    ),
    "ja": ("粗い紙に描いた水彩画", "夕暮れの柔らかな光", "遠くから見た構図と周りの余白", "繊細な描写と抑えた色"),
    "zh": ("粗纹纸上的水彩画", "黄昏时柔和的光线", "远景构图、四周留白", "细腻的细节与克制的色彩"),
}
COMMAS = {"ja": "、", "zh": "，"}
LIGHT = re.compile(r"\b(?:light|lit|lighting|sunny|backlit|glow\w*|shadows?)\b")
FRAMED = re.compile(r"\b(?:composition|framing|centered|close-?up|view|angle|foreground|background|distance)\b")


def rewritten(prompt: str) -> str:
    """The prompt with what it lacks, in its own language; one that has all of it already stays as it is."""
    language = _language(prompt)
    comma = COMMAS.get(language, ", ")
    more = [words for words in _lacking(prompt, language) if words not in prompt]
    return comma.join([prompt.rstrip(" .,;。、，"), *more]) if more else prompt


def _lacking(prompt: str, language: str) -> Iterator[str]:
    medium, light, frame, detail = ADDED[language]
    english = in_english(QUOTED.sub(" ", prompt))
    lacks_medium = not any(re.search(rf"\b(?:{pattern})\b", english) for _, pattern in STYLES)
    lacks_light = not LIGHT.search(english) and not any(word in TIMES for word in WORD.findall(english))
    lacks_frame = not FRAMED.search(english) and not any(re.search(pattern, english) for _, pattern in VIEWS)
    lacks = (lacks_medium, lacks_light, lacks_frame)
    yield from (words for words, is_lacking in zip((medium, light, frame), lacks, strict=True) if is_lacking)
    if not any(lacks):
        yield detail


def _language(prompt: str) -> str:
    """The prompt's language, English where nothing tells."""
    text = QUOTED.sub(" ", prompt)
    if EAST.search(text):
        return "ko" if re.search(f"[{HANGUL}]", text) else "ja" if KANA.search(text) else "zh"
    words = set(LETTERS.findall(text.lower()))
    known = {language: len(words & small) for language, small in SMALL.items()}
    best = max(known, key=lambda language: known[language])
    return best if known[best] else "en"
