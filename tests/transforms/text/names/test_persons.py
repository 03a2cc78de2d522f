"""Persons: names in texts, exactly, and nothing that only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.text.linear import is_linear
from tests.transforms.text.names.texts import ABOUT_GOODS, about_persons
from transforms.text.entities import ENTITIES
from transforms.text.fold import fold
from transforms.text.names import persons
from transforms.text.names.dictionary import DictionaryTagger
from transforms.text.names.lac import LacTagger
from transforms.text.names.mention import Mention


def found(text, mentions=()):
    return [text[span.start : span.end] for span in persons.find(text, fold(text), mentions)]


def tagged(text, name, label="PER"):
    return Mention(text.index(name), text.index(name) + len(name), label)


def covered(text, mentions):
    return {at for span in persons.find(text, fold(text), mentions) for at in range(span.start, span.end)}


class TestWithoutATagger:
    @pytest.mark.parametrize(
        ("text", "names"),
        [
            pytest.param("收件人王小明，电话13800138000", ["王小明"], id="label"),
            pytest.param("收货人：欧阳静怡 手机 13800138000", ["欧阳静怡"], id="label and colon"),
            pytest.param("姓名 高伟艳，取票用", ["高伟艳"], id="a surname that heads many words"),
            pytest.param("联系人是李雷，她叫韩梅梅", ["李雷", "韩梅梅"], id="verbs"),
            pytest.param("户主司徒雷", ["司徒雷"], id="compound surname"),
            pytest.param("姓名：买买提·艾力 新疆", ["买买提·艾力"], id="dot between the parts"),
            pytest.param("姓名：阿依古丽，女", ["阿依古丽"], id="no Chinese surname"),
            pytest.param("联系人：John Smith，酒店前台", ["John Smith"], id="Latin letters"),
            pytest.param("姓名:Zhang Wei tel:13800138000", ["Zhang Wei"], id="Latin letters before a Latin label"),
            pytest.param("name=张伟&phone=1", ["张伟"], id="as programs write it"),
            pytest.param("收件人 王 小 明，手机", ["王 小 明"], id="spaces between the characters"),
            pytest.param("收件人：张　伟　电话", ["张　伟"], id="ideographic space"),
            pytest.param("收件人王\u200b小\u200b明，电话", ["王\u200b小\u200b明"], id="zero-width spaces"),
            pytest.param("收件人：陳偉明，台北市", ["陳偉明"], id="traditional characters"),
            pytest.param("刘志强先生您好", ["刘志强"], id="title"),
            pytest.param("王先生您好，快件已放丰巢", ["王"], id="surname and title"),
            pytest.param("找李师傅修", ["李"], id="surname and trade"),
            pytest.param("客服小王，找老李签字", ["小王", "老李"], id="little Wang and old Li"),
            pytest.param("张伟 13800138000 浙江省", ["张伟"], id="before a number"),
            pytest.param("13800138000 孙丽华 浙江省", ["孙丽华"], id="behind a number"),
            pytest.param("3号楼501室王小明13800138000", ["王小明"], id="between address and number"),
            pytest.param("王一一13800138000", ["王一一"], id="a name that is folded into the number"),
            pytest.param("收件人李宁，电话", ["李宁"], id="a brand that is announced as a person"),
            pytest.param("李慧 放门口", ["李慧"], id="alone between spaces"),
            pytest.param("担保人罗梓涵，借款人淳于建军", ["罗梓涵", "淳于建军"], id="whoever acts"),
            pytest.param("这个何文斌是谁啊", ["何文斌"], id="somebody unknown"),
            pytest.param("我叫高峰，上周下的单", ["高峰"], id="a word that is a name"),
            pytest.param("安排季节师傅上门", ["季节"], id="a word before a title"),
            pytest.param("18500001111 程门 上海市", ["程门"], id="a word behind a number"),
            pytest.param("業主次仁旺堆，報修", ["次仁旺堆"], id="traditional label, Tibetan name"),
            pytest.param("那仁满都拉，晚上两点", ["那仁满都拉"], id="sounds of another language alone"),
            pytest.param("不要给马杨平刚打电话", ["马杨平刚"], id="a surname of each parent"),
        ],
    )
    def test_finds_what_is_announced(self, text, names):
        """
        A label, a title, a number or a space is enough; neither is part of the name.
        """
        assert found(text) == names

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("收件人信息填错了", id="label without a name"),
            pytest.param("联系人：电话13800138000", id="label before a label"),
            pytest.param("姓名不对，改一下", id="label in a sentence"),
            pytest.param("我是马上要用，找高手来装", id="words that begin with a surname"),
            pytest.param("祝老板生意兴隆，谢谢老板", id="verbs that are surnames"),
            pytest.param("康师傅泡面，王总是迟到", id="titles that are none"),
            pytest.param("小白鞋，小龙虾，老干妈，阿胶", id="little and old things"),
            pytest.param("李白诗集，林黛玉发簪，周杰伦演唱会", id="public figures"),
            pytest.param("工作人员高高兴兴地送来，负责人高度重视，苏州人路过", id="whoever acts, and no name"),
            pytest.param("尊敬的顾客，亲爱的车主，您是金牌会员", id="whoever is addressed, and no name"),
            pytest.param("盼盼就这服务，马马虎虎，金木水火土", id="goods and sayings"),
            pytest.param("黄金 周五 高端 金色 白色 许多 安全 方便 江南", id="words between spaces"),
        ],
    )
    def test_leaves_what_only_looks_like_a_name(self, text):
        """
        Surnames are words as well.
        """
        assert found(text) == []


class TestMentions:
    @pytest.mark.parametrize(
        ("text", "mention", "names"),
        [
            pytest.param("是林淑芬收的货", "林淑芬", ["林淑芬"], id="as it stands"),
            pytest.param("请转告钱多多女士", "钱多多女士", ["钱多多"], id="without the title"),
            pytest.param("谢徐勇胜送的", "徐勇", ["徐勇胜"], id="with the character that was left out"),
            pytest.param("尊敬的闻人春昌女士", "春昌", ["闻人春昌"], id="with the surname that was left out"),
            pytest.param("，朝格巴图你好", "格巴图", ["朝格巴图"], id="with the sound before it"),
            pytest.param("同事萨仁高娃在", "萨仁", ["萨仁高娃"], id="with all its sounds"),
            pytest.param("快递写成了胡倩", "成了胡倩", ["胡倩"], id="without the words before it"),
            pytest.param("是热依拉·艾合买提的", "热依拉·艾合买提", ["热依拉·艾合买提"], id="with its dot"),
            pytest.param("帮于美凤充话费", "美凤充", ["于美凤"], id="without the verb behind it"),
            pytest.param("安排麻海英上门", "麻海英", ["麻海英"], id="with a rare surname"),
            pytest.param("给王马雨刚，住对门", "王马雨刚", ["王马雨刚"], id="with a surname of each parent"),
            pytest.param("我姓谭，你好", "谭", ["谭"], id="a surname that is said to be one"),
        ],
    )
    def test_are_cut_and_stretched_to_the_name(self, text, mention, names):
        """
        A tagger cuts by words, a name ends where it ends.
        """
        assert found(text, [tagged(text, mention)]) == names

    @pytest.mark.parametrize(
        ("text", "mention"),
        [
            pytest.param("李宁的鞋子真好看", "李宁", id="brand"),
            pytest.param("赵小舟同款裙子", "赵小舟", id="goods of somebody"),
            pytest.param("车是苏A12345", "苏A", id="number plate"),
            pytest.param("黄的好看", "黄", id="surname alone"),
            pytest.param("秦岭发的货吗", "秦岭发", id="word and verb"),
            pytest.param("送到桂澜路12号", "桂澜路", id="road"),
            pytest.param("张江郭守敬路498号", "郭守敬", id="head of a road"),
            pytest.param("汪星人的窝", "汪星人", id="nobody's name"),
        ],
    )
    def test_of_no_person_are_left(self, text, mention):
        """
        A tagger that was trained on news takes brands for persons.
        """
        assert found(text, [tagged(text, mention)]) == []

    def test_of_places_hold_no_names(self):
        """
        What stands within a place is part of its name.
        """
        text = "寄春江花月12号 江花月 13800138000"

        assert 1 not in {span.start for span in persons.find(text, fold(text), [tagged(text, "春江花月", "LOC")])}
        assert not {2, 3, 4} & covered(text, [tagged(text, "春江花月", "LOC")])


@pytest.fixture(scope="module")
def taggers():
    return {"model": LacTagger(), "dictionary": DictionaryTagger()}


class TestOnInventedTexts:
    @pytest.mark.parametrize(
        ("which", "least"), [pytest.param("model", 0.95, id="model"), pytest.param("dictionary", 0.85, id="dictionary")]
    )
    def test_most_names_are_hidden_whole(self, taggers, which, least):
        """
        And nine in ten of what is hidden are names.
        """
        texts = about_persons(440)
        hidden = total = wrong = right = 0
        for (text, names), mentions in zip(texts, taggers[which].tag([text for text, _ in texts]), strict=True):
            cover = covered(text, mentions)
            total += len(names)
            hidden += sum(cover >= set(range(*name)) for name in names)
            personal = {at for name in names for at in range(*name)}
            for span in persons.find(text, fold(text), mentions):
                if personal & set(range(span.start, span.end)):
                    right += 1
                else:
                    wrong += 1

        assert len({text for text, _ in texts}) > 400
        assert hidden >= least * total
        assert right >= 0.9 * (right + wrong)

    @pytest.mark.parametrize("which", ["model", "dictionary"])
    def test_goods_are_no_persons(self, taggers, which):
        """
        Not even those that are sold under a name.
        """
        mentions = taggers[which].tag(ABOUT_GOODS)

        assert [text for text, its in zip(ABOUT_GOODS, mentions, strict=True) if found(text, its)] == []


ALPHABET = "王小明李的，收件人：13800138000 先生·阿依古丽\u200bA\n"


class TestAnyText:
    @given(
        st.one_of(st.text(), st.text(alphabet=ALPHABET), st.text(st.characters(categories=["Cs", "Lo"]))),
        st.lists(st.tuples(st.integers(0, 40), st.integers(1, 9), st.sampled_from(["PER", "LOC"]))),
    )
    def test_gives_disjoint_spans_inside_it(self, text, guesses):
        """
        Whatever the text, and whatever a tagger says of it.
        """
        mentions = [Mention(at, at + size, label) for at, size, label in guesses if at + size <= len(text)]

        spans = persons.find(text, fold(text), mentions)

        edges = [edge for span in spans for edge in (span.start, span.end)]
        assert edges == sorted(edges)
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
        assert {span.entity for span in spans} <= {"PERSON"} <= set(ENTITIES)

    @pytest.mark.parametrize(
        "unit",
        [
            "收件人",
            "一",
            "阿",
            "王小明",
            "王 小 明 ",
            "1380013800",
            "a·",
            "阿·",
            "是阿",
            "王先生",
            "收件人：",
            "小王，",
            "\u200b",
        ],
    )
    def test_takes_time_in_proportion_to_its_length(self, unit):
        """
        Twice the text, less than three times the work.
        """
        assert is_linear(lambda text: persons.find(text, fold(text), []), unit)
