"""Questions in both languages, and the line that answers each among the lines of a page like it."""

import pytest

from backends.ranking import rank

INVOICE = """
Northwind Traders
Invoice No. INV-2026-0419
Invoice date: 12 October 2026
Due date: 11 November 2026
Bill to: Ms. Ada Lovelace
12 St James's Square, London
Item
Quantity
Unit price
Espresso machine, two groups
2
$24,500.00
Installation and training
1
$3,200.00
Subtotal: $52,200.00
Discount (5%): -$2,610.00
VAT 20%: $11,610.75
Shipping: free of charge
Total: $61,200.75
Amount paid: $10,000.00
Balance due: $51,200.75
Payment by bank transfer only
IBAN: GB29 NWBK 6016 1331 9268 19
Questions? Write to billing@northwind.example
Phone: +44 20 7946 0958
Thank you for your business
""".strip().splitlines()

SCREEN = """
File Edit Selection View Go Run Terminal Help
main.py - glimpse - Editor
EXPLORER
README.md
def load_settings(path: Path) -> Settings:
Traceback (most recent call last):
File "main.py", line 42, in load_settings
FileNotFoundError: [Errno 2] No such file or directory: 'settings.toml'
Windows Update
Some updates could not be installed
Error code: 0x80070005
Last checked: today, 09:41
Battery 87% remaining, 3 h 12 min left
Wi-Fi: Office-5G, connected
Version 4.18.2 (build 9021)
Disk C: 12.4 GB free of 256 GB
CPU 34 %   Memory 71 %   GPU 5 %
Signed in as grace.hopper@example.com
Documentation: https://docs.example.com/setup
Press F5 to start debugging
The password must have at least 12 characters
Restart your computer to finish installing updates
Meeting with the design team at 14:30 in Room 7
Copyright 2026 Example Corporation. All rights reserved.
""".strip().splitlines()

CONTRACT = """
采购合同
合同编号:HT-2026-0088
签订日期:2026年9月18日
甲方(采购方):上海星河科技有限公司
乙方(供应方):杭州云帆设备有限公司
第一条 货物名称:工业相机
规格型号:MV-CS200
数量:36台
单价:人民币4,850元
合同总金额:人民币174,600元
交货日期:2026年11月30日前
交货地点:上海市浦东新区张江路88号
付款方式:合同签订后五日内预付30%,验收合格后付清余款
质保期:自验收之日起24个月
违约金:每逾期一日,按合同总金额的0.5%支付
争议由上海市浦东新区人民法院管辖
联系人:王晓明
联系电话:021-5080 1234
电子邮箱:wangxm@xinghe.example
开户银行:中国工商银行张江支行
账号:1001 2345 6789 0123
""".strip().splitlines()

DIALOG = """
文件 编辑 查看 帮助
系统更新
更新未能完成
错误代码:0x80070005
错误说明:拒绝访问,请以管理员身份运行
上次检查时间:今天 09:41
当前版本:11.0.26100
可用空间:12.4 GB
下载进度:87%
预计剩余时间:3分钟
网络状态:已连接到办公室网络
用户名:zhangwei
设备名称:DESKTOP-7H2K
技术支持网站:https://support.example.cn
重试 取消 了解详情
项目周会改到周四下午3点,地点在301会议室
请在12月15日之前提交年度报告
密码至少需要12个字符
""".strip().splitlines()

