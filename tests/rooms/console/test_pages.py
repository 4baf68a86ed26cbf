"""Pages: nothing from outside becomes markup, every sentence is in the catalogue, a sketch is never misleading."""

import base64
import re
from html.parser import HTMLParser
from importlib.resources import files
from math import cos, sin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.console.pages import alarms, drawing, html, login, printed, words
from openline.console.pages.tables import shown
from openline.seal import sha256

HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=y>',
    "' onclick='x",
    "</title>",
    "&lt;",
    "\u202e\u2066x",
    "{0}",
    "{party}",
]


class Tags(HTMLParser):
    """Every tag with its attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, tuple[str, ...]]] = []

    def handle_starttag(self, tag, attrs):
        self.seen.append((tag, tuple(sorted(name for name, _ in attrs))))


def tags(text):
    parser = Tags()
    parser.feed(text)
    return parser.seen


def alarm_page(text):
    alarm = dict.fromkeys(("priority", "state", "event", "callsign", "zone_name", "since", "says"), text)
    feed = dict.fromkeys(("source", "state", "why"), text)
    return alarms.page(
        {"node": {"party": text, "why": text}, "alarms": [alarm], "feeds": [feed], "zones": [{"name": text}]}, "now"
    )


def sheet(text="x", **more):
    return printed.Sheet(
        **{"party": text, "exercise": True, "who": text, "now": "now", "size": 9, "root": text, "synchronised": False, **more}
    )


def log_page(text):
    row = {"index": 1, "at": text, "kind": text, "who": text, "role": text, "says": {text: [text]}}
    return printed.page(sheet(text), [row, {**row, "says": text}], printed.Range(3, 5))


def incident_page(text):
    row = {
        "index": 1,
        "at": text,
        "kind": text,
        "who": text,
        "says": text,
        "evidence": [text],
        "uncertainty_ms": 1,
        "gap": None,
    }
    of = dict.fromkeys(("id", "mover", "zone", "opened", "closed", "headline"), text)
    return printed.incident(sheet(text), {"incident": of, "timeline": [row, {**row, "gap": {"from": text, "to": text}}]})


@pytest.mark.parametrize("page", [alarm_page, log_page, incident_page, login.page])
@given(text=st.sampled_from(HOSTILE) | st.text(max_size=30))
def test_no_text_changes_what_a_page_is_made_of(page, text):
    assert tags(page(text or "x")) == tags(page("plain"))


@given(st.text())
def test_text_comes_out_as_it_went_in_but_for_what_cannot_be_seen(text):
    import html as standard

    assert standard.unescape(html.quoted(text)) == html.clean(text)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    )
)
def test_any_value_of_the_record_can_be_printed(value):
    assert "<" not in shown(value)


def test_what_is_not_known_is_a_dash_and_never_a_zero():
    assert html.quoted(None) == "–"


def test_a_node_that_does_not_say_that_it_watches_does_not():
    assert "NOT WATCHING" in alarms.page({"node": {}}, "now")


def test_the_worst_alarm_is_first():
    rows = [{"priority": one, "says": f"says {one}"} for one in ("advisory", "critical", "warning")]
    text = alarms.page({"alarms": rows}, "now")

    assert re.findall(r"says (\w+)", text) == ["critical", "warning", "advisory"]


def test_an_empty_log_says_so():
    assert "No entries" in printed.page(sheet(), [], printed.Range(0, 0))


# ── paper ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def rows(first, end):
    return [
        {"index": i, "at": f"2024-01-01T00:00:{i:02}.000Z", "kind": "act", "who": "amal", "says": "x"}
        for i in range(first, end)
    ]


def links(text):
    return [(to.replace("&amp;", "&"), word) for to, word in re.findall(r'<a href="([^"]*)">([^<]*)</a>', text)]


def test_a_page_says_which_entries_of_how_many_it_holds_and_from_when_to_when():
    text = printed.page(sheet(size=5_000), rows(3, 6), printed.Range(3, 6))

    assert "Entries 3 to 5 of 5,000, from 2024-01-01T00:00:03.000Z to 2024-01-01T00:00:05.000Z." in text


def test_a_page_in_the_middle_leads_to_the_ones_around_it():
    found = links(printed.page(sheet(size=9), rows(3, 6), printed.Range(3, 6)))[:5]

    assert [to for to, _ in found] == ["?after=-1", "?before=3", "?after=5", "?", "?before=6&whole=1"]


def test_the_newest_page_leads_only_back_and_the_oldest_only_on():
    newest = [word for _, word in links(printed.page(sheet(size=9), rows(6, 9), printed.Range(6, 9)))]
    oldest = [word for _, word in links(printed.page(sheet(size=9), rows(0, 3), printed.Range(0, 3)))]

    assert "Next page (newer)" not in newest
    assert "Previous page (older)" not in oldest


def test_what_was_asked_for_is_asked_for_on_the_next_page_too():
    assert "?before=3&whole=1&limit=3" in dict(links(printed.page(sheet(size=9), rows(3, 6), printed.Range(3, 6, True, 3))))


@given(st.binary(min_size=80, max_size=400))
def test_bytes_are_named_by_size_and_hash_and_not_dumped(data):
    run = base64.b64encode(b"x0Z~" * 5 + data).decode()
    text = printed.named(f"payload {run}, signed")

    assert run not in text
    assert f"{len(data) + 20} bytes, SHA-256 {sha256(b'x0Z~' * 5 + data).hex()[:16]}" in text


@pytest.mark.parametrize("text", ["f" * 64, "a" * 300, "/home/" + "folder/" * 30, "zone.put: reason Blasting from noon"])
def test_what_a_person_can_compare_or_read_is_printed_as_it_is(text):
    assert printed.named(text) == text


def test_an_unsynchronised_clock_is_said_once_and_no_moment_claims_a_millisecond():
    row = {"index": 1, "at": "x", "kind": "alarm", "who": "node", "says": "x", "evidence": [], "uncertainty_ms": 1, "gap": None}
    text = printed.incident(sheet(synchronised=False), {"incident": {"id": "i"}, "timeline": [row]})

    assert "not synchronised: how far these times are off is not known" in text
    assert "±" not in text
    assert "±" in printed.incident(sheet(synchronised=True), {"incident": {"id": "i"}, "timeline": [row]})


def test_every_sentence_used_is_in_the_catalogue():
    folder = files("openline.console.pages")
    used = set()
    for name in ("alarms.py", "guest.py", "login.py", "printed.py"):
        used |= set(re.findall(r'say\("([^"]+)"', (folder / name).read_text()))

    assert used - set(words.EN) == set()


def test_the_stylesheet_knows_no_left_and_no_right():
    css = re.sub(r"/\*.*?\*/", "", (files("openline.console.pages") / "pages.css").read_text())

    assert re.findall(r"(?<![-\w])(?:left|right|margin-left|margin-right|padding-left|padding-right)\b", css) == []


SQUARE = ((33.0, 38.0), (33.0, 39.0), (34.0, 39.0), (34.0, 38.0), (33.0, 38.0))
SEAM = ((-17.0, 179.5), (-17.0, -179.5), (-16.0, -179.5), (-16.0, 179.5), (-17.0, 179.5))


def ends(svg):
    """The numbers of the area's path."""
    return [float(one) for one in re.findall(r"-?\d+\.\d", re.search(r'class="area"[^>]* d="([^"]+)"', svg).group(1))]


