"""What lint finds, and what it lets be."""

import pytest

from pipeline.lint import CODES, Severity, lint
from schemas import VIEWS
from schemas.contract import Contract, Field, Group, Repeated
from schemas.kinds import Kind
from schemas.types import Boolean, GeoPoint, Text, Timestamp
from schemas.view import SUPPRESS, View
from transforms import (
    AgeBand,
    Consented,
    Constant,
    Drop,
    Encrypt,
    FormatPreserving,
    GeoCell,
    Keep,
    Mask,
    PrefixPreservingIp,
    Pseudonymize,
    RedactText,
    TruncateIp,
    TruncateTime,
    UrlTemplate,
    UserAgent,
)

RAW = Contract(
    "raw.visit",
    (
        Field("occurred_at", Timestamp(), Kind.TIMESTAMP),
        Field("event_id", Text(), Kind.EVENT_ID),
        Field("case_id", Text(), Kind.CASE_ID),
        Field("agent_id", Text(), Kind.STAFF_ID),
        Field("user_id", Text(), Kind.USER_ID, optional=True),
        Field("device_id", Text(), Kind.DEVICE_ID, optional=True),
        Field("phone", Text(), Kind.PHONE, optional=True),
        Field("text", Text(), Kind.FREE_TEXT),
        Field("born", Text(), Kind.BIRTH_DATE),
        Field("ip", Text(), Kind.IP),
        Field("gps", GeoPoint(), Kind.GEO_POINT),
        Field("url", Text(), Kind.URL),
        Field("agent", Text(), Kind.USER_AGENT),
        Field("opted_out", Boolean(), Kind.PRIVACY_CHOICE, optional=True),
    ),
)

NOTHING = dict.fromkeys(Kind, Drop())


def asking(rules, otherwise=NOTHING, **more):
    return View("partner", RAW, "ads", NOTHING | rules, otherwise=otherwise, **more)


def inside(rules, **more):
    return View("inside", RAW, **({"purpose": "counting"} | more), rules=NOTHING | rules)


def codes(*views):
    return [(finding.code, finding.path) for finding in lint(views)]


TRIPPED = [
    pytest.param(inside({"phone": Keep()}), "direct-identifier-kept", "phone", id="number kept"),
    pytest.param(inside({"phone": Mask(keep_last=4)}), "direct-identifier-kept", "phone", id="number masked"),
    pytest.param(inside({"phone": RedactText()}), "direct-identifier-kept", "phone", id="number searched for numbers"),
    pytest.param(inside({"opted_out": Keep()}), "choice-released", "opted_out", id="opt-out kept"),
    pytest.param(inside({"opted_out": Constant("said")}), "choice-released", "opted_out", id="that something was said"),
    pytest.param(inside({"event_id": Keep()}), "joinable-id-kept", "event_id", id="event id kept"),
    pytest.param(inside({"case_id": RedactText()}), "joinable-id-kept", "case_id", id="case id searched"),
    pytest.param(inside({"case_id": Keep()}), "joinable-id-kept", "case_id", id="case id kept"),
    pytest.param(inside({"agent_id": Keep()}), "direct-identifier-kept", "agent_id", id="employee kept"),
    pytest.param(asking({"agent_id": Pseudonymize("partner.staff")}), "token-without-epoch", "agent_id", id="career"),
    pytest.param(inside({"text": Keep()}), "free-text-kept", "text", id="text kept"),
    pytest.param(asking({"text": RedactText()}), "free-text-to-partner", "text", id="text redacted for a partner"),
    pytest.param(inside({"text": RedactText(names="none")}), "names-not-looked-for", "text", id="names let pass"),
    pytest.param(inside({"born": Keep()}), "telling-value-kept", "born", id="birth date kept"),
    pytest.param(inside({"agent": Keep()}), "telling-value-kept", "agent", id="user agent kept"),
    pytest.param(inside({"ip": TruncateIp(32, 48)}), "telling-value-kept", "ip", id="all bits of an address"),
    pytest.param(inside({"gps": GeoCell(10)}), "geo-too-fine", "gps", id="small cell"),
    pytest.param(asking({"occurred_at": TruncateTime("second")}), "time-too-fine", "occurred_at", id="second"),
    pytest.param(asking({"occurred_at": Keep()}), "time-too-fine", "occurred_at", id="time kept"),
    pytest.param(asking({"user_id": Pseudonymize("partner.user")}), "token-without-epoch", "user_id", id="for ever"),
    pytest.param(asking({"phone": Encrypt("partner.phone")}), "encrypted-to-partner", "phone", id="ciphertext"),
    pytest.param(
        asking({"phone": FormatPreserving("partner.phone")}), "format-preserving-to-partner", "phone", id="a stranger's"
    ),
    pytest.param(asking({"ip": PrefixPreservingIp("partner.ip")}), "prefix-preserving-ip", "ip", id="address"),
    pytest.param(asking({"url": UrlTemplate()}), "url-path", "url", id="path"),
    pytest.param(
        asking({"gps": GeoCell(5)}, NOTHING | {"gps": GeoCell(7)}), "laxer-without-consent", "gps", id="finer cell"
    ),
    pytest.param(
        asking({}, NOTHING | {"born": AgeBand(5)}), "laxer-without-consent", "born", id="dropped with consent"
    ),
    pytest.param(
        asking({"gps": GeoCell(5)}, linked={"gps": GeoCell(7)}), "laxer-when-linked", "gps", id="finer when linked"
    ),
    pytest.param(
        asking({"gps": GeoCell(5)}, otherwise_linked={"gps": GeoCell(5)}),
        "laxer-when-linked",
        "gps",
        id="released when linked",
    ),
    pytest.param(asking({"gps": GeoCell(5)}, NOTHING | {"gps": GeoCell(5)}), "consent-without-effect", "", id="same"),
    pytest.param(asking({"gps": Consented("ads", GeoCell(5))}), "consent-asked-twice", "gps", id="one consent for two"),
    pytest.param(
        inside({"phone": Consented("sharing", Keep())}), "direct-identifier-kept", "phone", id="number with consent"
    ),
    pytest.param(
        asking({"gps": Consented("sharing", GeoCell(5))}, NOTHING | {"gps": GeoCell(5)}),
        "laxer-without-consent",
        "gps",
        id="one consent more makes less",
    ),
]