PAIRS = [
    (INVOICE, "What is the total?", "Total: $61,200.75"),
    (INVOICE, "what's the total amount", "Total: $61,200.75"),
    (INVOICE, "How much is the subtotal?", "Subtotal: $52,200.00"),
    (INVOICE, "When is it due?", "Due date: 11 November 2026"),
    (INVOICE, "What is the invoice date?", "Invoice date: 12 October 2026"),
    (INVOICE, "invoice number", "Invoice No. INV-2026-0419"),
    (INVOICE, "How much discount did we get?", "Discount (5%): -$2,610.00"),
    (INVOICE, "How much VAT is in there?", "VAT 20%: $11,610.75"),
    (INVOICE, "What does shipping cost?", "Shipping: free of charge"),
    (INVOICE, "What is the balance due?", "Balance due: $51,200.75"),
    (INVOICE, "How much has been paid?", "Amount paid: $10,000.00"),
    (INVOICE, "What is the IBAN?", "IBAN: GB29 NWBK 6016 1331 9268 19"),
    (INVOICE, "Give me the phone number", "Phone: +44 20 7946 0958"),
    (INVOICE, "Who is the bill for?", "Bill to: Ms. Ada Lovelace"),
    (INVOICE, "Which espresso machines were ordered?", "Espresso machine, two groups"),
    (SCREEN, "What is the error code?", "Error code: 0x80070005"),
    (SCREEN, "which updates could not be installed", "Some updates could not be installed"),
    (SCREEN, "What version is this?", "Version 4.18.2 (build 9021)"),
    (SCREEN, "How much battery is left?", "Battery 87% remaining, 3 h 12 min left"),
    (SCREEN, "Which Wi-Fi am I connected to?", "Wi-Fi: Office-5G, connected"),
    (SCREEN, "How much disk space is free?", "Disk C: 12.4 GB free of 256 GB"),
    (SCREEN, "who is signed in?", "Signed in as grace.hopper@example.com"),
    (SCREEN, "Where is the documentation?", "Documentation: https://docs.example.com/setup"),
    (SCREEN, "How do I start debugging?", "Press F5 to start debugging"),
    (SCREEN, "How long must the password be?", "The password must have at least 12 characters"),
    (SCREEN, "When is the meeting?", "Meeting with the design team at 14:30 in Room 7"),
    (SCREEN, "which file was not found", SCREEN[7]),
    (SCREEN, "How high is the memory usage?", "CPU 34 %   Memory 71 %   GPU 5 %"),
    (SCREEN, "when was it last checked?", "Last checked: today, 09:41"),
    (CONTRACT, "合同编号是多少?", "合同编号:HT-2026-0088"),
    (CONTRACT, "合同什么时候签订的?", "签订日期:2026年9月18日"),
    (CONTRACT, "甲方是谁?", "甲方(采购方):上海星河科技有限公司"),
    (CONTRACT, "乙方是哪家公司", "乙方(供应方):杭州云帆设备有限公司"),
    (CONTRACT, "总金额是多少?", "合同总金额:人民币174,600元"),
    (CONTRACT, "单价多少钱?", "单价:人民币4,850元"),
    (CONTRACT, "一共买了多少数量", "数量:36台"),
    (CONTRACT, "什么时候交货?", "交货日期:2026年11月30日前"),
    (CONTRACT, "交货地点在哪里?", "交货地点:上海市浦东新区张江路88号"),
    (CONTRACT, "怎么付款?", CONTRACT[12]),
    (CONTRACT, "质保期有多长?", "质保期:自验收之日起24个月"),
    (CONTRACT, "逾期的违约金怎么算", CONTRACT[14]),
    (CONTRACT, "联系人的电话是多少?", "联系电话:021-5080 1234"),
    (CONTRACT, "邮箱地址是什么", "电子邮箱:wangxm@xinghe.example"),
    (CONTRACT, "哪个银行开户?", "开户银行:中国工商银行张江支行"),
    (DIALOG, "错误代码是什么?", "错误代码:0x80070005"),
    (DIALOG, "请问现在是什么版本?", "当前版本:11.0.26100"),
    (DIALOG, "还剩多少时间?", "预计剩余时间:3分钟"),
    (DIALOG, "下载到百分之多少了", "下载进度:87%"),
    (DIALOG, "设备叫什么名称?", "设备名称:DESKTOP-7H2K"),
    (DIALOG, "周会几点开?", "项目周会改到周四下午3点,地点在301会议室"),
    (DIALOG, "年度报告什么时候提交?", "请在12月15日之前提交年度报告"),
    (DIALOG, "还有多少可用空间?", "可用空间:12.4 GB"),
    (DIALOG, "密码需要几个字符?", "密码至少需要12个字符"),
]


