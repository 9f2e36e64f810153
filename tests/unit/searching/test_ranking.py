"""The ranking on small texts of its own: what is rare counts, words that mean the same meet, and what is
unknown is told."""

from __future__ import annotations

import pytest

from citizen_app.searching.ranking import Index, Passage

TEXTS = {
    "books": ("怎样借书？", "How do I borrow a book?", "还书的地方"),
    "fines": ("图书逾期怎么罚？", "What is the fine for late books?"),
    "halls": ("自习室怎么预约？", "How do I reserve a seat in the reading hall?"),
    "hours": ("图书馆几点开门？", "When does the library open?"),
}
SYNONYMS = (("借书", "借阅", "borrow", "take out"), ("预约", "订座", "占座", "reserve", "book a seat"))


@pytest.fixture(scope="module")
def index() -> Index[str]:
    return Index(
        [Passage(name, tuple((text, 1.0) for text in texts)) for name, texts in TEXTS.items()], SYNONYMS
    )


@pytest.mark.parametrize(
    ("question", "found"),
    [
        ("借书", "books"),
        ("我想借阅一本小说", "books"),
        ("jieshu", "books"),
        ("jie shu", "books"),
        ("borrowing", "books"),
        ("can I take out novels", "books"),
        ("逾期了会怎样", "fines"),
        ("占座", "halls"),
        ("yuyue zixishi", "halls"),
        ("reserved seats", "halls"),
        ("自习是预约", "halls"),
        ("图书馆开门时间", "hours"),
    ],
)
def test_questions_find_their_text(index: Index[str], question: str, found: str) -> None:
    assert index.find(question)[0].item == found


def test_what_is_covered_tells_a_question_about_something_else(index: Index[str]) -> None:
    assert index.find("怎样借书")[0].covered == pytest.approx(1.0)
    assert index.find("身份证丢了补办要带哪些材料") == []
    assert index.find("asdf qwerty") == index.find("") == index.find("？！ 🎫") == []
    (best, *_) = index.find("护照过期了图书馆能补办吗")
    assert best.covered < 0.5


def test_a_text_that_says_just_that_comes_before_one_that_says_more() -> None:
    short, long = ("访客邀请", 1.0), ("收回对访客的邀请，或改邀请的时间", 1.0)
    index = Index([Passage("end", (long,)), Passage("invite", (short,)), Passage("other", (("票价", 1.0),))])
    assert [hit.item for hit in index.find("邀请访客")] == ["invite", "end"]


def test_nothing_to_be_found_in_is_no_fault() -> None:
    assert Index[str]([]).find("票价") == []
