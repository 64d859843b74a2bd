"""A prompt in German, French, Spanish, Korean, Japanese or Chinese, as far as the demo engine has words for it."""

import re
import unicodedata
from collections.abc import Iterator
from importlib import resources

from triptych.engine.colours import NAMED

WEST = ("de", "fr", "es")
# A small word of each western language, which tells a prompt's language where a word alone does not.
SMALL = {
    language: frozenset(words.split())
    for language, words in {
        "de": "der die das den dem ein eine einen einem einer und mit auf im am vor",
        "fr": "le la les un une des du et avec sur dans au aux",
        "es": "el la los las un una unos unas y con en del sobre",
    }.items()
}
LETTERS = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
EAST = re.compile("[\u1100-\u11ff\u3040-\u30ff\u3130-\u318f\u3400-\u9fff\uac00-\ud7a3]")
KANA = re.compile("[\u3040-\u30ff]")
HANGUL = "\uac00-\ud7a3"
# What may follow a Korean noun of one syllable, which otherwise begins a longer word.
PARTICLES = "은|는|이|가|을|를|의|에서|에게|에|과|와|으로|로|도|만|들|처럼|속|위|앞|옆|아래|뒤|안"
NUMERALS, COUNTERS = "한|두|세|네|다섯", "마리|개|송이|그루|대|척|명|권|잔|채|병"
COUNTED = re.compile(rf"([{HANGUL}]+)\s+({NUMERALS})\s*(?:{COUNTERS})(?:의|가|이|를|을)?")
COUNTER = re.compile(rf"(?<![{HANGUL}])({NUMERALS})\s*(?:{COUNTERS})(?:의)?(?![{HANGUL}])")


def in_english(prompt: str) -> str:
    """The prompt in small letters with the words that languages.txt has in English; all others stay as they are."""
    return _western(from_the_east(prompt))


def from_the_east(prompt: str) -> str:
    """The same for Korean, Japanese and Chinese alone."""
    text = unicodedata.normalize("NFC", prompt).lower()
    if not EAST.search(text):
        return text
    text = COUNTER.sub(r"\1 ", COUNTED.sub(r"\2 \1", text))
    text = _KOREAN.sub(_eastern, text)
    return (_JAPANESE if KANA.search(text) else _CHINESE).sub(_eastern, text)


def _eastern(found: re.Match[str]) -> str:
    return f" {_EASTERN[found[0]]} "


def _western(text: str) -> str:
    words = LETTERS.findall(text)
    spoken = [language for language in WEST if not SMALL[language].isdisjoint(words)]
    out, end, noun = list[str](), 0, False
    for place in LETTERS.finditer(text):
        out.append(text[end : place.start()])
        end = place.end()
        english, language = _word(place[0], spoken)
        if noun and english in NAMED and language != "de" and out[-1].isspace():
            out.insert(-2, f"{english} ")  # "une voiture rouge": English has the colour first
        else:
            out.append(english)
        noun = bool(language) and english not in NAMED
    return "".join([*out, text[end:]])


def _word(word: str, spoken: list[str]) -> tuple[str, str]:
    """The English word and the language it was in, or the word itself and none."""
    for language in spoken or WEST:
        for form in (word, word.removesuffix("s"), word.removesuffix("es")):
            if english := _WESTERN[language].get(form):
                return english, language
            if language in spoken and (english := _WESTERN[language].get(f"{form}?")):
                return english, language
            if language == "de":
                break
    return word, ""


def _read() -> Iterator[tuple[str, str, str, str]]:
    """Language, word, English and kind of every entry."""
    text = resources.files("triptych.engine").joinpath("languages.txt").read_text(encoding="utf-8")
    kind = ""
    for line in text.splitlines():
        if line.startswith("["):
            kind = line.strip("[]")
        elif line and not line.startswith("#"):
            english, *languages = line.split(" | ")
            for each in languages:
                language, *words = each.split()
                yield from ((language, word, english, kind) for word in words)


_ALL = tuple(_read())
ENTRIES = tuple((language, word, english) for language, word, english, _ in _ALL)
KINDS = {english: kind for _, _, english, kind in _ALL}  # what each English word is to a wish: a thing, a colour, …
_WESTERN = {name: {word: english for language, word, english in ENTRIES if language == name} for name in WEST}
_EASTERN = {word: english for language, word, english in ENTRIES if language not in WEST}


def _any_of(words: list[str]) -> str:
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))


def _pattern(languages: set[str], alone: set[str]) -> re.Pattern[str]:
    """The words of ``languages``, the longest first; of those that are of one letter only those of ``alone``."""
    words = {w for language, w, _ in ENTRIES if language in languages and (len(w) > 1 or language in alone)}
    return re.compile(_any_of(list(words)))


_SYLLABLES = [word for language, word, _ in ENTRIES if language == "ko" and len(word) == 1]
_LONGER = [word for language, word, _ in ENTRIES if language == "ko" and len(word) > 1]
_KOREAN = re.compile(
    rf"(?<![{HANGUL}])(?:{_any_of(_LONGER)}|(?:{_any_of(_SYLLABLES)})(?=(?:{PARTICLES}){{0,2}}(?![{HANGUL}])))"
)
_JAPANESE = _pattern({"ja", "zh"}, alone={"ja"})
_CHINESE = _pattern({"ja", "zh"}, alone={"zh"})
