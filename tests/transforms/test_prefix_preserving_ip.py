"""Claims about PrefixPreservingIp."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.base import Refused
from transforms.examples import EXAMPLE_KEYS
from transforms.prefix_preserving_ip import PrefixPreservingIp, crypto_pan

COUNTED = bytes(range(32))
AUTHORS = bytes.fromhex("1522178d33a4cf80130a5b1649907d10d8988f837979652762574c2d2a842202")

NOVEMBER = 1_795_329_000_000  # 2026-11-22 14:30 in Shanghai
DECEMBER = NOVEMBER + 30 * 86_400_000


def pseudonym(value, *time, **arguments):
    return PrefixPreservingIp(**arguments).bind(EXAMPLE_KEYS, "ip")(value, *time)


def common_prefix(one, other):
    return one.max_prefixlen - (int(one) ^ int(other)).bit_length()


def pairs(width):
    """
    Two addresses that share a prefix of any length, long ones as often as short ones.
    """
    number = st.integers(0, 2**width - 1)
    version = {32: IPv4Address, 128: IPv6Address}[width]
    return st.builds(
        lambda one, other, kept: (version(one), version(one ^ other >> kept)), number, number, st.integers(0, width)
    )


class TestCryptoPan:
    @pytest.mark.parametrize(
        ("key", "address", "expected"),
        [
            pytest.param(COUNTED, "192.0.2.1", "2.90.93.17", id="IPv4, key 0…31"),
            pytest.param(COUNTED, "2001:db8::1", "dd92:2c44:3fc0:ff1e:7ff9:c7f0:8180:7e00", id="IPv6, key 0…31"),
            pytest.param(AUTHORS, "128.11.68.132", "135.242.180.132", id="authors' trace 1"),
            pytest.param(AUTHORS, "129.118.74.4", "134.136.186.123", id="authors' trace 2"),
            pytest.param(AUTHORS, "130.132.252.244", "133.68.164.234", id="authors' trace 3"),
            pytest.param(AUTHORS, "141.223.7.43", "141.167.8.160", id="authors' trace 4"),
            pytest.param(AUTHORS, "192.102.249.13", "252.138.62.131", id="authors' trace 5"),
            pytest.param(AUTHORS, "216.148.237.145", "235.84.194.111", id="authors' trace 6"),
            pytest.param(AUTHORS, "24.0.250.221", "100.15.198.226", id="authors' trace 7"),
            pytest.param(AUTHORS, "4.3.88.225", "124.60.155.63", id="authors' trace 8"),
            pytest.param(AUTHORS, "64.39.15.238", "0.219.7.41", id="authors' trace 9"),
            pytest.param(AUTHORS, "10.185.25.118", "117.161.29.118", id="authors' trace 10"),
            pytest.param(AUTHORS, "::1", "78ff:f001:9fc0:20df:8380:b1f1:704:ed", id="IPv6 1"),
            pytest.param(AUTHORS, "::2", "78ff:f001:9fc0:20df:8380:b1f1:704:ef", id="IPv6 2"),
            pytest.param(AUTHORS, "::ffff", "78ff:f001:9fc0:20df:8380:b1f1:704:f838", id="IPv6 3"),
            pytest.param(AUTHORS, "2001:db8::1", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1e", id="IPv6 4"),
            pytest.param(AUTHORS, "2001:db8::2", "4401:2bc:603f:d91d:27f:ff8e:e6f1:dc1c", id="IPv6 5"),
        ],
    )
    def test_agrees_with_published_values(self, key, address, expected):
        """
        The authors' sample trace under their sample key, and values that independent implementations publish.
        """
        assert crypto_pan(key, ip_address(address)) == ip_address(expected)

    @given(st.binary(min_size=32, max_size=32), pairs(32) | pairs(128))
    def test_preserves_prefixes(self, key, pair):
        """
        Two pseudonyms share as many leading bits as the addresses do: neither fewer nor more, under every key.
        """
        one, other = pair
        assert common_prefix(crypto_pan(key, one), crypto_pan(key, other)) == common_prefix(one, other)

    @given(st.sets(st.ip_addresses(v=4) | st.ip_addresses(v=6), max_size=20))
    def test_different_addresses_stay_different(self, addresses):
        """
        No two addresses of a version get one pseudonym, and the version stays.
        """
        pseudonyms = {crypto_pan(COUNTED, address) for address in addresses}
        assert sorted(address.version for address in pseudonyms) == sorted(address.version for address in addresses)

    def test_a_network_is_mapped_onto_a_network(self):
        """
        The 256 addresses of a /24 get the 256 addresses of another /24.
        """
        pseudonyms = {int(crypto_pan(COUNTED, IPv4Address(f"223.104.63.{host}"))) for host in range(256)}
        first = min(pseudonyms)
        assert first % 256 == 0
        assert pseudonyms == set(range(first, first + 256))

    @pytest.mark.parametrize("length", [0, 16, 31, 33, 64])
    def test_the_key_is_32_bytes(self, length):
        """
        A key of another length is an error, not a weaker mapping.
        """
        with pytest.raises(ValueError, match=f"32 bytes, got {length}"):
            crypto_pan(bytes(length), IPv4Address("192.0.2.1"))


class TestPrefixPreservingIp:
    @given(st.ip_addresses())
    def test_maps_under_the_key_of_its_domain(self, address):
        """
        The result is Crypto-PAn under the key derived for the domain.
        """
        expected = crypto_pan(
            EXAMPLE_KEYS.derive("crypto_pan:ip").secret, getattr(address, "ipv4_mapped", None) or address
        )
        assert pseudonym(str(address)) == str(expected)

    def test_a_mapped_address_is_the_ipv4_address(self):
        """
        One host keeps one pseudonym, whichever way its address is written.
        """
        assert pseudonym("::ffff:223.104.63.9") == pseudonym("223.104.63.9")

    def test_domains_do_not_join(self):
        """
        Another domain means another key, so another pseudonym.
        """
        assert pseudonym("223.104.63.9", domain="ads.ip") != pseudonym("223.104.63.9", domain="analytics.ip")

    def test_epochs_do_not_join(self):
        """
        With an epoch the pseudonym holds within a month and changes with the next.
        """
        november = pseudonym("223.104.63.9", NOVEMBER, epoch="month")
        assert pseudonym("223.104.63.9", NOVEMBER + 3_600_000, epoch="month") == november
        assert pseudonym("223.104.63.9", DECEMBER, epoch="month") != november

    def test_needs_the_time_for_an_epoch_alone(self):
        """
        Without an epoch the value is enough.
        """
        assert PrefixPreservingIp().needs == ()
        assert PrefixPreservingIp(epoch="day").needs == ("time",)

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("223.104.63", id="too short"),
            pytest.param("fe80::1%eth0", id="zone id"),
            pytest.param("223.104.63.9:443", id="port"),
            pytest.param(3741007616, id="number"),
            pytest.param({"ip": "223.104.63.9"}, id="object"),
        ],
    )
    def test_refuses_what_is_not_an_address(self, value):
        """
        The refusal keeps the value to itself.
        """
        with pytest.raises(Refused) as refusal:
            pseudonym(value)

        assert str(value) not in str(refusal.value)

    @pytest.mark.parametrize(
        "arguments",
        [
            pytest.param({"domain": ""}, id="empty domain"),
            pytest.param({"domain": "IP"}, id="capitals"),
            pytest.param({"domain": "ip|2026"}, id="separator"),
            pytest.param({"epoch": "monthly"}, id="unknown epoch"),
        ],
    )
    def test_arguments_are_checked_at_construction(self, arguments):
        """
        A domain is words joined by dots, an epoch one of the calendar's.
        """
        with pytest.raises(ValueError, match=r"must be lower-case words|choose one of"):
            PrefixPreservingIp(**arguments)
