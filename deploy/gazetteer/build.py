# ruff: noqa: INP001 — a script, not a package
"""
Build the gazetteer of Chinese divisions below the city: counties and towns.

    python deploy/gazetteer/build.py china-division-2.7.0.tgz

reads the published package, whose digest is pinned, and writes `transforms/text/addresses/divisions.xz`. The same
package gives the same bytes.
"""

import hashlib
import json
import lzma
import re
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DIGEST = "210ad17ed5de7355ff069eabec71671f7d43c39295effcb013214815ed3ecc85"
"""SHA-256 of china-division-2.7.0.tgz as the npm registry serves it."""

TARGET = Path(__file__).parents[2] / "transforms" / "text" / "addresses" / "divisions.xz"

SHORTEST = 3
"""Characters of a name; shorter ones, but for counties such as 丰县, are words such as 城区 and 郊区."""

COUNTY = re.compile("[县区市旗]$")
SHORT_COUNTY = re.compile(".县")
NOT_COUNTY = re.compile("市辖区$|直辖县级|^(?:经济技术|高新技术产业)?开发区$")
OFFICE = re.compile("(?<=街道)办事处$")
TOWN = re.compile("(?:镇|乡|街道|苏木|农场|林场|牧场|渔场)$")


def table(package: tarfile.TarFile, name: str) -> Any:
    """
    One of the package's tables.
    """
    member = package.extractfile(f"package/dist/{name}.json")
    if member is None:
        msg = f"{name}.json is not a file in the package; fetch the package again"
        raise ValueError(msg)
    return json.load(member)


def names(package: tarfile.TarFile, level: str) -> list[str]:
    """
    The names of one level of the mainland's divisions.
    """
    return [row["name"] for row in table(package, level)]


def beyond_the_mainland(package: tarfile.TarFile) -> list[str]:
    """
    The cities and districts of Hong Kong, Macao and Taiwan, without what stands in brackets.
    """
    regions = table(package, "HK-MO-TW").values()
    cities = {city: districts for region in regions for city, districts in region.items()}
    return [re.sub("（.*", "", name) for name in [*cities, *(name for row in cities.values() for name in row)]]


def counties(found: Iterable[str]) -> list[str]:
    """
    Names of county level that mean a place by themselves.
    """
    return sorted({name for name in found if _is_county(name)})


def towns(found: Iterable[str]) -> list[str]:
    """
    Names of town level by which people know a place, without the office that runs it.
    """
    return sorted({name for name in (OFFICE.sub("", name) for name in found) if _long(name) and TOWN.search(name)})


def packed(sections: Iterable[Iterable[str]]) -> bytes:
    """
    The sections as lines, an empty line between two, compressed.
    """
    text = "\n\n".join("\n".join(section) for section in sections)
    return lzma.compress(text.encode(), check=lzma.CHECK_CRC32, preset=9 | lzma.PRESET_EXTREME)


def main(tarball: Path) -> None:
    """
    Check the package, write the data.
    """
    if hashlib.sha256(tarball.read_bytes()).hexdigest() != DIGEST:
        msg = f"{tarball.name} is not the pinned package; fetch china-division 2.7.0 or review and pin the new digest"
        raise ValueError(msg)
    with tarfile.open(tarball) as package:
        found = names(package, "areas") + beyond_the_mainland(package)
        TARGET.write_bytes(packed([counties(found), towns(names(package, "streets"))]))


def _is_county(name: str) -> bool:
    telling = _long(name) or SHORT_COUNTY.fullmatch(name)
    return bool(telling and COUNTY.search(name) and not NOT_COUNTY.search(name))


def _long(name: str) -> bool:
    return len(name) >= SHORTEST


if __name__ == "__main__":
    main(Path(sys.argv[1]))
