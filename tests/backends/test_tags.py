"""Tags in the answer: what each is taken for, and that it does not matter where the stream was cut."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.model.events import Answer, Reasoning
from backends.tags import ENDS, Splitter


def split(*pieces: Any, **way: Any) -> tuple[str, str]:
    splitter = Splitter(**way)
    said = [said for piece in pieces for said in splitter.feed(piece)]
    said += splitter.close()
    return joined(said, Reasoning), joined(said, Answer)


def joined(said: Any, kind: Any) -> str:
    return "".join(piece.text for piece in said if isinstance(piece, kind))


CASES = {
    "plain": ("Just text.", "", "Just text."),
    "thinking": ("<think>hm</think>Yes.", "hm", "Yes."),
    "white space around": ("\n<think>hm</think>\n\nYes.", "hm", "\n\nYes."),
    "thinking and answer": ("<think>hm</think><answer>Yes.</answer>", "hm", "Yes."),
    "answer alone": ("<answer>Yes.</answer>", "", "Yes."),
    "unclosed thinking": ("<think>hm, so", "hm, so", ""),
    "nothing but thinking": ("<think>hm</think>", "hm", ""),
    "closed without an opener, at once": ("</think>Yes.", "", "Yes."),
    "a box": ("It is <|begin_of_box|>42<|end_of_box|>.", "", "It is 42."),
    "a box after thinking": ("<think>hm</think><|begin_of_box|>42<|end_of_box|>", "hm", "42"),
    "an end token": ("Yes.<|endoftext|>", "", "Yes."),
    "two end tokens": ("Yes.\n<|user|>\n<|endoftext|>\n", "", "Yes.\n"),
    "a role token in the text": ("Write <|user|> first.", "", "Write <|user|> first."),
    "a tag in the text": (
        "The tag <think> opens, </think> closes.",
        "",
        "The tag <think> opens, </think> closes.",
    ),
    "an answer tag in the text": ("Use <answer> and </answer>.", "", "Use <answer> and </answer>."),
    "almost a tag": ("a < b and <thin", "", "a < b and <thin"),
    "html": ("<b>bold</b>", "", "<b>bold</b>"),
    "a comparison": ("if a<b: <|nothing|>", "", "if a<b: <|nothing|>"),
    "an end token after thinking": ("<think>hm<|endoftext|>", "hm", ""),
    "all end tokens": ("Yes." + "".join(ENDS), "", "Yes."),
    "a role before the answer": ("<|assistant|>\nYes.", "", "Yes."),
    "a role before the thinking": ("<|assistant|>\n<think>hm</think>Yes.", "hm", "Yes."),
    "a role that is spoken of": ("<|assistant|> comes first.", "", "<|assistant|> comes first."),
    "a box in the thinking": ("<think>a <|begin_of_box|></think>Yes.", "a <|begin_of_box|>", "Yes."),
}


@pytest.mark.parametrize(("text", "reasoning", "answer"), CASES.values(), ids=CASES)
def test_each_tag_is_taken_for_what_it_is(text: str, reasoning: str, answer: str) -> None:
    assert split(text) == (reasoning, answer)


@pytest.mark.parametrize(("text", "reasoning", "answer"), CASES.values(), ids=CASES)
def test_it_does_not_matter_where_the_stream_is_cut(text: str, reasoning: str, answer: str) -> None:
    for at in range(len(text) + 1):
        assert split(text[:at], text[at:]) == (reasoning, answer), at
    assert split(*text) == (reasoning, answer)


def test_a_prompt_that_opened_the_thinking() -> None:
    assert split("hm</think>Yes.", opened=True) == ("hm", "Yes.")
    assert split(*"hm</think>Yes.", opened=True) == ("hm", "Yes.")


def test_an_answer_that_goes_on_in_the_middle() -> None:
    def rest(text: str) -> str:
        splitter = Splitter(begun="The quick")
        return joined([*splitter.feed(text), *splitter.close()], Answer)

    assert rest("\n fox.") == "\n fox."
    assert rest(" fox.</answer><|user|>\n") == " fox."
    assert rest("</answer> closes <think>.") == "</answer> closes <think>."
    assert rest("</think>, that is.") == "</think>, that is."


def test_an_answer_without_more_thinking() -> None:
    for text in ("</think>Yes.", "<answer>Yes.</answer>", "Yes.</answer><|user|>"):
        assert split(text, begun="") == ("", "Yes.")


def test_an_answer_that_was_opened_in_the_prompt() -> None:
    splitter = Splitter(tagged=True)
    assert [*splitter.feed("Yes.</answer>"), *splitter.close()] == [Answer("Yes.")]


def test_thinking_that_comes_apart_is_not_expected_in_the_content() -> None:
    splitter = Splitter(opened=True)
    splitter.reasoning_comes_apart()
    assert [*splitter.feed("Yes."), *splitter.close()] == [Answer("Yes.")]


def test_what_cannot_become_a_tag_is_let_out_at_once() -> None:
    splitter = Splitter()
    assert list(splitter.feed("Hello <")) == [Answer("Hello ")]
    assert list(splitter.feed("b")) == [Answer("<b")]


TOKENS = st.sampled_from(
    [
        "<think>",
        "</think>",
        "<answer>",
        "</answer>",
        "<|begin_of_box|>",
        "<|end_of_box|>",
        *ENDS,
        "<",
        "|",
        ">",
        "/",
        "<th",
        "ink>",
        " ",
        "\n",
        "word",
        "好",
        "<|",
        "|>",
    ]
)


WAYS = st.sampled_from([{}, {"opened": True}, {"tagged": True}, {"begun": ""}, {"begun": "a"}])


@given(st.lists(TOKENS, max_size=12).map("".join), st.data(), WAYS)
def test_any_text_cut_anywhere_means_the_same(text: str, data: Any, way: dict[str, Any]) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert split(*pieces, **way) == split(text, **way)


@given(st.text(alphabet="ab<>/| \n好", max_size=40))
def test_text_without_tags_is_never_changed(text: str) -> None:
    assert split(text) == ("", text if text.strip() else "")