LET_BE = [
    pytest.param(inside({"phone": Pseudonymize("inside.phone")}), id="number as token"),
    pytest.param(inside({"phone": Constant("known")}), id="number as constant"),
    pytest.param(inside({"event_id": Pseudonymize("inside.event")}), id="event id as token"),
    pytest.param(inside({"text": Constant("…")}), id="text as constant"),
    pytest.param(inside({"text": RedactText("log")}), id="text redacted inside"),
    pytest.param(inside({"born": AgeBand(5), "agent": UserAgent("family"), "ip": TruncateIp()}), id="generalized"),
    pytest.param(inside({"gps": GeoCell(9)}), id="street block"),
    pytest.param(inside({"occurred_at": Keep()}), id="time inside"),
    pytest.param(asking({"occurred_at": TruncateTime("minute")}), id="minute"),
    pytest.param(inside({"user_id": Pseudonymize("inside.user")}), id="token inside"),
    pytest.param(asking({"user_id": Pseudonymize("partner.user", epoch="year")}), id="token with an epoch"),
    pytest.param(asking({"event_id": Pseudonymize("partner.event")}), id="token of a value that comes once"),
    pytest.param(asking({"case_id": Pseudonymize("partner.case")}), id="token of a case"),
    pytest.param(inside({"ip": PrefixPreservingIp("inside.ip")}), id="address inside"),
    pytest.param(asking({"url": UrlTemplate(path=False)}), id="host"),
    pytest.param(asking({"gps": GeoCell(7)}, NOTHING | {"gps": GeoCell(5)}), id="coarser without consent"),
    pytest.param(asking({"gps": GeoCell(7)}, linked={"gps": GeoCell(5)}), id="coarser when linked"),
    pytest.param(asking({"gps": GeoCell(7)}, SUPPRESS), id="nothing without consent"),
    pytest.param(asking({"gps": Consented("sharing", GeoCell(7))}), id="a second consent"),
]


class TestLint:
    def test_finds_nothing_in_the_shipped_views(self):
        """
        What we ship has none of the weaknesses we warn of.
        """
        assert lint(VIEWS) == ()

    @pytest.mark.parametrize(("view", "code", "path"), TRIPPED)
    def test_finds(self, view, code, path):
        """
        A weak rule is found, once, and nothing besides.
        """
        assert codes(view) == [(code, path)]

    @pytest.mark.parametrize("view", LET_BE)
    def test_lets_be(self, view):
        """
        A rule that is strong enough for its recipient is not found.
        """
        assert codes(view) == []

    def test_finds_a_domain_of_two_recipients(self):
        """
        Recipients whose tokens share a domain's name look as if their data could be joined.
        """
        mine = inside({"user_id": Pseudonymize("user")})
        yours = View("other", RAW, "other", NOTHING | {"user_id": Pseudonymize("user")})

        assert codes(mine, yours) == [("domain-shared", "user_id")]
        assert codes(mine) == []

    def test_finds_a_domain_of_two_recipients_in_texts(self):
        """
        The tokens within a text are tokens as well.
        """
        mine = inside({"text": RedactText("contact", "pseudonymize", "text")})
        yours = View("other", RAW, "other", NOTHING | {"text": RedactText("contact", "pseudonymize", "text")})

        assert codes(mine, yours) == [("domain-shared", "text")]

    def test_finds_a_purpose_that_one_view_does_not_ask_for(self):
        """
        Consent to a purpose is asked by every view that has it, or by none.
        """
        unasked = inside({"gps": GeoCell(5)}, purpose="ads")
        waiting = inside({"gps": Consented("ads", GeoCell(5))})

        assert codes(asking({"gps": GeoCell(5)}), unasked) == [("consent-not-asked", "")]
        assert codes(waiting, unasked) == [("consent-not-asked", "")]
        assert codes(unasked) == []

    def test_looks_at_every_circumstance(self):
        """
        A weakness without consent is found as one with it is.
        """
        weak = {"text": Keep()}

        assert codes(asking(weak, NOTHING | weak | {"gps": Drop()}, linked={"text": Drop()})) == [
            ("free-text-kept", "text"),
            ("laxer-without-consent", "text"),
        ]

    def test_tests_every_code(self):
        """
        No rule is without a view that trips it.
        """
        tested = {param.values[1] for param in TRIPPED} | {"domain-shared", "consent-not-asked", "secret-released"}

        assert tested == set(CODES)


