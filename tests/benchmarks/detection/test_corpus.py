"""The labelled texts: what they hold, that splits share nothing, and that numbers have the checks of real ones."""

import re
from itertools import combinations

import pytest

from benchmarks.detection.corpus import LONGEST_CONTACT, SHORTEST_CONTACT, Corpus
from benchmarks.detection.evasion import STYLES
from benchmarks.detection.labelled import FIELDS
from benchmarks.detection.sections import SPLITS, read, words
from pipeline.simulator.names import _SURNAMES
from pipeline.simulator.numbers import identity_check, luhn
from pipeline.simulator.places import _ESTATES, CITIES
from transforms.text.entities import ENTITIES

TEXTS = 3_000
PAIRS = [pytest.param(*pair, id="-".join(pair)) for pair in combinations(SPLITS, 2)]
TEMPLATES = tuple(name for field in FIELDS for name in (field, f"{field}_plain"))
SLOT = re.compile(r"\{\w+\}")


@pytest.fixture(scope="module", params=SPLITS)
def texts(request):
    return Corpus(request.param, 1).texts(TEXTS)


def golds(texts, entity, style=None):
    """
    The written values of an entity.
    """
    return [
        (text.text[gold.start : gold.end], gold)
        for text in texts
        for gold in text.spans
        if gold.entity == entity and style in {None, gold.style}
    ]


def in_words(template):
    """
    Whether a template says something outside its slots.
    """
    return any(character.isalpha() for character in SLOT.sub("", template))


class TestCorpus:
    @pytest.mark.parametrize("split", SPLITS)
    def test_is_the_same_for_the_same_seed(self, split):
        """
        Seed and split decide every text; another seed gives others.
        """
        assert Corpus(split, 7).texts(200) == Corpus(split, 7).texts(200)
        assert Corpus(split, 7).texts(200) != Corpus(split, 8).texts(200)

    def test_labels_lie_in_the_text_in_order(self, texts):
        """
        Spans are within the text, do not overlap, and their fillers are within them.
        """
        for text in texts:
            end = 0
            for gold in text.spans:
                assert end <= gold.start < gold.end <= len(text.text)
                assert all(gold.start <= first < last <= gold.end for first, last in gold.fillers)
                assert gold.needed()
                end = gold.end

    def test_holds_every_entity_and_no_other(self, texts):
        """
        The closed list is covered by every split.
        """
        assert {gold.entity for text in texts for gold in text.spans} == set(ENTITIES)

    def test_has_every_field_with_and_without_gold(self, texts):
        """
        Recall and false hits can be measured in each field.
        """
        assert {(text.field, bool(text.spans)) for text in texts} == {
            (f, gold) for f in FIELDS for gold in (True, False)
        }

    def test_leaves_no_slot_unfilled(self, texts):
        """
        Every slot of a template has something that fills it.
        """
        assert not [text.text for text in texts if SLOT.search(text.text)]

    def test_service_texts_have_the_length_of_service_texts(self, texts):
        """
        20 to 300 characters, some of them beyond 100.
        """
        lengths = [len(text.text) for text in texts if text.field == "contact"]

        assert min(lengths) >= SHORTEST_CONTACT
        assert 100 < max(lengths) <= LONGEST_CONTACT

    def test_texts_are_hardly_ever_repeated(self):
        """
        The judging split does not count one text many times.
        """
        texts = [text.text for text in Corpus("test", 1).texts(TEXTS)]

        assert len(set(texts)) > 0.99 * len(texts)

    @pytest.mark.parametrize("personal", [pytest.param(1.0, id="all"), pytest.param(0.0, id="none")])
    def test_takes_the_asked_share_of_personal_texts(self, personal):
        """
        Speed is measured on texts of which few are personal.
        """
        texts = [Corpus("dev", 1).text("danmaku", personal=personal) for _ in range(20)]

        assert {bool(text.spans) for text in texts} == {bool(personal)}


