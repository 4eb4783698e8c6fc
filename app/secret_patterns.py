"""How secrets look: what well-known keys begin with, what stands behind the word password, which numbers people have."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from app import numbers_of_people as numbers

_LONG_KEY, _SHORT_KEY = 30, 16
_KEY_LETTERS = 12  # a shorter token would not keep anybody out
_PASSWORD_LETTERS = 4


class Kind(StrEnum):
    """What kind of secret it is."""

    KEY = "key"
    PRIVATE_KEY = "private_key"
    PASSWORD = "password"  # noqa: S105 - the name of a kind
    CODE = "code"
    CARD = "card"
    ACCOUNT = "account"
    IDENTITY = "identity"
    EMAIL = "email"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, whose group `secret` (or all of it) is one if the check says so."""

    kind: Kind
    pattern: re.Pattern[str]
    check: Callable[[str], bool] = bool


# The reader loses some of the dashes.
PEM = re.compile(r"-+ ?(BEGIN|END) ?[A-Z0-9 ]{0,40}PRIVATE ?KEY", re.IGNORECASE)
CODED = re.compile(r"[A-Za-z0-9+/=\s]{8,}")


_NO_SECRETS = re.compile(
    r"""(?ix)^(?: [*•●█·.x_-]+ | none | null | nil | undefined | true | false | str | string | bytes | int | any | text
    | required | optional | hidden | invalid | incorrect | expired | missing | forgot(?:ten)?\??  | changed? | reset
    | default | empty | password | passwd | secret | token | example | stored | needed | disabled? | enabled?
    | <.*> | \$.* | %\w+%? | \{\{?.* | \[.* | \(.* | @\w+ | https? | .*\(.*\).* | (?:os|process|self|this|env|config|settings)\..*
    | your[-_].* | my[-_].*here )[,;.]?$"""
)


def _is_said(value: str) -> bool:
    """Tell whether a value is one, and not a word about it."""
    value = value.strip("\"'`,; ")
    return not _NO_SECRETS.match(value) and not any(letter > "\u2e7f" for letter in value)


def _is_password(value: str) -> bool:
    quoted = value[:1] in "\"'" if value else False
    value = value.strip("\"'`,; ")
    odd = any(not letter.isalpha() for letter in value)
    return len(value) >= _PASSWORD_LETTERS and _is_said(value) and (odd or quoted)


def _is_assigned_password(value: str) -> bool:
    """Tell whether what is assigned is a password: here a plain word may be one."""
    return len(value.strip("\"'`,; ")) >= _PASSWORD_LETTERS and _is_said(value)


def _is_key(value: str) -> bool:
    """Tell whether what is assigned is a key: a long one need not have two digits."""
    value = value.strip("\"'`,; ")
    long = len(value) >= _LONG_KEY and not value.islower() and any(letter.isdigit() for letter in value)
    return len(value) >= _KEY_LETTERS and _is_said(value) and (long or _is_random(value))


def _is_drawn(value: str) -> bool:
    """Tell whether it can be nothing but a key: no word has small and capital letters and digits all mixed."""
    kinds = (str.isupper, str.islower, str.isdigit)
    return len(value) >= _SHORT_KEY and all(sum(map(kind, value)) > 1 for kind in kinds) and _is_said(value)


def _is_random(value: str) -> bool:
    """Tell whether it was drawn rather than written: letters and digits, mixed."""
    letters = sum(letter.isalpha() for letter in value)
    digits = sum(letter.isdigit() for letter in value)
    return letters >= 2 and digits >= 2  # noqa: PLR2004 - by chance one of either is in a name too


def _rules(kind: Kind, check: Callable[[str], bool], *patterns: str) -> tuple[Rule, ...]:
    return tuple(Rule(kind, re.compile(pattern, re.ASCII), check) for pattern in patterns)


