"""Which servers a proxy is for."""

import pytest

from backends.transport import is_near, proxy_for


@pytest.mark.parametrize(
    "host",
    [
        "localhost",
        "127.0.0.1",
        "::1",
        "[::1]",
        "10.1.2.3",
        "192.168.0.9",
        "172.16.5.5",
        "169.254.1.1",
        "gpu-box",
        "gpu.local",
        "api.localhost",
        "fe80::1%eth0",
        "fd00::7",
        "nas.lan",
    ],
)
def test_this_machine_and_this_network_are_near(host: str) -> None:
    assert is_near(host)


@pytest.mark.parametrize(
    "host", ["api.z.ai", "open.bigmodel.cn", "8.8.8.8", "2606:4700::1111", "localhost.example.com"]
)
def test_the_world_is_far(host: str) -> None:
    assert not is_near(host)


def test_a_proxy_is_for_the_world_only(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy"):
        monkeypatch.setenv(name, "http://proxy.example:3128")
    monkeypatch.setenv("no_proxy", "open.bigmodel.cn")
    assert proxy_for("https://api.z.ai/api/paas/v4") == "http://proxy.example:3128"
    assert proxy_for("https://open.bigmodel.cn/api/paas/v4") is None
    assert proxy_for("http://127.0.0.1:8000/v1") is None
    assert proxy_for("http://gpu-box:8000/v1") is None
