from dataclasses import replace

import pytest

from app.model.profiles import Profile
from app.outside import is_careful, is_outside
from backends.presets import DIALECTS


def at(address: str) -> Profile:
    return Profile("p", "P", "openai", address)


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:8000/v1",
        "http://127.9.9.9",
        "http://localhost:11434",
        "http://LOCALHOST.:1234",
        "http://[::1]:8000",
        "http://192.168.1.20:8000",
        "http://10.0.0.5",
        "http://172.31.0.1",
        "http://[fd00::1]",
        "http://[fe80::1%25eth0]:8000",
        "http://[::ffff:192.168.1.2]",
        "http://gpu-box:8000",
        "localhost:8000/v1",
        "http://gpu.local",
        "https://models.lan/v1",
    ],
)
def test_this_computer_and_its_network_are_inside(address: str) -> None:
    assert not is_outside(at(address))
    assert not is_careful(at(address))


@pytest.mark.parametrize(
    "address",
    [
        "https://api.z.ai/api/paas/v4",
        "https://open.bigmodel.cn/api",
        "http://8.8.8.8",
        "http://172.32.0.1",
        "http://[2001:db8::1]",
        "http://[::ffff:8.8.8.8]",
        "http://127.0.0.1.example.com",
        "http://localhost.example.com",
        "http://2130706433",
        "http://0x7f000001",
        "http://127.0.0.1@evil.example/",
        "http://100.64.0.1",
        "http://[broken",
        "http://",
        "",
        "api.example.com/v1",
        "api.example.com:8443",
        " api.example.com",
    ],
)
def test_everything_else_is_outside_what_cannot_be_told_too(address: str) -> None:
    assert is_outside(at(address))
    assert is_careful(at(address))


@pytest.mark.parametrize("preset", DIALECTS)
def test_without_an_address_it_is_the_usual_one_that_counts(preset: str) -> None:
    empty = Profile("p", "P", preset)
    usual = DIALECTS[preset].base_url
    assert is_outside(empty) == (bool(usual) and is_outside(replace(empty, base_url=usual)))


@pytest.mark.parametrize("preset", ["reader", "local"])
def test_who_asks_nobody_is_inside_whatever_address_was_left_there(preset: str) -> None:
    assert not is_outside(Profile("p", "P", preset, "https://api.example.com"))


def test_the_user_decides_otherwise() -> None:
    assert is_careful(replace(at("http://127.0.0.1"), careful=True))
    assert not is_careful(replace(at("https://api.example.com"), careful=False))
