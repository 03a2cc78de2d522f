"""Claims about UserAgent."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.base import Refused
from transforms.examples import EXAMPLE_KEYS
from transforms.user_agent import UserAgent, browser_families, system_families

CHROME = (
    "Mozilla/5.0 (Linux; Android 10; V2304A Build/QP1A.190711.020) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.6099.43 Mobile Safari/537.36"
)
WECHAT = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148 MicroMessenger/8.0.44(0x18002c2f) NetType/4G Language/zh_CN"
)
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.91"
)

SMUGGLERS = st.sampled_from(
    [
        "{}bot/1.0",
        "{}-iPhone/7 CFNetwork/1410.0.3 Darwin/22.6.0",
        "{}/8.3.1 CFNetwork/1410.0.3 Darwin/22.6.0",
        "x{}Spider/1",
        "Mozilla/5.0 {}crawler 2.1",
        "Chrome/{}.0.0.0",
        "{}/8.3.1 (iPhone; iOS 17.1)",
        "HbbTV/1.1.1 (;{};; 2012;)",
        "Mozilla/5.0 (Linux; Android 14; {}) Chrome/120.0 Mobile",
        "okhttp/{}",
    ]
)
SECRETS = st.one_of(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.text(min_size=1, max_size=80))


def generalize(value, detail):
    return UserAgent(detail).bind(EXAMPLE_KEYS, "user_agent")(value)


class TestUserAgent:
    @pytest.mark.parametrize(
        ("value", "family", "system", "version"),
        [
            pytest.param(
                CHROME,
                "Chrome Mobile",
                "Chrome Mobile / Android",
                "Chrome Mobile 120 / Android",
                id="Chrome on a phone",
            ),
            pytest.param(
                WECHAT, "WeChat Browser", "WeChat Browser / iOS", "WeChat Browser 8 / iOS", id="WeChat's web view"
            ),
            pytest.param(EDGE, "Edge", "Edge / Windows", "Edge 120 / Windows", id="Edge"),
            pytest.param("okhttp/4.9.3", "okhttp", "okhttp / Other", "okhttp 4 / Other", id="HTTP library"),
            pytest.param("curl/8.1", "curl", "curl / Other", "curl 8 / Other", id="curl"),
            pytest.param(
                "ShopLive/8.3.1 CFNetwork/1410.0.3 Darwin/22.6.0", "Other", "Other / iOS", "Other / iOS", id="app"
            ),
            pytest.param(
                "ShopLive/8.3.1 (iPhone; iOS 17.1)",
                "Mobile Safari UI/WKWebView",
                "Mobile Safari UI/WKWebView / iOS",
                "Mobile Safari UI/WKWebView / iOS",
                id="app that names its system",
            ),
            pytest.param("ShopLive/8.3.1", "Other", "Other", "Other", id="app alone"),
            pytest.param("爱喝茶的小李", "Other", "Other", "Other", id="not an agent"),
            pytest.param("", "Other", "Other", "Other", id="empty"),
        ],
    )
    def test_keeps_families(self, value, family, system, version):
        """
        Each detail is one text; what is not recognised is Other.
        """
        assert generalize(value, "family") == family
        assert generalize(value, "system") == system
        assert generalize(value, "version") == version

    @pytest.mark.parametrize("detail", ["family", "system", "version"])
    @pytest.mark.parametrize("hidden", ["V2304A", "QP1A", "6099", "537", "Build"])
    def test_models_builds_and_minor_versions_never_pass(self, detail, hidden):
        """
        Nothing that tells two phones of one browser apart is left.
        """
        assert hidden not in generalize(CHROME, detail)

    @given(SMUGGLERS, SECRETS)
    def test_nothing_of_the_value_passes_but_known_families(self, template, secret):
        """
        Agents that the tables would turn into a family of their own give a family of the closed list.
        """
        value = template.replace("{}", secret)
        released = generalize(value, "version")
        family, _, system = released.rpartition(" / ")
        family = re.sub(" [0-9]{1,4}$", "", family or released)
        assert family in browser_families() | {"Other"}
        assert system in system_families() | {"Other", ""}
        assert generalize(value, "family") in browser_families() | {"Other"}

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("13800138000bot/1.0", id="before bot"),
            pytest.param("13800138000/8 CFNetwork/1410 Darwin/22.6.0", id="before CFNetwork"),
            pytest.param("x13800138000Spider/1", id="before spider"),
            pytest.param("okhttp/13800138000", id="as a version"),
            pytest.param("Mozilla/5.0 Firefox/13800138000.0", id="as a browser's version"),
        ],
    )
    @pytest.mark.parametrize("detail", ["family", "system", "version"])
    def test_a_telephone_number_cannot_be_smuggled(self, value, detail):
        """
        Where ua-parser alone would let the number through, it does not pass.
        """
        assert "1380" not in generalize(value, detail)

    def test_a_name_cannot_be_smuggled_as_a_system(self):
        """
        Televisions name their maker where the tables look for a system.
        """
        assert generalize("HbbTV/1.1.1 (x; zhangsan ;CE-HTML; 2012)", "system") == "HbbTV / Other"

    @pytest.mark.parametrize(
        "family",
        ["Chrome Mobile", "Mobile Safari", "WeChat Browser", "okhttp", "Huawei Browser", "MiuiBrowser", "UC Browser"],
    )
    def test_common_browsers_are_known(self, family):
        """
        The closed list has the browsers that the platform is visited with.
        """
        assert family in browser_families()

    @pytest.mark.parametrize("system", ["Android", "iOS", "HarmonyOS", "Windows", "Mac OS X", "Linux"])
    def test_common_systems_are_known(self, system):
        """
        The closed list has the systems that the platform is visited with.
        """
        assert system in system_families()

    def test_no_known_family_holds_a_long_number(self):
        """
        The closed lists are plain words: no placeholder, no pattern, no run of five digits.
        """
        families = browser_families() | system_families()
        assert [family for family in families if re.search(r"[$\\|*+?]|[0-9]{5}", family)] == []

    def test_what_stands_far_behind_is_not_looked_at(self):
        """
        The parser gets a bounded text.
        """
        assert generalize("x" * 1024 + " okhttp/4.9", "family") == "Other"
        assert generalize("x" * 900 + " okhttp/4.9", "family") == "okhttp"

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("Chrome/120 \ud83d", id="half a surrogate pair"),
            pytest.param(42, id="number"),
            pytest.param(None, id="null"),
        ],
    )
    def test_refuses_what_is_not_a_text(self, value):
        """
        The refusal keeps the value to itself.
        """
        with pytest.raises(Refused) as refusal:
            generalize(value, "family")

        assert str(value) not in str(refusal.value)

    @pytest.mark.parametrize("detail", ["major", "Family", "", None])
    def test_details_are_checked_at_construction(self, detail):
        """
        The error names the details there are.
        """
        with pytest.raises(ValueError, match="choose one of family, system, version"):
            UserAgent(detail)
