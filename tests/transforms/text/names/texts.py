"""Invented texts with invented names of persons: what customers, agents and couriers write."""

import re
from random import Random

from pipeline.simulator.names import _MEN, _SURNAMES, _WOMEN
from transforms.text.names.wordlist import words

RARE = sorted(
    words(
        "麦 车 岑 符 覃 佟 漆 冼 蒙 褚 揭 匡 鄢 栾 储 屈 缪 翁 芦 敖 荆 蔺 甄 连 官 桑 苑 浦 邝 昝 "
        "欧阳 上官 司马 诸葛 夏侯 皇甫 慕容"
    )
)
PLACES = (
    "浙江省杭州市余杭区文一西路969号",
    "上海市浦东新区世纪大道100号环球金融中心20楼",
    "成都市锦江区红星路三段1号国际金融中心",
    "河北省保定市莲池区五四东路180号3栋2单元501",
    "天通苑北三区12号楼4单元602室",
)

ABOUT_PERSONS = """\
我家住{A}，我叫{N}，空调坏了找人来修一下
{N}女士您好，您预约的安装时间改到明天下午三点
签收照片里那个人是{N}，他是我邻居，可以作证
你好，订单收件人能帮我从{N}换到{N}吗，地址还是原来的
{N}刚刚打电话过来催件，请优先派送
昨天和{N}通过电话，她答应给我补寄一个
{P} {N}，送到就打电话
{A}{N}{P}
{N}{P}{A}
{N}，{P}，{A}
{A}，{N}，{P}
{P}，{A}，{N}收
寄：{N} {P}；收：{N} {P} {A}
货到请联系{N}（{P}）
请投递至{A}，收件人{N}，如无人接听联系{N}
工单：客户{N}反映商品破损，已安抚
用户{N}来电咨询退款进度，告知三个工作日
经核实，包裹由{N}代签，签收时间十五点
我司员工{N}已与您联系，请保持电话畅通
{N}这个人总是不接电话，换个快递员吧
门卫叫{N}，东西给他就行
备注：{N}本人签收
给{N}的生日礼物，请附贺卡
爸爸{N}、妈妈{N}一起出游，订两张票
付款人姓名 {N}，付款账号尾号3321
转账备注写{N}
他的真名是{N}，微信名叫小太阳
麻烦问下{N}什么时候上班
我和{N}是同一个小区的，一起送吧
投诉你们的客服{N}，说话特别冲
表扬一下送餐的{N}师傅，下雨天还准时
学生姓名：{N}  家长：{N}  电话：{P}
新郎{N}新娘{N}的喜糖，要印名字
杯子上刻字：{N}
帮我查{N}名下的会员卡
发票个人，{N}
{N}已经搬走了，别再往这寄了
把电话留给{N}了，让他去拿
{N}说没收到短信
是给{N}老师的教材，不要弄错
收货人写成了{N}，其实是{N}
代理人：{N}；被代理人：{N}
护士{N}收，住院部五楼
{N}（{P}）要求上门取件
""".splitlines()

ABOUT_GOODS = """\
质量很好，做工精细，穿上很显瘦，客服态度也不错，下次还来
物流太慢了，等了整整一周，周五才发货，周日才收到
颜色跟图片一样，黄色偏亮，白色有点透，建议买黑色
金色的很高端，送人很有面子，包装也大气
马上就用完了，又来回购，已经第三次买了
任何时候问客服都是秒回，于是果断下单了
许多人说不好用，我觉得还可以，见仁见智吧
方便面味道一般，汤料有点咸，不过分量足
安全座椅安装很方便，孩子坐着舒服
石头剪刀布都没它好玩，孩子很喜欢
江南的丝绸确实好，手感顺滑，和平时穿的不一样
李宁的跑鞋弹性不错，比安踏的轻
王者荣耀的周边手办，做工可以，就是贵
老干妈拌饭绝了，一顿两碗
张小泉的菜刀很锋利，切肉不费劲
王守义十三香炖肉必备，味道正宗
马应龙眼霜用了一周，黑眼圈淡了点
章光101洗发水用了没什么效果
陈克明的面条煮不烂，有嚼劲
李子柒螺蛳粉味道很冲，但是上头
周黑鸭甜辣口，我老公喜欢
刘涛同款的裙子，上身效果一般，毕竟身材不同
李佳琦直播间买的，比平时便宜一半
谭木匠的梳子送妈妈，她很喜欢
温度一低就充不进电，客服说是正常现象
常州发货第二天就到山东了，速度快
黄山毛峰香气足，回甘好，包装送礼合适
项链很精致，女朋友很喜欢，生日礼物
初次购买，体验很好，客服小姐姐很耐心
管道接口漏水，装了两次才好
银色的那款没货了，只好买了灰的
向上的领子设计很特别，显脖子长
全家都爱吃，已经回购五次了
计划买两件，结果只剩一件了，遗憾
司机开车很稳，送货师傅也客气，还帮忙抬上楼
好评好评好评，五星好评，祝老板生意兴隆
主播讲得很详细，跟着买没错
杨梅很新鲜，酸甜可口，坏了两颗也赔了
康师傅红烧牛肉面还是老味道
任选三件九十九，太划算了
秦岭发的货吗，猕猴桃熟了没
谢谢主播，谢谢老板
老铁们扣个一
小哥哥好帅，几点下播
黄金项链，周五发货，高端大气，马上下单
""".splitlines()


def about_persons(count, seed=0):
    """
    `count` texts, each with the start and end of every name in it.
    """
    chance = Random(seed)
    return [_filled(ABOUT_PERSONS[number % len(ABOUT_PERSONS)], chance) for number in range(count)]


def name(chance):
    """
    A surname as frequent as it is, a given name of one or two characters.
    """
    surnames = [surname for surname, _, _ in _SURNAMES]
    shares = [share for _, share, _ in _SURNAMES]
    surname = chance.choice(RARE) if chance.random() < 0.12 else chance.choices(surnames, shares)[0]
    characters = chance.choice((_MEN, _WOMEN))
    given = chance.choice(characters)
    if len(given) == 1 and chance.random() < 0.7:
        given += chance.choice([character for character in characters if len(character) == 1])
    return surname + given


def _filled(template, chance):
    text, names = "", []
    for part in re.split(r"(\{[NPA]\})", template):
        value = part
        if part == "{N}":
            value = name(chance)
            names.append((len(text), len(text) + len(value)))
        elif part == "{P}":
            value = f"1{chance.choice('3578')}{chance.randrange(10**9):09}"
        elif part == "{A}":
            value = chance.choice(PLACES)
        text += value
    return text, names
