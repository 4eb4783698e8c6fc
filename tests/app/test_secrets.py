"""Secrets are found where they are written, and not where they are only spoken of."""

import time
from itertools import pairwise

import pytest

from app.model.screens import Box, Line
from app.secret_patterns import Kind
from app.secrets import find, kinds_in, masked, spans

KEY, PASSWORD, CODE = Kind.KEY, Kind.PASSWORD, Kind.CODE


def found(text: str) -> list[tuple[Kind, str]]:
    return [(span.kind, text[span.start : span.end]) for span in spans(text)]


@pytest.mark.parametrize(
    ("text", "kind", "secret"),
    [
        ("OPENAI_API_KEY=sk-proj-abcDEF0123456789abcd", KEY, "sk-proj-abcDEF0123456789abcd"),
        ("key: sk-ant-api03-aB3dE5fG7hI9jK1", KEY, "sk-ant-api03-aB3dE5fG7hI9jK1"),
        ("token ghp_" + "a1B2" * 9, KEY, "ghp_" + "a1B2" * 9),
        ("token ghp " + "a1B2" * 9, KEY, "ghp " + "a1B2" * 9),
        ("AKIAIOSFODNN7EXAMPLE is the id", KEY, "AKIAIOSFODNN7EXAMPLE"),
        ("glpat-a1b2c3d4e5f6g7h8i9j0", KEY, "glpat-a1b2c3d4e5f6g7h8i9j0"),
        ("hf_aBcDeFgHiJ0123456789kLmN", KEY, "hf_aBcDeFgHiJ0123456789kLmN"),
        ("xoxb-1234567890-abcdefgh", KEY, "xoxb-1234567890-abcdefgh"),
        (
            "密钥 " + "0123456789abcdef" * 2 + ".AbCdEfGh12345678",
            KEY,
            "0123456789abcdef" * 2 + ".AbCdEfGh12345678",
        ),
        ("Authorization: Bearer abc123def456ghi789", KEY, "abc123def456ghi789"),
        (
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln1",
            KEY,
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln1",
        ),
        ("client_secret = 'a1b2c3d4e5f6g7h8'", KEY, "'a1b2c3d4e5f6g7h8'"),
        ("password = letmein", PASSWORD, "letmein"),
        ('"db_password": "letmein"', PASSWORD, '"letmein"'),
        ("Password: hunter2!", PASSWORD, "hunter2!"),
        ("登录密码：Abc12345", PASSWORD, "Abc12345"),
        ("密码  Qwerty#99", PASSWORD, "Qwerty#99"),
        ("密码是 Qwerty#99", PASSWORD, "Qwerty#99"),
        ("postgres://admin:s3cret@db:5432/shop", PASSWORD, "s3cret"),
        ("【银行】验证码483920，5分钟内有效", CODE, "483920"),
        ("483920 is your verification code", CODE, "483920"),
        ("CVV 123", CODE, "123"),
        ("卡号 6222 0212 3456 7890 128", Kind.CARD, "6222 0212 3456 7890 128"),
        ("4111-1111-1111-1111", Kind.CARD, "4111-1111-1111-1111"),
        ("IBAN DE89 3704 0044 0532 0130 00", Kind.ACCOUNT, "DE89 3704 0044 0532 0130 00"),
        ("身份证号：11010519491231002X", Kind.IDENTITY, "11010519491231002X"),
        ("SSN 219-09-9999", Kind.IDENTITY, "219-09-9999"),
        ("mail jane.doe+x@mail.example.co.uk now", Kind.EMAIL, "jane.doe+x@mail.example.co.uk"),
        ("手机 １３９１２３４５６７８", Kind.PHONE, "１３９１２３４５６７８"),
        ("+86 139 1234 5678", Kind.PHONE, "+86 139 1234 5678"),
        ("+49 30 1234567", Kind.PHONE, "+49 30 1234567"),
        ("AccessKeySecret Zx81Kd0LmQ7vTbRwYp4NsA", KEY, "Zx81Kd0LmQ7vTbRwYp4NsA"),
        ("电话+861391234 5678", Kind.PHONE, "+861391234 5678"),
        ("手机号13912345678号", Kind.PHONE, "13912345678"),
        ("邮箱a.b@example.com的", Kind.EMAIL, "a.b@example.com"),
        ("Card on file55555555 55554444", Kind.CARD, "55555555 55554444"),
        (
            "SECRET ACCESS KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
            KEY,
            "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
        ),
        ("Mobile(555) 234-5678", Kind.PHONE, "(555) 234-5678"),
        ("call (555) 234-5678", Kind.PHONE, "(555) 234-5678"),
        ("电话 010-62781234", Kind.PHONE, "010-62781234"),
    ],
)
def test_a_secret_is_found_and_nothing_around_it(text: str, kind: Kind, secret: str) -> None:
    assert found(text) == [(kind, secret)]


@pytest.mark.parametrize(
    "text",
    [
        "password: str",
        "Password: ********",
        "密码：请输入密码",
        "忘记密码？",
        "Forgot password?",
        "API key: Needed by this server",
        "API key   Stored",
        "token: Optional[str] = None",
        "self.token = token",
        "client_secret: ${CLIENT_SECRET}",
        "api_key = os.environ['API_KEY']",
        "password = getpass()",
        "key = lambda x: x.name",
        "Max. tokens  4096",
        "tokens: 1,204",
        "commit 1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8f9a0b",
        "user@build:~/project$ make test",
        "git@github.com:foo/bar.git",
        "icon@2x.png",
        "pip install torch==2.4.1+cu121",
        "react@18.2.0",
        "Revenue $236,828.25  +3.2%",
        "2026-11-24 00:12:33",
        "2026-11-24T00:12:33+08:00",
        "1700000000000",
        "1234 5678 9012 3456",
        "978-3-16-148410-0",
        "192.168.100.200:8080",
        "123e4567-e89b-12d3-a456-426614174000",
        "+12 -34 files changed",
        "110105194912310021",
        "G101  06:36  12:40  553.0元",
        "sk-learn-is-a-library-for-machines",
        "0000 0000 0000 0000",
        "Payment to account 0048 1123 55.",
        "客服热线：400-820-1177",
    ],
)
def test_what_only_looks_a_little_like_one_is_left_alone(text: str) -> None:
    assert found(text) == []


