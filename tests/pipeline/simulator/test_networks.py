"""Claims about networks."""

from ipaddress import ip_address, ip_network
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.simulator import networks
from transforms.normalize import normalizer

seeds = st.integers(0, 2**32).map(Random)
carriers = st.sampled_from(["中国移动", "中国联通", "中国电信", "中国广电"])


class TestAddresses:
    @given(seeds, carriers)
    def test_ipv4_is_not_its_own_network(self, rng, carrier):
        """
        A global address that differs from what a /24 view releases of it.
        """
        address = networks.ipv4(rng, carrier)

        assert ip_address(address).is_global
        assert str(ip_network(f"{address}/24", strict=False).network_address) != address

    @given(seeds, carriers)
    def test_ipv6_is_written_in_full(self, rng, carrier):
        """
        A global address of eight groups that differs from what a /48 view releases of it.
        """
        address = networks.ipv6(rng, carrier)

        assert ip_address(address).is_global
        assert str(ip_address(address)) == address
        assert "::" not in address


class TestMacAddresses:
    @given(seeds)
    def test_have_twelve_digits_in_any_spelling(self, rng):
        """
        The bare form is the normal form by which equal addresses get equal tokens.
        """
        mac = networks.mac_address(rng)

        assert networks.bare(mac) == normalizer("mac")(mac)

    def test_come_in_three_spellings(self):
        """
        Colons, dashes, capitals.
        """
        macs = [networks.mac_address(Random(seed)) for seed in range(200)]

        assert any("-" in mac for mac in macs)
        assert any(mac != mac.lower() for mac in macs)
        assert any(mac == mac.lower() and ":" in mac for mac in macs)


class TestCells:
    @given(seeds)
    @pytest.mark.parametrize(
        ("carrier", "mnc"),
        [
            pytest.param("中国移动", 0, id="China Mobile"),
            pytest.param("中国联通", 1, id="China Unicom"),
            pytest.param("中国电信", 11, id="China Telecom"),
            pytest.param("中国广电", 15, id="China Broadnet"),
        ],
    )
    def test_have_their_operators_code(self, carrier, mnc, rng):
        """
        460 and the operator's number; identities of 36 bits at most.
        """
        cell = networks.cells(rng)[carrier]

        assert (cell.mcc, cell.mnc) == (460, mnc)
        assert 0 <= cell.cid < 2**36
