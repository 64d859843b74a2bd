"""Korean, Japanese and Chinese wishes, put into the English that the rules read."""

import re
from collections.abc import Iterator, Mapping

from triptych.engine.description import PLACES, STYLED
from triptych.engine.languages import KINDS, from_the_east
from triptych.engine.phrases import article, plural

FOREIGN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
SENTENCES = re.compile(r"[。．.!?！？\n]+|그리고|そして|然后|然後")
# What is to be done, in English and as it is written in the three languages; all nouns stand in languages.txt.
VERBS: Mapping[str, str] = {
    "undo": "되돌려 취소 元に戻 戻して 撤销 撤銷 恢复",
    "try again": "다시 もう一度 やり直 再来 重新",
    "zoom out": "멀리 멀어 줌아웃 引いて 遠く 拉远 拉遠",
    "zoom in": "가까이 줌인 近く アップ 拉近 靠近",
    "remove": "지워 없애 제거 빼 삭제 消して 取り除 削除 なくして 去掉 删除 刪除 移除 拿掉",
    "replace": "대신 代わり 换成 換成 代替",
    "bigger": "크게 키워 커다랗게 大きく 更大 变大 變大 大一点 大一點 放大",
    "smaller": "작게 줄여 小さく 更小 变小 變小 小一点 小一點 缩小",
    "add": "추가 더해 넣어 놓아 加えて 追加 足して 入れて 加上 添加 增加 加一",
    "make": "바꿔 바꾸 만들어 으로 にして に変 変えて 变成 改成 變成 涂成 塗",
}
DONE = {spelt: verb for verb, spellings in VERBS.items() for spelt in spellings.split()}
# What a wish calls what languages.txt calls otherwise.
WISHED = {
    "purple": "violet",
    "dusk": "sunset",
    "snowing": "snowfall",
    "underwater": "under",
    "table": "still",
    "watercolor": "watercolour",
    "impressionism": "oil",
    "pixel-art": "pixel",
    "sketch": "line",
    "black-and-white": "noir",
    "illustration": "gouache",
    "poster": "flat",
    "icon": "flat",
}
IN_THE_SKY = {"snow": "snowing", "star": "stars"}  # to a wish: falling snow and no land, stars and no five points
HOURS = {"day": "by day", "morning": "in the morning"}
SPELT = re.compile("|".join(map(re.escape, sorted(DONE, key=len, reverse=True))))
ENGLISH = re.compile("[a-z-]+")


def in_english(said: str) -> str:
    """The wish in English; what is none of those languages, or has no word that is known, stays as it is."""
    if not FOREIGN.search(said):
        return said
    return ". ".join(wish for part in SENTENCES.split(said) if (wish := _wish(tuple(_words(part))))) or said


def _words(said: str) -> Iterator[tuple[str, str]]:
    """Kind and word of all that is known of a sentence, in English; each kind's in their order."""
    yield from (("verb", DONE[hit]) for hit in SPELT.findall(said))
    for found in ENGLISH.findall(from_the_east(said)):
        word = IN_THE_SKY.get(found, found)
        if kind := KINDS.get(word):
            yield kind, WISHED.get(word, word)


def _wish(words: tuple[tuple[str, str], ...]) -> str:
    """One sentence, from its words in the order in which they were found."""
    of = {kind: [word for known, word in words if known == kind] for kind in ("verb", *KINDS.values())}
    verbs, things = of["verb"], of["thing"]
    whole = next((verb for verb in ("undo", "try again", "zoom out", "zoom in") if verb in verbs), None)
    named = [*things, *of["part"], *of["sight"], *of["place"]]
    if whole and not things:
        return whole
    if len(things) > 1 and {"replace", "make"} & {*verbs}:
        return f"replace the {things[0]} with {_counted(things[1], of)}"
    if "remove" in verbs and named:
        return f"remove the {named[0]}"
    if grown := next((verb for verb in ("bigger", "smaller") if verb in verbs), None):
        return f"make {f'the {things[0]}' if things else 'it'} {grown}"
    if of["colour"] and (of["part"] or ("make" in verbs and things)):
        return f"make the {[*of['part'], *things][0]} {of['colour'][0]}"
    return _shown(of, "add " if "add" in verbs else "")


def _counted(thing: str, of: Mapping[str, list[str]]) -> str:
    words = [*of["colour"][:1], plural(thing) if {*of["count"]} - {"one"} else thing]
    return " ".join([*(of["count"][:1] or [article(words[0])]), *words])


def _shown(of: Mapping[str, list[str]], verb: str) -> str:
    """What is to be seen: things, and of what kind the whole is."""
    things = (
        [_counted(of["thing"][0], of), *(f"{article(one)} {one}" for one in of["thing"][1:])] if of["thing"] else []
    )
    parts = [
        " and ".join(things),
        *(PLACES[place] for place in of["place"][:1]),
        *(HOURS.get(time, f"at {time}") for time in of["time"][:1]),
        *(f"with {sight}" for sight in of["sight"]),
        *(STYLED[style] for style in of["style"][:1]),
    ]
    said = " ".join(part for part in parts if part)
    return f"{verb}{said}" if things else said
