"""Accounts that are given away by a word before them."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.transforms.text.linear import is_linear
from transforms.text.accounts import find
from transforms.text.fold import fold
from transforms.text.gate import Hints, gate

FOUND = [
    pytest.param("加微信⟦wxid_ab12cd34⟧", "WECHAT", id="wxid"),
    pytest.param("⟦wxid_ab12cd34⟧是我", "WECHAT", id="wxid alone"),
    pytest.param("微信号⟦zhang_88888⟧", "WECHAT", id="微信号"),
    pytest.param("微信：⟦zhangsan⟧", "WECHAT", id="a word, announced"),
    pytest.param("微信号码是：⟦abc12345⟧", "WECHAT", id="号码是"),
    pytest.param("微信（⟦abc12345⟧）", "WECHAT", id="brackets"),
    pytest.param("微信→⟦abc12345⟧", "WECHAT", id="arrow"),
    pytest.param("微信号\n⟦abc12345⟧", "WECHAT", id="next line"),
    pytest.param("我的微信是⟦wang198807⟧哦", "WECHAT", id="是"),
    pytest.param("加个微信吧 ⟦lihua2020⟧", "WECHAT", id="吧"),
    pytest.param("微信搜⟦li_ming99⟧", "WECHAT", id="搜"),
    pytest.param("薇信 ⟦abc12345⟧", "WECHAT", id="薇信"),
    pytest.param("威信:⟦abc-12345⟧ 谢谢", "WECHAT", id="威信"),
    pytest.param("卫星：⟦abc12345⟧", "WECHAT", id="卫星"),
    pytest.param("绿泡泡 ⟦abc12345⟧", "WECHAT", id="绿泡泡"),
    pytest.param("进群看 微⟦dog-037216⟧", "WECHAT", id="微, glued"),
    pytest.param("出号 加薇❤⟦star_89928733⟧", "WECHAT", id="加薇❤"),
    pytest.param("威❤⟦hai413536⟧谢谢", "WECHAT", id="威❤"),
    pytest.param("❤️ ⟦lily_2008⟧", "WECHAT", id="heart alone"),
    pytest.param("wei信⟦wang2732195⟧", "WECHAT", id="wei信"),
    pytest.param("V信在这里看 ⟦wang2732195⟧", "WECHAT", id="some way off"),
    pytest.param("微信 ⟦hello66466396⟧", "WECHAT", id="a word with many digits"),
    pytest.param("代练 微是⟦anan9031⟧", "WECHAT", id="微是"),
    pytest.param("微 信 号 ⟦abc12345⟧", "WECHAT", id="torn apart"),
    pytest.param("微❤信: ⟦abc12345⟧", "WECHAT", id="with a heart"),
    pytest.param("加v ⟦abc12345⟧", "WECHAT", id="加v"),
    pytest.param("加V：⟦zhangsan88⟧", "WECHAT", id="加V"),
    pytest.param("➕v ⟦zhang_san⟧", "WECHAT", id="plus"),
    pytest.param("加我v：⟦li_ming99⟧", "WECHAT", id="加我v"),
    pytest.param("加薇 ⟦li_ming99⟧", "WECHAT", id="加薇"),
    pytest.param("薇：⟦li_ming99⟧", "WECHAT", id="薇"),
    pytest.param("v:⟦li_ming99⟧", "WECHAT", id="v"),
    pytest.param("ⓥⓧ：⟦li_ming99⟧", "WECHAT", id="circled"),
    pytest.param("vx:⟦wang198807⟧", "WECHAT", id="vx"),
    pytest.param("vx⟦wang198807⟧", "WECHAT", id="vx, glued"),
    pytest.param("v x: ⟦abc12345⟧", "WECHAT", id="v x"),
    pytest.param("w.x: ⟦abc12345⟧", "WECHAT", id="w.x"),
    pytest.param("weixin: ⟦li_ming99⟧", "WECHAT", id="pinyin"),
    pytest.param("WeChat ID: ⟦li_ming99⟧", "WECHAT", id="English"),
    pytest.param("微信 ⟦l i m i n g 9 9⟧", "WECHAT", id="spelt"),
    pytest.param("微信 ⟦abc一二三四五⟧", "WECHAT", id="with Han numerals"),
    pytest.param("微信⟦13800138000⟧", "WECHAT", id="mobile number"),
    pytest.param("vx ⟦138 0013 8000⟧", "WECHAT", id="mobile number in groups"),
    pytest.param("加微信 ⟦123456789⟧", "WECHAT", id="QQ number"),
    pytest.param("扣扣⟦123456789⟧", "QQ", id="扣扣"),
    pytest.param("QQ:⟦123456789⟧", "QQ", id="QQ"),
    pytest.param("qq号码：⟦1234567⟧", "QQ", id="qq号码"),
    pytest.param("QQ是⟦12345678⟧", "QQ", id="QQ是"),
    pytest.param("QQ群 ⟦987654321⟧", "QQ", id="group"),
    pytest.param("Q：⟦12345678⟧", "QQ", id="Q"),
    pytest.param("加q ⟦12345678⟧", "QQ", id="加q"),
    pytest.param("企鹅号⟦12345678⟧", "QQ", id="企鹅"),
    pytest.param("球球：⟦12345678⟧", "QQ", id="球球"),
    pytest.param("kou kou ⟦12345678⟧", "QQ", id="pinyin"),
    pytest.param("q q ⟦1 2 3 4 5 6 7 8⟧", "QQ", id="digit by digit"),
    pytest.param("QQ⟦1234 56789⟧", "QQ", id="groups"),
    pytest.param("扣扣⟦一二三四五六七八⟧", "QQ", id="Han numerals"),
    pytest.param("qq：⟦伞溜吧舞酒漆思⟧", "QQ", id="homophones"),
    pytest.param("QQ⟦12345😀678😀90⟧", "QQ", id="pictures"),
    pytest.param("想要的扣⟦31642013⟧", "QQ", id="扣, glued"),
    pytest.param("代练Q⟦7066491277⟧", "QQ", id="Q, glued"),
    pytest.param("加企鹅 ⟦460583572⟧", "QQ", id="加企鹅"),
    pytest.param("群号⟦997905234⟧谢谢", "QQ", id="群号"),
    pytest.param("裙⟦997905234⟧", "QQ", id="裙"),
    pytest.param("🐧：⟦997905234⟧", "QQ", id="penguin"),
    pytest.param("kou id ⟦28437190⟧", "QQ", id="kou"),
    pytest.param("扣扣看这里 ⟦28437190⟧", "QQ", id="some way off"),
    pytest.param("qq ⟦12345678⟧,⟦87654321⟧", "QQ", id="two of them"),
    pytest.param("支付宝⟦zhang_88⟧", "ALIPAY", id="支付宝"),
    pytest.param("支付宝账号：⟦13800138000⟧", "ALIPAY", id="mobile number"),
    pytest.param("支付宝 ⟦zhang@qq.com⟧", "ALIPAY", id="e-mail address"),
    pytest.param("zfb:⟦zhang@163.com⟧", "ALIPAY", id="zfb"),
    pytest.param("吱付宝 ⟦13900139000⟧", "ALIPAY", id="吱付宝"),
    pytest.param("支付宝转账到⟦13900139000⟧谢谢", "ALIPAY", id="转账到"),
    pytest.param("支付宝⟦2088123412341234⟧", "ALIPAY", id="user number"),
]

STAY = [
    "微信支付",
    "微信小程序下单",
    "微信wechat pay",
    "微信iphone版本不行",
    "微信 version8.0.32",
    "微信ios15不能用",
    "微信android版",
    "微信支付成功 199.00",
    "微信群里100000人",
    "微信红包88888元",
    "微信转账20000块",
    "微信提现 10000.00",
    "微信读书app",
    "微信8.0.32",
    "微信176 45 199 133",
    "微信号怎么改 wechat",
    "微信客服 10000 人",
    "加微辣 微甜 微苦",
    "加薇娅直播间",
    "加v会员有优惠",
    "加vip888888",
    "vx版本",
    "vx怎么加",
    "vivo x100pro 手机",
    "v领T恤 yellow",
    "型号wx123456",
    "威信扫地",
    "卫星电视123456台",
    "QQ音乐会员",
    "QQ糖 500克 10000袋",
    "qq2013版本",
    "qq邮箱怎么发",
    "QQ飞车手游",
    "企鹅玩具10000个",
    "企鹅2022.4.25",
    "球球了 打5折吧",
    "求求你了12345678",
    "扣1扣2扣3",
    "扣扣子10000个",
    "q弹 好吃 12345",
    "支付宝付款199元",
    "支付宝到账10000元",
    "支付宝alipay付款",
    "支付宝扫码2026年",
    "支付宝积分 123456 分",
    "支付宝 37 38 37 699 37",
    "绿色软件下载",
    "扣666",
    "公屏扣888",
    "扣66666666",
    "想看的扣123456",
    "扣5201314",
    "扣款10000",
    "扣200000",
    "微辣 2份",
    "威8",
    "v8",
    "V领 160cm",
    "V我50",
    "维b12",
    "威士忌1000ml",
    "微店12345单",
    "微星 rtx4060",
    "威刚 xpg3200",
    "❤ iphone15pro",
    "❤❤❤ 100000",
    "企鹅玩偶 30cm",
    "企鹅 100000只",
    "群里 2000人",
    "进群100000人了",
    "球鞋 10086",
    "q345 1234",
    "秋款 2023新款",
    "扣篮 12345",
]


def marked(text):
    """
    The text without its marks, and the ranges that were marked.
    """
    plain, ranges = "", []
    for piece in text.split("⟦"):
        inside, closed, rest = piece.partition("⟧")
        if closed:
            ranges.append((len(plain), len(plain) + len(inside)))
        plain += inside + rest
    return plain, ranges


class TestAccounts:
    @pytest.mark.parametrize(("text", "entity"), FOUND)
    def test_finds_the_id_alone(self, text, entity):
        """
        The id is found, and the word that gives it away stays.
        """
        plain, ranges = marked(text)
        found = {(span.start, span.end): span.entity for span in find(fold(plain))}

        assert [*found.items()] == [(where, entity) for where in ranges]

    @pytest.mark.parametrize(("text", "entity"), FOUND)
    def test_passes_the_gate(self, text, entity):
        """
        The gate lets through whatever is found.
        """
        assert gate(fold(marked(text)[0])) & Hints.NUMBERS

    @pytest.mark.parametrize("text", STAY)
    def test_what_people_say_of_the_apps_stays(self, text):
        """
        Products, versions, amounts and counts behind the name of an app are nobody's id.
        """
        assert not list(find(fold(text)))

    @given(st.from_regex(r"[a-z][a-z0-9_-]{4,17}[0-9]", fullmatch=True), st.sampled_from(["微信号:", "加v ", "vx:"]))
    def test_any_id(self, name, trigger):
        """
        Every id that WeChat allows is found behind a word that announces it.
        """
        assume(not name.startswith(("id", "x")))  # read as the label, and as a number of pieces
        assert [*find(trigger + name)][-1][:2] == (len(trigger), len(trigger + name))


class TestAnyText:
    @given(st.text(st.characters(codec=None, exclude_categories=())))
    def test_nothing_is_raised(self, text):
        """
        Every text is searched, and every span lies within it.
        """
        assert all(0 <= span.start < span.end <= len(text) for span in find(fold(text)))

    @given(
        st.lists(
            st.sampled_from(["微信", "vx", "扣扣", "qq", "支付宝", "加", "号", ":", " ", "abc", "12", "溜", "@", "."])
        )
    )
    def test_the_gate_misses_nothing(self, pieces):
        """
        Where anything is found the gate is open.
        """
        folded = fold("".join(pieces))

        assert not list(find(folded)) or gate(folded) & Hints.NUMBERS

    @pytest.mark.parametrize("unit", ["微信", "加", "qq ", "v:", "qq1 ", "支付宝1", "微信号", "微 ", "a", "扣扣要"])
    def test_takes_linear_time(self, unit):
        """
        Twice the text takes about twice the time, whatever it repeats.
        """
        assert is_linear(find, unit)
