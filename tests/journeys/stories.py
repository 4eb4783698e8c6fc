"""What is on the pictures: a chart to look at, a question about it, what a model thinks and answers."""

from dataclasses import dataclass

REVENUE = (42, 47, 58, 63)
COSTS = (31, 33, 36, 38)


@dataclass(frozen=True, slots=True)
class Story:
    """One language's words; `title` and `legend` are in the chart, the rest is said about it."""

    title: str
    legend: tuple[str, str]
    report: str
    question: str
    other: str
    reasoning: str
    answer: str
    unfinished: str


ENGLISH = Story(
    title="Revenue and costs 2025, in million euros",
    legend=("Revenue", "Costs"),
    report="Quarterly report 2025",
    question="Which quarter grew fastest, and what was the margin?",
    other="Summarise the chart in one paragraph",
    reasoning="""\
The chart shows two bars for each quarter of 2025: revenue in blue, costs in grey.

I read the labels above the bars. Revenue: 42, 47, 58, 63. Costs: 31, 33, 36, 38.

Growth over the quarter before: Q2 is 47 / 42, which is 11.9 %. Q3 is 58 / 47, which is 23.4 %. \
Q4 is 63 / 58, which is 8.6 %. So the third quarter grew fastest.

The margin is revenue minus costs, divided by revenue: 26 %, 30 %, 38 %, 40 %. \
It rises all year, because the costs grow more slowly than the revenue.
""",
    answer="""\
**The third quarter grew fastest: +23.4 %.** The margin rose all year, from 26 % to 40 %.

| Quarter | Revenue | Growth | Margin |
|:--|--:|--:|--:|
| Q1 | 42 M€ | – | 26 % |
| Q2 | 47 M€ | +11.9 % | 30 % |
| Q3 | 58 M€ | **+23.4 %** | 38 % |
| Q4 | 63 M€ | +8.6 % | **40 %** |

What stands behind it:

- Revenue grew by half over the year; costs only by a fifth.
- The step from Q2 to Q3 is the largest: 11 million euros.

To check the figures yourself:

```python
revenue = [42, 47, 58, 63]
growth = [new / old - 1 for old, new in zip(revenue, revenue[1:])]
print(max(growth))  # 0.234
```
""",
    unfinished="""\
The chart sets revenue beside costs for the four quarters of 2025. Revenue rises in every quarter, from 42 to \
63 million euros, while the costs""",
)

CHINESE = Story(
    title="2025 年收入与成本（百万元）",
    legend=("收入", "成本"),
    report="2025 年季度报告",
    question="哪个季度增长最快？利润率是多少？",
    other="用一段话概括这张图",
    reasoning="""\
图中每个季度有两根柱子：蓝色是收入，灰色是成本。

读取柱子上方的数字。收入依次为 42、47、58、63，成本依次为 31、33、36、38。

计算环比增长：第二季度 47 / 42，增长 11.9%；第三季度 58 / 47，增长 23.4%；第四季度 63 / 58，增长 8.6%。\
因此第三季度增长最快。

利润率等于收入减去成本，再除以收入，依次为 26%、30%、38%、40%。成本的增速低于收入，所以利润率全年都在上升。
""",
    answer="""\
**第三季度增长最快，环比增长 23.4%。** 利润率全年持续上升，从 26% 提高到 40%。

| 季度 | 收入 | 环比增长 | 利润率 |
|:--|--:|--:|--:|
| 第一季度 | 4200 万 | – | 26% |
| 第二季度 | 4700 万 | +11.9% | 30% |
| 第三季度 | 5800 万 | **+23.4%** | 38% |
| 第四季度 | 6300 万 | +8.6% | **40%** |

主要原因：

- 全年收入增长了一半，成本只增长了约五分之一。
- 第二到第三季度增幅最大，增加了 1100 万元。

可以用下面的代码核对：

```python
收入 = [42, 47, 58, 63]
增长 = [后 / 前 - 1 for 前, 后 in zip(收入, 收入[1:])]
print(max(增长))  # 0.234
```
""",
    unfinished="""\
图中对比了 2025 年四个季度的收入与成本。收入逐季上升，从 4200 万元增长到 6300 万元，而成本""",
)

STORIES = {"en": ENGLISH, "zh": CHINESE}
