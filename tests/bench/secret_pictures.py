"""Pictures of what people look at with secrets in them, in English and Chinese, and where each secret stands.

Written as ``‹like this›`` in the rows below; all are made up, most from the examples in standards and manuals.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from PIL import Image, ImageDraw

from tests.bench.ocr_paper import MONO, SANS, font

Rect = tuple[int, int, int, int]  # left, top, right, bottom
_PART = re.compile("‹(.*?)›")


@dataclass(frozen=True, slots=True)
class Sheet:
    """One picture: the rectangles of the ink of its secrets, with what they say."""

    name: str
    picture: Image.Image
    secrets: tuple[tuple[str, Rect], ...]


@dataclass(frozen=True, slots=True)
class Look:
    """How a sheet looks: family, language, size in pixels, colours of the ground and the ink."""

    family: str
    language: str
    size: int
    ground: str
    ink: str


DARK = Look(MONO, "en", 15, "#1e1e1e", "#d4d4d4")
PLAIN = Look(SANS, "en", 16, "#ffffff", "#1f2328")
SMALL = Look(SANS, "en", 13, "#f6f7f9", "#24292f")
CHINESE = Look(SANS, "zh", 16, "#ffffff", "#1f2328")
CHINESE_DARK = Look(MONO, "zh", 15, "#282c34", "#abb2bf")

# These the patterns were made with.
_KEPT: tuple[tuple[str, Look, tuple[str, ...]], ...] = (
    (
        "env",
        DARK,
        (
            "$ cat .env",
            "DEBUG=true",
            "OPENAI_API_KEY=‹sk-proj-9fKd82LmQx71VbTzR4wYp0Ns›",
            "AWS_ACCESS_KEY_ID=‹AKIAIOSFODNN7EXAMPLE›",
            "AWS_SECRET_ACCESS_KEY=‹wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY›",
            "DATABASE_URL=postgres://shop:‹tr0ub4dor›@db.internal:5432/shop",
            "DB_PASSWORD=‹correct-horse-7›",
            "GITHUB_TOKEN=‹ghp_R8vQ2nXk5TfL0aYw7ZbC3mJd9HsE1gUp4iKo›",
            "LOG_LEVEL=info",
        ),
    ),
    (
        "terminal",
        DARK,
        (
            '$ curl -H "Authorization: Bearer ‹hf_QwErTyUiOp123456789AsDfGhJkL›" \\',
            "    https://api.example.com/v1/models",
            "HTTP/1.1 200 OK",
            "$ git remote -v",
            "origin  https://jane:‹glpat-x7Kd93mQwErTyUiOp12›@gitlab.example.com/app.git",
            "$ psql -h localhost -U shop",
            "Password for user shop:",
            "psql (16.2)",
        ),
    ),
    (
        "pem",
        DARK,
        (
            "$ cat id_rsa",
            "-----‹BEGIN RSA PRIVATE KEY›-----",
            "‹MIIEowIBAAKCAQEAx5b2h1mVJqYd0Gz8Kf3nQwLr7TtUeWcP›",
            "‹Yk9sR4vBnM2pXaZ1oHjDqFiE6gSlCuNw8yTbVxKzOeRrQqWm›",
            "-----‹END RSA PRIVATE KEY›-----",
            "$ ls",
            "README.md  id_rsa  main.py",
        ),
    ),
    (
        "config",
        PLAIN,
        (
            "Connection settings",
            "Host: db.example.com",
            "User: reporting",
            "Password: ‹Summer!2026›",
            "Port: 5432",
            "API token: ‹7f3a9c1e5b8d2046af91›",
            "Contact: ‹ops.team@example.com›",
        ),
    ),
    (
        "invoice",
        SMALL,
        (
            "Invoice 2026-0117   Date 14 March 2026",
            "Billed to Jane Doe, 12 Harbour Street",
            "E-mail ‹jane.doe@mail.example.co.uk›   Phone ‹+44 20 7946 0958›",
            "IBAN ‹GB29 NWBK 6016 1331 9268 19›",
            "Card ‹4539 1488 0343 6467›   Expires 08/29",
            "Subtotal 1,204.00   Tax 240.80   Total 1,444.80",
        ),
    ),
    (
        "profile",
        PLAIN,
        (
            "Customer 10482",
            "Name  Robert Smith",
            "Mobile  ‹(555) 234-5678›",
            "Social security  ‹219-09-9999›",
            "Card on file  ‹5555 5555 5555 4444›",
            "Member since 2019, 42 orders, last 2026-03-02",
        ),
    ),
    (
        "web",
        SMALL,
        (
            "Your new API key",
            "Copy it now. You will not see it again.",
            "‹sk-ant-api03-Zx81Kd0LmQ7vTbRwYp4Ns›",
            "Session cookie ‹eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N›",
            "Created 2026-03-02 by admin, 3 of 5 keys in use",
        ),
    ),
    (
        "shop-zh",
        CHINESE,
        (
            "收货信息",
            "收件人：张伟",
            "手机号码：‹13812345678›",
            "身份证号：‹11010519491231002X›",
            "银行卡号：‹6222 0212 3456 7890 128›",
            "订单编号：20260302104829",
            "合计：¥1,204.00",
        ),
    ),
    (
        "sms-zh",
        CHINESE,
        (
            "【某某银行】您的验证码是 ‹483920›，5 分钟内有效。",
            "如有疑问请联系 ‹service@bank.example.cn›",
            "或拨打 ‹010-62781234›",
            "2026年3月2日 10:48",
        ),
    ),
    (
        "code-zh",
        CHINESE_DARK,
        (
            "# 数据库配置",
            'host = "db.example.com"',
            'password = "‹Mima#2026›"',
            'api_key = "‹3f9a1c7e5b8d20464b1e9d7c3a5f8026.Kd82LmQx71VbTzR4›"',
            "# 修改后需要重新启动服务",
            "pool_size = 24",
        ),
    ),
    (
        "chat-zh",
        CHINESE,
        (
            "小李：服务器登录密码发我一下",
            "小王：账号 root，密码：‹Wangluo_8899›",
            "小李：收到，顺便把你的邮箱给我",
            "小王：‹wang.xiaoming@example.com›，电话 ‹+86 139 1234 5678›",
            "小李：好的，明天上午 10:30 开会",
        ),
    ),
    (
        "cloud-zh",
        CHINESE_DARK,
        (
            "访问密钥",
            "AccessKeyId  ‹LTAI5tKd82LmQx71VbTzR4wY›",
            "AccessKeySecret  ‹Zx81Kd0LmQ7vTbRwYp4NsA2cE5gH9j›",
            "状态  已启用",
            "创建时间  2026-03-02 10:48:29",
        ),
    ),
)

# And these they were not: nothing was changed after they were first read.
_OTHERS: tuple[tuple[str, Look, tuple[str, ...]], ...] = (
    (
        "compose",
        DARK,
        (
            "services:",
            "  db:",
            "    image: postgres:16",
            "    environment:",
            "      POSTGRES_USER: shop",
            "      POSTGRES_PASSWORD: ‹Vr9-kettle-moss›",
            "      SENDGRID_KEY: ‹SG.q8Zk2LmXw0RtYb7NcVf1Ag.Hs6Jd4Pq9Ue3Ti8Oy5Kr2Wn0Mx7Lz1Bv›",
            "    ports: [5432]",
        ),
    ),
    (
        "notes",
        PLAIN,
        (
            "Wi-Fi at the office",
            "Network: Harbour-Guest",
            "Password: ‹blue42whale›",
            "Printer code 7731, second floor",
            "Questions: ‹helpdesk@harbour.example.org›, ‹+1 212-555-0147›",
        ),
    ),
    (
        "console",
        SMALL,
        (
            "Service accounts   Keys   Usage",
            "Key ID ‹AIzaSyD4k9Xw2LmQ7vTbRzYp0NsCfGhJ1aEuIoV›",
            "Restricted to 3 referrers, rotated 41 days ago",
            "Slack hook ‹xoxb-2048113902-9Kd82LmQx71VbTzR4wYp›",
            "Requests today 12,480 of 50,000",
        ),
    ),
    (
        "transfer",
        PLAIN,
        (
            "Transfer confirmed",
            "From  ‹FR14 2004 1010 0505 0001 3M02 606›",
            "To  ‹NL91 ABNA 0417 1643 00›",
            "Amount  EUR 1,250.00   Fee EUR 0.00",
            "Reference 4471-2026-0093",
        ),
    ),
    (
        "ticket",
        SMALL,
        (
            "Ticket 20417: cannot log in",
            "Reporter ‹m.kowalska@poczta.example.pl›, mobile ‹+48 601 234 567›",
            "Paid with ‹3782 822463 10005› on 14 May",
            "The log says: 401 for user 88213 at 10:42:07",
            "One-time code ‹739 204› did not arrive",
        ),
    ),
    (
        "shell-zh",
        CHINESE_DARK,
        (
            "$ export DASHSCOPE_API_KEY=‹sk-5c1f0e7d9b3a4268a1c4e7f20b6d8935›",
            "$ mysql -u root -p",
            "请输入密码：",
            "mysql> SET PASSWORD = '‹Hongye.2026›';",
            "Query OK, 0 rows affected (0.01 sec)",
        ),
    ),
    (
        "form-zh",
        CHINESE,
        (
            "入职登记表",
            "姓名 王芳   性别 女   工号 10482",
            "身份证 ‹440308199901101512›",
            "联系电话 ‹159-8765-4321›   邮箱 ‹fang.wang@corp.example.cn›",
            "工资卡号 ‹6217 0000 1001 2345 677›",
            "入职日期 2026年3月2日",
        ),
    ),
    (
        "mail-zh",
        CHINESE,
        (
            "主题：测试环境账号",
            "地址：http://test.example.cn:8080/login",
            "用户名：tester01  密码：‹Ceshi@8899›",
            "提取码：‹x7k2›",
            "有问题请打 ‹0755-26781234›，谢谢！",
        ),
    ),
)


def kept() -> tuple[Sheet, ...]:
    """Draw those that the patterns were made with."""
    return tuple(_drawn(name, look, rows) for name, look, rows in _KEPT)


def others() -> tuple[Sheet, ...]:
    """Draw those that they are judged on."""
    return tuple(_drawn(name, look, rows) for name, look, rows in _OTHERS)


def _drawn(name: str, look: Look, rows: tuple[str, ...]) -> Sheet:
    face = font(look.family, look.language, look.size)
    step = round(look.size * 2.1)
    width = max(round(face.getlength(_PART.sub(r"\1", text))) for text in rows) + 60
    picture = Image.new("RGB", (max(width, 480), step * len(rows) + 30), look.ground)
    draw = ImageDraw.Draw(picture)
    secrets: list[tuple[str, Rect]] = []
    for number, text in enumerate(rows):
        y = 15 + step * number
        draw.text((24, y), _PART.sub(r"\1", text), look.ink, face)
        for before, secret in _parts(text):
            box = draw.textbbox((24 + face.getlength(before), y), secret, face)
            left, top, right, bottom = (round(value) for value in box)
            secrets.append((secret, (left, top, right, bottom)))
    return Sheet(name, picture, tuple(secrets))


def _parts(text: str) -> Iterator[tuple[str, str]]:
    """Yield each secret of a row, with what stands before it."""
    for match in _PART.finditer(text):
        yield _PART.sub(r"\1", text[: match.start()]), match[1]