def test_several_in_one_line_do_not_overlap() -> None:
    text = "DB=postgres://u:p4ss@h/db MAIL=a@example.com TOKEN=ghp_" + "a1B2" * 9
    kinds = [kind for kind, _ in found(text)]
    assert kinds == [PASSWORD, Kind.EMAIL, KEY]
    ends = [(span.start, span.end) for span in spans(text)]
    assert all(end <= start for (_, end), (start, _) in pairwise(ends))


PEM = (
    "-----BEGIN RSA PRIVATE KEY-----",
    "MIIEpAIBAAKCAQEA7bq3yKq1mYv2",
    "Zm9vYmFyYmF6cXV4Zm9vYmFyYmF6",
    "-----END RSA PRIVATE KEY-----",
    "and then some words",
)


def test_a_private_key_is_hidden_to_its_end() -> None:
    lines = [Line(text, Box(10, 30 * at, 300, 20)) for at, text in enumerate(PEM)]
    secrets = find(lines)
    assert [secret.kind for secret in secrets] == [Kind.PRIVATE_KEY] * 4
    assert max(secret.box.top + secret.box.height for secret in secrets) < lines[4].box.top


def test_the_box_covers_the_secret_and_spares_what_is_before_it() -> None:
    text = "OPENAI_API_KEY=sk-proj-abcDEF0123456789abcd"
    (secret,) = find([Line(text, Box(100, 50, 10 * len(text), 20))])
    left = 100 + 10 * text.index("sk-")
    assert 200 < secret.box.left <= left
    assert secret.box.left + secret.box.width >= 100 + 10 * len(text)
    assert secret.box.top < 50
    assert secret.box.top + secret.box.height > 70


def test_chinese_letters_are_twice_as_wide() -> None:
    text = "请把密码：Abc12345 发给我"
    width = sum(20 if letter > "\u2e7f" else 10 for letter in text)
    (secret,) = find([Line(text, Box(0, 0, width, 20))])
    assert secret.box.left <= 100
    assert secret.box.left + secret.box.width >= 180
    assert secret.box.left > 60


def test_a_value_in_a_column_of_its_own_is_found_where_it_stands() -> None:
    pieces = (Line("Password", Box(10, 10, 80, 20)), Line("hunter2!", Box(500, 10, 80, 20)))
    (secret,) = find([Line("Password  hunter2!", Box(10, 10, 570, 20), 1.0, pieces)])
    assert 480 <= secret.box.left <= 500
    assert secret.box.left + secret.box.width >= 580


def test_a_secret_across_two_pieces_has_a_box_in_both() -> None:
    pieces = (Line("4111 1111", Box(10, 10, 90, 20)), Line("1111 1111", Box(110, 10, 90, 20)))
    boxes = [secret.box for secret in find([Line("4111 1111 1111 1111", Box(10, 10, 190, 20), 1.0, pieces)])]
    assert [box.left <= left for box, left in zip(boxes, (10, 110), strict=True)] == [True, True]


def test_a_line_that_was_read_again_is_hidden_whole() -> None:
    pieces = (Line("Password", Box(10, 10, 80, 20)), Line("bunter2!", Box(500, 10, 80, 20)))
    (secret,) = find([Line("Password ..... hunter2! = hunter2!", Box(10, 10, 570, 20), 1.0, pieces)])
    assert secret.box.left <= 10
    assert secret.box.width >= 570


def test_boxes_never_begin_before_the_picture() -> None:
    (secret,) = find([Line("a@example.com", Box(0, 0, 100, 20))])
    assert (secret.box.left, secret.box.top) == (0, 0)


def test_a_text_is_masked_letter_for_letter() -> None:
    text = "\n".join(("Hello", "password = letmein now", *PEM))
    hidden = masked(text)
    assert len(hidden) == len(text)
    assert hidden.splitlines()[:2] == ["Hello", "password = ███████ now"]
    assert hidden.endswith("and then some words")
    assert "MII" not in hidden
    assert kinds_in(text) == {PASSWORD, Kind.PRIVATE_KEY}
    assert kinds_in(hidden) == set()
    assert masked("nothing\r\nhere\n") == "nothing\r\nhere\n"


@pytest.mark.parametrize(
    "line",
    [
        "a" * 200_000,
        "1 " * 100_000,
        "+1 " * 60_000,
        "@" * 100_000,
        "a@" * 50_000,
        "a.b@c." * 20_000,
        "password=" * 20_000,
        "eyJ" * 50_000,
        "AA11 " * 20_000,
        "-----BEGIN PRIVATE KEY " * 5_000,
        "key: : : : " * 10_000,
        "\x00\ud800" * 10_000,
    ],
    ids=lambda line: line[:8].encode("ascii", "replace").decode(),
)
def test_a_hostile_line_costs_no_time(line: str) -> None:
    began = time.process_time()
    spans(line)
    find([Line(line, Box(0, 0, 100, 10))])
    assert time.process_time() - began < 2
