"""Views are total over their contract, and say so when they are declared."""

import pytest

from schemas import VIEWS, order
from schemas.contract import Contract, Field, Group, Repeated
from schemas.envelope import ENVELOPE
from schemas.kinds import DIRECT, IDENTITY, Kind
from schemas.types import GeoPoint, Integer, Text
from schemas.view import SUPPRESS, Variant, View
from transforms import (
    Consented,
    Constant,
    Drop,
    GeoCell,
    Keep,
    Mask,
    Pseudonymize,
    TruncateIp,
    TruncateTime,
    bare,
    second_purposes,
)

RAW = Contract(
    "raw.test",
    (
        *ENVELOPE,
        Field("ip", Text(), Kind.IP),
        Field("gps", GeoPoint(), Kind.GEO_POINT, optional=True),
        Field("password", Text(), Kind.SECRET, optional=True),
        Repeated("items", (Field("price", Integer(0, 9), Kind.MONEY),), maximum=3),
    ),
)
RULES = {
    Kind.EVENT_ID: Pseudonymize("test.event"),
    Kind.TIMESTAMP: TruncateTime("hour"),
    Kind.USER_ID: Pseudonymize("test.user"),
    Kind.DEVICE_ID: Drop(),
    Kind.PLAIN: Keep(),
    Kind.IP: TruncateIp(),
    Kind.GEO_POINT: GeoCell(5),
    Kind.SECRET: Drop(),
    Kind.MONEY: Keep(),
}


class Perhaps(Pseudonymize):
    withholds = True


class ForWhom(Mask):
    needs = ("party",)


GRANTED, REFUSED = Variant(granted=True, linked=False), Variant(granted=False, linked=False)


def view(**changes):
    return View(**({"recipient": "test", "contract": RAW, "purpose": "testing", "rules": RULES} | changes))


class TestTotality:
    def test_every_field_has_one_rule(self):
        """
        By its kind, or by its path, which wins.
        """
        resolved = view(rules=RULES | {"app_version": Drop()}).resolve(GRANTED)

        assert set(resolved) == {path for path, _ in RAW.leaves()} | {"items[]"}
        assert resolved["app_version"] == Drop()
        assert resolved["channel"] == Keep()

    @pytest.mark.parametrize(
        ("changes", "message"),
        [
            pytest.param(
                {"rules": {kind: rule for kind, rule in RULES.items() if kind is not Kind.IP}},
                r"view test of raw.test has no rule for ip \(ip\); add one for the path or the kind",
                id="field without a rule",
            ),
            pytest.param(
                {"rules": RULES | {"ipp": Drop()}}, "has a rule for ipp, which raw.test has not", id="unknown path"
            ),
            pytest.param(
                {"rules": RULES | {"gps": TruncateIp()}},
                "at gps: TruncateIp does not take a geo_point",
                id="wrong transform",
            ),
            pytest.param({"rules": RULES | {"gps": Keep()}}, "at gps: Keep would pass members", id="point as it came"),
            pytest.param(
                {"rules": RULES | {"items[]": Mask()}}, r"at items\[\]: an array takes Keep\(\) or Drop\(\)", id="array"
            ),
            pytest.param(
                {"rules": RULES | {"user_id": Keep()}}, "keyed by user_id, which it does not pseudonymize", id="raw key"
            ),
            pytest.param({"key": ("nobody",)}, "keyed by nobody, which is no field", id="unknown key"),
            pytest.param(
                {"key": ("items[].price",)}, r"keyed by items\[\].price, which is no field at the top", id="key within"
            ),
            pytest.param(
                {"rules": RULES | {"occurred_at": Mask()}}, "at occurred_at: Mask gives no time", id="no time"
            ),
            pytest.param(
                {"key": ("device_id",), "rules": RULES | {"device_id": Perhaps("test.device")}},
                "keyed by device_id",
                id="key that may be withheld",
            ),
            pytest.param({"party": "nobody"}, "for the party nobody, which is no required text", id="unknown party"),
            pytest.param({"party": "user_id"}, "for the party user_id, which is no", id="optional party"),
            pytest.param({"party": "items[].price"}, r"for the party items\[\].price, which", id="party within"),
            pytest.param({"rules": RULES | {"ip": ForWhom()}}, "at ip: ForWhom asks for whom; give", id="no party"),
            pytest.param({"recipient": "Ads Team"}, "recipient 'Ads Team' must be one lower-case word", id="recipient"),
            pytest.param({"purpose": "a|b"}, "purpose 'a|b' must be one lower-case word", id="purpose"),
            pytest.param({"otherwise": {}}, "has no rule for event_id", id="nothing said about no consent"),
        ],
    )
    def test_what_is_not_total_is_refused(self, changes, message):
        """
        When the view is declared, with the path and a remedy.
        """
        with pytest.raises(ValueError, match=message):
            view(**changes)


