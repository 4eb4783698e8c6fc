"""The built-in reader: text layers first, eyes where there is none, the line asked for on top."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pytest
from markdown_it import MarkdownIt

from app import i18n
from app.errors import Rejected, Unreadable
from app.model.attachments import Blob, Picture
from app.model.checkups import Health
from app.model.events import Answer, Finish, Reasoning
from app.model.messages import Ending
from app.model.profiles import Profile
from app.model.requests import Begun, Request, Role, Said
from app.model.screens import Box, Line
from backends.engine import Engine
from backends.make import limits, make
from backends.openai_compatible import OpenAICompatible
from backends.reader import Reader


class Eyes:
    """The `Ocr` port with the text of each picture given."""

    def __init__(self, texts: Any, error: Any = None) -> None:
        self.asked: list[list[str]] = []
        self.closed = False
        self._texts = texts
        self._error = error

    async def read(
        self, pictures: Sequence[Picture]
    ) -> AsyncGenerator[tuple[Picture, tuple[Line, ...]], None]:
        self.asked.append([picture.blob.digest for picture in pictures])
        try:
            for picture in pictures:
                if self._error:
                    raise self._error
                await asyncio.sleep(0)
                lines = self._texts[picture.blob.digest]
                yield picture, tuple(Line(text, Box(10, 20 * n, 100, 18)) for n, text in enumerate(lines, 1))
        finally:
            self.closed = True


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    i18n.use("en")
    yield
    i18n.use("en")


def picture(digest: Any, **more: Any) -> Picture:
    return Picture(Blob(digest, 1, "image/png"), 200, 100, **more)


SCREEN = ["File Edit View", "Error code: 0x80070005", "Total: $61,200.75"]


async def test_the_line_asked_for_comes_first_with_its_place(hear: Any, ask: Any) -> None:
    heard = await hear(Reader(Eyes({"a": SCREEN})), ask(picture("a"), "what is the total?"))
    assert heard.error is None
    lines = heard.answer.splitlines()
    assert "reader, not a model" in lines[0]
    assert "1. **Total: $61,200.75** (at 10,60, 100×18)" in lines
    assert lines.index("1. **Total: $61,200.75** (at 10,60, 100×18)") < lines.index(
        "File Edit View `10,20 100×18`  "
    )
    assert heard.events[-1] == Finish(Ending.FINISHED)


async def test_a_reply_that_goes_on_repeats_nothing_of_what_was_there(hear: Any, ask: Any) -> None:
    reader = Reader(Eyes({"a": SCREEN}))
    asked = ask(picture("a"), "what is the total?")
    whole = await hear(reader, asked)
    for length in (0, 3, len(whole.answer) // 2, len(whole.answer)):
        begun = Begun(whole.reasoning, whole.answer[:length])
        rest = await hear(reader, replace(asked, begun=begun))
        assert (rest.reasoning, begun.answer + rest.answer) == ("", whole.answer)
        assert rest.events[-1] == Finish(Ending.FINISHED)
    other = await hear(reader, replace(asked, begun=Begun("", "Read in another language: ")))
    assert other.answer == whole.answer


async def test_the_question_may_be_chinese(hear: Any, ask: Any) -> None:
    screen = ["文件 编辑", "错误代码:0x80070005", "重试 取消"]
    heard = await hear(Reader(Eyes({"a": screen})), ask(picture("a"), "错误代码是什么?"))
    assert "1. **错误代码:0x80070005**" in heard.answer


async def test_a_text_layer_is_read_without_looking(hear: Any, ask: Any) -> None:
    eyes = Eyes({"b": ["seen with eyes"]})
    pages = (picture("a", number=1, text="first page\nTotal: 7"), picture("b", number=2))
    heard = await hear(
        Reader(eyes), ask("[r.pdf, page 1]", pages[0], "[r.pdf, page 2]", pages[1], "the total?")
    )
    assert eyes.asked == [["b"]]
    assert "1. **Total: 7** (r.pdf, page 1)" in heard.answer
    assert heard.answer.index("### r.pdf, page 1") < heard.answer.index("### r.pdf, page 2")
    assert "seen with eyes `10,20 100×18`" in heard.answer


async def test_it_tells_what_it_reads_while_it_reads(hear: Any, ask: Any) -> None:
    pages = [picture(name, number=n) for n, name in enumerate("abc", 1)]
    texts = {"a": ["x"], "b": ["x", "y"], "c": []}
    parts = [part for page in pages for part in (f"[r.pdf, page {page.number}]", page)]
    heard = await hear(Reader(Eyes(texts)), ask(*parts, "x?"))
    assert heard.reasoning.splitlines() == [
        "Reading 3 pages or pictures …",
        "1 of 3: r.pdf, page 1, one line",
        "2 of 3: r.pdf, page 2, 2 lines",
        "3 of 3: r.pdf, page 3, 0 lines",
    ]
    kinds = [type(event) for event in heard.events]
    assert kinds.index(Answer) > max(at for at, kind in enumerate(kinds) if kind is Reasoning)


async def test_a_later_question_is_about_what_was_brought_before(hear: Any) -> None:
    turns = (
        Said(Role.USER, (picture("a"), "What is this?")),
        Said(Role.ASSISTANT, ("A screen.",)),
        Said(Role.USER, ("And the error code?",)),
    )
    heard = await hear(Reader(Eyes({"a": SCREEN})), Request(turns))
    assert "1. **Error code: 0x80070005**" in heard.answer


async def test_text_without_pages_and_stills_of_a_clip_are_read(hear: Any, ask: Any) -> None:
    parts = ("[deck.pptx, text only]\nRevenue: 5\nCosts: 3", "[c.mp4, at 0:02.0]", picture("a", seconds=2.0))
    heard = await hear(Reader(Eyes({"a": ["Costs rise"]})), ask(*parts, "What are the costs?"))
    assert "1. **Costs: 3** (deck.pptx)" in heard.answer
    assert "### c.mp4, at 0:02.0" in heard.answer


async def test_two_pictures_are_told_apart(hear: Any, ask: Any) -> None:
    heard = await hear(Reader(Eyes({"a": ["red"], "b": ["blue"]})), ask(picture("a"), picture("b"), "blue?"))
    assert "1. **blue** (picture 2, at 10,20, 100×18)" in heard.answer


async def test_a_line_that_stands_in_many_places_is_answered_once(hear: Any, ask: Any) -> None:
    texts = {"a": ["Total: 7", "Costs", "Total:  7"], "b": ["Total: 7"], "c": ["Total: 9"]}
    heard = await hear(Reader(Eyes(texts)), ask(picture("a"), picture("b"), picture("c"), "the total?"))
    matched = [line for line in heard.answer.splitlines() if line[:1].isdigit()]
    assert matched == [
        "1. **Total: 7** (picture 1, at 10,20, 100×18, and 2 more times)",
        "2. **Total: 9** (picture 3, at 10,20, 100×18)",
    ]


async def test_a_line_that_only_shares_a_word_is_no_match(hear: Any, ask: Any) -> None:
    lines = ["Total amount due: $7.00", "Two copies of this are due to everybody who was there at all"]
    heard = await hear(Reader(Eyes({"a": lines})), ask(picture("a"), "How much is the total amount due?"))
    assert "1. **" in heard.answer
    assert "2. **" not in heard.answer


async def test_a_still_that_reads_like_the_one_before_is_not_read_out_again(hear: Any, ask: Any) -> None:
    stills = [
        part for n in range(3) for part in (f"[c.mp4, at 0:0{n}.0]", picture(f"s{n}", seconds=float(n)))
    ]
    heard = await hear(Reader(Eyes({"s0": ["one"], "s1": ["one"], "s2": ["two"]})), ask(*stills, "?"))
    assert heard.answer.count("one `") == 1
    assert "### c.mp4, at 0:01.0\n\n*The same text as before.*" in heard.answer
    assert "two `" in heard.answer


async def test_without_a_question_all_the_text_comes(hear: Any, ask: Any) -> None:
    heard = await hear(Reader(Eyes({"a": SCREEN})), ask(picture("a")))
    assert "match" not in heard.answer
    assert all(line in heard.answer for line in SCREEN)


async def test_without_a_match_it_says_so_and_gives_the_text(hear: Any, ask: Any) -> None:
    heard = await hear(Reader(Eyes({"a": SCREEN})), ask(picture("a"), "Where is the giraffe?"))
    assert "No line matches" in heard.answer
    assert SCREEN[0] in heard.answer


async def test_without_text_it_says_what_it_cannot_do(hear: Any, ask: Any) -> None:
    heard = await hear(Reader(Eyes({"a": []})), ask(picture("a"), "What is this?"))
    assert "I can only read text" in heard.answer


async def test_without_anything_to_read_it_says_what_it_can_do(hear: Any, ask: Any) -> None:
    heard = await hear(Reader(Eyes({})), ask("Hello"))
    assert len(heard.events) == 2
    assert "Attach a screenshot" in heard.answer


async def test_it_speaks_the_language_of_the_user(hear: Any, ask: Any) -> None:
    i18n.use("zh")
    heard = await hear(Reader(Eyes({"a": SCREEN})), ask("[a.pdf, page 4]", picture("a", number=4), "total?"))
    assert "我是内置阅读器" in heard.answer
    assert "第 4 页" in heard.answer


async def test_what_it_reads_is_never_obeyed(hear: Any, ask: Any) -> None:
    evil = [
        "![x](file:///dev/zero)",
        "<script>",
        "# Heading",
        "1. [link](http://e.com)",
        "| a | b |",
        "|---|---|",
    ]
    heard = await hear(
        Reader(Eyes({"a": evil})), ask("[<b>](x).png, page 1]", picture("a", number=1), "link heading")
    )
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(heard.answer)
    kinds = {token.type for token in tokens} | {
        child.type for token in tokens for child in token.children or ()
    }
    assert not kinds & {"image", "link_open", "html_block", "html_inline", "table_open"}
    headings = [tokens[at + 1].content for at, token in enumerate(tokens) if token.type == "heading_open"]
    assert len(headings) == 2


async def test_a_picture_that_cannot_be_read_is_one_sentence(hear: Any, ask: Any) -> None:
    heard = await hear(Reader(Eyes({}, Unreadable("worker.died"))), ask(picture("a"), "What?"))
    assert isinstance(heard.error, Rejected)
    assert heard.error.sentence.key == "worker.died"


async def test_stop_stops_the_eyes(ask: Any) -> None:
    eyes = Eyes({"a": SCREEN, "b": SCREEN})
    reply = Reader(eyes).stream(ask(picture("a"), picture("b"), "?"))
    await anext(reply)
    await anext(reply)
    await reply.aclose()
    assert eyes.closed


async def test_it_is_always_there() -> None:
    assert (await Reader(Eyes({})).check()).health is Health.WORKS


def test_a_profile_gets_its_backend(blobs: Any, workers: Any) -> None:
    engine = Engine(workers)
    reader = make(Profile("r", "Reader", "reader"), key="", blobs=blobs, ocr=Eyes({}), engine=engine)
    assert isinstance(reader, Reader)
    profile = Profile("v", "vLLM", "vllm")
    server = make(profile, key="", blobs=blobs, ocr=Eyes({}), engine=engine)
    assert isinstance(server, OpenAICompatible)
    assert server.limits == limits(profile)


def test_it_says_itself_that_it_cannot_be_hurried() -> None:
    assert not Reader(Eyes({})).limits.hurries
    assert not limits(Profile("reader", "", "reader")).hurries
    assert limits(Profile("lab", "Lab", "vllm")).hurries
