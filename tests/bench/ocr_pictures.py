"""Twenty pictures of what people look at, in English and Chinese, with the text that is in them.

Drawn anew each time.  Each comes with questions and the lines that answer them.
"""

from collections.abc import Callable

from tests.bench.ocr_paper import MONO, SERIF, Paper, Rows, Scene


def terminal_en() -> Scene:
    """Draw a dark terminal with a failing build."""
    paper = Paper(960, 420, ground="#1e1e1e", ink="#d4d4d4", family=MONO, size=14)
    paper.rows(
        12,
        12,
        22,
        (
            "user@build:~/project$ make test",
            "collected 214 items",
            "tests/test_store.py ........................ [ 31%]",
            "tests/test_window.py ............F.......... [ 78%]",
            "E   AssertionError: expected 3 rows, found 2",
            "tests/test_window.py:118: AssertionError",
            "FAILED tests/test_window.py::test_reopen",
            "1 failed, 213 passed in 42.17s",
            "make: *** [Makefile:14: test] Error 1",
            "user@build:~/project$ df -h /home",
            "/dev/sda2       234G  198G   25G  89% /home",
        ),
    )
    return paper.scene("terminal-en", ("How many tests failed?", "1 failed, 213 passed in 42.17s"))


def terminal_zh() -> Scene:
    """Draw a light terminal in Chinese."""
    paper = Paper(860, 360, ground="#fdf6e3", ink="#586e75", family=MONO, language="zh", size=15)
    paper.rows(
        12,
        12,
        27,
        (
            "$ git status",
            "位于分支 main",
            "您的分支与上游分支 origin/main 一致。",
            "尚未暂存以备提交的变更：",
            "修改：     src/window.py",
            "未跟踪的文件：",
            "docs/说明.md",
            "$ apt install libreoffice",
            "错误：磁盘空间不足，还需要 341 MB",
        ),
    )
    return paper.scene("terminal-zh", ("磁盘空间还需要多少？", "错误：磁盘空间不足，还需要 341 MB"))


def editor_en() -> Scene:
    """Draw code with line numbers."""
    paper = Paper(900, 430, ground="#ffffff", ink="#24292f", family=MONO, size=13)
    code = (
        "def retry(call, attempts=5):",
        '    """Call until it works."""',
        "    delay = 0.25",
        "    for number in range(attempts):",
        "        try:",
        "            return call()",
        "        except TimeoutError as error:",
        '            log.warning("try %d: %s", number, error)',
        "            time.sleep(delay)",
        "            delay = min(delay * 2, 30.0)",
        '    raise RuntimeError("gave up")',
    )
    for index, line in enumerate(code):
        indent = 60 + 8 * (len(line) - len(line.lstrip()))
        paper.write(14, 14 + 24 * index, (14, f"{index + 41}"), (indent, line.lstrip()))
    return paper.scene("editor-en", ("What is the longest delay?", "50 delay = min(delay * 2, 30.0)"))


def editor_zh() -> Scene:
    """Draw a dark settings file with Chinese comments."""
    paper = Paper(820, 330, ground="#282c34", ink="#abb2bf", family=MONO, language="zh", size=15)
    paper.rows(
        16,
        14,
        28,
        (
            "# 数据库配置",
            'host = "db.example.com"',
            "port = 5432",
            "# 连接池的最大连接数",
            "pool_size = 24",
            "# 超时时间，单位为秒",
            "timeout = 15",
            'language = "中文"',
            "# 修改后需要重新启动服务",
        ),
    )
    return paper.scene("editor-zh", ("连接池最大连接数的设置在哪里？", "# 连接池的最大连接数"))


def dialog_en() -> Scene:
    """Draw an error dialog at twice the density."""
    paper = Paper(440, 180, ground="#f6f6f6", size=13, scale=2)
    paper.write(16, 10, "Save document")
    paper.rows(
        70,
        50,
        24,
        (
            "The file report.odt could not be saved.",
            "The disk is full: 12 MB more are needed.",
            "Free some space or choose another folder.",
        ),
    )
    paper.box(250, 138, 330, 168, "#e1e1e1")
    paper.box(342, 138, 424, 168, "#2563eb")
    paper.write(0, 144, (266, "Cancel"), (356, "Save as…"), ink="#111111")
    return paper.scene(
        "dialog-en", ("How much more disk space is needed?", "The disk is full: 12 MB more are needed.")
    )


