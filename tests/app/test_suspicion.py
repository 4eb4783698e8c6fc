from app.model.attachments import Attachment, Blob, Draft, Kind, Picture, Progress
from app.model.marks import Shape
from app.model.screens import Box
from app.secret_patterns import Kind as SecretKind
from app.secrets import Secret
from app.suspicion import LOOK_LIMIT, places, suspect, suspicion, to_look_at, without_secrets


def picture(name: str, number: int | None = None, text: str = "") -> Picture:
    return Picture(Blob(name, 1, "image/png"), 100, 80, number, text=text)


def attachment(kind: Kind, *pictures: Picture, **more: object) -> Attachment:
    made = Attachment(f"id-{kind}", kind, f"{kind}.x", Progress.READY, pictures=pictures)
    for name, value in more.items():
        object.__setattr__(made, name, value)
    return made


def draft(*attachments: Attachment) -> Draft:
    return Draft("look", attachments)


def test_only_what_would_be_sent_is_looked_at_single_pictures_first() -> None:
    pages = attachment(Kind.DOCUMENT, *(picture(f"p{n}", n) for n in (1, 2, 3)), chosen=(2,))
    shot = attachment(Kind.PICTURE, picture("shot"))
    unread = attachment(Kind.CLIP, picture("still"), progress=Progress.FAILED)
    found = places(draft(pages, unread, shot))
    assert [(one.attachment, one.index, one.picture.blob.digest) for one in found] == [
        (shot.id, 0, "shot"),
        (pages.id, 1, "p2"),
    ]


def test_of_too_many_the_suspicious_are_looked_at_and_the_rest_is_spread() -> None:
    stills = tuple(picture(f"s{n}") for n in range(200))
    pages = tuple(picture(f"p{n}", n, "password = letmein" if n == 70 else "words") for n in range(1, 91))
    every = places(draft(attachment(Kind.DOCUMENT, *pages), attachment(Kind.CLIP, *stills)))
    looked = to_look_at(every)
    names = [one.picture.blob.digest for one in looked]
    assert len(looked) == LOOK_LIMIT
    assert "p70" in names
    assert "s0" in names
    assert any(name.startswith("s19") for name in names), "to the end of the clip"
    found = suspicion(draft(attachment(Kind.DOCUMENT, *pages), attachment(Kind.CLIP, *stills)), looked, ())
    assert (found.total - found.looked, found.total) == (200 - (LOOK_LIMIT - 1), 290)
    assert found


def test_a_page_whose_own_text_is_harmless_counts_as_looked_at() -> None:
    pages = tuple(picture(f"p{n}", n, "words") for n in range(1, 91))
    some = draft(attachment(Kind.DOCUMENT, *pages))
    assert not suspicion(some, to_look_at(places(some)), ())


def test_nothing_found_is_nothing_to_ask() -> None:
    some = draft(attachment(Kind.PICTURE, picture("a")))
    assert not suspicion(some, places(some), ())
    assert suspect(places(some)[0], ()) is None


def test_marks_cover_the_boxes_and_end_with_the_picture() -> None:
    (place,) = places(draft(attachment(Kind.PICTURE, picture("a"))))
    found = suspect(place, (Secret(SecretKind.KEY, Box(10, 20, 500, 30)),))
    assert found is not None
    assert found.kinds == {SecretKind.KEY}
    assert [(mark.shape, mark.points) for mark in found.marks] == [(Shape.REDACTION, ((10, 20), (100, 50)))]


def test_secrets_in_the_texts_are_told_and_taken_out() -> None:
    page = attachment(Kind.DOCUMENT, picture("p", 1, "password = letmein"))
    deck = attachment(Kind.DECK, text="call +49 30 1234567\nor not")
    found = suspicion(draft(page, deck), places(draft(page)), ())
    assert found.texts == (page.name, deck.name)
    assert found
    assert without_secrets(page).pictures[0].text == "password = ███████"
    assert without_secrets(deck).text == "call ██████████████\nor not"
    assert not suspicion(draft(*map(without_secrets, (page, deck))), places(draft(page)), ())
