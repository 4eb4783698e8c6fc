"""What questions are made of, in English and Chinese, as data for the ranking."""

import re

_ENGLISH = """
    a according an and are as at be been can could did do document does for from give had has have
    he her him his how i in is it its list many me much my of on or our out please
    read said say says screenshot see she should show shown shows tell that the their them
    there these they this those to us was we were what what's whats when where which who whom whose why
    will with would written you your
"""
# How long, how full: the kind of thing that is asked for, not what is asked about.
_HOW = r"\bhow (?:big|deep|far|fast|full|heavy|high|large|late|long|often|old|soon|tall|wide)\b"
# Where it stands is no word to look for, unless it is about a picture of its own.
_HERE = r"\b(?:(?:in|on|of|from)\s+(?:the|this|my)|this)\s+(?:file|image|page|picture|screen|text)\b"
_CHINESE = """
    什么时候 为什么 告诉我 哪一个 多少钱 怎么样 是什么 有没有 看一下 一共 上面 什么 何时 写的 写着
    几个 几号 几点 几次 可以 哪个 哪些 哪儿 哪天 哪年 哪里 图中 图片 图里 多少 如何 屏幕 帮我 怎么
    怎样 截图 文件 文档 是否 显示 有多 看看 请问 这个 这份 这张 那个 里面 页面 多久 多大 多长 多远
    多高 个 了 你 吗 吧 呢 哪 啊 我 是 的 谁
"""

STOP_WORDS = frozenset(_ENGLISH.split())
# Longest first, so that no phrase is cut by a shorter one inside it.
STOP_PHRASES = re.compile("|".join((_HOW, _HERE, *sorted(_CHINESE.split(), key=len, reverse=True))))


# What is written in more than one way.
SAME = {
    "no": "number",
    "nr": "number",
    "num": "number",
    "tel": "phone",
    "telephone": "phone",
    "qty": "quantity",
}


def _re(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_NUMERAL = "[零〇一二两三四五六七八九十百千万亿半]"
_COUNTED = "[个家人元块天年月日号点分秒米公吨斤条件位次岁页台座成亿万千百]"
_CODE = _re(r"\d")
_AMOUNT = _re(
    rf"(?<![a-z_])\d|{_NUMERAL}{{2}}|{_NUMERAL}{_COUNTED}|百分之"
    r"|\b(?:two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w{3,5}teen|twenty|thirty|forty|fifty"
    r"|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen|half)\b"
)
_MONEY = _re(r"[$€£¥￥]\s?\d|\d\s?(?:元|usd|eur|cny|rmb|euros?|dollars?|pounds?|cents?)|\d[.,]\d\d\b")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_HOUR = rf"(?:\d|{_NUMERAL})\s?点|\d{{1,2}}:\d{{2}}|\b(?:noon|midnight|half past|o'clock|\d\s?[ap]m)\b"
_DATE = _re(
    rf"{_HOUR}|\d{{4}}[-/.年]\s?\d{{1,2}}|\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}|(?:\d|{_NUMERAL})\s?月"
    rf"|\b{_MONTH}\.?\s+\d|\d\.?\s+{_MONTH}\b|\bin {_MONTH}\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|(?:星期|周)[一二三四五六日天]"
    r"|\b(?:today|tomorrow|yesterday|tonight)\b|今天|明天|昨天|后天|今晚|\bin \w+ (?:minute|hour|day|week)s?\b"
)
_EMAIL = _re(r"\w@\w")
_LINK = _re(r"https?://|www\.|\w\.(?:com|org|net|cn|io)\b")
_PHONE = _re(r"\+?\d[\d\s().-]{6,}\d")
_PERCENT = _re(r"\d\s?[%％]")

# What a question asks for, and how to see that a line holds it.
WANTED = (
    (
        _re(
            "how much|price|cost|amount|total|balance|fee|salary|多少钱|价格|金额|总计|合计|总额|费用|余额|花了"
        ),
        _MONEY,
    ),
    (
        _re(rf"how (?:much|many)|{_HOW}|total|count|多少|多久|多大|多长|多远|多高|几|总|数量|大小"),
        _AMOUNT,
    ),
    (_re("number|version|号|版本"), _CODE),
    (
        _re(
            r"\b(?:when|dates?|deadline|due|day|(?<!much )time)\b|什么时候|何时|日期|(?<!多少|多长)时间|几点|几号|哪天|截止|到期"
        ),
        _DATE,
    ),
    (_re("e-?mail|邮箱|邮件地址|电子邮件"), _EMAIL),
    (_re(r"\b(?:url|link)\b|web ?site|address|网址|链接|网站"), _LINK),
    (_re(r"phone|\bcall\b|电话|手机"), _PHONE),
    (_re(r"per ?cent|\brate\b|百分|比例|率"), _PERCENT),
)