@pytest.mark.parametrize("line", [SQUARE, SQUARE[:-1], tuple((sin(i / 10), cos(i / 10)) for i in range(63))])
def test_an_area_is_closed_whether_or_not_its_last_point_is_its_first(line):
    assert 'Z"/>' in drawing.sketch((line,), "map").partition('class="ring"')[0]


def test_rings_are_drawn_besides_the_area_and_fit_in_the_sketch():
    wide = tuple((lat * 1.01 - 0.33, lon * 1.01 - 0.38) for lat, lon in SQUARE)
    numbers = [
        float(one)
        for one in re.findall(
            r"-?\d+\.\d", re.search(r'class="ring" d="([^"]+)"', drawing.sketch((SQUARE,), "map", (wide,))).group(1)
        )
    ]

    assert min(numbers) >= drawing.EDGE - 0.1
    assert max(numbers) <= drawing.SIDE - drawing.EDGE + 0.1


@pytest.mark.parametrize("line", [SQUARE, SEAM])
def test_an_area_fills_the_sketch_even_across_the_antimeridian(line):
    numbers = ends(drawing.sketch((line,), "map"))

    assert min(numbers) >= drawing.EDGE - 0.1
    assert max(numbers) <= drawing.SIDE - drawing.EDGE + 0.1


@pytest.mark.parametrize(
    "outline", [(), ((),), (((89.0, 0.0), (89.0, 90.0)),), (((float("nan"), 0.0),),), (((0.0, float("inf")),),)]
)
def test_where_a_flat_sketch_would_mislead_there_is_none(outline):
    assert drawing.sketch(outline, "map") == ""


@given(st.lists(st.tuples(st.floats(-85, 85), st.floats(-180, 180)), min_size=1, max_size=20))
def test_any_outline_can_be_sketched(points):
    assert "nan" not in drawing.sketch((tuple(points),), "map")


def test_the_scale_says_a_round_length():
    assert "50 km" in drawing.sketch((SQUARE,), "map") or "20 km" in drawing.sketch((SQUARE,), "map")
