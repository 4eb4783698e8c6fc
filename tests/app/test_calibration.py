from dataclasses import replace
from pathlib import Path

import pytest

from app.budget import media_tokens, words_tokens
from app.calibration import LEAST, MOST, Calibration
from app.model.attachments import Blob, Picture
from app.model.limits import Limits, Sight
from app.model.profiles import Profile
from app.model.requests import Begun, Request, Role, Said

PROFILE = Profile("p", "Lab", "vllm", "http://secret-host:8000/v1", "glm-4.6v")
LIMITS = Limits(sight=Sight.GLM_46V)
PICTURE = Picture(Blob("a" * 64, 10, "image/png"), 640, 480)


def asked(*parts: str | Picture) -> Request:
    return Request((Said(Role.USER, parts),))


LONG = asked("word " * 400)


def counted(request: Request, times: float, limits: Limits = LIMITS) -> int:
    return round(words_tokens(request) * times) + media_tokens(request, limits)


def test_what_is_not_known_is_estimated_as_it_is() -> None:
    assert Calibration().words(PROFILE) == 1.0


def test_the_estimate_follows_what_the_server_counts() -> None:
    learned = Calibration()
    request = asked(PICTURE, "word " * 400)
    assert learned.learn(PROFILE, request, LIMITS, counted(request, 1.3))
    assert learned.words(PROFILE) == pytest.approx(1.3, rel=0.01)
    assert learned.words(replace(PROFILE, model="another")) == 1.0
    assert learned.words(replace(PROFILE, base_url="http://elsewhere/v1")) == 1.0


def test_one_odd_count_changes_little_and_an_old_one_is_forgotten() -> None:
    learned = Calibration()
    for times in (1.1, 1.1, 1.12, 1.1, 1.9):
        learned.learn(PROFILE, LONG, LIMITS, counted(LONG, times))
    assert learned.words(PROFILE) == pytest.approx(1.1, rel=0.01)
    for _ in range(7):
        learned.learn(PROFILE, LONG, LIMITS, counted(LONG, 0.8))
    assert learned.words(PROFILE) == pytest.approx(0.8, rel=0.01)


@pytest.mark.parametrize(("times", "known"), [(30, MOST), (0.01, LEAST)])
def test_no_tokenizer_is_that_far_off(times: float, known: float) -> None:
    learned = Calibration()
    learned.learn(PROFILE, LONG, LIMITS, counted(LONG, times))
    assert learned.words(PROFILE) == known


def test_nothing_is_learned_where_there_is_nothing_to_learn() -> None:
    learned = Calibration()
    unknown = Limits()
    shown = asked(PICTURE, "word " * 400)
    assert not learned.learn(PROFILE, asked("Hi"), LIMITS, 500), "too short"
    assert not learned.learn(PROFILE, shown, unknown, 5000), "nobody knows what the picture cost"
    assert not learned.learn(PROFILE, shown, LIMITS, 3), "a count that cannot be"
    assert not learned.learn(PROFILE, replace(LONG, begun=Begun("so", "far")), LIMITS, 800)
    assert learned.words(PROFILE) == 1.0
    assert learned.learn(PROFILE, LONG, unknown, counted(LONG, 1.2))


def test_it_is_kept_between_runs_and_says_nothing_of_whom_it_is_about(tmp_path: Path) -> None:
    file = tmp_path / "cache" / "counts.json"
    learned = Calibration(file)
    learned.learn(PROFILE, LONG, LIMITS, counted(LONG, 1.3))
    learned.save()
    assert Calibration(file).words(PROFILE) == pytest.approx(1.3, rel=0.01)
    assert "secret" not in file.read_text()
    assert "glm" not in file.read_text()


@pytest.mark.parametrize(
    "text", ["", "[]", '{"a": 7}', '{"a": []}', '{"a": ["x"]}', '{"a": [1e9]}', "[" * 10**5, '{"a": [true]}']
)
def test_a_file_that_makes_no_sense_is_none(tmp_path: Path, text: str) -> None:
    file = tmp_path / "counts.json"
    file.write_text(text)
    learned = Calibration(file)
    assert learned.words(PROFILE) == 1.0
    learned.learn(PROFILE, LONG, LIMITS, counted(LONG, 1.3))
    learned.save()
    assert Calibration(file).words(PROFILE) != 1.0


def test_a_file_that_cannot_be_written_is_no_fault(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").touch()
    learned = Calibration(tmp_path / "file" / "counts.json")
    learned.learn(PROFILE, LONG, LIMITS, counted(LONG, 1.3))
    learned.save()
    assert "not kept" in caplog.text
    assert learned.words(PROFILE) != 1.0
