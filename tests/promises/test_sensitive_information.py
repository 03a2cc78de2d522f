"""个人敏感信息：身份证件号码、手机号码、银行账号…: nothing passes without a kind, and none of these in clear."""

from pipeline.simulator import LeakScanner
from schemas import VIEWS
from schemas.contract import Field
from schemas.kinds import Kind
from tests.promises.town import consent
from transforms import Keep

DIRECT = {Kind.NATIONAL_ID, Kind.PHONE, Kind.BANK_CARD, Kind.PERSON_NAME, Kind.ADDRESS, Kind.EMAIL, Kind.SECRET}
PLANTED = {
    "raw.order": {
        "buyer_phone": "13655557777",
        "payment": {
            "method": "alipay",
            "status": "paid",
            "transaction_id": "2026112299887766",
            "bank_card": "6222021234567890128",
        },
        "consignee": {
            "name": "欧阳明月",
            "phone": "13766668888",
            "province": "浙江省",
            "city": "杭州市",
            "district": "西湖区",
            "street": "文三路398号2幢501室",
            "id_card": "11010519491231002X",
        },
        "note": "电话13655557777，送到文三路398号2幢501室",
    },
    "raw.account": {
        "phone": "13655557777",
        "real_name": "欧阳明月",
        "password": "correct horse 7",
        "id_card": "11010519491231002X",
    },
    "raw.contact": {"phone": "13655557777", "text": "我叫欧阳明月，身份证11010519491231002X"},
}
IDENTIFIERS = ("13655557777", "13766668888", "6222021234567890128", "欧阳明月", "11010519491231002X", "correct horse 7")


class TestDeclarations:
    def test_every_field_has_a_kind_and_every_kind_a_rule(self):
        """
        In every circumstance of every view; otherwise nothing imports.
        """
        for view in VIEWS:
            fields = {path: node for path, node in view.contract.nodes() if isinstance(node, Field)}
            assert all(isinstance(node.kind, Kind) for node in fields.values())
            for variant in view.variants():
                rules = view.resolve(variant)
                assert fields.keys() <= rules.keys()
                if not view.sealed:
                    assert not any(
                        isinstance(rules[path], Keep) for path, node in fields.items() if node.kind in DIRECT
                    )


class TestRecords:
    def test_hold_nothing_of_what_was_planted(self, town):
        """
        Of somebody who consented to everything: neither in values nor in keys and headers, nor in the worker's log.
        """
        user = town.person()
        town.know(user, consents=consent(granted=True))
        town.released(*(town.act(topic, user_id=user, **fields) for topic, fields in PLANTED.items()))
        scanner = LeakScanner((*IDENTIFIERS, user))

        for view in VIEWS:
            for _, record in town.deployment.sources(view):
                told = [record.value, record.key or b"", *(value or b"" for _, value in record.headers)]
                assert not any(scanner.scan(part) for part in told), view
        assert not scanner.scan(town.worker.log.read_bytes())