class TestParty:
    def test_is_part_of_the_policy(self):
        """
        For whom a value is, is what a view says of it.
        """
        policies = {view(party=party).policy() for party in (None, "channel", "app_version")}

        assert len(policies) == 3


class TestSecrets:
    @pytest.mark.parametrize(
        "rule",
        [
            pytest.param(Keep(), id="kept"),
            pytest.param(Mask(), id="masked"),
            pytest.param(Pseudonymize("test.password"), id="token"),
            pytest.param(Constant("set"), id="constant"),
        ],
    )
    @pytest.mark.parametrize("of", [pytest.param("password", id="path"), pytest.param(Kind.SECRET, id="kind")])
    @pytest.mark.parametrize(
        "circumstances",
        [
            pytest.param(lambda lax: {"rules": RULES | lax}, id="always"),
            pytest.param(lambda lax: {"linked": lax}, id="when linked"),
            pytest.param(lambda lax: {"otherwise": RULES | lax}, id="without consent"),
            pytest.param(lambda lax: {"otherwise": RULES, "otherwise_linked": lax}, id="without consent, linked"),
        ],
    )
    def test_are_dropped_or_the_view_is_refused(self, circumstances, of, rule):
        """
        By whatever rule, of the path or the kind, under whatever circumstances.
        """
        with pytest.raises(ValueError, match="would release password, a secret; a secret is always dropped"):
            view(**circumstances({of: rule}))

    def test_are_dropped_even_within_an_array_that_is(self):
        """
        Whoever later keeps the array must not release them.
        """
        logins = Repeated("logins", (Field("password", Text(), Kind.SECRET),), maximum=3)
        contract = Contract("raw.test", (*RAW.fields, logins))

        with pytest.raises(ValueError, match=r"would release logins\[\].password, a secret"):
            view(contract=contract, rules=RULES | {"logins[].password": Keep()})

    def test_stay_dropped_when_rules_change_after_all(self):
        """
        A view's rules are looked at again wherever they are used.
        """
        rules = dict(RULES)
        declared = view(rules=rules)
        rules["password"] = Keep()

        with pytest.raises(ValueError, match="would release password, a secret"):
            declared.resolve(GRANTED)


class TestCircumstances:
    def test_without_consent_other_rules_stand(self):
        """
        They do not fall back to those with consent.
        """
        asking = view(otherwise=RULES | {Kind.IP: Drop()})

        assert asking.resolve(GRANTED)["ip"] == TruncateIp()
        assert asking.resolve(REFUSED)["ip"] == Drop()

    def test_linked_rules_lie_over_the_others(self):
        """
        By kind, even over a rule by path.
        """
        careful = view(rules=RULES | {"ip": Keep()}, linked={Kind.IP: Drop()})

        assert careful.resolve(GRANTED)["ip"] == Keep()
        assert careful.resolve(Variant(granted=True, linked=True))["ip"] == Drop()

    def test_a_view_may_pass_nothing_without_consent(self):
        """
        Then it has no rules for it.
        """
        strict = view(otherwise=SUPPRESS)

        assert {variant.granted for variant in strict.variants()} == {True}
        with pytest.raises(ValueError, match="has no rules without consent"):
            strict.resolve(REFUSED)

    def test_a_rule_may_wait_for_a_consent_of_its_own(self):
        """
        The view names every purpose, its own first, and which of them change what passes.
        """
        rules = RULES | {Kind.IP: Consented("places", TruncateIp())}

        assert view().purposes == ("testing",)
        assert view().asked == frozenset()
        assert view(rules=rules).purposes == ("testing", "places")
        assert view(rules=rules).asked == {"places"}
        assert view(rules=RULES, otherwise=rules).asked == {"testing", "places"}

    @pytest.mark.parametrize(
        ("rules", "message"),
        [
            pytest.param({"gps": Consented("places", Keep())}, "members of the point", id="a point as it came"),
            pytest.param({"password": Consented("places", Keep())}, "a secret", id="a secret"),
            pytest.param({"user_id": Consented("places", Pseudonymize("test.user"))}, "must be a token", id="the key"),
            pytest.param({"occurred_at": Consented("places", Mask())}, "gives no time", id="a time that is none"),
        ],
    )
    def test_what_waits_is_held_to_what_it_is(self, rules, message):
        """
        A consent makes no rule fit that does not.
        """
        with pytest.raises(ValueError, match=message):
            view(rules=RULES | rules)

    def test_arrays_are_dropped_unless_kept(self):
        """
        How long an array is passes only where a view says so.
        """
        assert view().resolve(GRANTED)["items[]"] == Drop()
        assert view(rules=RULES | {"items[]": Keep()}).resolve(GRANTED)["items[]"] == Keep()


