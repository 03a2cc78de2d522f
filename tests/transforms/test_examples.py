"""The examples: every row holds, and no transform is without one."""

import importlib
import inspect
import pkgutil

import jsonschema
import pytest

import transforms
from schemas.kinds import Kind
from transforms.base import Transform
from transforms.examples import EXAMPLE_KEYS, EXAMPLES, ExampleKeyring

ROWS = [pytest.param(row, id=f"{row.transform!r} of {row.kind}") for row in EXAMPLES]


def transform_classes():
    modules = (
        importlib.import_module(f"transforms.{found.name}") for found in pkgutil.iter_modules(transforms.__path__)
    )
    return [
        declared
        for module in modules
        for _, declared in inspect.getmembers(module, inspect.isclass)
        if declared.__module__ == module.__name__ and hasattr(declared, "bind") and declared is not Transform
    ]


class TestExamples:
    @pytest.mark.parametrize("row", ROWS)
    def test_releases_what_it_says(self, row):
        """
        The transform releases what the table shows, or what is opened to it.
        """
        output = row.transform.bind(EXAMPLE_KEYS, row.kind)(*row.arguments)

        assert row.read(output) == row.released

    @pytest.mark.parametrize("row", [row for row in ROWS if row.values[0].transform.gives is not None])
    def test_fits_the_schema(self, row):
        """
        What is released is valid under the transform's own schema; what is not, nothing could be.
        """
        schema = row.transform.gives
        jsonschema.Draft202012Validator.check_schema(schema)
        output = row.transform.bind(EXAMPLE_KEYS, row.kind)(*row.arguments)

        assert jsonschema.Draft202012Validator(schema).is_valid(output) is (output is not None)

    @pytest.mark.parametrize("row", ROWS)
    def test_is_of_a_known_kind(self, row):
        """
        The kind is one that fields have, and the context is what the transform needs and nothing else.
        """
        assert row.kind in {kind.value for kind in Kind}
        assert set(row.context) == set(row.transform.needs)

    @pytest.mark.parametrize("declared", transform_classes(), ids=lambda declared: declared.__name__)
    def test_every_transform_has_one(self, declared):
        """
        Whoever adds a transform shows what it does.
        """
        assert any(type(row.transform) is declared for row in EXAMPLES)


class TestExampleKeyring:
    def test_keys_differ_by_domain_and_epoch(self):
        """
        Two domains, or two epochs of one, have different keys.
        """
        names = [("user", ""), ("user", "2026-11"), ("device", ""), ("device", "2026-11")]

        assert len({EXAMPLE_KEYS.derive(*name).secret for name in names}) == len(names)

    def test_the_root_is_public_and_fixed(self):
        """
        A key can be computed by any HKDF-SHA256 (RFC 5869) from the root 00…1f.
        """
        key = EXAMPLE_KEYS.derive("user", "2026-11")

        assert key.version == 1
        assert key.secret.hex() == "c04d9f288f6952e2ddd545cde691bbead25bc9434b0518ccd847f8a689ced732"

    def test_what_was_made_is_kept(self):
        """
        A name is made once.
        """
        keys = ExampleKeyring()

        assert keys.memo(("name",), lambda: len) is len
        assert keys.memo(("name",), lambda: repr) is len
