"""Pure transforms: a value in, a released value out. Keys are passed in; no Kafka, no files, no clock."""

from transforms.age_band import AgeBand
from transforms.base import Apply, Key, Keyring, Need, Reading, Refused, Transform, withholds
from transforms.bucket_number import BucketNumber
from transforms.consented import Consented, bare, second_purposes
from transforms.constant import Constant
from transforms.drop import Drop
from transforms.encrypt import Encrypt
from transforms.format_preserving import FormatPreserving
from transforms.geo_cell import GeoCell
from transforms.keep import Keep
from transforms.mask import Mask
from transforms.prefix_preserving_ip import PrefixPreservingIp
from transforms.pseudonymize import Pseudonymize
from transforms.redact_text import RedactText
from transforms.region import Region
from transforms.seal import Seal
from transforms.shift_time import ShiftTime
from transforms.truncate_ip import TruncateIp
from transforms.truncate_time import TruncateTime
from transforms.url_template import UrlTemplate
from transforms.user_agent import UserAgent

__all__ = [
    "AgeBand",
    "Apply",
    "BucketNumber",
    "Consented",
    "Constant",
    "Drop",
    "Encrypt",
    "FormatPreserving",
    "GeoCell",
    "Keep",
    "Key",
    "Keyring",
    "Mask",
    "Need",
    "PrefixPreservingIp",
    "Pseudonymize",
    "Reading",
    "RedactText",
    "Refused",
    "Region",
    "Seal",
    "ShiftTime",
    "Transform",
    "TruncateIp",
    "TruncateTime",
    "UrlTemplate",
    "UserAgent",
    "bare",
    "second_purposes",
    "withholds",
]
