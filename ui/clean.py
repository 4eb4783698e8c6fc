"""Letters that must not reach a text view: they reorder, hide or break what stands around them."""

import re

# Qt keeps U+FFFC for pictures and U+FDD0, U+FDD1 for the ends of frames; the rest cannot be seen.
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufff9-\ufffc\ufffe\uffff]"
)
# Overrides and isolates make code read other than it runs (CVE-2021-42574).
_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
_BREAKING = re.compile("[\x0b\x0c\x85\u2028\u2029]")


def clean(text: str) -> str:
    """Return `text` with lines ended by a line feed and without letters that deceive or cannot be shown."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and text.isprintable():
        return text
    text = _UNSEEN.sub("\ufffd", text)
    text = _TURNING.sub("", text)
    return _BREAKING.sub(" ", text)
