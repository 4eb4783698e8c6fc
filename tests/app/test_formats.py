"""Files by their first bytes, whatever they are called."""

import pytest

from app.errors import DocumentError, Locked, TooLarge, Unreadable
from app.formats import (
    MEGABYTE,
    MOST,
    PPT,
    PPTX,
    Format,
    check_size,
    clean_name,
    file_name,
    kind_by_name,
    recognise,
)
from app.model.attachments import Kind

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("start", "name", "form"),
    [
        (b"\x89PNG\r\n\x1a\n", "a", Format(Kind.PICTURE, "image/png")),
        (b"\xff\xd8\xff\xe0", "a.png", Format(Kind.PICTURE, "image/jpeg")),
        (b"GIF87a", "", Format(Kind.PICTURE, "image/gif")),
        (b"GIF89a", "", Format(Kind.PICTURE, "image/gif")),
        (b"BM....", "", Format(Kind.PICTURE, "image/bmp")),
        (b"RIFF\0\0\0\0WEBPVP8 ", "", Format(Kind.PICTURE, "image/webp")),
        (b"%PDF-1.7", "a.jpg", Format(Kind.DOCUMENT, "application/pdf")),
        (b"\xef\xbb\xbf\n%PDF-1.4", "a", Format(Kind.DOCUMENT, "application/pdf")),
        (ZIP, "a.pptx", Format(Kind.DECK, PPTX)),
        (ZIP + b"....ppt/presentation.xml", "a.zip", Format(Kind.DECK, PPTX)),
        (OLE, "a.PPT", Format(Kind.DECK, PPT)),
        (b"\0\0\0\x18ftypmp42", "a", Format(Kind.CLIP, "video/mp4")),
        (b"\0\0\0\x18ftypisom", "a.MOV", Format(Kind.CLIP, "video/quicktime")),
        (b"\0\0\0\x14ftypqt  ", "a.mp4", Format(Kind.CLIP, "video/quicktime")),
        (b"\x1aE\xdf\xa3....webm", "a.mkv", Format(Kind.CLIP, "video/webm")),
        (b"\x1aE\xdf\xa3....matroska", "a.webm", Format(Kind.CLIP, "video/x-matroska")),
    ],
)
def test_a_file_is_what_its_first_bytes_say(start: bytes, name: str, form: Format) -> None:
    assert recognise(start, name) == form


@pytest.mark.parametrize(
    ("start", "name", "kind", "key"),
    [
        (b"", "a.png", Unreadable, "document.empty"),
        (b"hello", "a.txt", Unreadable, "document.unknown"),
        (b"hello", "a.PDF", Unreadable, "document.damaged"),
        (b"hello", "a.webp", Unreadable, "document.damaged"),
        (ZIP + b"word/document.xml", "a.docx", Unreadable, "document.unknown"),
        (OLE, "a.doc", Unreadable, "document.unknown"),
        (OLE, "a.pptx", Locked, "document.locked"),
        (OLE + "EncryptedPackage".encode("utf-16-le"), "a", Locked, "document.locked"),
        (b"\0\0\0\x18ftypheic", "a.heic", Unreadable, "document.unknown"),
        (b"RIFF\0\0\0\0WAVEfmt ", "a.wav", Unreadable, "document.unknown"),
    ],
)
def test_what_is_not_read_is_refused_with_its_reason(
    start: bytes, name: str, kind: type[DocumentError], key: str
) -> None:
    with pytest.raises(kind) as caught:
        recognise(start, name)
    assert caught.value.sentence.key == key


@pytest.mark.parametrize("kind", MOST)
def test_each_kind_has_a_weight_up_to_which_it_is_opened(kind: Kind) -> None:
    check_size(MOST[kind], kind)
    with pytest.raises(TooLarge) as caught:
        check_size(MOST[kind] + 5 * MEGABYTE, kind)
    most = MOST[kind] // MEGABYTE
    assert dict(caught.value.sentence.args) == {"size": most + 5, "most": most}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.PDF", Kind.DOCUMENT),
        ("a.pptx", Kind.DECK),
        ("a.pps", Kind.DECK),
        ("a.mkv", Kind.CLIP),
        ("a", Kind.PICTURE),
    ],
)
def test_a_name_is_a_guess_until_the_file_has_been_looked_at(name: str, kind: Kind) -> None:
    assert kind_by_name(name) is kind


@pytest.mark.parametrize(
    ("name", "mime", "saved"),
    [
        ("a.png", "image/jpeg", "a.png"),
        ("Pasted picture", "image/png", "Pasted picture.png"),
        ("../../.bashrc", "application/pdf", "_.._.bashrc"),
        ("..", "application/pdf", "_.pdf"),
        ("", "application/pdf", "_.pdf"),
        ("a\u202egnp.exe", "image/png", "agnp.exe"),
        ("12:30 <b>.png", "image/png", "12_30 _b_.png"),
        ("thing", "no/such", "thing"),
    ],
)
def test_a_name_to_save_under_leads_nowhere_and_hides_nothing(name: str, mime: str, saved: str) -> None:
    assert file_name(name, mime) == saved


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a.png", "a.png"),
        ("季度 报告.pdf", "季度 报告.pdf"),
        ("evil\u202egnp.exe", "evilgnp.exe"),
        ("two\nlines\t.pdf", "two lines .pdf"),
        ("\x1b[31mred.pdf", "[31mred.pdf"),
        ("\u200b\u2066", "?"),
        ("x" * 300 + ".pdf", "x" * 115 + "….pdf"),
    ],
)
def test_a_name_is_shown_on_one_line_the_right_way_round(name: str, shown: str) -> None:
    assert clean_name(name) == shown
