"""The address of the web port: loopback unless somebody names another."""

import pytest

from pipeline.address import Address
from pipeline.environment import SettingsError


class TestParse:
    @pytest.mark.parametrize(
        ("text", "address", "loopback"),
        [
            pytest.param("9464", Address("127.0.0.1", 9464), True, id="a port alone"),
            pytest.param("0", Address("127.0.0.1", 0), True, id="any port"),
            pytest.param("127.0.0.2:80", Address("127.0.0.2", 80), True, id="another loopback"),
            pytest.param("[::1]:9464", Address("::1", 9464), True, id="IPv6"),
            pytest.param("0.0.0.0:9464", Address("0.0.0.0", 9464), False, id="everywhere"),  # noqa: S104 — what is refused without a token
            pytest.param("[::]:9464", Address("::", 9464), False, id="everywhere, IPv6"),
            pytest.param("10.0.0.5:9464", Address("10.0.0.5", 9464), False, id="a network"),
        ],
    )
    def test_reads(self, text, address, loopback):
        """
        And knows who reaches it.
        """
        parsed = Address.parse(text)

        assert parsed == address
        assert parsed.loopback is loopback
        assert Address.parse(str(parsed)) == parsed

    @pytest.mark.parametrize(
        "text",
        [
            pytest.param("", id="nothing"),
            pytest.param("65536", id="no port"),
            pytest.param("localhost:9464", id="a name, which others resolve"),
            pytest.param("1.2.3:9464", id="three numbers"),
            pytest.param("::1:9464", id="no brackets"),
            pytest.param(":9464", id="no host"),
            pytest.param("10.0.0.5", id="no port at all"),
            pytest.param("9464\n", id="a line"),
            pytest.param("９４６４", id="full-width digits"),
        ],
    )
    def test_refuses(self, text):
        """
        With an example.
        """
        with pytest.raises(
            SettingsError, match=r"QINGLIU_WEB must be a port, or an IP address and a port, such as 9464"
        ):
            Address.parse(text)
