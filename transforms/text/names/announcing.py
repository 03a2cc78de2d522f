"""The words around names: what announces one, what a person is called by, and what follows a name in a sentence."""

import re
from typing import Final

from transforms.text.names.wordlist import words

LABELS: Final = words(
    "收件人 收货人 寄件人 发件人 发货人 取件人 提货人 签收人 代收人 派件人 联系人 联络人 紧急联系人 收件方 "
    "收货方 寄件方 姓名 真实姓名 名字 大名 实名 户名 户主 开户人 开户名 开户姓名 账户名 持卡人 机主 号主 收款人 "
    "付款人 汇款人 打款人 法人 法定代表人 负责人 经办人 责任人 担保人 投保人 被保人 受益人 乘客 旅客 乘机人 "
    "入住人 预订人 订票人 参保人 患者 病人 就诊人 购买人 下单人 买家 买受人 卖家 申请人 投诉人 当事人 委托人 "
    "被委托人 受托人 车主 业主 房主 房东 租客 住户 客户 顾客 用户 会员 学生 家长 监护人 本人 称呼 经理 店长 主管 "
    "团长 前台 同事 同学 同桌 朋友 闺蜜 室友 邻居 舍友 快递员 配送员 骑手 派送员 安装师傅 维修师傅 师傅 司机 "
    "客服 售后 专员 操作员 质检员 导购 店员 业务员 站长 保安 物业 老师 医生 护士 主播 代理人 被代理人 出行人 "
    "使用人 领取人 接收人 授权人 持有人 新郎 新娘 员工 财务 老公 老婆 丈夫 妻子 爱人 对象 男朋友 女朋友 爸爸 "
    "妈妈 爸 妈 父亲 母亲 儿子 女儿 孩子 小孩 哥哥 弟弟 姐姐 妹妹 爷爷 奶奶 外公 外婆 岳父 岳母 婆婆 公公 收件 收货 "
    "寄件 联系 收方 寄方 署名 落款 签名 签收 签字 参会人 报名人 获奖者 中奖者 得主 作者 旅客姓名 中文名 英文名 "
    "曾用名 全名 昵称叫 抬头 借款人 出租方 承租方 甲方 乙方 丙方 等奖 受理记录 回访记录 登记 报名 经手 "
    "备注 代签 抄送 授权 证明 小哥 大哥 阿姨 骑手 安装工 维修工 业务员 班主任 班组长 村支书 门卫 老头 隔壁 楼下 楼上 "
    "主治医师 医师 招生办 保洁 管理员 媳妇 侄子 侄女 外甥 弟媳 嫂子 姐夫 妹夫 姑姑 舅舅 大姨 二姨 小姨 姨妈 叔叔 伯伯 "
    "大伯 二叔 三叔 女婿 亲家 搭档 组长 班长 队长 校长 主任 护工 月嫂 阿姨 技师 工程师 教练 助理 秘书 会计 名单 中文 "
    "刻字 派工 值班 家属 老板 户籍 表哥 表姐 表弟 表妹 堂哥 堂弟 堂姐 我哥 我姐 我弟 我妹 我爷 我奶 我姨 我叔 "
    "我姑 我舅 我妈 我爸"
)
_STRONG: Final = words(
    "收件人 收货人 寄件人 发件人 发货人 取件人 提货人 签收人 代收人 联系人 联络人 紧急联系人 姓名 真实姓名 名字 "
    "大名 实名 户名 户主 开户人 开户名 开户姓名 账户名 持卡人 机主 号主 收款人 付款人 汇款人 打款人 法人 "
    "法定代表人 负责人 经办人 乘客 旅客 乘机人 入住人 预订人 患者 就诊人 购买人 下单人 申请人 投诉人 委托人 "
    "受托人 车主 业主 称呼 收件 收货 寄件 收件方 收货方 寄件方 全名 中文名 英文名 旅客姓名 代理人 被代理人 "
    "出行人 使用人 领取人 接收人 授权人 持有人 投保人 被保人 监护人 参会人 报名人 署名 落款"
)
_LATIN: Final = words("realname real_name full_name fullname consignee receiver recipient sender contact name xm")


def _either(labels: frozenset[str]) -> str:
    return "|".join(sorted(labels, key=lambda label: (-len(label), label)))


_GAP: Final = (
    r"(?P<gap>(?:姓名|名字|名称)?[ \t]{0,3}"
    r"(?:[:=\"'>\])|~-]{1,3}[ \t\"']{0,3}|(?:应该)?(?:是|为|叫做|叫|改成了?|改为|换成了?|写成了?|写)[ :]?)?[(\[\"]?)"
)

_ROLE: Final = "|".join(
    rf"{who}(?<=[\u4e00-\u9fff]{who})(?<![没有别个老家客女男大工让令每多夫动商买本众旁路外前]{who})(?![们员民家工力气次数体群])"
    for who in "人员"
)
"""Whoever acts: 借款人, 审核人, 签约员."""

LABEL: Final = re.compile(rf"(?P<label>{_either(LABELS)}|人(?= ?:)|{_ROLE}){_GAP}")
"""
A word behind which a name stands, and what may stand between: a colon, a verb, a space. For folded text.

Here and below each alternative begins with one certain character: then a search passes over all others at once.
"""

