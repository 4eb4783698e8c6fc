"""Twenty other pictures of the same kinds: what the reader is judged on, but was not made with.

Layouts, sizes, colours and fonts are drawn by lot from a seed, the contents are others, and each is asked
about twice.  Whoever improves the reader looks at the first twenty; these only say whether it was an improvement.
"""

from random import Random

from tests.bench.ocr_paper import MONO, SANS, SERIF, Asked, Paper, Rows, Scene

SEED = 20260923
DARK = (("#1e1e1e", "#d4d4d4"), ("#0c0c0c", "#cccccc"), ("#282a36", "#f8f8f2"), ("#202124", "#e8eaed"))
LIGHT = (("#ffffff", "#1f2328"), ("#fdf6e3", "#4b5b63"), ("#f3f3f3", "#111111"), ("#fffdf7", "#222222"))


def plain(name: str, lot: Random, family: str, texts: tuple[str, ...], asked: Asked) -> Scene:
    """Draw lines one below the other: a terminal, a file, a page."""
    size = lot.randint(13, 18)
    step = round(size * lot.uniform(1.45, 1.9))
    paper = _paper(name, lot, 64 * size, step * (len(texts) + 1), family, size)
    paper.rows(lot.randint(8, 40), step // 2, step, texts)
    return paper.scene(name, *asked)


def titled(name: str, lot: Random, texts: tuple[str, ...], asked: Asked) -> Scene:
    """Draw a slide or a page of the web: a large title, then lines, the last one small print."""
    size = lot.randint(17, 30)
    step = round(size * lot.uniform(1.7, 2.4))
    paper = _paper(name, lot, 48 * size, step * (len(texts) + 3), SANS, size)
    title, *middle, small = texts
    paper.write(40, size, title, size=round(size * lot.uniform(1.5, 1.9)))
    paper.rows(44, 2 * step + size, step, tuple(middle))
    paper.write(44, step * (len(texts) + 2) - size, small, size=max(12, size * 2 // 3))
    return paper.scene(name, *asked)


def table(name: str, lot: Random, rows: Rows, asked: Asked) -> Scene:
    """Draw a table, its columns as wide as they must be; an empty cell stays empty."""
    size = lot.randint(13, 18)
    step = round(size * lot.uniform(1.8, 2.8))
    letter = size if name.endswith("zh") else size * 0.66
    widths = [max(len(row[at]) for row in rows) * letter + 3 * size for at in range(len(rows[0]))]
    lefts = tuple(round(20 + sum(widths[:at])) for at in range(len(widths)))
    paper = _paper(name, lot, round(20 + sum(widths)), step * len(rows) + 20, SANS, size)
    paper.grid(lefts, 14, step, rows)
    return paper.scene(name, *asked)


def chat(name: str, lot: Random, talk: Rows, asked: Asked) -> Scene:
    """Draw messages left and right, each below its speaker where one is named."""
    size = lot.randint(14, 18)
    paper = _paper(name, lot, 44 * size, (5 * size) * len(talk) + 20, SANS, size)
    paper.talk(24, 14, 5 * size, talk, gap=2 * size, indent=6 * size, size=size - 2)
    return paper.scene(name, *asked)


def columns(name: str, lot: Random, title: str, halves: Rows, asked: Asked) -> Scene:
    """Draw a page of two columns."""
    size = lot.randint(18, 21)
    step = round(size * lot.uniform(1.6, 2.1))
    letter = size if name.endswith("zh") else size * 0.5
    width = round(max(len(text) for text in halves[0]) * letter)
    paper = _paper(name, lot, 2 * width + 8 * size, step * len(halves[0]) + 130, SERIF, size)
    paper.write(50, 36, title, size=size + 12)
    paper.columns((50, 50 + width + 3 * size), 110, step, halves)
    return paper.scene(name, *asked)


def menu(name: str, lot: Random, side: tuple[str, ...], rows: Rows, asked: Asked) -> Scene:
    """Draw a settings window: a menu at the side, labels and values beside it."""
    size = lot.randint(14, 17)
    paper = _paper(name, lot, 60 * size, 30 + 3 * size * max(len(side), len(rows)), SANS, size)
    paper.rows(24, 24, round(2.6 * size), side)
    paper.grid((18 * size, 42 * size), 40, round(3.3 * size), rows)
    return paper.scene(name, *asked)


def _paper(name: str, lot: Random, width: int, height: int, family: str, size: int) -> Paper:
    ground, ink = lot.choice(LIGHT if family == SERIF else DARK + LIGHT)
    language = name[-2:]
    scale = lot.choice((1.0, 1.0, 1.25, 1.5, 2.0))
    return Paper(width, height, ground, ink, family, language, size, scale)


PLAIN: tuple[tuple[str, str, tuple[str, ...], Asked], ...] = (
    (
        "install-en",
        MONO,
        (
            "dev@lab:~$ sudo apt upgrade",
            "Reading package lists... Done",
            "Building dependency tree... Done",
            "The following packages will be upgraded:",
            "curl firefox-esr libssl3 openssh-server",
            "4 upgraded, 0 newly installed, 2 not upgraded.",
            "Need to get 88.1 MB of archives.",
            "Get:1 http://deb.example.org bookworm/main curl 7.88.1",
            "Fetching ................................ 100%",
            "E: Could not get lock /var/lib/dpkg/lock-frontend",
            "The lock is held by process 2417 (unattended-upgr)",
            "dev@lab:~$ systemctl status ssh",
            "Active: active (running) since Tue 09:12:44",
        ),
        (
            ("How many packages were upgraded?", "4 upgraded, 0 newly installed, 2 not upgraded."),
            ("Which process holds the lock?", "The lock is held by process 2417 (unattended-upgr)"),
        ),
    ),
    (
        "server-zh",
        MONO,
        (
            "[root@web01 ~]# systemctl restart nginx",
            "任务失败，退出代码为 3",
            "nginx: 端口 8080 已被占用",
            "占用端口的进程号：5521",
            "[root@web01 ~]# free -h",
            "内存：总计 16G，已用 11G，可用 5G",
            "交换分区：总计 2G，已用 0.3G",
            "[root@web01 ~]# uptime",
            "系统已运行 37 天，当前用户 4 个",
        ),
        (
            ("退出代码是多少？", "任务失败，退出代码为 3"),
            ("系统运行了多少天？", "系统已运行 37 天，当前用户 4 个"),
        ),
    ),
    (
        "yaml-en",
        MONO,
        (
            "# mail server of the workshop",
            "server:",
            "host: mail.example.net",
            "port: 993",
            "timeout: 45",
            "# messages larger than this are refused",
            "max_size: 26214400",
            "retries: 6",
            "log_level: warning",
            "backup_folder: /srv/backup/mail",
        ),
        (
            ("What is the timeout?", "timeout: 45"),
            ("Where do backups go?", "backup_folder: /srv/backup/mail"),
        ),
    ),
    (
        "code-zh",
        MONO,
        (
            "def 计算运费(重量, 距离):",
            "起步价 = 12.5",
            "if 重量 > 20:",
            'raise ValueError("超过最大重量 20 公斤")',
            "每公里单价 = 0.35",
            "return 起步价 + 距离 * 每公里单价",
            "# 节假日加收百分之十",
        ),
        (("每公里单价是多少？", "每公里单价 = 0.35"), ("节假日加收多少？", "# 节假日加收百分之十")),
    ),
    (
        "warning-en",
        SANS,
        (
            "Low battery",
            "Your battery is at 8 %.",
            "The computer will sleep in 6 minutes.",
            "Plug in the charger to keep working.",
            "Remind me later",
        ),
        (
            ("How full is the battery?", "Your battery is at 8 %."),
            ("When will the computer sleep?", "The computer will sleep in 6 minutes."),
        ),
    ),
    (
        "login-zh",
        SANS,
        (
            "登录失败",
            "密码错误，您还可以尝试 2 次。",
            "连续输错五次后，账户将被锁定 30 分钟。",
            "忘记密码？",
            "客服热线：400-820-1177",
            "返回　重新登录",
        ),
        (
            ("还可以尝试几次？", "密码错误，您还可以尝试 2 次。"),
            ("客服热线是多少？", "客服热线：400-820-1177"),
        ),
    ),
)

TABLES: tuple[tuple[str, Rows, Asked], ...] = (
    (
        "staff-en",
        (
            ("Name", "Department", "Office", "Phone", "Start"),
            ("A. Novak", "Finance", "B 214", "4410", "2019-04-01"),
            ("J. Silva", "Support", "A 102", "4475", "2021-09-15"),
            ("M. Haddad", "Research", "C 330", "4402", "2016-01-11"),
            ("R. Lindqvist", "Finance", "B 216", "4418", "2023-06-05"),
            ("S. Okafor", "Design", "A 118", "4460", "2020-11-23"),
        ),
        (
            ("What is the phone number of Haddad?", "M. Haddad Research C 330 4402 2016-01-11"),
            ("Which office is Okafor in?", "S. Okafor Design A 118 4460 2020-11-23"),
        ),
    ),
    (
        "grades-zh",
        (
            ("姓名", "语文", "数学", "英语", "总分"),
            ("李明远", "92", "88", "79", "259"),
            ("赵雪", "85", "96", "91", "272"),
            ("陈思齐", "77", "90", "84", "251"),
            ("孙悦", "95", "71", "93", "259"),
            ("平均分", "87", "86", "87", "260"),
        ),
        (
            ("赵雪的数学多少分？", "赵雪 85 96 91 272"),
            ("陈思齐的总分是多少？", "陈思齐 77 90 84 251"),
        ),
    ),
    (
        "order-en",
        (
            ("Order 88213", "", "15 May 2026"),
            ("Ship to", "", "Elm Road 9, Leeds"),
            ("Item", "Quantity", "Price"),
            ("Desk lamp, brass", "3", "87.00"),
            ("Wall clock", "1", "34.50"),
            ("Picture frame A4", "10", "59.00"),
            ("Gift wrapping", "", "4.00"),
            ("Total", "", "184.50"),
        ),
        (
            ("How many picture frames were ordered?", "Picture frame A4 10 59.00"),
            ("What is the total?", "Total 184.50"),
        ),
    ),
    (
        "hotel-zh",
        (
            ("东湖宾馆账单", "", ""),
            ("入住日期", "", "2026-05-02"),
            ("离店日期", "", "2026-05-05"),
            ("项目", "数量", "金额"),
            ("大床房", "3", "1164.00"),
            ("早餐", "6", "168.00"),
            ("洗衣", "1", "45.00"),
            ("押金", "", "-500.00"),
            ("应付合计", "", "877.00"),
        ),
        (("哪天离店？", "离店日期 2026-05-05"), ("早餐花了多少钱？", "早餐 6 168.00")),
    ),
)

TITLED: tuple[tuple[str, tuple[str, ...], Asked], ...] = (
    (
        "plan-en",
        (
            "Warehouse move: status",
            "• 62 % of the shelves are already in place",
            "• The lease of the old hall ends on 30 September",
            "• Two forklifts break down every week",
            "• Budget left: 48,000 euros",
            "Logistics team · slide 3",
        ),
        (
            ("When does the lease end?", "• The lease of the old hall ends on 30 September"),
            ("How much budget is left?", "• Budget left: 48,000 euros"),
        ),
    ),
    (
        "plan-zh",
        (
            "校园节能改造方案",
            "• 更换节能灯具四千二百盏",
            "• 屋顶光伏年发电量约九十万度",
            "• 工程计划于七月十五日动工",
            "• 预计四年收回投资",
            "后勤处　第 5 页",
        ),
        (
            ("更换了多少盏灯具？", "• 更换节能灯具四千二百盏"),
            ("工程什么时候动工？", "• 工程计划于七月十五日动工"),
        ),
    ),
    (
        "museum-en",
        (
            "Museum of Clocks",
            "Open daily from 9:30 to 18:00, closed on Mondays.",
            "Adults 11 euros, children under 12 free.",
            "Guided tours start at noon in the entrance hall.",
            "Bus 7 stops in front of the door.",
            "Questions? Ask at the desk or write to us.",
        ),
        (
            ("What does a ticket for adults cost?", "Adults 11 euros, children under 12 free."),
            ("When do guided tours start?", "Guided tours start at noon in the entrance hall."),
        ),
    ),
    (
        "weather-zh",
        (
            "今日天气预报",
            "白天多云，最高气温二十八摄氏度。",
            "夜间有小雨，最低气温十九摄氏度。",
            "空气质量指数 42，适宜户外活动。",
            "日出五点十二分，日落十九点零六分。",
            "气象台　编辑：林岚",
        ),
        (
            ("最高气温多少度？", "白天多云，最高气温二十八摄氏度。"),
            ("几点日落？", "日出五点十二分，日落十九点零六分。"),
        ),
    ),
)

CHATS: tuple[tuple[str, Rows, Asked], ...] = (
    (
        "office-en",
        (
            ("Priya", "What time is the review tomorrow?"),
            ("Tom", "Moved to half past two because of the visitors."),
            ("Priya", "Ok. Who brings the samples?"),
            ("Tom", "Elena has them in her car."),
            ("Priya", "How many people are coming?"),
            ("Tom", "Nine, two of them online."),
        ),
        (
            ("What time is the review?", "Moved to half past two because of the visitors."),
            ("How many people are coming to the review?", "Nine, two of them online."),
        ),
    ),
    (
        "family-zh",
        (
            ("", "妈妈的航班几点到？"),
            ("", "晚上九点二十落地，T2 航站楼"),
            ("", "谁去接她？"),
            ("", "我开车去，顺便买点水果"),
            ("", "酒店订在哪里了？"),
            ("", "人民广场旁边那家，走路五分钟"),
        ),
        (
            ("航班几点到？", "晚上九点二十落地，T2 航站楼"),
            ("酒店订在哪里？", "人民广场旁边那家，走路五分钟"),
        ),
    ),
)

COLUMNS: tuple[tuple[str, str, Rows, Asked], ...] = (
    (
        "river-en",
        "A ferry between two villages",
        (
            (
                "The first boat crossed the river in",
                "1862, pulled along a rope by two men.",
                "It carried farmers to the market and",
                "now and then a doctor to the mill.",
                "A steam engine replaced the rope when",
                "the railway reached the southern bank.",
            ),
            (
                "Today the crossing takes six minutes",
                "and costs a walker eighty cents. The",
                "crew of three works from March until",
                "the end of October; in winter the ice",
                "makes the landing stages too slippery",
                "for anybody but the gulls.",
            ),
        ),
        (
            ("How long does the crossing take?", "Today the crossing takes six minutes"),
            ("What replaced the rope?", "A steam engine replaced the rope when"),
        ),
    ),
    (
        "tea-zh",
        "高山茶园的四季",
        (
            (
                "茶园位于海拔一千二百米的山坡上，",
                "常年云雾缭绕，昼夜温差很大。每",
                "年清明前后开始采摘，熟练的茶农",
                "一天可采鲜叶八斤左右。鲜叶须在",
                "当天完成杀青，否则香气会散失。",
            ),
            (
                "夏季雨水充足，茶农忙于除草和修",
                "枝。秋茶的产量约为春茶的一半，",
                "价格也低三成。冬季茶树休眠，村",
                "里用这段时间修补梯田与水渠，并",
                "整理来年的订单。",
            ),
        ),
        (
            ("茶园海拔多少米？", "茶园位于海拔一千二百米的山坡上，"),
            ("秋茶的产量是多少？", "枝。秋茶的产量约为春茶的一半，"),
        ),
    ),
)

MENUS: tuple[tuple[str, tuple[str, ...], Rows, Asked], ...] = (
    (
        "phone-en",
        ("Wi-Fi", "Bluetooth", "Battery", "Storage", "Camera", "Updates"),
        (
            ("Model number", "GX-410B"),
            ("Storage used", "71.3 GB"),
            ("Android version", "15"),
            ("Last update", "12 August 2026"),
            ("Battery health", "91 %"),
        ),
        (
            ("How much storage is used?", "Storage used 71.3 GB"),
            ("When was the last update?", "Last update 12 August 2026"),
        ),
    ),
    (
        "printer-zh",
        ("状态", "纸张", "墨水", "网络", "维护"),
        (
            ("打印机型号", "LP-3280"),
            ("黑色墨水剩余", "64%"),
            ("已打印页数", "18,402 页"),
            ("网络地址", "192.168.3.27"),
            ("上次清洗", "2026年4月9日"),
        ),
        (
            ("黑色墨水还剩多少？", "黑色墨水剩余 64%"),
            ("上次清洗是什么时候？", "上次清洗 2026年4月9日"),
        ),
    ),
)


def scenes() -> tuple[Scene, ...]:
    """Draw all twenty, the same each time."""
    lot = Random(SEED)
    return (
        *(plain(name, lot, family, texts, asked) for name, family, texts, asked in PLAIN),
        *(table(name, lot, rows, asked) for name, rows, asked in TABLES),
        *(titled(name, lot, texts, asked) for name, texts, asked in TITLED),
        *(chat(name, lot, talk, asked) for name, talk, asked in CHATS),
        *(columns(name, lot, title, halves, asked) for name, title, halves, asked in COLUMNS),
        *(menu(name, lot, side, rows, asked) for name, side, rows, asked in MENUS),
    )