class Unchecked(View):
    """
    A view that does not look at its rules, as a deployment's own subclass may not.
    """

    def resolve(self, variant):
        layers = self._layers(variant)
        return {
            path: next(layer[key] for layer in layers for key in (path, getattr(node, "kind", None)) if key in layer)
            for path, node in self.contract.nodes()
            if not isinstance(node, Group)
        }


class TestSecrets:
    """A view refuses to release one when it is declared; lint finds what has got around that."""

    LOGIN = Contract(
        "raw.login",
        (
            Field("occurred_at", Timestamp(), Kind.TIMESTAMP),
            Field("password", Text(), Kind.SECRET),
            Group("reset", (Field("code", Text(), Kind.SECRET),)),
            Repeated("tries", (Field("password", Text(), Kind.SECRET),), maximum=3),
        ),
    )

    def declared(self, rules, **more):
        nothing = NOTHING | {"tries[]": Drop()}
        more = {name: nothing | layer if name == "otherwise" else layer for name, layer in more.items()}
        return Unchecked("partner", self.LOGIN, "ads", nothing | rules, key=(), **more)

    @pytest.mark.parametrize(
        "rule",
        [
            pytest.param(Keep(), id="kept"),
            pytest.param(Mask(), id="masked"),
            pytest.param(Pseudonymize("partner.password", epoch="day"), id="token"),
            pytest.param(Constant("set"), id="constant"),
        ],
    )
    @pytest.mark.parametrize(
        "layer",
        [
            pytest.param(lambda lax: {"rules": lax, "otherwise": {}}, id="with consent"),
            pytest.param(lambda lax: {"rules": {}, "linked": lax, "otherwise": {}}, id="with consent, linked"),
            pytest.param(lambda lax: {"rules": {}, "otherwise": lax}, id="without consent"),
            pytest.param(
                lambda lax: {"rules": {}, "otherwise": {}, "otherwise_linked": lax}, id="without consent, linked"
            ),
        ],
    )
    @pytest.mark.parametrize(
        ("rules", "path"),
        [
            pytest.param(lambda rule: {"password": rule}, "password", id="path"),
            pytest.param(lambda rule: {"reset.code": rule}, "reset.code", id="in an object"),
            pytest.param(
                lambda rule: {"tries[]": Keep(), "tries[].password": rule}, "tries[].password", id="in an array"
            ),
        ],
    )
    def test_are_found_whatever_is_made_of_them(self, rules, path, layer, rule):
        """
        As an error, under any circumstances; no other rule speaks of it as something a token would mend.
        """
        findings = lint([self.declared(**layer(rules(rule)))])

        assert ("secret-released", Severity.ERROR, path) in {(each.code, each.severity, each.path) for each in findings}
        assert "direct-identifier-kept" not in {each.code for each in findings}

    def test_are_found_by_their_kind(self):
        """
        All of them, where an array is kept.
        """
        rules = {Kind.SECRET: Constant("set"), "tries[]": Keep()}
        found = {path for code, path in codes(self.declared(rules)) if code == "secret-released"}

        assert found == {"password", "reset.code", "tries[].password"}

    def test_that_are_dropped_are_no_finding(self):
        """
        Nor are those of an array that is.
        """
        assert codes(self.declared({})) == []
        assert codes(self.declared({"tries[].password": Keep()})) == []


class TestFinding:
    def test_says_where_and_what_to_do(self):
        """
        View and path, and one sentence with a remedy after a semicolon.
        """
        (finding,) = lint([inside({"phone": Keep()})])

        assert (finding.view, finding.path, finding.severity) == ("inside of raw.visit", "phone", Severity.ERROR)
        assert "; use Pseudonymize or Drop" in finding.sentence