KEY: Final = re.compile(rf"(?<![a-z0-9])(?P<label>{_either(_LATIN)})[\"']?(?P<gap>[ ]?[:=][ ]?[\"']?)")
"""The same as programs write it."""

NO_NAME: Final = re.compile(
    "电话|手机|号码|地址|信息|本人|同上|不|错|谁|什么|没|无|未|空|请|我|你|他|她|您|修改|更改|变更|写|填|查|核|"
    "需|要|是|为|哪|多少|1致|相符|联系|快递|先生|女士|从|由|把|将|给|到|里|有|还|可|能|会|姓名|收件|收货|寄件|"
    "身份|证件|那|这|1|和|跟|与|的|了|也|都|就|在|吗|呢|但|方式|退|发|换|服务|态度|说|让|叫"
)
"""What stands behind a label when no name does. For folded text."""

SAYING: Final = re.compile(
    "您是|尊敬的|亲爱的|麻烦|辛苦|拜托|我叫|我是|叫做|名叫|叫|本人|委托|改成|改为|换成|转交|转给|转告|交给|给|找|联系|"
    "通知|恭喜|谢谢|感谢|认识|问下|问|打给|寄给|发给|送给|由|和|跟|与|及|请|让|是|到|写|投诉|安排|帮|替|向|这个|那个|"
    "祝|赠|转|致|把|从|被|哈喽|你好|您好|接单|办理|等奖"
)
"""Words of a sentence behind which a name may stand, if it looks like one. For folded text."""

CALLING: Final = frozenset({"我叫", "您是", "叫做", "名叫", "尊敬的", "亲爱的"})
"""Those behind which a name stands even if it is a word: 我叫高峰."""

NAMING: Final = frozenset({"我叫", "我是", "叫做", "名叫", "本人"})
"""Those behind which somebody says a name, so that it is no brand."""

POLITE: Final = frozenset({"先生", "女士", "小姐", "太太", "经理", "师傅"})
"""Titles that make a surname of nearly every character that can be one."""

TITLE: Final = re.compile(
    "先生|女士|小姐姐|小姐|太太|夫人|师傅|师父|老师|同学|经理|主任|主管|店长|老板娘|老板|医生|大夫|护士|律师|"
    "教授|博士|院长|校长|园长|站长|队长|团长|会长|董事长|总监|总经理|总裁|警官|法官|司机|教练|助理|秘书|会计|"
    "工程师|专员|客服|阿姨|叔叔|大姐|大哥|大妈|大爷|大叔|大婶|大嫂|奶奶|爷爷|伯伯|姑姑|舅舅|哥哥|姐姐|弟弟|妹妹|"
    "小朋友|宝宝|同志|亲启|总(?![是共体计数部裁之])|姐(?![妹夫])|哥(?!们)|叔|姨|嫂|婶|董(?!事)|"
    "工(?![作厂资人程])|局(?!部)|处(?![理])"
)
"""What a person is called by behind the name. For folded text."""

FOLLOWING: Final = re.compile(
    "代[收取领签]|收到|收[了的]|签[了的字]|先生|女士|小姐|师傅|老师|同学|经理|主任|主管|店长|老板|医生|阿姨|叔叔|大姐|大哥|总|尽快|什么|怎么|几点|通过|"
    "通电话|换到|刚刚|已经|上次|反映|回电|回复|负责|处理|跟进|下的|下单|接待|名字|的快递|来电|年纪|今年|名下|"
    "家的|家里|姐姐|哥哥|电话|手机|手机号|号码|联系|微信|身份证|证件|护照|卡号|银行|账号|地址|住址|住|收|签|代|"
    "亲启|您好|你好|你们|您|你|我|他|她|它|的|了|和|跟|与|及|或|在|是|来|要|说|给|让|请|已|也|就|都|把|被|想|没|"
    "不|有|吗|呢|吧|啊|呀|哦|嘛|订单|订的|订|快递|包裹|退|换|买|购|取|接|帮|查|反馈|投诉|申请|办|致电|咨询|表示|"
    "要求|误|今天|昨天|明天|现在|1直|这|那|两|1共|1起|共|加油|中奖|快来|生日|送|发|寄|拿|打|改|新|原|同|从|到|"
    "用|会|能|可以|可|应|需|因|因为|为|对|将|未|还|再|又|很|真|太|好|这个|那个|自称|推荐|领|报|参加|预订|入住|"
    "实名|户|转|汇|服务|派送|配送|答应|对|床号|床|1家|各|充|系|合买|带|之前|昨晚|前天|住院|年龄|男(?![男])|两口子|为什么|"
    "评分|好评|先|周[1-6日末]|下周|上周|本周|正在|马上|来|同志|代|也|填|确认|没|戴|进|推|评|交|保证|承诺|签字|开门|开|亲|鞋"
)
"""What follows a name in a sentence. For folded text, in which 一 is 1."""

CALLED_ON: Final = re.compile(
    "您好|你好|代收{0}|签收{0}|收{0}|亲启|加油|在吗|在不在|快来|来电|转交|代领|本人".format("(?![货入件藏费纳购银割])")
)
"""What follows a name that stands at the head of a sentence or of a line. For folded text."""


def is_strong(label: str) -> bool:
    """
    Whether a label announces nothing but a name, so that a name of any form may follow.
    """
    return label in _STRONG or label.isascii() or label == "人"
