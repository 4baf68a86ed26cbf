"""Typed positions: every spelling, Annex C's slips, and what must make a person look twice."""

import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openline.errors import Refused
from openline.zones.angles import ddm_text, dms_text
from openline.zones.grid import reference_of
from openline.zones.position import Typed, distance_m, near_words, read_position
from openline.zones.zone import Circle, Point

TRUE = (35.336111, 40.309444)


def at(text: str) -> Point:
    reading = read_position(text).one()
    return round(reading.lat_deg, 6), round(reading.lon_deg, 6)


def kinds(typed: Typed) -> set[str]:
    return {warned.kind for warned in typed.warnings}


def reading(text: str, form: str) -> Point:
    one = read_position(text).one(form)
    return one.lat_deg, one.lon_deg


@pytest.mark.parametrize(
    "text",
    [
        "35°20′10″N 40°18′34″E",
        "35° 20′ 10″ N, 40° 18′ 34″ E",
        "35º20'10\"N / 040º18'34\"E",
        "35°20'10''N 40°18'34''E",
        "35°20’10”N 40°18’34”E",
        "352010N 0401834E",
        "352010N0401834E",
        "N352010 E0401834",
        "N 35 20 10, E 040 18 34",
        "35:20:10N 40:18:34E",
        "35-20-10N 040-18-34E",
        "35 20 10 N 40 18 34 E",
        "35d20m10sN 40d18m34sE",
        "35 deg 20 min 10 sec north, 40 deg 18 min 34 sec east",
        "N35.20.10 E040.18.34",
        "Lat: 35°20′10″N Lon: 40°18′34″E",
        "40°18′34″E 35°20′10″N",
        "٣٥°٢٠′١٠″N ٤٠°١٨′٣٤″E",
        "(35°20′10″N 40°18′34″E)",
        "35 20 10 40 18 34",
        "35°20′10″ 40°18′34″",
    ],
)
def test_degrees_minutes_seconds_are_read_in_every_spelling(text: str) -> None:
    assert at(text) == TRUE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("333025N 0383705E", (33.506944, 38.618056)),
        ("33:30:25N 38:37:05E", (33.506944, 38.618056)),
        ("3330N 03837E", (33.5, 38.616667)),
        ("3330.42N 03837.08E", (33.507, 38.618)),
        ("333025.2N 0383704.8E", (33.507, 38.618)),
        ("33 30.42 N 38 37.08 E", (33.507, 38.618)),
        ("33°30.42′S 38°37.08′W", (-33.507, -38.618)),
        ("33.507S 38.618W", (-33.507, -38.618)),
        ("-33.507, -38.618", (-33.507, -38.618)),
        ("+33.507 +038.618", (33.507, 38.618)),
        ("−33.507°; 38.618°", (-33.507, 38.618)),
        ("33.507 38.618", (33.507, 38.618)),
        ("0.00001N 0.00001W", (0.00001, -0.00001)),
        ("90N 180E", (90.0, 180.0)),
    ],
)
def test_other_forms_are_read(text: str, expected: Point) -> None:
    assert at(text) == expected


@pytest.mark.parametrize("text", ["37SDT6452007560", "37S DT 64520 07560", "37sdt6452007560"])
def test_mgrs_is_read(text: str) -> None:
    assert distance_m(at(text), (33.507, 38.618)) < 1.0


@pytest.mark.parametrize("square", ["31SEC", "31DEG"])
def test_a_square_named_like_a_word_is_still_a_square(square: str) -> None:
    assert read_position(f"{square}4000045000").one().mgrs == f"{square}4000045000"


def test_all_forms_are_echoed() -> None:
    one = read_position("35°20′10″N 40°18′34″E").one()

    assert (one.form, one.dms, one.ddm, one.dd, one.mgrs) == (
        "dms",
        "35°20′10.00″N 040°18′34.00″E",
        "35°20.1667′N 040°18.5667′E",
        "35.336111, 40.309444",
        "37SFV1900111104",
    )


