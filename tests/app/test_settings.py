import json
import stat
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from app.errors import Full, StoreError
from app.i18n import LANGUAGES
from app.model.profiles import Effort, Profile, Sampling, Service, Thinking, Weights
from app.settings import PRESETS, READER, THEMES, Settings, load, save, with_changes
from backends.presets import DIALECTS

VLLM = Profile(
    "v",
    "我的 vLLM",
    "vllm",
    "http://127.0.0.1:8000/v1",
    "glm",
    Thinking.OFF,
    "Be brief.",
    Sampling(0.5, None, 100),
)
CHANGED = Settings(
    language="zh", theme="dark", profiles=(READER, VLLM), profile="v", window=(1, 2, 3, 4), history_open=False
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "config" / "settings.json"


def write(path: Path, data: Any) -> None:
    path.parent.mkdir(exist_ok=True)
    path.write_text(data if isinstance(data, str) else json.dumps(data), "utf-8")


def aside(path: Path) -> list[Path]:
    return list(path.parent.glob("settings.damaged-*.json"))


def test_without_a_file_there_are_the_usual_settings(path: Path) -> None:
    assert load(path) == (Settings(), None)
    assert Settings().profiles == (READER,)
    assert not path.parent.exists()


def test_settings_come_back_and_are_private(path: Path) -> None:
    save(path, CHANGED)
    assert load(path) == (CHANGED, None)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["settings.json"]


def test_a_value_that_makes_no_sense_becomes_the_usual_one_and_the_rest_stays(path: Path) -> None:
    save(path, CHANGED)
    data = json.loads(path.read_text("utf-8"))
    data |= {"theme": "pink", "language": 7, "window": [1, 2, 3], "reasoning_open": "yes"}
    write(path, data)
    settings, notice = load(path)
    assert settings == Settings(profiles=(READER, VLLM), profile="v", history_open=False)
    assert notice is not None
    assert notice.key == "store.settings_damaged"
    (kept,) = aside(path)
    assert dict(notice.args)["name"] == kept.name
    assert kept.read_bytes() == path.read_bytes()
    load(path)
    assert aside(path) == [kept]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("window", [1e14, 0, 5, 5]),
        ("window", [10**14, 0, 5, 5]),
        ("window", [0, -100_001, 5, 5]),
        ("window", [0, 0, 0, 5]),
        ("window", [0, 0, 5, 100_001]),
        ("window", [0, 0, 5, -5]),
        ("capture_region", ["ctrl", "a"]),
        ("capture_screen", "ctrl+" * 1000),
        ("capture_screen", "\ud800"),
        ("language", "xx"),
        ("language", "\ud800"),
        ("theme", None),
        ("profile", "lost"),
        ("profile", []),
        ("profiles", [{"id": [], "name": "", "preset": "vllm"}]),
        ("profiles", [{"id": "", "name": "", "preset": "vllm"}]),
        ("profiles", [{"id": "x" * 101, "name": "", "preset": "vllm"}]),
        ("profiles", [{"id": "reader", "name": "", "preset": "openai"}]),
        ("profiles", [{"id": "second", "name": "", "preset": "reader"}]),
    ],
)
def test_a_value_out_of_bounds_becomes_the_usual_one(path: Path, name: str, value: Any) -> None:
    write(path, {name: value, "history_open": False})
    settings, notice = load(path)
    assert settings == Settings(history_open=False)
    assert notice is not None
    assert len(aside(path)) == 1
    save(path, settings)
    assert load(path) == (settings, None)


@pytest.mark.parametrize("window", [[-100_000, 100_000, 1, 100_000], [0, 0, 100_000, 1], None])
def test_a_window_may_be_far_out(path: Path, window: list[int] | None) -> None:
    write(path, {"window": window})
    settings, notice = load(path)
    assert (settings.window, notice) == (None if window is None else tuple(window), None)


def test_a_hotkey_may_be_none_at_all(path: Path) -> None:
    save(path, Settings(capture_region=""))
    assert load(path) == (Settings(capture_region=""), None)


@pytest.mark.parametrize(
    "change",
    [
        {"threads": 0},
        {"threads": 1025},
        {"layers": -1},
        {"context": 12},
        {"context": 2**40},
        {"model": 7},
        {"model": "m" * 5000},
        {"projector": "\ud800"},
    ],
)
def test_weights_that_make_no_sense_are_none(path: Path, change: dict[str, Any]) -> None:
    profile = Profile("l", "Mine", "local", weights=Weights("/m.gguf", "/p.gguf", 8192, 2, 0))
    save(path, Settings(profiles=(READER, profile)))
    assert load(path) == (Settings(profiles=(READER, profile)), None)
    data = json.loads(path.read_text("utf-8"))
    data["profiles"][1]["weights"] |= change
    write(path, data)
    settings, notice = load(path)
    assert settings.profiles == (READER, replace(profile, weights=Weights()))
    assert notice is not None


