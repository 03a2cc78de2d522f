"""The AsyncAPI document, held against its specification by hand: no package carries its schema."""

import re

import pytest

from pipeline.erasure.notice import notice_topic
from pipeline.key_changes import changes_topic
from pipeline.quarantine import quarantine_topic
from pipeline.render.asyncapi import asyncapi
from pipeline.render.generate import documents
from schemas import VIEWS
from tests.pipeline.render.views import RULES, inside, partner
from transforms import Drop

DOCUMENT = asyncapi(VIEWS)
CHANNELS = DOCUMENT["channels"]
MESSAGES = DOCUMENT["components"]["messages"]


def references(value, path=()):
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for name, inner in value.items():
            yield from references(inner, (*path, name))
    elif isinstance(value, list):
        for inner in value:
            yield from references(inner, path)


def resolve(pointer):
    target = DOCUMENT
    for name in pointer.removeprefix("#/").split("/"):
        target = target[name]
    return target


class TestDocument:
    def test_has_what_the_specification_requires(self):
        """
        Version, title, and nothing at the top that AsyncAPI 3.0 does not know.
        """
        assert DOCUMENT["asyncapi"] == "3.0.0"
        assert DOCUMENT["info"].keys() >= {"title", "version"}
        assert DOCUMENT.keys() <= {
            "asyncapi",
            "id",
            "info",
            "servers",
            "defaultContentType",
            "channels",
            "operations",
            "components",
        }

    def test_has_a_channel_for_every_topic(self):
        """
        Raw, clean and quarantine topics and those of notices, each at its own address, and no others.
        """
        raw = {view.contract.topic for view in VIEWS}
        topics = raw | {view.topic for view in VIEWS} | {quarantine_topic(topic) for topic in raw}
        topics |= {of(view.recipient) for view in VIEWS for of in (notice_topic, changes_topic)}

        assert {channel["address"] for channel in CHANNELS.values()} == topics
        assert all(channel["bindings"]["kafka"]["topic"] == channel["address"] for channel in CHANNELS.values())

    def test_receives_raw_topics_and_sends_the_others(self):
        """
        Every channel has one operation: what is raw is received, what is clean or held is sent.
        """
        actions = {
            operation["channel"]["$ref"].removeprefix("#/channels/"): operation["action"]
            for operation in DOCUMENT["operations"].values()
        }

        assert actions == {name: "receive" if name.startswith("raw.") else "send" for name in CHANNELS}

    def test_has_no_dangling_reference(self):
        """
        What is referred to is there: a part of the document, or a file generated beside it.
        """
        files = documents(VIEWS)
        found = set(references(DOCUMENT))

        assert {f"./{name}" for name in files if name.endswith(".schema.json")} == {
            reference for reference in found if not reference.startswith("#/")
        }
        for pointer in found:
            if pointer.startswith("#/"):
                assert resolve(pointer)

    def test_refers_to_messages_of_the_operation_s_channel(self):
        """
        As the specification demands, an operation's messages are its channel's, not the components'.
        """
        for operation in DOCUMENT["operations"].values():
            assert all(
                message["$ref"].startswith(operation["channel"]["$ref"] + "/messages/")
                for message in operation["messages"]
            )

    def test_names_components_as_the_specification_allows(self):
        """
        Names of components are letters, digits, dots, dashes and underscores.
        """
        assert all(re.fullmatch(r"[a-zA-Z0-9.\-_]+", name) for name in MESSAGES)

    def test_names_no_host(self):
        """
        Brokers are a variable.
        """
        (server,) = DOCUMENT["servers"].values()

        assert server["host"] == "{bootstrap}"
        assert "bootstrap" in server["variables"]


class TestMessages:
    @pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.topic)
    def test_clean_records_have_three_headers(self, view):
        """
        Policy, schema and source, and no other header.
        """
        headers = MESSAGES[view.topic]["headers"]

        assert headers["properties"].keys() == {"policy", "schema", "source"}
        assert headers["properties"]["schema"]["const"] == view.schema
        assert headers["additionalProperties"] is False

    @pytest.mark.parametrize(
        ("view", "shapes"),
        [
            pytest.param(partner(), {"string", "null"}, id="token or empty"),
            pytest.param(
                inside(rules=RULES | {"user_id": Drop(), "device_id": Drop()}), {"null"}, id="nothing to be keyed by"
            ),
        ],
    )
    def test_clean_keys_are_tokens_or_empty(self, view, shapes):
        """
        A key has the shape of a token, or is empty.
        """
        key = asyncapi([view])["components"]["messages"][view.topic]["bindings"]["kafka"]["key"]

        assert {shape["type"] for shape in key.get("anyOf", [key])} == shapes

    @pytest.mark.parametrize("name", ["quarantine", "raw.order"])
    def test_promises_no_header_elsewhere(self, name):
        """
        Raw headers are not read, and quarantine records have none.
        """
        assert "headers" not in MESSAGES[name]


class TestVersion:
    def test_changes_with_the_views(self):
        """
        Another rule makes another version, and equal views the same one.
        """
        version = asyncapi([partner()])["info"]["version"]

        assert asyncapi([partner()])["info"]["version"] == version
        assert asyncapi([partner(linked={"note": Drop()})])["info"]["version"] != version