def test_rounding_never_shows_sixty() -> None:
    assert dms_text(35.99999999, "lat") == "36°00′00.00″N"
    assert ddm_text(-179.99999999, "lon") == "180°00.0000′W"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "somewhere",
        "35",
        "35.336111",
        "352010N 401834E",
        "35201N 0401834E",
        "3520100N 0401834E",
        "35,336 40,309",
        "35°60′10″N 40°18′34″E",
        "35°20′60″N 40°18′34″E",
        "91N 40E",
        "35N 181E",
        "35N 40N",
        "35N",
        "-35N 40E",
        "35.5°20′N 40E",
        "35°20.5′10″N 40°18′34″E",
        "35°10″N 40°18′34″E",
        "35:20-10N 40:18:34E",
        "35 20 10 20N 40 18 34E",
        "35°20′10″N",
        "35 20 10 40 18",
        "nan, nan",
        "1e1, 2e1",
        "35_0.5, 40.5",
        "99XXX1234512345",
        "37SDT",
        "37SDT1",
        "37SDT123",
        "37SDT123456789",
        "37SDT12345678901",
        "37SZZ6452007560",
        "37IDT6452007560",
        "35°20′10″N 40°18′34″E 12",
        "9" * 201,
        "\x00",
        "N E",
        "NNEE",
    ],
)
def test_what_is_no_position_or_leaves_its_digits_open_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_position(text).one()


def test_plain_digits_that_could_be_minutes_are_given_in_every_reading() -> None:
    assert [one.form for one in read_position("35.2010, 40.1834").readings] == ["dd", "ddm", "dms"]


def test_plain_digits_that_could_be_minutes_are_refused_until_chosen() -> None:
    with pytest.raises(Refused, match="choose dd"):
        read_position("35.2010, 40.1834").one()


@pytest.mark.parametrize("text", ["35.2010°, 40.1834°", "35.20105, 40.18345", "35.6110, 40.1834", "35.201, 40.183"])
def test_digits_that_can_only_be_decimal_degrees_have_one_reading(text: str) -> None:
    assert [one.form for one in read_position(text).readings] == ["dd"]


def test_annex_c_the_position_itself() -> None:
    assert at("35°20′10″N 40°18′34″E") == TRUE


def test_annex_c_same_digits_as_decimal_degrees_are_18_9_km_off() -> None:
    assert distance_m(TRUE, reading("35.2010, 40.1834", "dd")) == pytest.approx(18_900, abs=50)


def test_annex_c_same_digits_as_decimal_minutes_are_364_m_off() -> None:
    assert distance_m(TRUE, reading("35.2010, 40.1834", "ddm")) == pytest.approx(364, abs=1)


def test_annex_c_both_distances_are_in_the_warnings() -> None:
    says = " ".join(warned.says for warned in read_position("35.2010, 40.1834").warnings)

    assert "18.9 km" in says
    assert "365 m" in says  # 364.6 m; Annex C cuts it off


def test_annex_c_swapped_is_704_km_off_and_said_so() -> None:
    typed = read_position("35.336111, 40.309444")

    assert "704 km" in next(warned.says for warned in typed.warnings if warned.kind == "swapped")


def test_annex_c_truncated_is_1_09_km_off_and_warned_of() -> None:
    typed = read_position("35.33, 40.30")

    assert distance_m(TRUE, reading("35.33, 40.30", "dd")) == pytest.approx(1090, abs=5)
    assert "coarse" in kinds(typed)


def test_annex_c_two_buildings_of_one_compound_are_38_m_apart() -> None:
    one, other = at("36°43′4.91″N 68°51′43.96″E"), at("36°43′4.29″N 68°51′42.62″E")

    assert distance_m(one, other) == pytest.approx(38, abs=0.6)


def test_letters_leave_no_doubt_of_order_or_hemisphere() -> None:
    assert kinds(read_position("35°20′10″N 40°18′34″E")) == set()


def test_without_letters_the_hemisphere_is_doubted() -> None:
    assert "no hemisphere" in kinds(read_position("35 20 10 40 18 34"))


def test_a_first_number_beyond_90_is_a_longitude_typed_first() -> None:
    typed = read_position("140.201, 35.511")

    assert (typed.one().lat_deg, typed.one().lon_deg) == (35.511, 140.201)
    assert "swapped" in kinds(typed)


