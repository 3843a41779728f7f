"""In which of the encodings used before Unicode a text is written: by how usual its letters are."""

from __future__ import annotations

import re
import unicodedata

from nnviz.datasets.own.recipe import Encoding

_FRENCH = "éèêàçôûîùâëïüœ"
_LETTERS: dict[Encoding, tuple[str, ...]] = {
    # Of each language, those of its letters that ASCII has not; or its commonest characters.
    "cp1252": ("äöüß", _FRENCH, "áéíóúñü", "ãáéçõíóúêâàô", "åäöæøé", "àèéìòù"),
    "cp1250": ("áčďéěíňóřšťúůýžľĺŕôä", "ąćęłńóśźż", "áéíóöőúüű", "čćđšž", "ăâîşţ"),
    "cp1251": ("аеиоуыяіклмнпрстдв",),
    "gb18030": (
        "的一是不了人我在有他这中大来上国个到说们为子和你地出道也时年得就那要下以生会自着去之过家学对可她里后小么心多天而能好都然没日"
        "于起还发成事只作当想看文无开手十用主行方又如前所本见经头面公同三已老从动两长知民样现分将外但身些与高意进把法此实回二理美点月明其"
        "种声全工己话儿者向情部正名定女问力机给等几很业最间新什打便位因重被走电四第门相次东政海口使教西再平真听世气信北少关并内加化由却"
        "代军产入先山五太水万市眼体别处总才场师书比住员九笑性通目华报立马命张活难神数件安表原车白应路期叫死常提感金何更反合放做系计"
        "或司利受光王果亲界及今京务制解各任至清物台象记边共风战干接它许八特觉望直服毛林题建南度统色字请交爱让认算论百"
        "价格面积城上海广州深圳北京温湿姓别男女龄成绩编号收入类型量质销售日期评度品房身体重宽晴云雨花瓣萼县省区层李王刘陈杨赵黄周吴徐孙",
    ),
    "big5": (
        "的一是不了人我在有他這中大來上國個到說們為子和你地出道也時年得就那要下以生會自著去之過家學對可她裡後小麼心多天而能好都然沒日"
        "於起還發成事只作當想看文無開手十用主行方又如前所本見經頭面公同三已老從動兩長知民樣現分將外但身些與高意進把法此實回二理美點月明其"
        "種聲全工己話兒者向情部正名定女問力機給等幾很業最間新什打便位因重被走電四第門相次東政海口使教西再平真聽世氣信北少關並內加化由卻"
        "代軍產入先山五太水萬市眼體別處總才場師書比住員九笑性通目華報立馬命張活難神數件安表原車白應路期叫死常提感金何更反合放做系計"
        "或司利受光王果親界及今京務制解各任至清物台象記邊共風戰干接它許八特覺望直服毛林題建南度統色字請交愛讓認算論百"
        "價格積城灣臺北高雄中溫濕姓別男女齡成績編號收入類型量質銷售日期評品房身體寬晴雲雨縣省區層李王劉陳楊趙黃周吳徐孫",
    ),
    "cp932": (
        "日一国人年大十二本中長出三時行見月分後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西電校語土木聞食車何"
        "南万毎白天母火右読友左休父雨都市価格面積京大阪数量商品均値身長体重年齢付温湿度番号性別地区曜県住所価格田中佐藤鈴木高橋渡辺伊山本村"
        "新場員立開手力問代明動京目通言理体田主題意不作用度強公持野以思家世多正安院心界教文元重近考画海売知道集別物使品計死特私始朝運終台広",
    ),
    "cp949": (
        "이다는에의가을하고지로기사한도대어아정시자인서리수해나제부일그전과보들장원공국상동성여주구경관게치위진라있비년만적것으은를개무소화"
        "조스선안유신방연계선중물호면모내세교민미발행금생학문실용산결회단재니야와외업음입회양려요었습했당던격현북남강김박최마트레차분명출"
        "통른때같말러오거바우드크날씨격량번호별키몸게름온습맑흐림서울부광전포천과상품가",
    ),
}
_LETTERS["euc_jp"] = _LETTERS["cp932"]

_ORDER: tuple[Encoding, ...] = (
    *("cp1252", "gb18030", "big5", "cp932", "cp949", "cp1251", "cp1250", "euc_jp"),
)
"""Where two are equally likely, the first."""

