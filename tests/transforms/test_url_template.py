"""Claims about UrlTemplate."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.base import Refused
from transforms.examples import EXAMPLE_KEYS, ExampleKeyring
from transforms.url_template import DEFAULT_WORDS, UrlTemplate

LABEL = st.from_regex(r"[A-Za-z0-9]([A-Za-z0-9-]{0,30}[A-Za-z0-9])?", fullmatch=True)
SEGMENT = st.one_of(
    st.sampled_from(DEFAULT_WORDS), st.text(max_size=20), st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
)
URL = st.builds(
    lambda scheme, user, labels, port, segments, rest: (
        scheme + user + ".".join(labels) + port + "/".join(segments) + rest
    ),
    st.sampled_from(["https://", "HTTP://", "//", "/", ""]),
    st.sampled_from(["", "user:secret@", "13800138000@"]),
    st.lists(LABEL, min_size=1, max_size=5),
    st.sampled_from(["", ":8443", ":"]),
    st.lists(SEGMENT, max_size=12).map(lambda segments: ["", *segments]),
    st.sampled_from(["", "?phone=13800138000", "#13800138000", "%31%33", "?a@b#c"]),
)


def template(value, **arguments):
    return UrlTemplate(**arguments).bind(EXAMPLE_KEYS, "url")(value)


class TestUrlTemplate:
    @pytest.mark.parametrize(
        ("value", "released"),
        [
            pytest.param("https://shop.example.com/item/100023?sku=1#top", "shop.example.com/item/*", id="item"),
            pytest.param("http://shop.example.com", "shop.example.com", id="host alone"),
            pytest.param("https://shop.example.com/", "shop.example.com", id="root"),
            pytest.param("HTTPS://Shop.Example.COM/Item/Detail/", "shop.example.com/item/detail", id="capitals"),
            pytest.param("https://li:secret@shop.example.com:8443/cart", "shop.example.com/cart", id="user and port"),
            pytest.param("https://shop.example.com./cart", "shop.example.com/cart", id="root label"),
            pytest.param("//cdn.example.com/static/a.png", "cdn.example.com/static/*", id="without scheme"),
            pytest.param("/item/123?x", "/item/*", id="relative"),
            pytest.param("/", "/", id="relative root"),
            pytest.param("https://shop.example.com//live///room/", "shop.example.com/live/room", id="empty segments"),
            pytest.param("https://shop.example.com/商品/手机", "shop.example.com/*/*", id="Chinese path"),
            pytest.param("https://shop.example.com/%69tem", "shop.example.com/*", id="percent-encoded word"),
            pytest.param("https://shop.example.com/item;id=1", "shop.example.com/*", id="path parameter"),
            pytest.param("https://shop.example.com/a/../pay", "shop.example.com/*/*/pay", id="dot segments"),
            pytest.param("/v1/v2/v3/v4/api/app/web/h5", "/v1/v2/v3/v4/api/app/web/h5", id="eight segments"),
            pytest.param("/v1/v2/v3/v4/api/app/web/h5/1", "/v1/v2/v3/v4/api/app/web/h5/…", id="nine segments"),
        ],
    )
    def test_keeps_host_and_route(self, value, released):
        """
        Words of the list pass; every other segment becomes a star, and what follows the eighth an ellipsis.
        """
        assert template(value) == released

    @pytest.mark.parametrize(
        ("host", "released"),
        [
            pytest.param("m13800138000.example.com", "*.example.com", id="number in a label"),
            pytest.param("138-0013-8000.example.com", "*.example.com", id="number with hyphens"),
            pytest.param("138.0.13.example.com", "*.*.*.example.com", id="number over labels"),
            pytest.param("a1b2c3d4.example.com", "*.example.com", id="four digits apart"),
            pytest.param("cdn123.example.com", "cdn123.example.com", id="three digits"),
            pytest.param("a" * 24 + ".example.com", "a" * 24 + ".example.com", id="24 characters"),
            pytest.param("a" * 25 + ".example.com", "*.example.com", id="25 characters"),
            pytest.param("商店.example.com", "*.example.com", id="not ASCII"),
            pytest.param("\u212aelvin.example.com", "*.example.com", id="lower-cases to ASCII"),
            pytest.param("XN--FIQ228C.example.com", "*.example.com", id="internationalised"),
            pytest.param("223.104.63.9", "*", id="IPv4"),
            pytest.param("223.104.63.9.", "*", id="IPv4 with the root label"),
            pytest.param("3741007625", "*", id="IPv4 as one number"),
            pytest.param("0xdf.0x683f09", "*", id="IPv4 in hexadecimal"),
            pytest.param("[2408:8400::1]", "*", id="IPv6"),
        ],
    )
    def test_hides_labels_that_may_identify(self, host, released):
        """
        Numbers, generated labels and addresses become stars, with and without a path.
        """
        assert template(f"https://{host}/live") == f"{released}/live"
        assert template(f"https://{host}:443/live", path=False) == released

    def test_without_path_the_host_alone_passes(self):
        """
        A relative URL then is of some host.
        """
        assert template("https://shop.example.com/item/1", path=False) == "shop.example.com"
        assert template("/item/1", path=False) == "*"

    def test_words_can_be_chosen(self):
        """
        The list of a declaration stands in place of the shipped one.
        """
        assert template("/auction/item.html", words=("auction", "item.html")) == "/auction/item.html"
        assert template("/item", words=("auction",)) == "/*"
        assert template("/item", words=()) == "/*"

    @given(st.one_of(URL, st.text(), st.text(alphabet="/:.?#@%[]0123abc", max_size=40)))
    def test_nothing_but_hosts_and_words_passes(self, url):
        """
        No result has a run of four digits, a query, a fragment, a user or a percent-encoded letter.
        """
        try:
            released = template(url)
        except Refused:
            return
        assert not re.search(r"[0-9]{4}|[?#@%:\\\s]", released)
        assert re.fullmatch(UrlTemplate().gives["pattern"], released)
        host, slash, route = released.partition("/")
        assert not slash or set(route.split("/")) <= {*DEFAULT_WORDS, "*", "…", ""}
        assert len(host) <= 253
        assert route.count("/") <= 8

    @given(
        st.lists(
            st.builds(
                lambda root, segments, end: root + "".join(f"/{segment}" for segment in segments) + end,
                st.sampled_from(
                    ["https://a.cn", "HTTP://A.cn", "https://a.cn/item", "//item", "", "/", "https:", "商"]
                ),
                st.lists(st.sampled_from(["item", "Item", "order", "1", "", "商", "a.cn"]), max_size=10),
                st.sampled_from(["", "/", "?q", "#f"]),
            ),
            max_size=12,
        ),
        st.booleans(),
    )
    def test_what_came_before_does_not_matter(self, urls, path):
        """
        What is remembered of other URLs gives each the template that it has alone.
        """

        def outcome(apply, url):
            try:
                return apply(url)
            except Refused as refusal:
                return str(refusal)

        remembering = UrlTemplate(path=path).bind(ExampleKeyring(), "url")
        alone = [outcome(UrlTemplate(path=path).bind(ExampleKeyring(), "url"), url) for url in urls]
        assert [outcome(remembering, url) for url in urls] == alone

    @given(st.sampled_from(["", "?phone=13800138000", "#13800138000", "?a#b?c@d"]))
    def test_queries_and_fragments_do_not_matter(self, rest):
        """
        URLs that differ behind the path give one template.
        """
        assert template("https://shop.example.com/search" + rest) == "shop.example.com/search"

    @pytest.mark.parametrize(
        "value",
        [
            pytest.param("javascript:alert(1)", id="script"),
            pytest.param("data:text/html,13800138000", id="data"),
            pytest.param("mailto:li@example.com", id="mail"),
            pytest.param("tel:13800138000", id="telephone"),
            pytest.param("file:///etc/passwd", id="file"),
            pytest.param("shoplive://live/123", id="app link"),
            pytest.param("shop.example.com/item", id="host without scheme"),
            pytest.param("shop.example.com:8080/item", id="host and port without scheme"),
            pytest.param("item/123", id="path without slash"),
            pytest.param("?q=1", id="query alone"),
            pytest.param("https:/shop.example.com", id="one slash"),
            pytest.param("https:///item", id="no host"),
            pytest.param("https://li@/item", id="user without host"),
            pytest.param("https://shop..example.com", id="empty label"),
            pytest.param("https://-shop.example.com", id="label begins with a hyphen"),
            pytest.param(f"https://{'a' * 64}.example.com", id="label of 64"),
            pytest.param("https://" + "a." * 126 + "com", id="host of 255"),
            pytest.param("https://shop%2eexample.com", id="percent-encoded host"),
            pytest.param("https://shop example.com", id="blank in the host"),
            pytest.param("https://shop.exa\nmple.com", id="line break in the host"),
            pytest.param("https://[fe80::1%25eth0]/", id="zone id"),
            pytest.param("https://shop.example.com:https/", id="port is a word"),
            pytest.param(" https://shop.example.com", id="blank before"),
            pytest.param("13800138000", id="number as text"),
            pytest.param("", id="empty"),
            pytest.param(13800138000, id="number"),
            pytest.param(["/item"], id="array"),
            pytest.param(None, id="null"),
        ],
    )
    def test_refuses_what_is_no_url_of_the_web(self, value):
        """
        The refusal keeps the value to itself.
        """
        with pytest.raises(Refused) as refusal:
            template(value)

        assert not value or str(value) not in str(refusal.value)

    @pytest.mark.parametrize(
        "words",
        [
            pytest.param(("Item",), id="capitals"),
            pytest.param(("a/b",), id="two segments"),
            pytest.param(("room1234",), id="four digits"),
            pytest.param(("商品",), id="not ASCII"),
            pytest.param(("",), id="empty"),
            pytest.param((1,), id="number"),
            pytest.param("item", id="one text"),
            pytest.param(["item"], id="list"),
        ],
    )
    def test_words_are_checked_at_construction(self, words):
        """
        A word is a plain lower-case segment with at most three digits, in a tuple.
        """
        with pytest.raises(ValueError, match=r"must be a tuple|must be in lower case"):
            UrlTemplate(words=words)

    def test_equal_declarations_share_their_memory(self):
        """
        Binding the same words twice gives the same function, other words another one.
        """
        assert UrlTemplate().bind(EXAMPLE_KEYS) is UrlTemplate(words=DEFAULT_WORDS).bind(EXAMPLE_KEYS)
        assert UrlTemplate().bind(EXAMPLE_KEYS) is not UrlTemplate(words=("item",)).bind(EXAMPLE_KEYS)