def dialog_zh() -> Scene:
    """Draw a confirmation in Chinese."""
    paper = Paper(460, 190, ground="#ffffff", language="zh", size=15, scale=1.5)
    paper.write(20, 12, "删除对话")
    paper.rows(
        20,
        56,
        28,
        ("确定要删除“季度报告分析”吗？", "该对话包含 18 条消息和 3 个附件。", "删除后可在 10 秒内撤销。"),
    )
    paper.box(260, 146, 346, 178, "#eeeeee")
    paper.write(0, 150, (284, "取消"), (380, "删除"))
    return paper.scene("dialog-zh", ("对话里有多少个附件？", "该对话包含 18 条消息和 3 个附件。"))


def table_en() -> Scene:
    """Draw a spreadsheet."""
    paper = Paper(900, 360, size=14)
    columns = (24, 250, 420, 590, 750)
    table = (
        ("Region", "Units", "Price", "Revenue", "Change"),
        ("North", "1,204", "$49.90", "$60,079.60", "+4.1%"),
        ("South", "987", "$62.01", "$61,200.75", "-0.8%"),
        ("East", "2,310", "$18.25", "$42,157.50", "+12.6%"),
        ("West", "415", "$120.00", "$49,800.00", "+2.0%"),
        ("Overseas", "76", "$310.40", "$23,590.40", "-7.3%"),
        ("Total", "4,992", "", "$236,828.25", "+3.2%"),
    )
    return _table(paper, columns, table, "table-en", "What is the revenue of the South region?", 2)


def table_zh() -> Scene:
    """Draw a table of trains."""
    paper = Paper(860, 330, language="zh", size=16)
    columns = (24, 170, 330, 490, 650)
    table = (
        ("车次", "出发", "到达", "历时", "票价"),
        ("G101", "06:36", "12:40", "6小时04分", "553.0元"),
        ("G105", "07:20", "13:08", "5小时48分", "553.0元"),
        ("D709", "19:36", "07:22", "11小时46分", "408.5元"),
        ("K1109", "22:15", "16:30", "18小时15分", "156.5元"),
        ("Z281", "17:02", "08:19", "15小时17分", "177.5元"),
    )
    return _table(paper, columns, table, "table-zh", "D709 的票价是多少？", 3)


def _table(paper: Paper, columns: tuple[int, ...], table: Rows, name: str, question: str, row: int) -> Scene:
    for index in range(0, len(table), 2):
        paper.box(10, 10 + 44 * index, paper.width - 10, 50 + 44 * index, "#f3f4f6")
    paper.grid(columns, 18, 44, table)
    return paper.scene(name, (question, paper.lines[row]))


def slide_en() -> Scene:
    """Draw a slide on a coloured ground."""
    paper = Paper(1280, 720, ground="#0f2a4a", ink="#ffffff", size=30)
    paper.write(80, 60, "Battery roadmap 2027", size=54)
    paper.rows(
        100,
        190,
        74,
        (
            "• Cell energy density rises to 320 Wh/kg",
            "• Pilot line in Gdańsk opens in March",
            "• Recycling recovers 94 % of the cobalt",
            "• Cost target: 71 euros per kilowatt-hour",
        ),
    )
    paper.write(80, 650, "Confidential · page 7 of 31", size=18, ink="#9fb3c8")
    return paper.scene(
        "slide-en", ("When does the pilot line open?", "• Pilot line in Gdańsk opens in March")
    )


def slide_zh() -> Scene:
    """Draw a slide in Chinese."""
    paper = Paper(1280, 720, ground="#ffffff", ink="#222222", language="zh", size=32)
    paper.box(0, 0, 1280, 130, "#b42318")
    paper.write(60, 30, "二〇二六年第三季度经营情况", size=50, ink="#ffffff")
    paper.rows(
        80,
        190,
        84,
        (
            "• 营业收入同比增长百分之十二点四",
            "• 新增企业客户三百一十六家",
            "• 研发投入占收入的百分之十八",
            "• 海外市场首次实现盈利",
            "• 全年目标：净利润突破两亿元",
        ),
    )
    return paper.scene("slide-zh", ("新增企业客户多少家？", "• 新增企业客户三百一十六家"))


