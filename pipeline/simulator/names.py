"""Names people have and names they give themselves."""

from random import Random
from typing import Final

from pipeline.simulator.draw import digits, pick

# Surname, its share of the population in tenths of a per mille, romanised.
_SURNAMES: Final = (
    *(("王", 725, "wang"), ("李", 719, "li"), ("张", 683, "zhang"), ("刘", 538, "liu"), ("陈", 453, "chen")),
    *(("杨", 308, "yang"), ("赵", 229, "zhao"), ("黄", 223, "huang"), ("周", 212, "zhou"), ("吴", 205, "wu")),
    *(("徐", 166, "xu"), ("孙", 154, "sun"), ("胡", 131, "hu"), ("马", 129, "ma"), ("朱", 126, "zhu")),
    *(("林", 118, "lin"), ("何", 117, "he"), ("郭", 115, "guo"), ("高", 107, "gao"), ("罗", 104, "luo")),
    *(("郑", 93, "zheng"), ("梁", 91, "liang"), ("谢", 80, "xie"), ("宋", 81, "song"), ("唐", 75, "tang")),
    *(("许", 71, "xu"), ("邓", 69, "deng"), ("韩", 68, "han"), ("冯", 67, "feng"), ("曹", 66, "cao")),
    *(("彭", 60, "peng"), ("曾", 58, "zeng"), ("肖", 57, "xiao"), ("田", 55, "tian"), ("董", 51, "dong")),
    *(("潘", 50, "pan"), ("袁", 50, "yuan"), ("蔡", 47, "cai"), ("蒋", 47, "jiang"), ("余", 45, "yu")),
    *(("于", 45, "yu"), ("杜", 44, "du"), ("叶", 42, "ye"), ("程", 42, "cheng"), ("苏", 41, "su")),
    *(("魏", 41, "wei"), ("吕", 40, "lv"), ("丁", 39, "ding"), ("任", 38, "ren"), ("沈", 36, "shen")),
    *(("姚", 35, "yao"), ("卢", 35, "lu"), ("姜", 34, "jiang"), ("崔", 33, "cui"), ("钟", 32, "zhong")),
    *(("谭", 32, "tan"), ("陆", 31, "lu"), ("汪", 31, "wang"), ("范", 31, "fan"), ("金", 30, "jin")),
    *(("石", 29, "shi"), ("廖", 29, "liao"), ("贾", 28, "jia"), ("夏", 28, "xia"), ("韦", 27, "wei")),
    *(("付", 26, "fu"), ("方", 26, "fang"), ("白", 25, "bai"), ("邹", 25, "zou"), ("孟", 24, "meng")),
    *(("熊", 24, "xiong"), ("秦", 24, "qin"), ("邱", 23, "qiu"), ("江", 23, "jiang"), ("尹", 22, "yin")),
    *(("薛", 22, "xue"), ("闫", 21, "yan"), ("段", 21, "duan"), ("雷", 20, "lei"), ("侯", 20, "hou")),
    *(("龙", 20, "long"), ("史", 19, "shi"), ("陶", 19, "tao"), ("黎", 19, "li"), ("贺", 18, "he")),
    *(("欧阳", 7, "ouyang"), ("上官", 1, "shangguan"), ("司马", 1, "sima"), ("诸葛", 1, "zhuge")),
)
_MEN: Final = (
    *("伟", "强", "磊", "军", "洋", "勇", "杰", "涛", "超", "刚", "辉", "鹏", "波", "斌", "浩", "凯", "俊", "鑫"),
    *("建国", "建华", "志强", "志明", "志伟", "国强", "文博", "浩然", "子轩", "宇轩", "梓豪", "俊杰", "家豪", "一鸣"),
    *("晓东", "海波", "永强", "卫东", "振华", "少华", "天宇", "嘉诚", "泽宇", "昊天", "明轩", "立新", "德华", "春生"),
    *("学文", "跃进", "长林", "宏伟", "思远", "博文", "奕辰", "景行", "承志", "启航", "瑞霖", "沐阳", "铭泽", "致远"),
)
_WOMEN: Final = (
    *("芳", "娜", "敏", "静", "丽", "艳", "娟", "霞", "丹", "琳", "婷", "倩", "玲", "萍", "洁", "莹", "颖", "燕"),
    *("秀英", "桂英", "玉兰", "婷婷", "欣怡", "梓涵", "雨桐", "诗涵", "佳怡", "思琪", "梦瑶", "晓燕", "丽娟", "海燕"),
    *("春梅", "雪梅", "淑珍", "凤英", "玉梅", "红霞", "晓红", "美玲", "慧敏", "佳宁", "语嫣", "若曦", "可馨", "一诺"),
    *("晓彤", "静怡", "雅婷", "诗琪", "婉清", "心悦", "沐瑶", "芷若", "曼玉", "锦瑟", "思睿", "念慈", "亦菲", "舒窈"),
)
_SHORT: Final = 18  # the first so many given names have one character
_ONE_CHARACTER: Final = 0.15  # share of people whose given name has one character

_MOODS: Final = (
    *("爱吃草莓的", "不想上班的", "追风筝的", "会飞的", "阳光下的", "爱笑的", "慢半拍的", "躺平的", "努力搬砖的"),
    *("迷路的", "早睡早起的", "减肥中的", "贪睡的", "爱种花的", "云朵上的", "海边的", "爱喝奶茶的", "北方以北的"),
)
_CREATURES: Final = (
    *("小熊猫", "柠檬精", "向日葵", "橘座大人", "小海豚", "胖达", "仙人掌", "大白鹅", "小刺猬", "咸鱼君", "云游僧"),
    *("桃子酱", "汤圆妹", "月亮船", "麦芽糖", "豆包子", "银杏叶", "萤火虫", "水獭君", "小飞象"),
)
_TAILS: Final = ("", "", "", "呀", "_Lucky", "🌸", "🐟", "~", "本尊", "88")
_HANDLES: Final = ("momo", "lucky", "kevin", "cherry", "sunny", "luna", "jason", "coco", "vivian", "leo")
_HANDLE: Final = 0.12  # share of nicknames in Latin letters
_DEFAULT: Final = 0.3  # … up to here, the default an app gives: 用户 and a number


class NameBook:
    """
    Draws names by their frequency.

    Args:
        rng: where names are drawn from.
    """

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._weights = [share for _, share, _ in _SURNAMES]

    def person(self, *, female: bool) -> tuple[str, str]:
        """
        A name and its romanised surname.
        """
        rng = self._rng
        surname, _, romanised = rng.choices(_SURNAMES, self._weights)[0]
        given = _WOMEN if female else _MEN
        choices = given[:_SHORT] if rng.random() < _ONE_CHARACTER else given[_SHORT:]
        return surname + pick(rng, choices), romanised

    def nickname(self) -> str:
        """
        What somebody is called in a live room: five characters or more.
        """
        rng = self._rng
        style = rng.random()
        if style < _HANDLE:
            return f"{pick(rng, _HANDLES)}_{digits(rng, 8)}"
        if style < _DEFAULT:
            return "用户" + digits(rng, 10)
        return pick(rng, _MOODS) + pick(rng, _CREATURES) + pick(rng, _TAILS)

    def email(self, romanised: str) -> str:
        """
        A mailbox at one of the large providers.
        """
        rng = self._rng
        if rng.random() < 1 / 2:
            return f"{1 + int(rng.random() * 9)}{digits(rng, 8)}@qq.com"
        host = pick(rng, ("163.com", "126.com", "sina.com", "foxmail.com", "139.com"))
        return f"{romanised}.{pick(rng, _HANDLES)}{digits(rng, 4)}@{host}"
