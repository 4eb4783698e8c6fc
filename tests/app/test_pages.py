"""Pages as they come in: in order, bounded, and over as many workers as it takes."""

from typing import Any

import pytest

from app.errors import Locked, TooLarge, Unreadable
from app.model.attachments import PAGE_LIMIT, TEXT_LIMIT, Attachment, Blob, Kind, Picture
from app.pages import SKIP_LIMIT, Pages

PICTURE = Picture(Blob("0" * 64, 1, "image/png"), 10, 10)


def begun(total: int = 3, last: int | None = None, words: dict[int, str] | None = None) -> Pages:
    pages = Pages(Attachment("a", Kind.DOCUMENT, "a.pdf"), words or {})
    pages.begin_run()
    pages.take({"total": total, "last": total if last is None else last}, None)
    return pages


def take(pages: Pages, *numbers: int) -> None:
    for number in numbers:
        pages.take({"number": number, "text": f"text {number}"}, PICTURE)


def again(pages: Pages) -> None:
    pages.begin_run()
    pages.take({"total": 3, "last": 3}, None)


def told(pages: Pages) -> Any:
    notice = pages.attachment().notice
    return notice and (notice.key, dict(notice.args))


def test_pages_come_in_order_with_their_numbers_and_text() -> None:
    pages = begun()
    take(pages, 1, 2)
    assert pages.next == 3
    attachment = pages.attachment()
    assert attachment.total == 3
    assert [(one.number, one.text) for one in attachment.pictures] == [(1, "text 1"), (2, "text 2")]
    assert told(pages) is None, "it is still being read"
    take(pages, 3)
    pages.finish()
    assert (pages.over, told(pages)) == (True, None)


def test_words_that_are_known_replace_the_text_layer() -> None:
    pages = begun(words={2: "Slide and notes"})
    take(pages, 1, 2)
    assert [one.text for one in pages.attachment().pictures] == ["text 1", "Slide and notes"]


@pytest.mark.parametrize("number", [0, 2, 4, -1, True, "1", None, 10**400])
def test_a_page_out_of_order_ends_the_worker(number: Any) -> None:
    pages = begun()
    take(pages, 1)
    take(pages, 2)
    with pytest.raises(Unreadable):
        pages.take({"number": number}, PICTURE)


def test_no_more_pages_are_taken_than_there_are() -> None:
    pages = begun(total=2)
    take(pages, 1, 2)
    with pytest.raises(Unreadable):
        take(pages, 3)


@pytest.mark.parametrize(
    ("total", "last"), [(0, 0), (10**12, 1), (2, 3), (9000, PAGE_LIMIT + 1), (True, 1), ("3", 3)]
)
def test_an_impossible_number_of_pages_ends_the_worker(total: Any, last: Any) -> None:
    with pytest.raises(Unreadable):
        begun(total, last)


def test_the_number_of_pages_is_said_once_by_each_worker() -> None:
    pages = begun()
    with pytest.raises(Unreadable):
        pages.take({"total": 3, "last": 3}, None)
    again(pages)


def test_a_text_without_end_is_cut() -> None:
    pages = begun()
    pages.take({"number": 1, "text": "x" * (TEXT_LIMIT + 1)}, PICTURE)
    assert len(pages.attachment().pictures[0].text) == TEXT_LIMIT


def test_what_lies_behind_the_cap_is_told() -> None:
    pages = begun(total=9, last=2)
    take(pages, 1, 2)
    pages.finish()
    assert told(pages) == ("document.capped", {"n": 2, "total": 9})


def test_who_fails_before_the_number_of_pages_is_known_fails_for_good() -> None:
    pages = Pages(Attachment("a", Kind.DOCUMENT, "a.pdf"), {})
    pages.begin_run()
    with pytest.raises(Locked):
        pages.fail(Locked("document.locked"))


def test_a_worker_that_died_after_some_pages_is_followed_by_one_for_the_same_page() -> None:
    pages = begun()
    take(pages, 1)
    pages.fail(TooLarge("worker.memory"))
    assert (pages.next, pages.over) == (2, False)


def test_a_page_that_was_late_is_left_out_at_once() -> None:
    pages = begun()
    take(pages, 1)
    pages.fail(Unreadable("worker.late"))
    assert pages.next == 3
    again(pages)
    take(pages, 3)
    pages.finish()
    assert told(pages) == ("document.skipped", {"n": 1, "pages": "2"})


def test_after_too_many_failures_the_rest_is_left_alone() -> None:
    pages = begun(total=50)
    take(pages, 1)
    for _ in range(SKIP_LIMIT + 1):
        assert not pages.over
        pages.fail(Unreadable("worker.late"))
    assert pages.over
    assert told(pages) == ("document.cut", {"n": SKIP_LIMIT + 3})


def test_a_document_without_a_single_page_is_undrawable() -> None:
    pages = begun(total=1)
    pages.take({"number": 1, "skipped": True}, None)
    with pytest.raises(Unreadable) as caught:
        pages.finish()
    assert caught.value.sentence.key == "document.undrawable"
