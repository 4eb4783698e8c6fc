"""The head of a table, a question and a label lead the lines that speak of the same."""

from backends.leads import Lead, leads


def test_the_first_row_of_words_leads_the_rows_below_it() -> None:
    head = Lead(1, head=True)
    table = ["Sales", "Region  Units", "North  7", "Nowhere  none", "The end", "Name  7"]
    assert leads(table) == [None, None, head, head, None, None]


def test_a_table_of_labels_and_figures_has_no_head() -> None:
    assert leads(["Memory  15 GiB", "Disk  1 TB"]) == [None, None]


def test_a_question_leads_the_reply_in_both_languages() -> None:
    assert leads(["Did it come?", "Yes."]) == [None, Lead(0)]
    assert leads(["到了吗？", "到了"]) == [None, Lead(0)]


def test_a_name_between_question_and_reply_is_no_reply() -> None:
    chat = [
        "Maya",
        "Did it come?",
        "Jonas 14:02",
        "Yes, today.",
        "Maya",
        "And the toner?",
        "Jonas 14:05",
        "No.",
    ]
    assert leads(chat) == [None, None, None, Lead(1), None, None, None, Lead(5)]


def test_a_short_reply_may_be_a_name_as_far_as_one_can_tell() -> None:
    assert leads(["几点？", "七点", "我会带伞"]) == [None, Lead(0), Lead(0)]


def test_a_label_leads_what_stands_below_it() -> None:
    assert leads(["Ship to：", "Elm Road 9, Leeds", "Thank you"]) == [None, Lead(0), None]
