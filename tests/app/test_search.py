import pytest

from app.search import query, spaced


def test_characters_without_spaces_stand_alone_and_others_do_not() -> None:
    assert spaced("看GLM模型").split() == ["看", "GLM", "模", "型"]
    assert spaced("ひらカナ한𠀀").split() == ["ひ", "ら", "カ", "ナ", "한", "𠀀"]


def test_full_width_letters_are_letters() -> None:
    assert spaced("ＡＢＣ１２") == "ABC12"


@pytest.mark.parametrize("words", ["", "  ", '"', "* - ()", "，。", "\x00"])
def test_without_a_letter_there_is_nothing_to_find(words: str) -> None:
    assert query(words) == ""


def test_words_of_the_index_language_are_only_words() -> None:
    assert query('a"b OR') == '"a""b" * AND "OR" *'