class TestValues:
    def test_identity_numbers_have_their_check(self, texts):
        """
        A valid number of 18 characters ends with what MOD 11-2 says.
        """
        numbers = [value for value, _ in golds(texts, "CN_ID_CARD", "valid")]

        assert numbers
        assert all(len(number) == 18 and identity_check(number[:17]) == number[17].upper() for number in numbers)

    def test_mistyped_identity_numbers_do_not(self, texts):
        """
        One slip of the finger: another length, or a check that fails.
        """
        numbers = [value for value, _ in golds(texts, "CN_ID_CARD", "mistyped")]

        assert {len(number) for number in numbers} == {17, 18, 19}
        assert not any(len(n) == 18 and identity_check(n[:17]) == n[17].upper() for n in numbers)

    def test_cards_and_imei_have_their_check(self, texts):
        """
        Luhn holds once the groups are put together.
        """
        for value, gold in golds(texts, "CN_BANK_CARD") + golds(texts, "IMEI"):
            number = "".join(value[position - gold.start] for position in gold.needed())
            assert luhn(number[:-1]) == number[-1]

    def test_credit_codes_have_both_checks(self, texts):
        """
        Weighted by powers of 3 the 18 characters come to a multiple of 31; the organisation's 9 to one of 11.
        """
        alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
        for code, _ in golds(texts, "CN_USCC"):
            own = [10 if letter == "X" else int(letter) for letter in code[8:17]]

            assert len(code) == 18
            assert (sum(alphabet.index(c) * 3**n for n, c in enumerate(code[:17])) + alphabet.index(code[17])) % 31 == 0
            assert (sum(w * d for w, d in zip((3, 7, 9, 10, 5, 8, 4, 2), own, strict=False)) + own[8]) % 11 == 0

    def test_plain_mobile_numbers_have_eleven_digits(self, texts):
        """
        What is called plain is not written in any special way.
        """
        assert all(re.fullmatch(r"1[3-9][0-9]{9}", value) for value, _ in golds(texts, "CN_MOBILE", "plain"))

    def test_names_come_in_all_forms(self, texts):
        """
        Two to four characters, compound and rare surnames, names of other peoples.
        """
        names = golds(texts, "PERSON")

        assert {gold.style for _, gold in names} == {
            *("two characters", "three characters", "four characters"),
            *("compound surname", "rare surname", "other peoples"),
        }
        assert any("·" in name for name, _ in names)

    def test_addresses_come_from_all_sorts_of_places(self, texts):
        """
        Dwellings, villages, schools, companies.
        """
        assert {gold.style for _, gold in golds(texts, "CN_ADDRESS")} == {"home", "village", "school", "work"}


class TestSplits:
    @pytest.mark.parametrize("split", SPLITS)
    def test_has_a_variety_of_templates(self, split):
        """
        At least 60 for services and notes, 40 for danmaku, none twice.
        """
        sections = read(split)

        assert len({*sections["contact"], *sections["note"]}) >= 60
        assert len(set(sections["danmaku"])) >= 40
        assert all(len(set(sections[name])) == len(sections[name]) for name in TEMPLATES)

    @pytest.mark.parametrize(("one", "other"), PAIRS)
    def test_share_no_template_in_words(self, one, other):
        """
        What has a word outside its slots stands in one split only.
        """
        first, second = (
            {line for name in TEMPLATES for line in read(split)[name] if in_words(line)} for split in (one, other)
        )

        assert not first & second

    @pytest.mark.parametrize(("one", "other"), PAIRS)
    @pytest.mark.parametrize("section", ["surnames", "rare_surnames", "compound_surnames", "given", "ethnic_names"])
    def test_share_no_name(self, one, other, section):
        """
        Only the most frequent surnames are everywhere; no given name has a character in common with another split's.
        """
        assert not set(words(read(one), section)) & set(words(read(other), section))

    @pytest.mark.parametrize(("one", "other"), PAIRS)
    @pytest.mark.parametrize("section", ["towns", "villages", "roads", "estates", "sites", "firms", "schools"])
    def test_share_no_place(self, one, other, section):
        """
        Roads, estates and villages stand in one split only.
        """
        assert not set(words(read(one), section)) & set(words(read(other), section))

    @pytest.mark.parametrize(("one", "other"), PAIRS)
    def test_share_no_city_and_no_shape_of_an_address(self, one, other):
        """
        Counties may lie in a city of their own split only.
        """
        first, second = read(one), read(other)
        cities = [
            {line.split()[1] for name in ("divisions", "counties") for line in sections[name]}
            for sections in (first, second)
        ]

        assert not cities[0] & cities[1]
        assert not set(first["address"]) & set(second["address"])

    @pytest.mark.parametrize(("one", "other"), PAIRS)
    def test_share_no_evasion(self, one, other):
        """
        A way of writing a number is seen in one split only.
        """
        assert not set(STYLES[one]) & set(STYLES[other])

    def test_the_judging_split_knows_nothing_of_the_simulator(self):
        """
        Cities, roads, estates and rarer surnames of the simulator were seen by everybody.
        """
        sections = read("test")
        roads = {road for city in CITIES for district in city.districts for road in district.roads}
        cities = {city.name for city in CITIES}
        compound = {surname for surname, _, _ in _SURNAMES if len(surname) > 1}

        assert not roads & set(words(sections, "roads"))
        assert not set(_ESTATES) & set(words(sections, "estates"))
        assert not cities & {line.split()[1] for line in sections["divisions"]}
        assert not compound & set(words(sections, "compound_surnames"))
