"""The Book: versions, holders, standings, gaps, and its way through JSON."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.zones.book import Behind, Book, Gap, Holder, named_parties, shown_status
from openline.zones.zone import Circle, Group, Polygon, Standing, Zone
from tests.rooms.zones.made import plain_zone, zones

T_NS = 1_495_100_000_000_000_000
MINUTE_NS = 60 * 10**9


def said(party: str, status: str, at_ns: int = T_NS, message: str = "m1") -> Standing:
    return Standing(party, status, at_ns, message)  # type: ignore[arg-type]


def new(**changes: object) -> Zone:
    return plain_zone(serial=0, version=0, **changes)


def test_the_first_version_is_1_of_serial_1() -> None:
    zone = Book().put(new(), T_NS)

    assert (zone.serial, zone.version) == (1, 1)


def test_the_same_id_again_is_the_next_version() -> None:
    book = Book()
    book.put(new(), T_NS)

    assert book.put(new(asks="call first"), T_NS).version == 2


def test_another_id_is_the_next_serial() -> None:
    book = Book()
    book.put(new(), T_NS)

    assert book.put(new(id="other"), T_NS).serial == 2


def test_a_zone_without_an_id_gets_one_from_issuer_and_serial() -> None:
    assert Book().put(new(id=""), T_NS).id == "A-1"


def test_a_zone_without_an_issuer_is_refused() -> None:
    with pytest.raises(Refused, match="issuer"):
        Book().put(new(issuer=""), T_NS)


def test_the_same_version_again_changes_nothing() -> None:
    book = Book()
    book.put(plain_zone(), T_NS)
    book.put(plain_zone(), T_NS + 5)

    assert len(book.versions("tanf")) == 1


def test_another_content_under_a_kept_version_is_refused() -> None:
    book = Book()
    book.put(plain_zone(), T_NS)

    with pytest.raises(Refused, match="other content"):
        book.put(plain_zone(asks="something else"), T_NS)


def test_an_id_of_another_zone_is_refused() -> None:
    book = Book()
    book.put(plain_zone(), T_NS)

    with pytest.raises(Refused, match="no other zone"):
        book.put(plain_zone(serial=2), T_NS)


def test_standings_do_not_pass_to_a_new_version() -> None:
    book = Book()
    book.put(plain_zone(), T_NS)
    agreed = book.stand("tanf", 1, said("B", "agreed"))

    later = book.put(msgspec.structs.replace(agreed, version=2), T_NS)

    assert [standing.party for standing in later.standings] == ["A"]


def test_withdrawing_is_a_version() -> None:
    book = Book()
    book.put(plain_zone(), T_NS)

    withdrawn = book.withdraw("tanf", T_NS)

    assert (withdrawn.version, withdrawn.withdrawn) == (2, True)


def test_withdrawing_twice_is_refused() -> None:
    book = Book()
    book.put(plain_zone(), T_NS)
    book.withdraw("tanf", T_NS)

    with pytest.raises(Refused):
        book.withdraw("tanf", T_NS)


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(Refused, match="a zone of this node"):
        Book().zone("nothing")


def test_a_party_still_on_an_older_version_is_listed_with_the_minutes_since() -> None:
    book = Book()
    book.put(plain_zone(), T_NS)
    book.stand("tanf", 1, said("B", "acknowledged", T_NS + 1000))
    book.put(new(shape=Circle(33.507, 38.618, 54_000.0)), T_NS + 10 * MINUTE_NS)

    (late,) = book.behind("tanf")

    assert late == Behind("B", 1, 2, T_NS + 10 * MINUTE_NS)


def test_receiving_the_new_version_is_not_acknowledging_it() -> None:
    book = Book()
    book.put(plain_zone(), T_NS)
    book.stand("tanf", 1, said("B", "acknowledged"))
    book.put(new(asks="x"), T_NS)
    book.stand("tanf", 2, said("B", "received"))

    assert [late.version for late in book.behind("tanf")] == [1]


@pytest.mark.parametrize("status", ["acknowledged", "agreed", "disputed"])
def test_a_party_that_answered_the_latest_version_is_not_behind(status: str) -> None:
    book = Book()
    book.put(plain_zone(), T_NS)
    book.put(new(asks="x"), T_NS)
    book.stand("tanf", 2, said("B", status))

    assert book.behind("tanf") == []


def test_a_party_told_and_silent_holds_version_0() -> None:
    book = Book()
    book.put(plain_zone(), T_NS)
    book.stand("tanf", 1, said("B", "notified", T_NS + 7000))

    assert book.holders("tanf") == [Holder("B", 0, T_NS + 7000)]
    assert book.behind("tanf") == [Behind("B", 0, 1, T_NS + 7000)]


def test_a_standing_without_a_message_is_refused() -> None:
    book = Book()
    book.put(plain_zone(), T_NS)

    with pytest.raises(Refused, match="message"):
        book.stand("tanf", 1, said("B", "agreed", message=""))


def test_a_standing_of_an_unknown_version_is_refused() -> None:
    book = Book()
    book.put(plain_zone(), T_NS)

    with pytest.raises(Refused, match="version 4"):
        book.stand("tanf", 4, said("B", "agreed"))


def test_a_zone_nobody_else_spoke_of_is_declared() -> None:
    assert shown_status(plain_zone()) == "declared"


def test_a_zone_is_agreed_when_every_named_party_agreed() -> None:
    zone = plain_zone(applies_to=("B", "vehicle"), standings=(said("B", "agreed"), said("C", "agreed")))

    assert shown_status(zone) == "agreed"


def test_one_silent_named_party_is_enough_for_declared() -> None:
    zone = plain_zone(applies_to=("B", "D"), standings=(said("B", "agreed"),))

    assert shown_status(zone) == "declared"


def test_one_disputing_party_makes_it_disputed() -> None:
    zone = plain_zone(standings=(said("B", "agreed"), said("C", "disputed")))

    assert shown_status(zone) == "disputed"


def test_a_later_word_replaces_an_earlier_one() -> None:
    zone = plain_zone(standings=(said("B", "disputed", T_NS), said("B", "agreed", T_NS + 1)))

    assert shown_status(zone) == "agreed"


@settings(deadline=None, max_examples=200)
@given(
    st.lists(
        st.tuples(st.sampled_from("BCD"), st.sampled_from(["notified", "received", "acknowledged", "agreed", "disputed"])),
        max_size=8,
    )
)
def test_agreed_is_never_shown_while_a_named_party_has_not_agreed(words: list[tuple[str, str]]) -> None:
    standings = tuple(said(party, status, T_NS + i) for i, (party, status) in enumerate(words))
    zone = plain_zone(applies_to=("B", "C", "aircraft"), standings=standings)
    last = {one.party: one.status for one in standings}

    everybody = all(last.get(party) == "agreed" for party in named_parties(zone))

    assert (shown_status(zone) == "agreed") == everybody


def test_a_missing_serial_is_a_gap() -> None:
    book = Book()
    for serial in [*range(1, 17), 18]:
        book.put(plain_zone(id=f"z{serial}", serial=serial), T_NS)

    assert book.gaps() == [Gap("A", 17, 17)]


def test_a_gap_closes_when_the_missing_serial_comes() -> None:
    book = Book()
    for serial in (1, 3, 2):
        book.put(plain_zone(id=f"z{serial}", serial=serial), T_NS)

    assert book.gaps() == []


def test_a_missing_version_is_a_gap_of_its_zone() -> None:
    book = Book()
    book.put(plain_zone(version=1), T_NS)
    book.put(plain_zone(version=4), T_NS)

    assert book.gaps() == [Gap("A", 2, 3, serial=1)]


def test_a_missing_version_may_come_late_and_is_not_the_latest() -> None:
    book = Book()
    book.put(plain_zone(version=1), T_NS)
    book.put(plain_zone(version=3), T_NS)
    book.put(plain_zone(version=2, asks="older words"), T_NS)

    assert book.zone("tanf").version == 3
    assert book.gaps() == []


def test_an_older_version_can_still_be_asked_for() -> None:
    book = Book()
    book.put(plain_zone(asks="old"), T_NS)
    book.put(new(asks="newer"), T_NS)

    assert book.zone("tanf", 1).asks == "old"


@settings(deadline=None, max_examples=100)
@given(st.lists(zones(), max_size=5, unique_by=(lambda z: z.id, lambda z: (z.issuer, z.serial))))
def test_a_book_goes_through_json_and_back(many: list[Zone]) -> None:
    book = Book()
    for zone in many:
        book.put(zone, T_NS + 123)

    plain = msgspec.json.decode(msgspec.json.encode(book.to_plain()))

    assert Book.from_plain(plain).to_plain() == book.to_plain()
    assert Book.from_plain(plain).latest() == book.latest()


def test_recorded_times_are_integer_microseconds() -> None:
    book = Book()
    book.put(plain_zone(effective_ns=T_NS + 1_999), T_NS)

    (kept,) = book.to_plain()

    assert (kept["put_us"], kept["zone"]["effective_us"]) == (T_NS // 1000, T_NS // 1000 + 1)


@pytest.mark.parametrize("plain", [None, 7, [{}], [{"zone": {}, "put_us": 1}], [[]], "x"])
def test_what_is_no_book_is_refused(plain: object) -> None:
    with pytest.raises(Refused):
        Book.from_plain(plain)


def test_the_same_version_twice_in_a_recorded_book_is_refused() -> None:
    book = Book()
    book.put(plain_zone(), T_NS)

    with pytest.raises(Refused, match="once"):
        Book.from_plain(book.to_plain() * 2)


def test_a_reread_book_goes_on_counting_where_it_was() -> None:
    book = Book()
    book.put(plain_zone(serial=7), T_NS)

    assert Book.from_plain(book.to_plain()).put(new(id="next"), T_NS).serial == 8


def full(monkeypatch: pytest.MonkeyPatch, **limits: int) -> Book:
    """A Book with one zone, at a limit."""
    book = Book()
    book.put(new(), T_NS)
    for name, value in limits.items():
        monkeypatch.setattr(f"openline.zones.book.{name}", value)
    return book


def test_a_book_that_is_full_of_versions_refuses_another(monkeypatch: pytest.MonkeyPatch) -> None:
    book = full(monkeypatch, VERSIONS_ALL_MAX=1)

    with pytest.raises(Refused, match="at most 1 of all zones together"):
        book.put(new(asks="call first"), T_NS)
    with pytest.raises(Refused, match="at most 1 of all zones together"):
        book.put(new(id="other"), T_NS)


def test_a_zone_can_be_withdrawn_whatever_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    book = full(monkeypatch, VERSIONS_ALL_MAX=1, VERSIONS_MAX=1, VERTICES_ALL_MAX=0)

    assert book.withdraw("tanf", T_NS).withdrawn
    with pytest.raises(Refused):
        book.put(new(withdrawn=True, asks="again"), T_NS)


def test_shapes_are_refused_when_they_have_too_many_places_together(monkeypatch: pytest.MonkeyPatch) -> None:
    book = full(monkeypatch, VERTICES_ALL_MAX=3)
    triangle = Polygon(((0.0, 0.0), (0.0, 1.0), (1.0, 0.0)))

    with pytest.raises(Refused, match="at most 3 in all versions"):
        book.put(new(shape=triangle), T_NS)
    with pytest.raises(Refused, match="at most 3 in all versions"):
        book.put(new(id="other", shape=Group((Circle(1.0, 1.0, 5.0), triangle))), T_NS)


def test_a_version_with_the_shape_of_the_one_before_keeps_it_once(monkeypatch: pytest.MonkeyPatch) -> None:
    book = full(monkeypatch, VERTICES_ALL_MAX=1)
    for word in ("call first", "stay out"):
        book.put(new(asks=word), T_NS)
    again = Book.from_plain(book.to_plain())

    assert len({id(kept.zone.shape) for kept in book.versions("tanf")}) == 1
    assert len({id(kept.zone.shape) for kept in again.versions("tanf")}) == 1


def test_standings_are_refused_when_there_are_too_many_together(monkeypatch: pytest.MonkeyPatch) -> None:
    book = full(monkeypatch, STANDINGS_ALL_MAX=2)
    book.stand("tanf", 1, said("B", "received"))

    with pytest.raises(Refused, match="of all zones together"):
        book.stand("tanf", 1, said("C", "received"))