def invoice_en() -> Scene:
    """Draw an invoice as a scanned page would show it."""
    paper = Paper(820, 1060, family=SERIF, size=18)
    paper.write(60, 60, "Harbour Tools Ltd", size=34)
    paper.rows(60, 130, 30, ("14 Quay Street, Bristol BS1 4RH", "VAT number GB 412 7789 03"))
    paper.write(0, 230, (60, "Invoice 2026-0417"), (540, "Date: 3 June 2026"))
    items = (
        ("Description", "Qty", "Amount"),
        ("Torque wrench 40-200 Nm", "2", "178.00"),
        ("Hex key set, metric", "5", "62.50"),
        ("Safety goggles, clear", "12", "94.80"),
        ("Delivery", "1", "15.00"),
        ("Subtotal", "", "350.30"),
        ("VAT 20 %", "", "70.06"),
        ("Amount due", "", "420.36"),
    )
    paper.grid((60, 500, 660), 310, 44, items)
    paper.rows(60, 720, 30, ("Payment within 30 days to account 0048 1123 55.", "Thank you for your order."))
    return paper.scene("invoice-en", ("What is the amount due?", "Amount due 420.36"))


def invoice_zh() -> Scene:
    """Draw a receipt in Chinese."""
    paper = Paper(560, 640, family=SERIF, language="zh", size=20)
    paper.write(150, 30, "城南书店销售小票", size=30)
    paper.rows(40, 100, 38, ("单号：20260618-0093", "收银员：王晓燕"))
    items = (
        ("深入理解计算机系统", "139.00"),
        ("红楼梦（上下册）", "59.70"),
        ("中性笔 0.5 毫米", "12.00"),
        ("合计", "210.70"),
        ("会员优惠", "-21.07"),
        ("实付金额", "189.63"),
    )
    paper.grid((40, 420), 200, 46, items)
    paper.write(40, 520, "七天内凭小票退换")
    return paper.scene("invoice-zh", ("实付金额是多少？", "实付金额 189.63"))


def web_en() -> Scene:
    """Draw a web page with small print."""
    paper = Paper(1100, 420, size=16)
    paper.write(0, 16, (40, "Wayfarer"), (700, "Stays"), (800, "Flights"), (910, "Sign in"))
    paper.write(40, 80, "Lakeside cabin, Bled", size=32)
    paper.rows(
        40,
        150,
        34,
        (
            "Two bedrooms, sauna, and a jetty of its own.",
            "Check-in from 15:00, check-out until 10:00.",
            "Pets are welcome for a fee of 12 euros a night.",
            "Free cancellation until 48 hours before arrival.",
        ),
    )
    paper.rows(40, 330, 24, ("Prices include tourist tax. Photos by the owner.",), size=11, ink="#656d76")
    return paper.scene("web-en", ("What time is check-out?", "Check-in from 15:00, check-out until 10:00."))


def web_zh() -> Scene:
    """Draw a page of news in Chinese."""
    paper = Paper(1000, 440, language="zh", size=18)
    paper.write(40, 20, "城市新闻", size=16, ink="#b42318")
    paper.write(40, 60, "地铁十四号线延长段下月开通", size=32)
    paper.rows(
        40,
        130,
        38,
        (
            "本报讯　地铁十四号线东延段将于下月八日投入运营，",
            "全长十七点三公里，设车站十一座，可与三条线路换乘。",
            "首班车时间为早上五点三十分，末班车为晚上十一点。",
            "开通后，从东湖到市中心只需二十六分钟。",
            "运营首周，乘客凭交通卡可免费乘坐一次。",
        ),
    )
    paper.write(40, 350, "记者：陈立　编辑：周敏", size=13, ink="#656d76")
    return paper.scene("web-zh", ("首班车是几点？", "首班车时间为早上五点三十分，末班车为晚上十一点。"))


def chat_en() -> Scene:
    """Draw a dark chat."""
    paper = Paper(620, 420, ground="#1e1f22", ink="#e6e6e6", size=15)
    talk = (
        ("Maya", "Did the printer arrive?"),
        ("Jonas", "Yes, it is in room 4.12 next to the lift."),
        ("Maya", "And the toner?"),
        ("Jonas", "Two black, one cyan. Magenta comes Friday."),
    )
    paper.talk(30, 24, 94, talk, gap=26, size=13, ink="#8ab4ff")
    return paper.scene(
        "chat-en", ("Which room is the printer in?", "Yes, it is in room 4.12 next to the lift.")
    )


def chat_zh() -> Scene:
    """Draw a chat in Chinese, light, at one and a half times the density."""
    paper = Paper(480, 380, ground="#ededed", language="zh", size=15, scale=1.5)
    talk = (
        ("", "周六的聚会改到几点了？"),
        ("", "改到晚上七点，还是老地方。"),
        ("", "需要带什么吗？"),
        ("", "带一瓶果汁就行，蛋糕我来买。"),
    )
    for index in range(len(talk)):
        left, fill = (28, "#ffffff") if index % 2 else (148, "#95ec69")
        paper.box(left, 24 + 84 * index, left + 302, 66 + 84 * index, fill)
    paper.talk(160, 34, 84, talk, indent=-120)
    return paper.scene("chat-zh", ("聚会改到几点？", "改到晚上七点，还是老地方。"))