@pytest.mark.parametrize(("lines", "question", "answer"), PAIRS, ids=[pair[1] for pair in PAIRS])
def test_the_line_that_answers_comes_first(lines: list[str], question: str, answer: str) -> None:
    matches = rank(question, lines)
    assert matches, "nothing was found"
    assert lines[matches[0].index] == answer


@pytest.mark.parametrize(
    ("question", "misread", "other"),
    [
        ("What is the total?", "Tota1: $61,200.75", "Totally different things"),
        ("balance due", "Ba1ance due: $51,200.75", "Due date: 11 November"),
        ("error code", "Err0r code: 0x80070005", "Area code: 020"),
        ("0x80070005", "Ox8OO7OOO5", "0x80070057"),
        ("installation", "lnstal1ation and training", "Instant delivery"),
        ("modern design", "modem design", "model figures"),
        ("错误代码是什么?", "错吴代码:0x80070005", "源代码管理"),
    ],
)
def test_a_letter_that_was_misread_is_forgiven(question: str, misread: str, other: str) -> None:
    matches = rank(question, [other, "Something else", misread])
    assert matches[0].index == 2


def test_another_number_is_not_a_misread_one() -> None:
    assert rank("invoice 20260419", ["20260418", "20260419"])[0].index == 1


def test_nothing_in_common_is_no_match() -> None:
    assert rank("What is the weather like?", INVOICE) == ()
    assert rank("天气怎么样?", CONTRACT) == ()


@pytest.mark.parametrize("question", ["", "?", "what is this", "这是什么?", "   "])
def test_a_question_without_words_of_its_own_matches_little(question: str) -> None:
    assert len(rank(question, ["alpha", "beta", "伽马"])) == 0


def test_no_lines_no_matches() -> None:
    assert rank("total", []) == ()
    assert rank("total", ["", "  "]) == ()


def test_the_best_comes_first() -> None:
    matches = rank("total", [f"total {n} {'word ' * n}" for n in range(20)])
    assert len(matches) == 20
    assert [match.score for match in matches] == sorted((match.score for match in matches), reverse=True)


def test_equal_lines_keep_their_order() -> None:
    assert [match.index for match in rank("total", ["total", "other", "total"])] == [0, 2]


TABLE = [
    "Sales 2026",
    "Region  Units  Revenue",
    "North  1,204  $60,079.60",
    "South  987  $61,203.87",
    "Thank you",
]


def test_a_row_answers_and_not_the_head_that_names_its_column() -> None:
    matches = rank("What is the revenue of the South region?", TABLE)
    assert [match.index for match in matches[:2]] == [3, 1]


def test_a_head_does_not_bring_every_row_below_it() -> None:
    assert [match.index for match in rank("revenue", TABLE)] == [1]


def test_the_reply_comes_before_the_question_that_reads_like_the_one_asked() -> None:
    chat = ["聚会改到几点了？", "晚上七点，老地方", "谁带蛋糕？", "我来买"]
    assert [match.index for match in rank("聚会改到几点？", chat)][:2] == [1, 0]
    assert rank("谁带蛋糕？", chat)[0].index == 3


def test_how_many_is_answered_by_a_number_not_by_the_words_alone() -> None:
    lines = [
        "The following guests will be invited:",
        "guests from the town",
        "4 invited, 2 not yet asked",
        "Bye",
    ]
    assert rank("How many guests were invited?", lines)[0].index == 2


@pytest.mark.parametrize(
    ("question", "answer", "other"),
    [
        ("新增企业多少家？", "新增企业三百一十六家", "新增企业情况"),
        ("几点开会？", "下午三点开会", "开会通知"),
        ("How many forklifts broke?", "Two forklifts broke", "Forklifts broke again"),
        ("When do tours start?", "Tours start at noon", "Tours start at the desk"),
    ],
)
def test_numbers_and_times_may_be_words(question: str, answer: str, other: str) -> None:
    assert rank(question, [other, answer, "Something else", "其他内容"])[0].index == 1
