"""The promises of the privacy policy, each with the module that tests it; those not kept yet say so."""

from typing import Final

KEPT: Final = {
    "test_recipients_cannot_undo.py": "确保数据接收方无法复原并重新识别",
}
"""Module → what is promised."""

NOT_YET: Final = {
    "确保数据接收方无法复原并重新识别 (the release gate)": "nothing measures the risk of a release before it is made",
    "间接人群画像": "there are no cohorts yet, and none is suppressed for being small",
    "存储在中国境内": "brokers and key services outside of the country are not refused at the start",
}
"""What is promised → what is missing."""
