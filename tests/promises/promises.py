"""The promises of the privacy policy, each with the module that tests it; those not kept yet say so."""

from typing import Final

KEPT: Final = {
    "test_children.py": "儿童（不满14周岁）…父母或监护人同意",
    "test_consignees.py": "其他收货人…已取得其授权",
    "test_data_stays_in_the_country.py": "存储在中国境内",
    "test_device_and_log_data.py": "单独的设备信息、日志信息…结合使用期间…将被视为个人信息",
    "test_erasure.py": "个人信息删除：不可被检索、访问",
    "test_exceptions_to_consent.py": "征得授权同意的例外",
    "test_incidents.py": "安全事件…告知",
    "test_merchants.py": "商家：订单信息、支付信息、收货地址和联系人",
    "test_opted_out_devices_are_not_followed.py": "Cookie、网站信标、像素标签…退订",
    "test_partners_get_no_identity_without_consent.py": "除非得到你的许可，不会将你的个人身份信息与…合作伙伴共享",
    "test_recipients_cannot_undo.py": "确保数据接收方无法复原并重新识别",
    "test_recipients_get_what_they_need.py": "只能接触到为其履行职责所需信息",
    "test_retention.py": "仅在…所需的期限内保留；停止运营…删除或匿名化",
    "test_sensitive_information.py": "个人敏感信息：身份证件号码、手机号码、银行账号…",
    "test_texts_are_searched.py": "弹幕、评论、通话记录",
}
"""Module → what is promised."""

NOT_YET: Final = {
    "确保数据接收方无法复原并重新识别 (the release gate)": "nothing measures the risk of a release before it is made",
    "间接人群画像": "there are no cohorts yet, and none is suppressed for being small",
}
"""What is promised → what is missing."""