@pytest.mark.parametrize(
    "change", [{"weights": "m" * 5000}, {"weights": "\ud800"}, {"weights": 7}, {"keep": 1}]
)
def test_a_service_that_makes_no_sense_is_none(path: Path, change: dict[str, Any]) -> None:
    profile = Profile(
        "h", "Mine", "vllm_here", "http://127.0.0.1:8000/v1", service=Service("org/m", keep=True)
    )
    save(path, Settings(profiles=(READER, profile)))
    assert load(path) == (Settings(profiles=(READER, profile)), None)
    data = json.loads(path.read_text("utf-8"))
    data["profiles"][1]["service"] |= change
    write(path, data)
    settings, notice = load(path)
    assert settings.profiles == (READER, replace(profile, service=Service()))
    assert notice is not None


def test_a_profile_of_an_unknown_preset_is_any_server_at_its_address(path: Path) -> None:
    write(path, {"profiles": [{"id": "n", "name": "New", "preset": "next", "base_url": "http://new/v1"}]})
    settings, notice = load(path)
    assert settings.profiles == (READER, Profile("n", "New", "openai", "http://new/v1"))
    assert notice is not None


def test_every_preset_has_a_dialect() -> None:
    assert set(PRESETS) == set(DIALECTS)


@pytest.mark.parametrize("text", ["", "{", "[]", "null", "\x00\x01", "[" * 100_000, " " * 2_000_000])
def test_a_damaged_file_is_kept_aside(path: Path, text: str) -> None:
    write(path, text)
    settings, notice = load(path)
    assert settings == Settings()
    assert notice is not None
    save(path, settings)
    assert [file.stat().st_size > 0 for file in aside(path)] == [bool(text)]
    assert load(path) == (Settings(), None)


@pytest.mark.parametrize("budget", [0, -1, 1_000_001, 1.5, "4096", True])
def test_a_budget_or_effort_that_makes_no_sense_is_left_out(path: Path, budget: object) -> None:
    profile = {"id": "a", "name": "", "preset": "zai", "budget": budget, "effort": "heroic"}
    write(path, json.dumps({"profiles": [profile]}))
    settings, notice = load(path)
    assert (settings.profiles[1].budget, settings.profiles[1].effort) == (None, None)
    assert notice is not None


def test_budget_and_effort_are_kept(path: Path) -> None:
    profile = Profile("a", "", "zai", budget=4096, effort=Effort.HIGH)
    save(path, Settings(profiles=(READER, profile)))
    assert load(path)[0].profiles[1] == profile


@pytest.mark.parametrize(
    ("profiles", "ids"),
    [
        ([], ["reader"]),
        ("none", ["reader"]),
        ([1, None, {}], ["reader"]),
        ([{"id": "a", "name": "", "preset": "vllm", "thinking": "maybe", "sampling": 3}], ["reader", "a"]),
        (
            [{"id": "a", "name": "", "preset": "x"}, {"id": "a", "name": "again", "preset": "y"}],
            ["reader", "a"],
        ),
        ([{"id": "a", "name": 1, "preset": "vllm"}], ["reader"]),
        (
            [{"id": "b", "name": "", "preset": "x"}, {"id": "reader", "name": "", "preset": "reader"}],
            ["reader", "b"],
        ),
    ],
)
def test_the_reader_is_always_there_and_every_id_once(path: Path, profiles: Any, ids: list[str]) -> None:
    write(path, {"profiles": profiles})
    assert [profile.id for profile in load(path)[0].profiles] == ids


def test_a_profile_in_use_that_is_gone_gives_way_to_the_reader(path: Path) -> None:
    write(path, {"profile": "lost"})
    settings, notice = load(path)
    assert settings.profile == "reader"
    assert notice is not None


def test_what_a_later_version_wrote_survives(path: Path) -> None:
    save(path, CHANGED)
    data = json.loads(path.read_text("utf-8"))
    data["voice"] = {"speed": 2}
    data["profiles"][1]["region"] = "eu"
    data["profiles"][1]["sampling"]["top_k"] = 40
    write(path, data)
    settings, notice = load(path)
    assert (settings, notice) == (CHANGED, None)
    save(path, Settings(profiles=(READER, VLLM), profile="v"))
    after = json.loads(path.read_text("utf-8"))
    assert after["voice"] == {"speed": 2}
    assert after["profiles"][1]["region"] == "eu"
    assert after["profiles"][1]["sampling"] == {
        "temperature": 0.5,
        "top_p": None,
        "max_tokens": 100,
        "top_k": 40,
    }
    assert after["theme"] == "system"


