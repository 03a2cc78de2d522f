"""Messengers: the words that give an account away."""

import pytest

from transforms.text.fold import fold
from transforms.text.messengers import TRIGGER


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        pytest.param("加V", "called", id="verb and letter"),
        pytest.param("➕❤", "called", id="plus and heart"),
        pytest.param("薇：", "called", id="nickname and colon"),
        pytest.param("VX", "covert", id="letters"),
        pytest.param("V\u2764信", "covert", id="torn"),
        pytest.param("徾信", "covert", id="rare character"),
        pytest.param("微信", "open", id="name of the app"),
        pytest.param("卫星", "open", id="word for something else"),
        pytest.param("微", "bare", id="nickname alone"),
        pytest.param("支f宝", "alipay", id="Alipay"),
        pytest.param("Q Q", "qq", id="torn letters"),
        pytest.param("加企鹅", "qq", id="verb and animal"),
        pytest.param("群号", "qq", id="group"),
        pytest.param("扣", "qqbare", id="character alone"),
    ],
)
def test_kinds(text, kind):
    """
    Each spelling has its kind, which says how much evidence the id needs.
    """
    match = TRIGGER.match(fold(text))

    assert match is not None
    assert match.lastgroup == kind


@pytest.mark.parametrize("text", ["vivo", "iqq", "abcv", "kouhong", "qiqi"])
def test_no_part_of_a_word(text):
    """
    A letter within a word gives nothing away.
    """
    assert not any(match.lastgroup for match in TRIGGER.finditer(text))