class TestPolicy:
    def test_equal_rules_have_equal_hashes(self):
        """
        However they are declared.
        """
        assert view().policy() == view(rules=dict(reversed(RULES.items()))).policy()
        assert len(view().policy()) == 16

    def test_what_is_remembered_is_no_part_of_it(self):
        """
        How many tokens are kept in memory changes none of them, and nobody need sign it anew.
        """
        few, many = (RULES | {"user_id": Pseudonymize("other.user", cache=cache)} for cache in (0, 100_000))
        assert view(rules=few).policy() == view(rules=many).policy()

    @pytest.mark.parametrize(
        "changes",
        [
            pytest.param({"rules": RULES | {"ip": TruncateIp(16)}}, id="another rule"),
            pytest.param({"linked": {"ip": Drop()}}, id="another rule when linked"),
            pytest.param({"otherwise": RULES}, id="consent asked"),
            pytest.param({"otherwise": SUPPRESS}, id="suppressed without consent"),
            pytest.param({"purpose": "other"}, id="another purpose"),
            pytest.param({"key": ("user_id",)}, id="another key"),
            pytest.param({"recipient": "other"}, id="another recipient"),
        ],
    )
    def test_any_change_changes_the_hash(self, changes):
        """
        A record says which rules made it.
        """
        assert view(**changes).policy() != view().policy()