@pytest.mark.parametrize(
    ("text", "coarse"),
    [("35.3N 40.3E", True), ("35 20N 40 18E", True), ("35.336N 40.309E", False), ("37SFV1911", True), ("37SFV190111", False)],
)
def test_a_coarse_entry_is_warned_of(text: str, coarse: bool) -> None:
    assert ("coarse" in kinds(read_position(text))) == coarse


def test_the_own_position_needs_a_second_person() -> None:
    typed = read_position("35°20′10″N 40°18′34″E", own=(35.3362, 40.3094))

    assert [(warned.kind, warned.second_person) for warned in typed.warnings] == [("own position", True)]


def test_another_place_needs_no_second_person() -> None:
    assert not any(warned.second_person for warned in read_position("35°20′10″N 40°18′34″E", own=(35.4, 40.3)).warnings)


def test_the_previous_entry_again_is_warned_of() -> None:
    assert kinds(read_position("35°20′10″N 40°18′34″E", previous=at("352010N 0401834E"))) == {"previous entry"}


def test_a_place_outside_the_area_is_warned_of_with_how_far() -> None:
    typed = read_position("35°20′10″N 40°18′34″E", area=Circle(33.507, 38.618, 200_000.0))

    assert [warned.says for warned in typed.warnings] == ["55.6 km outside the area"]


def test_the_place_is_said_from_the_nearest_name() -> None:
    places = [("At Tanf", 33.507, 38.618), ("Deir ez-Zor", 35.336, 40.14)]

    assert read_position("35°20′10″N 40°18′34″E", places).one().near == "15.4 km E (090°) of Deir ez-Zor"


@pytest.mark.parametrize(
    ("point", "says"),
    [
        ((1.0, 0.0), "110.6 km N (000°) of X"),
        ((0.0, -1.0), "111.3 km W (270°) of X"),
        ((-0.5, 0.5), "78.5 km SE (135°) of X"),
        ((0.0001, 0.0), "at X"),
    ],
)
def test_bearings_are_from_the_place_to_the_position(point: Point, says: str) -> None:
    assert near_words(point, [("X", 0.0, 0.0)]) == says


LATS, LONS = st.floats(-90.0, 90.0), st.floats(-180.0, 180.0)


@settings(deadline=None, max_examples=200)
@given(LATS, LONS)
def test_what_is_echoed_is_read_back_to_the_same_place(lat_deg: float, lon_deg: float) -> None:
    dms, ddm = (f"{spell(lat_deg, 'lat')} {spell(lon_deg, 'lon')}" for spell in (dms_text, ddm_text))
    back = [read_position(text).one() for text in (dms, ddm)]

    assert all(distance_m((lat_deg, lon_deg), (one.lat_deg, one.lon_deg)) < 0.25 for one in back)


@settings(deadline=None, max_examples=200)
@given(LATS, LONS)
def test_an_mgrs_echo_is_read_back_to_within_its_metre(lat_deg: float, lon_deg: float) -> None:
    one = read_position(reference_of((lat_deg, lon_deg))).one()

    assert distance_m((lat_deg, lon_deg), (one.lat_deg, one.lon_deg)) < 1.5


@settings(deadline=None, max_examples=200)
@given(LATS, LONS, st.integers(5, 8))
def test_decimal_degrees_are_read_as_they_stand(lat_deg: float, lon_deg: float, digits: int) -> None:
    typed = read_position(f"{lat_deg:.{digits}f}, {lon_deg:.{digits}f}")
    first = typed.readings[0]

    swapped = abs(float(f"{lat_deg:.{digits}f}")) > 90
    assert swapped or distance_m((lat_deg, lon_deg), (first.lat_deg, first.lon_deg)) < 2.0


@settings(deadline=None, max_examples=200)
@given(st.text(max_size=60) | st.text("0123456789.,:;/-+°'\"NSEWnsewdmsDT ", max_size=40))
def test_nothing_but_a_refusal_comes_of_noise(text: str) -> None:
    with contextlib.suppress(Refused):
        typed = read_position(text)
        assert all(-90 <= one.lat_deg <= 90 and -180 <= one.lon_deg <= 180 for one in typed.readings)
