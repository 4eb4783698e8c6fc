"""Whether a number is one by which a person, a card or an account is known: their check digits."""

from datetime import date

_CARDS = range(13, 20)  # digits
_PHONES = range(8, 16)
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_FILES = {
    "png",
    "jpg",
    "jpeg",
    "gif",
    "svg",
    "webp",
    "py",
    "js",
    "ts",
    "css",
    "html",
    "json",
    "md",
    "txt",
    "conf",
}


def is_card(text: str) -> bool:
    """Tell whether it is the number of a payment card."""
    digits = _digits(text)
    known = digits[:1] in set("3456") or "2221" <= digits[:4] <= "2720"
    return len(digits) in _CARDS and known and len(set(digits)) > 1 and luhn(digits)


def luhn(digits: str) -> bool:
    """Tell whether the last digit follows from the others, as on every card."""
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (1 + place % 2)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the sum of its two digits
    return total % 10 == 0


def is_iban(text: str) -> bool:
    """Tell whether it is the number of a bank account, as Europe writes them."""
    plain = text.replace(" ", "")
    if not 15 <= len(plain) <= 34:  # noqa: PLR2004 - the shortest (Norway) and the longest allowed
        return False
    return int("".join(str(int(letter, 36)) for letter in plain[4:] + plain[:4])) % 97 == 1


def is_chinese_identity(text: str) -> bool:
    """Tell whether it is the number of a Chinese identity card: region, birthday, order and check digit."""
    plain = text.replace(" ", "").upper()
    try:
        born = date(int(plain[6:10]), int(plain[10:12]), int(plain[12:14]))
    except ValueError:
        return False
    check = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, plain[:17], strict=True)) % 11
    return born.year >= 1880 and plain[0] in "12345678" and plain[17] == "10X98765432"[check]  # noqa: PLR2004


def is_social_security(text: str) -> bool:
    """Tell whether it may be an American social security number."""
    area, group, serial = text.split("-")
    return area not in ("000", "666") and area[0] != "9" and group != "00" and serial != "0000"


def is_phone(text: str) -> bool:
    """Tell whether it has as many digits as a telephone number, and not all alike."""
    digits = _digits(text)
    return len(digits) in _PHONES and len(set(digits)) > 2  # noqa: PLR2004 - as in 000-000-0001


def is_email(text: str) -> bool:
    """Tell whether it is an address of a person, and not the name of a file or of a server's account."""
    name, _, host = text.replace(" ", "").partition("@")
    end = host.rpartition(".")[2].lower()
    return end.isalpha() and len(end) > 1 and end not in _FILES and name not in ("git", "svn")


def _digits(text: str) -> str:
    return "".join(letter for letter in text if letter.isdigit())
