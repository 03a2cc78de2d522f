"""Alipay accounts near the word Alipay."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.text.linear import is_linear
from transforms.text.alipay import find
from transforms.text.fold import fold

ANY_TEXT = st.text(st.characters(codec=None, exclude_categories=()))
UNITS = ["支付宝", "支付宝a1", "a1_", "支付宝 ", "alipay account ", "a1,", "1"]


def found(text):
    return {text[span.start : span.end] for span in find(fold(text))}


class TestAccounts:
    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("支付宝账号{}", id="label"),
            pytest.param("我支付宝是{}", id="possessive"),
            pytest.param("支付宝账号应该是{}", id="linking words"),
            pytest.param("支付宝：王小明 {}", id="name between"),
            pytest.param("支付宝实名王小明，账号{}", id="name and label between"),
            pytest.param("退款方式：支付宝\n账号：{}", id="next line"),
            pytest.param("alipay account: {}", id="English"),
            pytest.param("my alipay is {}", id="English sentence"),
            pytest.param('{{"alipayAccount":"{}"}}', id="JSON"),
            pytest.param("zfb{}", id="abbreviation touching it"),
            pytest.param("蚂蚁账号{}", id="of the same house"),
            pytest.param("{}是我的支付宝", id="before"),
            pytest.param("{}（支付宝）", id="before, in brackets"),
            pytest.param("提现到{}支付宝没到账", id="before, without a word"),
        ],
    )
    @pytest.mark.parametrize("account", ["nanfish_12", "lele2015", "tea.cat88"])
    def test_are_found_near_the_word(self, text, account):
        """
        Exactly the account, whatever links it to the word.
        """
        assert found(text.format(account)) == {account}

    @pytest.mark.parametrize("account", ["zhang.san@163.com", "2088102938475610"])
    def test_may_be_a_mail_address_or_a_number(self, account):
        """
        A user id of Alipay has sixteen digits and begins with 2088.
        """
        assert found(f"支付宝转这个，{account}") == {account}

    def test_are_found_in_a_list(self):
        """
        One word announces all of them.
        """
        assert found("支付宝nanfish_12和nanfish_13，nanfish_14") == {"nanfish_12", "nanfish_13", "nanfish_14"}

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("支付宝iOS17用不了", id="system"),
            pytest.param("支付宝v10.5怎么更新", id="version"),
            pytest.param("iphone15支持支付宝吗", id="telephone before"),
            pytest.param("iphone15 支付宝付不了", id="telephone directly before"),
            pytest.param("支付宝红包口令 abc123456", id="password of a gift"),
            pytest.param("支付宝付款了，型号ABC12345", id="model"),
            pytest.param("支付宝付款了，订单号DD12345678", id="order"),
            pytest.param("支付宝付了299。abc12345", id="next sentence"),
            pytest.param("支付宝花呗分12期", id="instalments"),
            pytest.param("支付宝app打不开", id="word"),
        ],
    )
    def test_are_nothing_else(self, text):
        """
        Devices, versions and numbers of other things.
        """
        assert found(text) == set()


@given(ANY_TEXT)
def test_any_text_is_searched(text):
    """
    Nothing is raised, and every span lies within the text.
    """
    for span in find(fold(text)):
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize("unit", UNITS)
def test_time_grows_with_the_length_alone(unit):
    """
    Twice the text takes about twice the time, whatever it repeats.
    """
    assert is_linear(find, unit)