class TestShippedViews:
    """The rows of the table of views, kind by kind."""

    @pytest.mark.parametrize("shipped", VIEWS, ids=lambda shipped: shipped.topic)
    def test_identifiers_pass_as_tokens_or_not_at_all(self, shipped):
        """
        Under every circumstance.
        """
        kinds = dict(shipped.contract.leaves())
        for variant in shipped.variants():
            for path, rule in shipped.resolve(variant).items():
                if path not in kinds or kinds[path].kind not in DIRECT or shipped.sealed:
                    continue
                assert isinstance(bare(rule), Drop | Pseudonymize), (path, variant)
                if shipped.recipient != "affiliate" and kinds[path].kind not in {Kind.STAFF_ID, Kind.USER_ID}:
                    assert rule == Drop(), (path, variant)

    @pytest.mark.parametrize("shipped", [order.MERCHANT, order.LOGISTICS], ids=lambda shipped: shipped.topic)
    def test_what_parties_get_is_named_and_sealed(self, shipped):
        """
        Field by field, never by kind, and no device, card, number of the buyer or identity number is among them; of the
        user a token at most.
        """
        (rules,) = {id(rules): rules for rules in map(shipped.resolve, shipped.variants()[:1])}.values()
        passing = {path for path, rule in rules.items() if rule != Drop()}

        assert shipped.sealed
        assert passing == {path for path, rule in shipped.rules.items() if isinstance(path, str) and rule != Drop()}
        assert passing.isdisjoint({"device_id", "event_id", "buyer_phone", "payment.bank_card", "consignee.id_card"})
        assert isinstance(rules["user_id"], Drop | Pseudonymize)

    def test_logistics_get_nothing_of_goods_and_money(self):
        """
        Where a parcel goes, and a token to tell it by.
        """
        rules = order.LOGISTICS.resolve(GRANTED)
        passing = {path for path, rule in rules.items() if rule != Drop()}

        assert {path.partition(".")[0] for path in passing} == {"occurred_at", "order_id", "consignee"}
        assert isinstance(rules["order_id"], Pseudonymize)

    @pytest.mark.parametrize(
        "shipped", [view for view in VIEWS if view.recipient == "affiliate"], ids=lambda shipped: shipped.topic
    )
    def test_affiliates_get_what_is_sensitive_by_a_second_consent(self, shipped):
        """
        And without the first one nothing.
        """
        sensitive = {Kind.BIRTH_DATE, Kind.GEO_POINT, Kind.MONEY, Kind.ORDER_ID, Kind.PHONE, Kind.TRANSACTION_ID}
        kinds = dict(shipped.contract.leaves())
        rules = shipped.resolve(GRANTED)

        assert shipped.otherwise is SUPPRESS
        for path, node in kinds.items():
            if node.kind in sensitive:
                assert rules[path] == Drop() or second_purposes(rules[path]) == ("affiliate_sensitive",), path

    @pytest.mark.parametrize("shipped", VIEWS, ids=lambda shipped: shipped.topic)
    def test_domains_belong_to_one_recipient(self, shipped):
        """
        And towards ads the tokens of people and devices change every month.
        """
        kinds = dict(shipped.contract.leaves())
        for variant in shipped.variants():
            for path, rule in shipped.resolve(variant).items():
                if isinstance(rule, Pseudonymize):
                    assert rule.domain.startswith(shipped.recipient + ".")
                    if shipped.recipient in {"ads", "affiliate"} and kinds[path].kind in {
                        Kind.USER_ID,
                        Kind.DEVICE_ID,
                        Kind.COOKIE_ID,
                    }:
                        assert rule.epoch == "month"

    @pytest.mark.parametrize("shipped", VIEWS, ids=lambda shipped: shipped.topic)
    def test_an_employee_is_counted_for_a_month_and_never_advertised_to(self, shipped):
        """
        Who works at customer service is a person, too.
        """
        employees = [path for path, node in shipped.contract.leaves() if node.kind is Kind.STAFF_ID]
        for variant in shipped.variants():
            for path in employees:
                rule = shipped.resolve(variant)[path]
                assert rule.epoch == "month" if shipped.recipient == "analytics" else rule == Drop()

    @pytest.mark.parametrize(
        "shipped", [view for view in VIEWS if view.recipient == "ads"], ids=lambda shipped: shipped.topic
    )
    def test_ads_get_no_identity_without_consent(self, shipped):
        """
        And about a known person no device either.
        """
        kinds = dict(shipped.contract.leaves())
        for variant in (variant for variant in shipped.variants() if not variant.granted):
            rules = shipped.resolve(variant)
            for path, node in kinds.items():
                if node.kind in IDENTITY | {Kind.COOKIE_ID} or (variant.linked and node.kind is Kind.DEVICE_ID):
                    assert rules[path] == Drop(), (path, variant)

    def test_ads_get_no_profile_without_consent(self):
        """
        Every other topic has rules for it, which the claim above is about.
        """
        ads = [shipped for shipped in VIEWS if shipped.recipient == "ads"]
        suppressed = {shipped.contract.topic for shipped in ads if shipped.otherwise is SUPPRESS}

        assert suppressed == {"raw.account"}
        assert all(shipped.asks_consent for shipped in ads)

    @pytest.mark.parametrize("shipped", VIEWS, ids=lambda shipped: shipped.topic)
    def test_secrets_never_pass(self, shipped):
        """
        Under any circumstance, to anybody, as anything.
        """
        secrets = [path for path, node in shipped.contract.leaves() if node.kind is Kind.SECRET]

        assert bool(secrets) is (shipped.contract.topic == "raw.account")
        assert all(shipped.resolve(variant)[path] == Drop() for variant in shipped.variants() for path in secrets)

    @pytest.mark.parametrize("shipped", VIEWS, ids=lambda shipped: shipped.topic)
    def test_what_people_chose_is_nobodys_to_know(self, shipped):
        """
        Who opted out of tracking is treated so, and nobody is told.
        """
        chosen = [path for path, node in shipped.contract.leaves() if node.kind is Kind.PRIVACY_CHOICE]

        assert bool(chosen) is (shipped.contract.topic == "raw.account")
        assert all(shipped.resolve(variant)[path] == Drop() for variant in shipped.variants() for path in chosen)

    def test_each_topic_has_both_recipients(self):
        """
        Seven raw topics, fourteen clean ones; and those that are for some topics alone.
        """
        others = {"affiliate.order", "affiliate.account", "affiliate.interaction", "merchant.order", "logistics.order"}
        assert {shipped.topic for shipped in VIEWS} - {f"clean.{other}" for other in others} == {
            f"clean.{recipient}.{name}"
            for recipient in ("analytics", "ads")
            for name in ("device", "log", "location", "order", "account", "interaction", "contact")
        }


