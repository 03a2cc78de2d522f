"""Networks a device is seen in: addresses, access points, what is near by Bluetooth, and cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Final

from pipeline.simulator.draw import hexadecimal, pick

_IPV4: Final[Mapping[str, tuple[str, ...]]] = {
    "中国移动": ("223.104", "223.105", "117.136", "117.132", "120.204", "183.192", "112.17"),
    "中国联通": ("112.96", "112.97", "123.112", "124.64", "221.192", "221.193", "116.128"),
    "中国电信": ("113.64", "113.87", "183.14", "222.64", "114.84", "106.84", "180.165"),
    "中国广电": ("103.148", "211.136"),
}
"""The first 16 bits of addresses by operator, all with three digits in front."""

_IPV6: Final[Mapping[str, str]] = {
    "中国移动": "2409:89",
    "中国联通": "2408:84",
    "中国电信": "240e:4",
    "中国广电": "240a:42",
}
_MNC: Final[Mapping[str, int]] = {"中国移动": 0, "中国联通": 1, "中国电信": 11, "中国广电": 15}
_MCC: Final = 460
_RECONNECTS: Final = 0.05
_AT_HOME: Final = 0.4
_IPV6_UP_TO: Final = 0.6
_VENDORS: Final = ("a4:83:e7", "f0:18:98", "8c:53:c3", "3c:cd:57", "d8:ce:3a", "c4:0b:cb", "50:64:2b", "ec:9b:f3")
_CAPITALS: Final = 0.15
_DASHES: Final = 0.25  # … up to here
_SHOPS: Final = ("ChinaNet", "CMCC", "ChinaUnicom", "TP-LINK", "MERCURY", "Tenda", "Xiaomi", "HUAWEI", "FAST")
_GADGETS: Final = (
    "HUAWEI FreeBuds Pro 3",
    "Mi Smart Band 8",
    "OPPO Enco X2",
    "JBL GO3",
    "EDIFIER W820NB",
    "AirPods Pro",
)
_NR: Final = 0.6  # share of 5G cells
_NR_CELLS: Final = (10**10, 2**36)  # NR cell identities have 36 bits; the lower ones are left out, see `CELL_DIGITS`
CELL_DIGITS: Final = 11
"""Cell identities with fewer digits occur by chance in other numbers and are not counted as identifiers."""


@dataclass(frozen=True, slots=True)
class Station:
    """
    Something that sends: an access point or a Bluetooth device.

    Args:
        mac: as its maker writes it.
        bare: the same without separators, lower case.
        name: SSID or device name; empty when hidden.
        owner: the person named in `name`, or empty.
    """

    mac: str
    bare: str
    name: str
    owner: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """
    A cell of a mobile network (3GPP TS 23.003, 19.6).
    """

    mnc: int
    lac: int
    cid: int
    mcc: int = _MCC


def ipv4(rng: Random, carrier: str) -> str:
    """
    An address of an operator; never the address of its own /24 network.
    """
    return f"{pick(rng, _IPV4[carrier])}.{int(rng.random() * 256)}.{1 + int(rng.random() * 254)}"


def ipv6(rng: Random, carrier: str) -> str:
    """
    An address of an operator in full form, without a zero group.
    """
    prefix = _IPV6[carrier]
    groups = [f"{1 + int(rng.random() * 0xFFFE):x}" for _ in range(6)]
    filler = hexadecimal(rng, 9 - len(prefix))
    return f"{prefix}{filler}:{':'.join(groups)}"


@dataclass(slots=True)
class Connection:
    """
    How somebody is connected: an address lasts for a session of some twenty events.

    Args:
        carrier: of the phone.
        home: address of the line at home.
        address: the present one; empty before the first event.
    """

    carrier: str
    home: str
    address: str = ""

    def current(self, rng: Random) -> str:
        """
        The address that an event comes from.
        """
        if not self.address or rng.random() < _RECONNECTS:
            style = rng.random()
            if style < _AT_HOME:
                self.address = self.home
            else:
                self.address = (ipv6 if style < _IPV6_UP_TO else ipv4)(rng, self.carrier)
        return self.address


def mac_address(rng: Random) -> str:
    """
    A MAC address of a well-known maker, in one of the three usual spellings.
    """
    tail = hexadecimal(rng, 6)
    address = f"{pick(rng, _VENDORS)}:{tail[:2]}:{tail[2:4]}:{tail[4:]}"
    style = rng.random()
    if style < _CAPITALS:
        return address.upper()
    return address.replace(":", "-") if style < _DASHES else address


def bare(mac: str) -> str:
    """
    A MAC address as 12 lower-case digits.
    """
    return mac.replace(":", "").replace("-", "").lower()


def access_point(rng: Random, owner: str = "", gear: str = "") -> Station:
    """
    A Wi-Fi access point: a person's own, by name and telephone, or an operator's or shop's.
    """
    mac = mac_address(rng)
    name = f"{owner}的{gear}" if owner else f"{pick(rng, _SHOPS)}-{hexadecimal(rng, 6).upper()}"
    return Station(mac, bare(mac), name, owner)


def hidden_access_point(rng: Random) -> Station:
    """
    A Wi-Fi access point that does not say its name.
    """
    mac = mac_address(rng)
    return Station(mac, bare(mac), "")


def gadget(rng: Random, owner: str = "") -> Station:
    """
    A Bluetooth device: headphones, a watch, a loudspeaker.
    """
    mac = mac_address(rng)
    kind = pick(rng, _GADGETS)
    name = f"{owner}的{kind}" if owner else f"{kind}-{hexadecimal(rng, 4).upper()}"
    return Station(mac, bare(mac), name, owner)


def cells(rng: Random) -> dict[str, Cell]:
    """
    One cell of every operator, as seen from one place.
    """
    return {carrier: _cell(rng, mnc) for carrier, mnc in _MNC.items()}


def _cell(rng: Random, mnc: int) -> Cell:
    if rng.random() < _NR:
        return Cell(mnc, rng.getrandbits(24), rng.randrange(*_NR_CELLS))
    return Cell(mnc, rng.getrandbits(16), rng.getrandbits(28))
