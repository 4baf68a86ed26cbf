"""Pages: nothing from outside becomes markup, every sentence is in the catalogue, a sketch is never misleading."""

import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.console.pages import alarms, drawing, html, login, printed, words
from openline.console.pages.tables import shown

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


def log_page(text):
    return printed.page(
        [{"index": 1, "at": text, "kind": text, "who": text, "role": text, "says": {text: [text]}}], text, True, text, "now"
    )


@pytest.mark.parametrize("page", [alarm_page, log_page, login.page])
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
    assert "No entries" in printed.page([], "south.example", False, "amal", "now")


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
