"""Announcements: what recipients are told of keys."""

from datetime import UTC, date, datetime, timedelta

import jsonschema

from pipeline.key_changes import announcement, changes_topic
from pipeline.keys import RootKeys
from pipeline.render.json_schema import key_changes_schema

NOW = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)
KEYS = RootKeys.generate(date(2025, 1, 1), NOW)


class TestAnnouncement:
    def test_tells_versions_and_overlap(self):
        """
        The one that makes tokens, and until when the one before it stays.
        """
        assert announcement(KEYS.rotated(timedelta(days=30), NOW + timedelta(days=1))) == {
            "version": 2,
            "from": "2026-11-23T06:30:00+00:00",
            "older": [
                {
                    "version": 1,
                    "from": "2026-11-22T06:30:00+00:00",
                    "resolvable_until": "2026-12-23T06:30:00+00:00",
                }
            ],
            "epochs_from": "2025-01-01",
        }

    def test_tells_what_is_gone_by_leaving_it_out(self):
        """
        A destroyed version, and epochs before a day.
        """
        told = announcement(KEYS.rotated(timedelta(days=30)).without(1).expired(date(2026, 6, 1)))

        assert (told["version"], told["older"], told["epochs_from"]) == (2, [], "2026-06-01")

    def test_is_as_its_schema_says(self):
        """
        With one version and with several.
        """
        validator = jsonschema.Draft202012Validator(key_changes_schema())
        for keys in (KEYS, KEYS.rotated(timedelta(days=1)), KEYS.rotated(timedelta(1)).rotated(timedelta(1))):
            validator.validate(announcement(keys))
            assert not validator.is_valid(announcement(keys) | {"key": "secret"})

    def test_each_recipient_has_a_topic(self):
        """
        Beside its clean ones.
        """
        assert changes_topic("ads") == "clean.ads.key-changes"