_LATIN = ("cp1252", "cp1250")
_SIGNS = "°µ€£²³½§±×–—‘’“”„«»…¿¡·№©®"
_BEFORE_LETTERS = "°µ–—‘’“”„«»¿¡·§#"
"""Signs that may stand in front of a letter."""
_WORD = re.compile(r"[^\W\d_]+")
_LEAST = 0.1
_UNUSUAL = -0.5


def likely_encoding(content: bytes) -> Encoding | None:
    """Return the encoding in which the letters that are not ASCII are the most usual ones.

    Parameters
    ----------
    content
        Whole lines, not all of them ASCII.

    Returns
    -------
    Encoding or None
        None if in each of them it is impossible, or makes no sense.
    """
    scores = {encoding: _score(content, encoding) for encoding in _ORDER}
    best = max(_ORDER, key=lambda encoding: scores[encoding])
    return best if scores[best] > _LEAST else None


def _score(content: bytes, encoding: Encoding) -> float:
    """Return how usual the letters of a text in an encoding are, at most 1."""
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        return -1.0
    if encoding == "cp1251":
        text = _WORD.sub(_if_cased, text)
    points, letters = [], []
    for before, letter, after in zip(f" {text}", text, f"{text[1:]} ", strict=False):
        if letter.isascii():
            continue
        kind = unicodedata.category(letter)
        if kind in ("Cc", "Cn", "Co", "Cs"):
            return -1.0
        if kind[0] != "L" or letter in _SIGNS:
            points.append(_sign_points(letter, after, encoding))
        elif _is_out_of_place(before, letter, after, encoding):
            points.append(_UNUSUAL)
        else:
            letters.append(letter.lower())
    usual = max(
        sum(1.0 if letter in language else _rare_points(letter, encoding) for letter in letters)
        for language in _LETTERS[encoding]
    )
    return (sum(points) + usual) / max(len(points) + len(letters), 1)


def _if_cased(word: re.Match[str]) -> str:
    """Return a word, or signs that say nothing in place of one that capitals begin anywhere."""
    is_usual = word[0].islower() or word[0].isupper() or word[0].istitle()
    return word[0] if is_usual else "¤" * len(word[0])


def _sign_points(sign: str, after: str, encoding: Encoding) -> float:
    """Return how usual a sign is: CJK has its own, and few stand before a letter."""
    if encoding in (*_LATIN, "cp1251"):
        if after.isalpha() and sign not in _BEFORE_LETTERS:
            return _UNUSUAL
        return 0.5 if sign in _SIGNS else 0.0
    return 0.5 if "\u3000" <= sign <= "\u303f" or "\uff00" <= sign <= "\uff60" else 0.0


def _is_out_of_place(before: str, letter: str, after: str, encoding: Encoding) -> bool:
    """Return whether a letter stands where none would: in a word of another script, or in capitals.

    Words in Latin letters have hardly three in a row that ASCII has not; others have only such.
    """
    is_alone = not (before.isalpha() or after.isalpha())
    if letter.isupper() and (before.islower() or (is_alone and encoding in _LATIN)):
        return True
    others = [one.isalpha() and not one.isascii() for one in (before, after)]
    if encoding in _LATIN:
        return all(others)
    return any(one.isalpha() and one.isascii() for one in (before, after))


_FIRST_BYTES: dict[Encoding, tuple[str, int]] = {
    "gb18030": ("gb2312", 0xD7),
    "big5": ("big5", 0xC6),
    "cp932": ("euc_jp", 0xCF),
    "euc_jp": ("euc_jp", 0xCF),
    "cp949": ("euc_kr", 0xC8),
}
"""The characters that a national standard has first are the usual ones: up to this first byte."""


def _rare_points(letter: str, encoding: Encoding) -> float:
    """Return how usual a letter is that is not among the commonest of a language."""
    is_kana = "\u3040" <= letter <= "\u30ff"
    if is_kana:
        return 1.0 if encoding in ("cp932", "euc_jp") else -1.0
    if "\uff61" <= letter <= "\uff9f":
        return 0.2
    if encoding == "cp1251":
        return 0.3 if "а" <= letter <= "я" else 0.0
    if encoding not in _FIRST_BYTES:
        return 0.0
    standard, last = _FIRST_BYTES[encoding]
    try:
        written = letter.encode(standard)
    except UnicodeEncodeError:
        return _UNUSUAL
    return 0.4 if written[0] <= last and letter > "\u3100" else 0.0
