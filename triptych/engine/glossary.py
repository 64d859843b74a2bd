"""Korean, Japanese and Chinese wishes, put into the English that the rules read."""

import re
from collections.abc import Mapping

from triptych.engine.description import PLACES, STYLED
from triptych.engine.phrases import article, plural

FOREIGN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
SENTENCES = re.compile(r"[。．.!?！？\n]+|그리고|そして|然后|然後")
# What is said whole, by kind: the English word, and how it is written in the three languages.
WORDS: Mapping[str, Mapping[str, str]] = {
    "verb": {
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
    },
    "thing": {
        "fox": "여우 狐狸 狐 キツネ きつね",
        "boat": "보트 배를 배가 배 ボート 船 舟",
        "cat": "고양이 猫 貓 ネコ ねこ",
        "dog": "강아지 개를 개가 犬 狗 イヌ",
        "house": "집 家 房子 屋",
        "tree": "나무 木 树 樹",
        "bird": "새를 새가 鳥 鸟",
        "lighthouse": "등대 灯台 灯塔 燈塔",
        "whale": "고래 クジラ 鲸 鯨",
        "owl": "부엉이 올빼미 フクロウ 猫头鹰 貓頭鷹",
        "rabbit": "토끼 ウサギ うさぎ 兔",
        "bear": "곰 クマ 熊",
        "flower": "꽃 花",
        "balloon": "열기구 풍선 気球 气球 氣球",
        "castle": "성을 성이 お城 城堡",
        "car": "자동차 車 汽车 汽車",
        "robot": "로봇 ロボット 机器人 機器人",
        "person": "사람 人",
        "umbrella": "우산 傘 伞",
        "bridge": "다리 橋 桥",
    },
    "part": {"sky": "하늘 空 天空", "water": "물 水", "ground": "땅 地面"},
    "colour": {
        "violet": "보라 紫",
        "red": "빨간 빨강 빨갛 赤 红 紅",
        "blue": "파란 파랑 파랗 青 蓝 藍",
        "green": "초록 녹색 緑 绿 綠",
        "yellow": "노란 노랑 黄 黃",
        "pink": "분홍 핑크 ピンク 粉",
        "orange": "주황 オレンジ 橙",
        "white": "하얀 하얗 흰 白",
        "black": "검은 검정 黒 黑",
    },
    "time": {
        "night": "밤 夜晚 夜",
        "sunset": "노을 일몰 해질 夕焼け 夕日 日落 黄昏 傍晚",
        "dawn": "새벽 夜明け 黎明 日出",
        "morning": "아침 朝 早晨 早上",
        "day": "낮 昼 白天",
    },
    "sight": {
        "rain": "비가 비를 비 雨",
        "snowfall": "눈이 눈을 雪",
        "rainbow": "무지개 虹 彩虹",
        "stars": "별 星",
        "clouds": "구름 雲 云",
        "fog": "안개 霧 雾",
        "moon": "달 月",
    },
    "style": {
        "watercolour": "수채 水彩",
        "oil": "유화 油絵 油画 油畫",
        "pixel": "픽셀 ドット絵 ピクセル 像素",
        "line": "선화 스케치 線画 スケッチ 素描",
        "noir": "흑백 白黒 黑白",
        "woodcut": "판화 版画 版畫",
    },
    "place": {
        "sea": "바다 해변 海辺 海边 海邊 海",
        "forest": "숲 森林 森",
        "city": "도시 都市 街 城市",
        "mountain": "산 山",
        "desert": "사막 砂漠 沙漠",
        "space": "우주 宇宙 太空",
        "hill": "언덕 丘 小山",
    },
    "count": {"two": "두 둘 二 两 兩 ２", "three": "세 셋 三 ３"},
}
KINDS = {
    spelt: (kind, english)
    for kind, words in WORDS.items()
    for english, spellings in words.items()
    for spelt in spellings.split()
}
HOURS = {"day": "by day", "morning": "in the morning"}
SPELT = re.compile("|".join(map(re.escape, sorted(KINDS, key=len, reverse=True))))


def in_english(said: str) -> str:
    """The wish in English; what is none of those languages, or has no word that is known, stays as it is."""
    if not FOREIGN.search(said):
        return said
    wishes = [wish for part in SENTENCES.split(said) if (wish := _wish([KINDS[hit] for hit in SPELT.findall(part)]))]
    return ". ".join(wishes) or said


def _wish(words: list[tuple[str, str]]) -> str:
    """One sentence, from its words in the order in which they were found."""
    of = {kind: [word for known, word in words if known == kind] for kind in WORDS}
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
    words = [*of["colour"][:1], plural(thing) if of["count"] else thing]
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