# How a key begins says whose it is; what is drawn follows.  The reader may take an underscore for a space.
_TOKENS = (
    r"(?<![A-Za-z0-9])(?:sk|pk|rk)[-_][A-Za-z0-9_-]{16,200}",  # OpenAI, Anthropic, DeepSeek, Stripe
    r"(?<![A-Za-z0-9])gh[pousr][_ ]?[A-Za-z0-9]{30,100}",  # GitHub
    r"github_pat_\w{20,100}",
    r"(?<![A-Za-z0-9])gl(?:pat|ptt|dt|rt)-[A-Za-z0-9_-]{16,100}",  # GitLab
    r"(?<![A-Za-z0-9])(?:LTAI|AKID|AKLT)[A-Za-z0-9]{12,60}",  # Alibaba, Tencent, Volcano
    r"(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,45}",  # Google
    r"(?<![A-Za-z0-9])ya29\.[A-Za-z0-9_-]{20,300}",
    r"(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,200}",  # Slack
    r"hooks\.slack\.com/services/[A-Za-z0-9/]{20,100}",
    r"(?<![A-Za-z0-9])(?:hf|npm|gsk|r8|dop_v1|shpat|nvapi|tvly|pypi|xai|fc|lsv2)[-_][A-Za-z0-9_-]{20,250}",
    r"(?<![A-Za-z0-9])SG\.[A-Za-z0-9_-]{16,40}\.[A-Za-z0-9_-]{16,60}",  # SendGrid
    r"(?<![A-Za-z0-9])\d{8,10}:AA[A-Za-z0-9_-]{30,40}",  # Telegram
    r"(?<![A-Za-z0-9])[0-9a-f]{32}\.[A-Za-z0-9]{16}(?![A-Za-z0-9])",  # Zhipu
    r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,2000}\.[A-Za-z0-9_-]{8,4000}(?:\.[A-Za-z0-9_-]{0,1000})?",  # JWT
    r"(?<![A-Za-z0-9])AGE-SECRET-KEY-1[A-Z0-9]{20,80}",
    r"(?i:\b(?:bearer|basic)) +(?P<secret>[A-Za-z0-9._~+/=-]{12,4000})",
)
_ENDS = r"(?P<secret>\"[^\"]{1,300}\"?|'[^']{1,300}'?|[^\s\"'，。]{1,300})"
# Between a label and its value: a sign, a word, dots that lead there, or the gap between two columns.
_THEN = r"(?: ?(?:[:=]|是|为)+ ?|  +| ?[.…·]{3,} ?)"
_OF_KEYS = (
    r"(?:api|access|secret|private|auth|client|signing|encryption|account|license|service)?[ _-]?"
    r"(?:key|token|secret|credentials?)(?:[ _-]?(?:id|key))?|密钥|令牌|密匙|私钥|授权码"
)
_OF_PASSWORDS = r"pass(?:word|wd|phrase|code)|passwd|pwd|pin[ _-]?code|密码|口令|提取码"
_OF_CODES = r"verification code|security code|login code|one[- ]time (?:code|password)|otp|验证码|校验码|动态码|cvv2?|cvc"

RULES: tuple[Rule, ...] = (
    *_rules(Kind.KEY, _is_random, *_TOKENS),
    *_rules(Kind.KEY, bool, r"(?<![A-Za-z0-9])(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}(?![A-Za-z0-9])"),  # Amazon
    *_rules(Kind.PASSWORD, _is_said, r"[a-z][a-z0-9+.-]{1,20}://[^\s:/@]{0,100}:(?P<secret>[^\s@/]{3,200})@"),
    *_rules(
        Kind.CODE,
        bool,
        rf"(?i)(?:{_OF_CODES})[^0-9\n]{{0,12}}(?P<secret>(?<!\d)\d{{3,8}}(?!\d))",
        r"(?i)(?P<secret>(?<![\d.])\d{4,8}(?![\d.])) (?:is your|为您的|是您的)[^\n]{0,30}(?:code|验证码)",
    ),
    *_rules(
        Kind.PASSWORD,
        _is_assigned_password,
        rf"(?i)(?:{_OF_PASSWORDS})[\"']? ?= ?{_ENDS}",
        rf"(?i)[\"'](?:[\w-]{{0,40}})(?:{_OF_PASSWORDS})[\"'] ?: ?{_ENDS}",
    ),
    *_rules(Kind.PASSWORD, _is_password, rf"(?i)(?:{_OF_PASSWORDS})[\"']?{_THEN}{_ENDS}"),
    *_rules(Kind.KEY, _is_drawn, rf"(?i)(?:{_OF_KEYS})[\"']? {_ENDS}"),
    *_rules(Kind.KEY, _is_key, rf"(?i)(?:{_OF_KEYS})[\"']?{_THEN}{_ENDS}"),
    *_rules(
        Kind.EMAIL,
        numbers.is_email,
        r"(?<![\w.+-])[A-Za-z0-9][\w.+-]{0,63} ?@ ?[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,5}",
    ),
    *_rules(
        Kind.IDENTITY, numbers.is_chinese_identity, r"(?<![\dA-Za-z.])\d{6} ?\d{8} ?\d{3}[\dXx](?![\dA-Za-z])"
    ),
    *_rules(Kind.IDENTITY, numbers.is_social_security, r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"),
    *_rules(Kind.CARD, numbers.is_card, r"(?<![\d.,+-])\d(?:[ -]?\d){12,18}(?![\dA-Za-z]|[.,]\d)"),
    *_rules(
        Kind.ACCOUNT,
        numbers.is_iban,
        r"(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?(?![A-Za-z0-9])",
    ),
    *_rules(
        Kind.PHONE,
        numbers.is_phone,
        r"(?<![\w.+/-])(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}(?![\w]|[.,]\d)",
        r"(?<![\w.+/-])\(?0\d{2,3}\)?[- ]\d{7,8}(?!\w)",
        r"(?<![\w.])\+[1-9]\d{0,2}(?:[ .-]?\(?\d{1,4}\)?){2,6}(?!\w)",
        r"(?<![\d.+-])\(\d{3}\) ?\d{3}-\d{4}(?!\w)",
        r"(?<![\w.+-])(?![48]00)\d{3}[-.]\d{3}[-.]\d{4}(?![\w-])",
    ),
)