_PHONE = Field("phone", Text(), Kind.PHONE)


class TestContracts:
    @pytest.mark.parametrize(
        ("topic", "fields", "message"),
        [
            pytest.param("device", ENVELOPE, "must be raw.<name>", id="topic"),
            pytest.param("raw.x", (Field("A b", Text(), Kind.PLAIN),), "'A b' must be a lower-case word", id="name"),
            pytest.param("raw.x", (ENVELOPE[0], ENVELOPE[0]), "'event_id' stands twice", id="twice"),
            pytest.param(
                "raw.x", (Group("g", (ENVELOPE[0], ENVELOPE[0])),), "'event_id' stands twice", id="twice within"
            ),
        ],
    )
    def test_names_are_plain_and_unique(self, topic, fields, message):
        """
        They become keys, paths and parts of the compiled views.
        """
        with pytest.raises(ValueError, match=message):
            Contract(topic, fields)

    def test_paths_tell_objects_from_arrays(self):
        """
        Dots between names, brackets after an array's.
        """
        assert [path for path, _ in RAW.nodes()][-2:] == ["items[]", "items[].price"]

    @pytest.mark.parametrize(
        ("field", "message"),
        [
            pytest.param(Field("device_no", Integer(0, 9), Kind.DEVICE_ID), "a device_id has to be a Text", id="id"),
            pytest.param(Field("at", Text(), Kind.TIMESTAMP), "a timestamp has to be a Timestamp", id="time"),
            pytest.param(Field("gps", Text(), Kind.GEO_POINT), "a geo_point has to be a GeoPoint", id="point"),
        ],
    )
    def test_kinds_have_the_types_that_transforms_read(self, field, message):
        """
        Otherwise every event would go to quarantine.
        """
        with pytest.raises(ValueError, match=message):
            Contract("raw.x", (*ENVELOPE, field))

    @pytest.mark.parametrize(
        "node",
        [
            pytest.param(Group("friend", (_PHONE,), subject="number"), id="no such field"),
            pytest.param(Group("friend", (Field("phone", Text(), Kind.PLAIN),), subject="phone"), id="no phone"),
            pytest.param(Group("friend", (Field("phone", Integer(0, 9), Kind.PHONE),), subject="phone"), id="no text"),
            pytest.param(
                Group("friend", (Field("phone", Text(), Kind.PHONE, optional=True),), subject="phone"), id="optional"
            ),
            pytest.param(Group("a", (Group("friend", (_PHONE,), subject="phone"),)), id="within another"),
            pytest.param(Repeated("a", (Group("friend", (_PHONE,), subject="phone"),), 9), id="within an array"),
        ],
    )
    def test_somebody_else_is_named_by_a_phone(self, node):
        """
        One that is always there: nobody else could be asked about.
        """
        with pytest.raises(ValueError, match="has to be named by a required phone"):
            Contract("raw.x", (*ENVELOPE, node))

    def test_a_time_stands_at_the_top(self):
        """
        Epochs and the timestamps of clean records come from it.
        """
        with pytest.raises(ValueError, match="raw.x needs a required timestamp at its top"):
            Contract("raw.x", (Field("a", Text(), Kind.PLAIN),))

    def test_bounds_of_a_text_make_sense(self):
        """
        Reversed ones are a slip.
        """
        with pytest.raises(ValueError, match="reversed or negative"):
            Text(1, minimum=2)
