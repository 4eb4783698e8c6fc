import contextlib
import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import plain
from app.model.attachments import Attachment, Blob, Draft, Kind, Picture, Progress
from app.model.messages import Usage
from app.model.profiles import Profile, Sampling, Thinking
from app.model.sentences import Sentence, sentence
from app.plain import NotPlainError, dumps, from_plain, loads

# Numbers as every JSON reader keeps them; the model's own types do the rest.
for_json = {int: st.integers(), float: st.floats(allow_nan=False, allow_infinity=False)}
for kind, strategy in for_json.items():
    st.register_type_strategy(kind, strategy)


@pytest.mark.parametrize("kind", [Draft, Attachment, Profile, Sentence, Usage, Picture])
def test_whatever_the_model_can_hold_comes_back(kind: type) -> None:
    @given(st.from_type(kind))
    def comes_back(value: Any) -> None:
        assert loads(kind, dumps(value)) == value

    comes_back()


def test_the_kind_of_a_number_comes_back() -> None:
    value = sentence("a.b", n=3, x=3.0, s="3")
    assert [type(item) for _, item in loads(Sentence, dumps(value)).args] == [int, float, str]


def test_a_field_of_an_earlier_version_takes_its_default_and_one_of_a_later_is_ignored() -> None:
    data = {"id": "a", "name": "", "preset": "vllm", "flavour": "sweet"}
    assert from_plain(Profile, data) == Profile(id="a", name="", preset="vllm")


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        (Draft, []),
        (Draft, None),
        (Draft, {"text": 1}),
        (Draft, {"text": "", "attachments": {}}),
        (Draft, {"text": "", "attachments": [None]}),
        (Blob, {"digest": "a", "size": "1", "mime": ""}),
        (Blob, {"digest": "a", "size": True, "mime": ""}),
        (Blob, {"digest": "a", "size": 1.0, "mime": ""}),
        (Blob, {"digest": "a", "size": 1}),
        (Sampling, {"temperature": "hot"}),
        (Sampling, {"temperature": False}),
        (Sampling, {"temperature": float("inf")}),
        (Sampling, {"temperature": 10**400}),
        (Sentence, {"key": "a", "args": [["a", "b", "c"]]}),
        (Sentence, {"key": "a", "args": [["a", None]]}),
        (Attachment, {"id": "1", "kind": "ship", "name": ""}),
        (Attachment, {"id": "1", "kind": 1, "name": ""}),
        (tuple[int, int], [1]),
    ],
)
def test_nothing_is_converted(kind: type, data: Any) -> None:
    with pytest.raises(NotPlainError):
        from_plain(kind, data)


@pytest.mark.parametrize("text", ["", "{", "\x00", "[" * 100_000, '{"text": NaN}', "1" * 5000])
def test_what_is_not_json_is_not_plain(text: str) -> None:
    with pytest.raises(NotPlainError):
        loads(Draft, text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda x: st.lists(x) | st.dictionaries(st.text(), x),
    )
)
def test_any_json_is_a_draft_or_not_plain(data: Any) -> None:
    with contextlib.suppress(NotPlainError):
        assert isinstance(loads(Draft, json.dumps(data)), Draft)


def test_a_type_that_is_not_plain_is_a_fault_of_ours() -> None:
    @dataclass(frozen=True)
    class Odd:
        items: list[int]

    with pytest.raises(TypeError):
        from_plain(Odd, {"items": [1]})


def test_an_attachment_reads_as_people_would_write_it() -> None:
    attachment = Attachment("1", Kind.PICTURE, "屏幕.png", Progress.READY)
    assert '"kind":"picture","name":"屏幕.png","progress":"ready"' in dumps(attachment)
    assert plain.to_plain(Thinking.ON) == "on"
