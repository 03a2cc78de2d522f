"""Who may read and write what, by role: nobody more than the role needs."""

import pytest

from pipeline.acl_plan import READ, WRITE, Rule, foreign, rules
from pipeline.worker import needed_topics
from schemas import VIEWS

RAW = {view.contract.topic for view in VIEWS}
RECIPIENTS = sorted({view.recipient for view in VIEWS})
ROLES = ("upstream", "worker", "subjects", "officer", "auditor", *RECIPIENTS)
EVERYBODY = rules(VIEWS, {role: f"User:{role}" for role in ROLES})


def topics(operation, *roles):
    principals = {f"User:{role}" for role in roles}
    return {
        rule.name
        for rule in EVERYBODY
        if rule.kind == "TOPIC" and rule.operation == operation and rule.principal in principals
    }


class TestRules:
    def test_the_worker_alone_reads_raw_topics(self):
        """
        Of all roles.
        """
        assert topics(READ, "worker") >= RAW
        assert not RAW & topics(READ, *(role for role in ROLES if role != "worker"))

    def test_upstream_writes_raw_topics_and_nothing_else(self):
        """
        All of them.
        """
        assert topics(WRITE, "upstream") == RAW

    def test_a_worker_has_what_it_needs(self):
        """
        It may describe every topic that it asks for at its start.
        """
        assert set(needed_topics(VIEWS)) <= topics(READ, "worker") | topics(WRITE, "worker")

    @pytest.mark.parametrize("recipient", RECIPIENTS)
    def test_a_recipient_reads_its_own_and_writes_nothing(self, recipient):
        """
        Clean topics, erasures and key changes; in groups of its own name.
        """
        own = {view.topic for view in VIEWS if view.recipient == recipient}

        assert topics(READ, recipient) == own | {f"clean.{recipient}.erasures", f"clean.{recipient}.key-changes"}
        assert topics(WRITE, recipient) == set()
        groups = [rule for rule in EVERYBODY if rule.principal == f"User:{recipient}" and rule.kind != "TOPIC"]
        assert groups == [Rule(f"User:{recipient}", "GROUP", f"{recipient}.", "PREFIXED", READ)]

    @pytest.mark.parametrize(
        ("principals", "said"),
        [
            pytest.param({"cleaner": "User:c"}, "unknown role 'cleaner'; the roles are upstream", id="role"),
            pytest.param({"ads": "ads"}, "is no principal; write it as Kafka does", id="no type"),
            pytest.param({"ads": "User:*"}, "is no principal", id="everybody"),
            pytest.param({"ads": "User:a", "worker": "User:a"}, "one principal has two roles", id="two roles"),
        ],
    )
    def test_refuses_what_would_allow_more(self, principals, said):
        """
        One sentence.
        """
        with pytest.raises(ValueError, match=said):
            rules(VIEWS, principals)


class TestForeign:
    @pytest.mark.parametrize(
        ("rule", "found"),
        [
            pytest.param(Rule("User:x", "TOPIC", "raw.order", "LITERAL", "READ"), True, id="by name"),
            pytest.param(Rule("User:x", "TOPIC", "raw.", "PREFIXED", "READ"), True, id="by prefix"),
            pytest.param(Rule("User:x", "TOPIC", "*", "LITERAL", "ALL"), True, id="everything"),
            pytest.param(Rule("User:x", "TOPIC", "raw.order", "LITERAL", "DESCRIBE"), False, id="sees it only"),
            pytest.param(Rule("User:x", "TOPIC", "other", "LITERAL", "READ"), False, id="another topic"),
            pytest.param(Rule("User:x", "GROUP", "raw.order", "LITERAL", "READ"), False, id="a group"),
            pytest.param(EVERYBODY[0], False, id="planned"),
        ],
    )
    def test_is_what_nobody_planned_on_these_topics(self, rule, found):
        """
        However it is written.
        """
        assert foreign([rule], EVERYBODY) == ((rule,) if found else ())