def test_a_profile_that_was_removed_stays_removed(path: Path) -> None:
    save(path, CHANGED)
    save(path, Settings())
    assert load(path)[0].profiles == (READER,)


def test_a_folder_that_cannot_be_written_is_told_and_the_old_file_stays(path: Path) -> None:
    path.parent.write_text("in the way")
    with pytest.raises(Full):
        save(path, Settings())
    assert load(path)[0] == Settings()


def test_a_folder_in_the_place_of_the_file_is_told(path: Path) -> None:
    path.mkdir(parents=True)
    settings, notice = load(path)
    assert settings == Settings()
    assert notice is not None
    assert notice.key == "store.settings_unreadable"


def test_a_file_nested_so_deep_that_python_can_only_just_read_it_is_replaced(path: Path) -> None:
    for depth in range(850, 1000):
        write(path, '{"x":' + "[" * depth + "]" * depth + "}")
        settings, _ = load(path)
        save(path, settings)
        assert load(path) == (Settings(), None)


def test_more_than_could_be_read_again_is_not_written(path: Path) -> None:
    save(path, CHANGED)
    with pytest.raises(StoreError) as caught:
        save(path, replace(CHANGED, profiles=(READER, replace(VLLM, system="x" * 2**20))))
    assert caught.value.sentence.key == "store.too_long"
    assert load(path) == (CHANGED, None)


def mostly(*words: str) -> st.SearchStrategy[Any]:
    return st.sampled_from(words) | json_values


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(min_codepoint=0xD7F0, max_codepoint=0xE010) | st.characters()),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.sampled_from(["id", "name", "preset", "sampling", "x"]), inner)
    ),
    max_leaves=20,
)
profiles = st.fixed_dictionaries(
    {"id": mostly("reader", "a", "b"), "name": mostly("N"), "preset": mostly(*PRESETS)},
    optional={
        "base_url": json_values,
        "thinking": mostly("on"),
        "sampling": json_values,
        "system": st.text(),
        "x": json_values,
    },
)
whole = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys([*Settings.__dataclass_fields__, "x"], json_values),
        "language": mostly(*LANGUAGES),
        "profile": mostly("reader", "a", "b"),
        "profiles": st.lists(profiles | json_values, max_size=4) | json_values,
        "window": st.lists(st.integers(), min_size=4, max_size=4) | json_values,
    },
)


@given(whole | json_values)
@hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    deadline=None,
    max_examples=150,
)
def test_any_file_loads_and_what_is_loaded_can_be_saved(path: Path, data: Any) -> None:
    write(path, json.dumps(data))
    settings, _ = load(path)
    assert replace(settings.profiles[0], in_words=True) == READER
    assert [one.id for one in settings.profiles if one.preset == READER.preset] == [READER.id]
    names = [one.id for one in settings.profiles]
    assert len(names) == len(set(names))
    assert settings.profile in names
    assert settings.language in ("", *LANGUAGES)
    assert settings.theme in THEMES
    assert all(len(chord) <= 100 for chord in (settings.capture_region, settings.capture_screen))
    assert settings.window is None or max(map(abs, settings.window)) <= 100_000
    save(path, settings)
    assert load(path) == (settings, None)


def test_of_the_reader_only_its_switch_can_be_set(path: Path) -> None:
    save(path, Settings(profiles=(replace(READER, in_words=False, name="Mine", system="x"), VLLM)))
    assert load(path) == (Settings(profiles=(replace(READER, in_words=False), VLLM)), None)


def test_what_was_changed_is_changed_and_nothing_else() -> None:
    before = Settings(theme="light", profiles=(READER, VLLM))
    now = replace(before, theme="system", last_region=(1, 2, 3, 4), save_folder="/pictures")
    assert with_changes(now, before, before) == now
    assert with_changes(now, before, replace(before, theme="dark")) == replace(now, theme="dark")
    assert with_changes(now, before, CHANGED) == replace(
        CHANGED, last_region=(1, 2, 3, 4), save_folder="/pictures"
    )


def test_a_profile_that_was_chosen_and_removed_meanwhile_gives_way_to_the_reader(path: Path) -> None:
    before = Settings(profiles=(READER, VLLM))
    found = with_changes(replace(before, profile="v"), before, Settings())
    assert (found.profiles, found.profile) == ((READER,), READER.id)
    save(path, found)
    assert load(path) == (found, None)
