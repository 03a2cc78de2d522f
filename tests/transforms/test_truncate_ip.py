"""Claims about TruncateIp."""

from ipaddress import IPv4Address, IPv6Address, ip_network

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from transforms.base import Refused
from transforms.examples import EXAMPLE_KEYS
from transforms.truncate_ip import TruncateIp, read_address


def truncate(value, **prefixes):
    return TruncateIp(**prefixes).bind(EXAMPLE_KEYS, "ip")(value)


class TestTruncateIp:
    @pytest.mark.parametrize(
        ("value", "released"),
        [
            pytest.param("223.104.63.9", "223.104.63.0", id="IPv4"),
            pytest.param("255.255.255.255", "255.255.255.0", id="last IPv4"),
            pytest.param("2408:8400:1:2::3", "2408:8400:1::", id="IPv6"),
            pytest.param("2408:8400:0001:0002:0003:0004:0005:0006", "2408:8400:1::", id="IPv6 in full"),
            pytest.param("2408:8400:1:ABCD::", "2408:8400:1::", id="IPv6 in capitals"),
            pytest.param("::1", "::", id="loopback"),
            pytest.param("::ffff:223.104.63.9", "223.104.63.0", id="IPv4-mapped"),
            pytest.param("::ffff:df68:3f09", "223.104.63.0", id="IPv4-mapped in hexadecimal"),
            pytest.param("2002:df68:3f09::1", "223.104.63.0", id="6to4"),
        ],
    )
    def test_keeps_the_network(self, value, released):
        """
        24 bits of an IPv4 address pass and 48 of an IPv6 address, in the shortest written form.
        """
        assert truncate(value) == released

    @given(st.ip_addresses(v=4), st.integers(0, 255), st.integers(0, 255))
    def test_neighbours_stay_together(self, address, one, other):
        """
        Every address of a /24 gets the same result.
        """
        network = int(address) & ~255
        assert truncate(str(IPv4Address(network | one))) == truncate(str(IPv4Address(network | other)))

    @given(st.ip_addresses(), st.integers(0, 32), st.integers(0, 128))
    def test_host_bits_never_pass(self, address, v4, v6):
        """
        The result is the network address of the prefix, whichever its length.
        """
        assume(not (isinstance(address, IPv6Address) and (address.ipv4_mapped or address.sixtofour)))
        kept = v4 if isinstance(address, IPv4Address) else v6
        released = truncate(str(address), v4=v4, v6=v6)
        assert released == str(ip_network((address, kept), strict=False).network_address)

    @given(st.ip_addresses(v=4), st.integers(0, 2**80 - 1))
    def test_a_wrapped_address_gives_away_no_more_than_the_bare_one(self, address, rest):
        """
        Mapped and 6to4 addresses are truncated as the IPv4 address they wrap, whatever stands in the other bits.
        """
        bits = int(address)
        released = truncate(str(address))
        assert truncate(str(IPv6Address(0xFFFF << 32 | bits))) == released
        assert truncate(str(IPv6Address(0x2002 << 112 | bits << 80 | rest))) == released

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("223.104.63", id="too short"),
            pytest.param("223.104.63.256", id="octet out of range"),
            pytest.param("223.104.063.9", id="leading zero"),
            pytest.param("223.104.63.9:443", id="IPv4 with a port"),
            pytest.param("[2408:8400::1]:443", id="IPv6 with a port"),
            pytest.param("[2408:8400::1]", id="brackets"),
            pytest.param("fe80::1%eth0", id="zone id"),
            pytest.param("223.104.63.0/24", id="IPv4 network"),
            pytest.param("2408:8400::/32", id="IPv6 network"),
            pytest.param(" 223.104.63.9", id="blank before"),
            pytest.param("223.104.63.9\n", id="line break after"),
            pytest.param("２２３.104.63.9", id="full-width digits"),
            pytest.param("0xdf.0x68.0x3f.0x09", id="hexadecimal octets"),
            pytest.param("shop.example.com", id="host name"),
            pytest.param(":", id="colon alone"),
            pytest.param("", id="empty"),
            pytest.param(3741007616, id="number"),
            pytest.param(b"223.104.63.9", id="bytes"),
            pytest.param(None, id="null"),
        ],
    )
    def test_refuses_what_is_not_an_address(self, value):
        """
        The refusal keeps the value to itself, and brings no exception along that would tell it.
        """
        with pytest.raises(Refused) as refusal:
            truncate(value)

        assert not value or str(value) not in str(refusal.value)
        assert refusal.value.__context__ is None

    @given(st.text(alphabet="0123456789abcdef:./%[]", max_size=45))
    def test_refuses_or_truncates_every_text(self, text):
        """
        No text passes unchanged that has host bits, and none raises anything but a refusal.
        """
        try:
            released = truncate(text)
        except Refused:
            return
        assert truncate(released) == released

    def test_equal_declarations_share_their_memory(self):
        """
        Binding the same prefixes twice gives the same function, other prefixes another one.
        """
        assert TruncateIp().bind(EXAMPLE_KEYS) is TruncateIp(24, 48).bind(EXAMPLE_KEYS)
        assert TruncateIp().bind(EXAMPLE_KEYS) is not TruncateIp(16, 48).bind(EXAMPLE_KEYS)

    @pytest.mark.parametrize(
        "prefixes",
        [
            pytest.param({"v4": 33}, id="v4 too long"),
            pytest.param({"v4": -1}, id="v4 negative"),
            pytest.param({"v6": 129}, id="v6 too long"),
            pytest.param({"v6": True}, id="boolean"),
            pytest.param({"v4": 24.0}, id="fraction"),
            pytest.param({"v4": "24"}, id="text"),
        ],
    )
    def test_prefixes_are_checked_at_construction(self, prefixes):
        """
        The error says which prefixes exist.
        """
        with pytest.raises(ValueError, match="v4 takes 0–32, v6 takes 0–128"):
            TruncateIp(**prefixes)


class TestReadAddress:
    @given(st.ip_addresses(v=4))
    def test_mapped_and_plain_are_one_address(self, address):
        """
        An IPv4-mapped IPv6 address is read as the IPv4 address.
        """
        assert read_address(f"::ffff:{address}") == read_address(str(address)) == address

    @given(st.ip_addresses(v=6))
    def test_every_form_of_an_address_is_read_alike(self, address):
        """
        Shortened, written in full and in capitals, an IPv6 address stays itself.
        """
        expected = address.ipv4_mapped or address
        assert {read_address(form) for form in (str(address), address.exploded, str(address).upper())} == {expected}
