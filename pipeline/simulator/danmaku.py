"""What viewers write in live rooms: danmaku and comments, a few with somebody's data in them."""

from typing import Final

from pipeline.simulator.texts import slotted

DANMAKU: Final = (
    *("666", "来了来了", "主播好漂亮", "扣1扣1", "哈哈哈哈哈", "多少钱", "上链接上链接", "3号链接讲一下", "已拍"),
    *("抢到了！", "没抢到😭", "运费险有吗", "什么时候发货", "包邮吗", "身高165体重100斤穿什么码", "有没有黑色"),
    *("这个显白吗", "敏感肌能用吗", "保质期到什么时候", "是正品吗", "能便宜点吗", "满200减30怎么用", "优惠券领不了"),
    *("点点关注", "刚来，讲到哪了", "下播了吗", "求返场", "2号链接还有吗", "黄色的好看", "家里有小孩能吃吗"),
    *("回购三次了", "质量怎么样", "主播声音好小", "背景音乐叫什么", "一会儿还有福袋吗", "福袋抽中过一次", "新人报到"),
    *("前排", "蹲一个M码", "偏大还是偏小", "不支持七天无理由吗", "昨天买的今天降价了", "客服不回消息", "发的什么快递"),
    *("新疆发吗", "海南能到吗", "学生党买不起", "520快乐", "冲冲冲", "给主播点赞👍", "榜一大哥呢", "求讲解1号"),
    *("同款多少钱一斤", "手慢无", "99元拍两件", "收到货了很满意", "颜色和图片一样吗", "耳机续航几个小时"),
    *("充电宝能上飞机吗", "锅会粘吗", "羽绒服掉毛不", "鞋子磨脚吗", "10点还有秒杀吗"),
)
"""Danmaku that nobody is named in."""

PERSONAL_DANMAKU: Final = slotted(
    *("加我微信{wechat}", "加微信 {wechat} 拉你进群", "微信号{wechat}私聊", "vx{wechat}有优惠", "加V：{wechat}"),
    *("wx:{wechat}", "薇信{wechat}", "想要的加微信{wechat}", "微信{wechat}备注直播间", "QQ{qq}", "扣扣{qq}进群"),
    *("加QQ：{qq}", "qq {qq} 有货", "想买的加qq{qq}", "QQ号{qq}发我", "电话{phone}", "打我电话{phone}"),
    *("我手机号{phone}", "手机{phone}怎么没收到短信", "联系我{phone}", "客服打{phone}啊", "主播打给我{phone}"),
    *("号码{phone}查一下", "电话{phone}，货还没到", "我电话换成{phone}了", "我叫{name}", "我叫{name}，主播记得我吗"),
    *("收件人{name}", "收件人{name}，怎么还没发", "收货人{name}，电话{phone}", "我叫{name}，手机{phone}"),
    *("姓名{name} 电话{phone}", "联系人{name}，{phone}", "收件人：{name}，改一下地址"),
    *("我家在{city}{district}{street}", "寄到{street}", "地址{district}{street}", "住在{district}{street}，能送到吗"),
    *("收件人{name}，地址{street}", "订单号{order}", "订单{order}什么时候发", "帮我查订单{order}", "单号{order}催一下"),
    *("订单号{order}，收件人{name}", "发票发邮箱{email}", "邮箱{email}，发我资料", "我的邮箱是{email}"),
    *("身份证{id_card}，怎么认证不了", "实名用{id_card}这个身份证", "身份证号{id_card}，帮我解绑"),
)
"""Danmaku with somebody's data in them. A name stands behind a word that announces one."""

COMMENTS: Final = (
    *("面料很舒服，洗了两次没有变形", "物流很快，第二天就到了，包装也好", "颜色比图片深一点，不过可以接受"),
    *("给妈妈买的，她很喜欢", "性价比很高，已经推荐给同事", "穿上很显瘦，就是有点透", "味道一般，没有想象中好吃"),
    *("第三次回购了，孩子爱吃", "充电很快，出差带着方便", "客服态度很好，换货也快", "锅底有点薄，煎鸡蛋不粘"),
    *("尺码偏小，建议拍大一码", "声音太大了，晚上用会吵到家人", "用了一周，皮肤没有过敏", "主播介绍得很详细，没有踩雷"),
    "包装破了一个角，商家补发了",
)
"""Comments that nobody is named in."""

PERSONAL_COMMENTS: Final = slotted(
    *("收到的是空盒，联系我电话{phone}", "同款低价加微信{wechat}，支持验货", "三天没发货，订单号{order}，商家看一下"),
    *("收件人{name}，手机{phone}，一直没人联系", "发错地址了，我家是{district}{street}", "想要样品的加QQ{qq}"),
    *("发票一直没收到，邮箱{email}", "我叫{name}，退款三次都被拒", "售后打这个电话{phone}，别再发短信了"),
)
"""Comments with somebody's data in them."""
