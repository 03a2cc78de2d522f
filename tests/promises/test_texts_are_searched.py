"""弹幕、评论、通话记录: what people write and say passes without names, numbers and addresses, or does not pass."""

import pytest

NUMBER, NAME, STREET = "13912345678", "欧阳明月", "文三路398号"


class TestTexts:
    @pytest.mark.parametrize(
        ("topic", "path", "text"),
        [
            pytest.param("raw.interaction", "text", f"主播加我微信 {NUMBER} 谢谢", id="danmaku"),
            pytest.param("raw.interaction", "text", "主播加我一三九12345六七八", id="a number in disguise"),
            pytest.param("raw.contact", "text", f"我叫{NAME}，电话{NUMBER}，住杭州市西湖区{STREET}", id="a call"),
            pytest.param("raw.order", "note", f"送到{STREET}，收货人{NAME}，{NUMBER}", id="a note"),
            pytest.param("raw.log", "search_query", f"{NUMBER}是谁的号码", id="a search"),
            pytest.param("raw.account", "signature", f"合作联系我 {NUMBER}，我是{NAME}", id="a signature"),
        ],
    )
    def test_pass_to_analytics_without_what_is_personal_and_to_ads_not_at_all(self, town, topic, path, text):
        """
        What is not personal stays.
        """
        (outcome,) = town.released(town.act(topic, user_id=town.person(), **{path: text}))

        redacted = outcome["analytics"][path]
        assert "<" in redacted
        assert not any(part in redacted for part in (NUMBER, "12345", NAME, STREET))
        assert outcome["ads"] is None or path not in outcome["ads"]