def article_en() -> Scene:
    """Draw a page of two columns."""
    paper = Paper(1000, 620, family=SERIF, size=19)
    paper.write(60, 40, "On the keeping of bees in northern towns", size=34)
    left = (
        "The first hives on the roofs of the old",
        "harbour were set up by a baker in 1987,",
        "who wanted honey that tasted of lime",
        "trees. Neighbours feared the swarms at",
        "first, yet within two summers most of",
        "them had asked for a jar of their own.",
        "Today the town counts 143 colonies, and",
        "the yield of a good year is four tonnes.",
    )
    right = (
        "Winters are the harder season. A colony",
        "needs about eighteen kilograms of stores",
        "to see the spring, and damp kills more",
        "bees than frost does. Keepers therefore",
        "tilt the hives a little, so that water",
        "runs out by the door. Mites are treated",
        "with oxalic acid in December, when there",
        "is no brood in which they could hide.",
    )
    paper.columns((60, 530), 120, 40, (left, right))
    return paper.scene(
        "article-en", ("How many colonies does the town count?", "Today the town counts 143 colonies, and")
    )


def article_zh() -> Scene:
    """Draw a page of two columns in Chinese."""
    paper = Paper(1000, 520, family=SERIF, language="zh", size=20)
    paper.write(60, 36, "北方古城墙的修缮与保护", size=34)
    left = (
        "这段城墙始建于明代洪武年间，全长",
        "约十三公里，是国内保存较为完整的",
        "古代防御体系之一。历代修缮多以青",
        "砖包砌夯土，砖缝以糯米灰浆黏合，",
        "坚固异常。近年的勘测发现，北段有",
        "二百四十米墙体出现明显的空鼓。",
    )
    right = (
        "修缮工程分为三期，总投资八千六百",
        "万元。第一期清理植被并疏通排水，",
        "第二期加固墙基，第三期恢复垛口与",
        "马道。施工全部采用传统工艺，所用",
        "青砖由当地窑厂按旧制烧成，每块都",
        "印有编号，以便日后查考。",
    )
    paper.columns((60, 540), 120, 46, (left, right))
    return paper.scene("article-zh", ("修缮工程总投资多少？", "修缮工程分为三期，总投资八千六百"))


def settings_en() -> Scene:
    """Draw a settings window: a menu at the side, rows beside it."""
    paper = Paper(880, 420, size=15)
    paper.box(0, 0, 220, 420, "#f0f1f3")
    paper.rows(24, 30, 40, ("General", "Network", "Displays", "Sound", "Power", "Privacy", "About"))
    rows = (
        ("Device name", "atlas-14"),
        ("Memory", "15.4 GiB"),
        ("Processor", "Ryzen 7 7840U"),
        ("Disk capacity", "1.0 TB"),
        ("Kernel version", "6.12.9"),
    )
    paper.grid((270, 620), 52, 54, rows)
    return paper.scene("settings-en", ("How much memory does it have?", "Memory 15.4 GiB"))


def settings_zh() -> Scene:
    """Draw a settings window in Chinese, dark."""
    paper = Paper(860, 400, ground="#202124", ink="#e8eaed", language="zh", size=16)
    paper.box(0, 0, 200, 400, "#2a2b2e")
    paper.rows(28, 26, 42, ("通用", "网络", "显示", "声音", "电源", "隐私", "关于"))
    rows = (
        ("设备名称", "书房电脑"),
        ("系统版本", "深度 23.1"),
        ("剩余空间", "86.2 GB"),
        ("屏幕分辨率", "2560 × 1440"),
        ("自动锁定", "15 分钟后"),
    )
    paper.grid((250, 600), 46, 58, rows)
    return paper.scene("settings-zh", ("剩余空间有多少？", "剩余空间 86.2 GB"))


DRAWN: tuple[Callable[[], Scene], ...] = (
    *(terminal_en, terminal_zh, editor_en, editor_zh, dialog_en, dialog_zh, table_en, table_zh),
    *(slide_en, slide_zh, invoice_en, invoice_zh, web_en, web_zh, chat_en, chat_zh),
    *(article_en, article_zh, settings_en, settings_zh),
)


def scenes() -> tuple[Scene, ...]:
    """Draw all twenty."""
    return tuple(draw() for draw in DRAWN)
