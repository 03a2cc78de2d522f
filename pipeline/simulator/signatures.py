"""What profiles say of their owners, some with somebody's data in them."""

from typing import Final

from pipeline.simulator.texts import slotted

SIGNATURES: Final = (
    *("慢慢来，比较快", "今天也要开心呀", "爱猫爱狗爱自己", "这个人很懒，什么都没有写", "早起跑步第100天"),
    *("吃好喝好🍜", "每晚八点直播，不见不散", "专做源头好货", "只分享用过的东西", "宝妈一枚，日常带娃", "奶茶续命"),
    *("全职备考中，勿扰", "山高路远，看世界也找自己", "小学生，作业写完才能上网", "退休了，学学新东西", "互粉必回"),
    *("拍照好看的都发在这里", "生活需要一点甜🍰", "自由职业，周游全国", "减肥失败第8次", "非诚勿扰", "正能量"),
    *("喜欢户外和咖啡", "做自己的光"),
)
"""Signatures that nobody is named in."""

PERSONAL_SIGNATURES: Final = slotted(
    *("商务合作加微信{wechat}", "vx {wechat}", "V❤{wechat} 备注来意", "➕薇：{wechat}", "代购找我微信 {wechat}"),
    *("进群加薇 {wechat}", "QQ {qq} 常年在线", "扣{qq}", "合作电话{phone}", "☎{phone} 同号", "批发联系{phone}"),
    *("{phone}（微信同号）", "邮箱 {email}", "投稿发 {email}", "我叫{name}，欢迎关注", "姓名{name} 电话{phone}"),
    *("我叫{name}，微信{wechat}", "我叫{name}，慢慢变好", "我叫{name}，{city}人", "联系人{name} {phone}"),
    *("我叫{name}，约稿 {email}", "自提地址：{district}{street}", "工作室在{street}，提前约"),
)
"""
Signatures with somebody's data in them. A word announces each name: of bare ones a detector misses a few in a hundred,
and what leaks in a demo would be no defect.
"""
