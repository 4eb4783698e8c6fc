"""What questions are made of, in English and Chinese, as data for the ranking."""

import re

_ENGLISH = """
    a according an and are as at be been can could did do document does file for from give had has have
    he her him his how i image in is it its list many me much my of on or our out page picture please
    read said say says screen screenshot see she should show shown shows tell text that the their them
    there these they this those to us was we were what what's whats when where which who whom whose why
    will with would written you your
"""
_CHINESE = """
    什么时候 为什么 告诉我 哪一个 多少钱 怎么样 是什么 有没有 看一下 一共 上面 什么 何时 写的 写着
    几个 几号 几点 可以 哪个 哪些 哪儿 哪天 哪年 哪里 图中 图片 图里 多少 如何 屏幕 帮我 怎么
    怎样 截图 文件 文档 是否 显示 有多 看看 请问 这个 这份 这张 那个 里面 页面 个 了 你 吗 吧
    呢 哪 啊 我 是 的 谁
"""

STOP_WORDS = frozenset(_ENGLISH.split())
# Longest first, so that no phrase is cut by a shorter one inside it.
STOP_PHRASES = re.compile("|".join(sorted(_CHINESE.split(), key=len, reverse=True)))


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


_AMOUNT = _re(r"\d")
_MONEY = _re(r"[$€£¥￥]\s?\d|\d\s?(?:元|usd|eur|cny|rmb|dollars?)")
_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
_DATE = _re(
    r"\d{4}[-/.年]\s?\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}\s?月|\d{1,2}:\d{2}"
    rf"|\b{_MONTH}\.?\s+\d|\d\.?\s+{_MONTH}\b"
    r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b|(?:星期|周)[一二三四五六日天]|\d\s?点"
)
_EMAIL = _re(r"\w@\w")
_LINK = _re(r"https?://|www\.|\w\.(?:com|org|net|cn|io)\b")
_PHONE = _re(r"\+?\d[\d\s().-]{6,}\d")
_PERCENT = _re(r"\d\s?[%％]")

# What a question asks for, and how to see that a line holds it.
WANTED = (
    (
        _re("how much|price|cost|amount|total|balance|fee|salary|多少钱|价格|金额|总计|合计|总额|费用|余额"),
        _MONEY,
    ),
    (
        _re(
            "how (?:much|many|long|large|big|old|far)|number|total|count|version|多少|几|号|总|数量|大小|版本"
        ),
        _AMOUNT,
    ),
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
