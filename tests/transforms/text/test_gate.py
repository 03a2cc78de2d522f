"""The gate: which searches can find anything at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.text.linear import is_linear
from transforms.text.entities import ENTITIES
from transforms.text.fold import fold
from transforms.text.gate import Hints, gate

HINT = {"PERSON": Hints.NAMES, "CN_ADDRESS": Hints.ADDRESSES}

QUIET = """
主播这个多少钱一件啊 链接在哪里呀 想买给妈妈穿 求求主播再来一波福利吧 我家孩子也买了这个
什么时候发货呀 到新疆包邮吗 主播好美 来了来了 扣1 111 99元太贵了 便宜点吧
3号链接讲一下 有没有小一码的 老师讲得真好 谢谢老师 这个颜色好看 已下单 主播是哪里人
上次买的还没到 会掉色吗 可以退换吗 运费险有吗 买一送一吗 抢不到啊 哈哈哈哈哈 老板大气
感谢大哥的礼物 关注了 怎么领券 百亿补贴 敏感肌能用吗 正品吗 假一赔十 叫什么名字 主播叫什么
我是新来的 我是第一次来 广东能发货吗 北京地区几天到 尺码偏大吗 黑色有吗 明天还播吗 给个福利
5号链接好吃 家人们冲 姐姐皮肤好好 这个是纯棉的吗 洗衣机能洗吗 太大了退了 物流好慢 客服不理人
微信支付可以吗 支付宝能付吗 晚上好 2号色好看 能便宜10块吗 质量很好下次还来 老粉来了
三件有优惠吗 十斤装多少钱 这路子可以 我不知道怎么下单 城市都能发吗
""".split()  # noqa: SIM905 — reads better than a text a line


class TestNumbers:
    @pytest.mark.parametrize("entity", ENTITIES.values(), ids=ENTITIES)
    def test_every_example_passes(self, entity):
        """
        The example of each entity sets the hint of the search that finds it.
        """
        assert gate(fold(entity.example)) & HINT.get(entity.name, Hints.NUMBERS)

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("京A·D1234F", id="plate"),
            pytest.param("沪 A 1B2C3", id="plate with two digits"),
            pytest.param("ab@c.cn", id="short e-mail address"),
            pytest.param("zhang at qq dot com", id="e-mail address in words"),
            pytest.param("https://a.cn", id="URL"),
            pytest.param("uid=8", id="parameter"),
            pytest.param("name%3D", id="encoded"),
            pytest.param("1.1.1.1", id="IPv4"),
            pytest.param("fe80::1", id="IPv6"),
            pytest.param("aa:bb:cc:dd:ee:ff", id="MAC"),
            pytest.param("aa-bb-cc-dd-ee-ff", id="MAC with dashes"),
            pytest.param("取件码8-2-103", id="pick-up code"),
            pytest.param("取件码 1234", id="short pick-up code"),
            pytest.param("军字第1234号", id="officer"),
            pytest.param("支付宝ab12", id="id of Alipay with two digits"),
            pytest.param("东经98度北纬9度", id="degrees"),
            pytest.param("纬度：39.90", id="latitude"),
            pytest.param("QQ 8个8", id="number of times"),
            pytest.param("zfb%=8", id="parameter with a sign in its name"),
            pytest.param("240e::", id="short IPv6"),
            pytest.param("lat 39.90", id="latitude in English"),
            pytest.param("要伞爸灵灵要伞爸灵灵灵", id="homophones"),
            pytest.param("加v l i m i n g", id="an id, spelt"),
            pytest.param("1\u200b2\u200b3\u200b4\u200b5", id="hidden characters between"),
            pytest.param("一二三四五", id="Han numerals"),
        ],
    )
    def test_forms_with_few_digits_pass(self, text):
        """
        What has a pattern and fewer than five digits passes as well.
        """
        assert gate(fold(text)) & Hints.NUMBERS

    @given(st.lists(st.tuples(st.sampled_from("0123456789"), st.text("啊 -,")), min_size=5))
    def test_five_digits_always_pass(self, pieces):
        """
        Five digits pass, wherever in a text they stand.
        """
        assert gate(fold("".join(digit + filler for digit, filler in pieces))) & Hints.NUMBERS


class TestNames:
    @pytest.mark.parametrize(
        "text",
        [
            "收件人王小明",
            "联系人:李华",
            "姓名 张三",
            "我叫王小明",
            "找王小明",
            "我是李华",
            "张老师在吗",
            "王小明先生您好",
            "身份证 王小明",
            "实名李华",
        ],
    )
    def test_announced_names(self, text):
        """
        A word that announces a name, or a title behind a surname, sets the hint.
        """
        assert gate(fold(text)) & Hints.NAMES

    @pytest.mark.parametrize("text", ["谢谢老师", "老师好", "我是新来的", "叫什么", "安装师傅很好", "小姐姐好美"])
    def test_words_without_a_name(self, text):
        """
        The same words without a surname do not.
        """
        assert not gate(fold(text)) & Hints.NAMES


class TestAddresses:
    @pytest.mark.parametrize(
        "text",
        [
            "文三路90号",
            "浙江省杭州市西湖区",
            "阳光小区门口",
            "3栋2单元501",
            "朝阳区建国路SOHO",
            "李家镇王村",
            "地址在哪",
            "人民大道12号楼",
            "中山路三十八号",
            "12弄5号",
        ],
    )
    def test_words_of_addresses(self, text):
        """
        Units of an address that belong together, or a word that says so, set the hint.
        """
        assert gate(fold(text)) & Hints.ADDRESSES

    @pytest.mark.parametrize("text", ["3号链接", "知道了", "区别在哪", "这路子可以", "2号色", "北京市有货吗"])
    def test_single_units(self, text):
        """
        One unit alone does not.
        """
        assert not gate(fold(text)) & Hints.ADDRESSES


class TestQuiet:
    @pytest.mark.parametrize("text", QUIET)
    def test_what_is_said_in_a_live_room(self, text):
        """
        Ordinary lines open no search.
        """
        assert not gate(fold(text))

    @given(st.text(st.characters(codec=None, exclude_categories=())))
    def test_nothing_is_raised(self, text):
        """
        Every text has its hints.
        """
        assert isinstance(gate(fold(text)), Hints)

    @pytest.mark.parametrize("unit", ["1", "a", "a ", "溜", "路a", "市区", "省啊", "先生", ":", "\x00", "1.", "王"])
    def test_takes_linear_time(self, unit):
        """
        Twice the text takes about twice the time, whatever it repeats.
        """
        assert is_linear(lambda text: [gate(text)], unit)
