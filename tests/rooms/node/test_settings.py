"""The settings file: complete by default, refused whole for any one mistake, and documented key by key."""

import re
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from openline.errors import BadPath, BadSetting
from openline.flow.state import Rules
from openline.node import settings_text
from openline.node.rules_of import rules_of, shown
from openline.node.settings import Settings
from openline.node.settings_file import load, parse
from openline.tracks.rules import TrackRules
from openline.watch.rules import WatchRules

PARTY = '[node]\nparty = "south.example"\n'
PATH = '[[path]]\nname = "a"\nkind = "smtp"\nto = "duty officer"\naddress_file = "tokens/a.txt"\n'
DOCS = Path(__file__).parents[3] / "docs" / "settings.md"


def refused(text: str) -> BadSetting:
    with pytest.raises(BadSetting) as no:
        parse(text)
    return no.value


def test_a_party_is_all_that_is_needed():
    assert parse(PARTY).listen.host == "127.0.0.1"


def test_the_defaults_are_the_flows_own_numbers():
    rules = rules_of(parse(PARTY))

    assert (rules.tracks, rules.watch) == (TrackRules(), WatchRules())


def test_every_number_the_flow_lives_by_can_be_set():
    watch = {name for name in WatchRules.__struct_fields__ if name not in Settings.__annotations__["watch"].__struct_fields__}
    tracks = {name for name in TrackRules.__struct_fields__ if name not in Settings.__annotations__["tracks"].__struct_fields__}

    assert (watch, tracks) == (set(), {"classes", "gap_s"})


def test_feeds_reach_the_flow_without_what_is_secret_or_local():
    text = PARTY + '[[feed]]\nname = "a"\nkind = "readsb"\nwhere = "/home/amal/aircraft.json"\n'

    assert rules_of(parse(text)).feeds[0].where == "aircraft.json"


def test_rules_can_be_recorded_and_read_back():
    rules = rules_of(parse(PARTY + '[[feed]]\nname = "a"\nkind = "sbs"\nwhere = "tcp://h:1"\noptions = { zone = "UTC" }\n'))

    assert msgspec.convert(msgspec.to_builtins(rules), Rules).tracks == rules.tracks


def test_the_policy_of_an_escalation_is_recorded_whole_and_without_addresses():
    steps = '[[escalation]]\nafter_s = 0\npaths = ["a"]\nsay = "+000 1"\n[[escalation]]\nafter_s = 60\npaths = ["a"]\n'
    rules = rules_of(parse(PARTY + PATH + 'quiet = "22:00-06:00"\nreach = ["10.0.0.0/8"]\n' + steps))
    recorded = msgspec.json.encode(rules)

    assert msgspec.json.decode(recorded, type=Rules).escalation.hash == rules.escalation.hash
    assert b"tokens" not in recorded
    assert b"10.0.0.0" not in recorded


def test_a_url_is_shown_without_its_query():
    assert shown("http://h/a.json?x=1") == "http://h/a.json"


def test_one_key_of_a_class_keeps_the_others():
    vehicle = parse(PARTY + "[tracks.vehicle]\nlost_s = 900\n").tracks.vehicle

    assert (vehicle.lost_s, vehicle.coast_s) == (900, 90)


@pytest.mark.parametrize(
    ("text", "field", "meant"),
    [
        (PARTY + "[listen]\nprot = 1\n", "listen.prot", "listen.port"),
        (PARTY + "[lisen]\nport = 1\n", "lisen", "listen"),
        ('party = "a"\n', "party", "node.party"),
        (PARTY + "[tracks.vehicle]\nlost = 1\n", "tracks.vehicle.lost", "tracks.vehicle.lost_s"),
        (PARTY + '[[feed]]\nname="a"\nkind="osmand"\ntoken="x"\n', "feed[0].token", "feed[0].token_file"),
    ],
)
def test_an_unknown_key_is_refused_with_the_nearest_one(text, field, meant):
    facts = refused(text).facts

    assert (facts["field"], facts["meant"]) == (field, meant)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("", "node"),
        ("[node]\n", "node.party"),
        ("node = 3\n", "node"),
        ('[[node]]\nparty = "x"\n', "node"),
        ('[node]\nparty = "South"\n', "node.party"),
        (PARTY + 'own_positions = ["there"]\n', "node.own_positions[0]"),
        (PARTY + "area_km = -1\n", "node.area_km"),
        (PARTY + "[listen]\nport = 65536\n", "listen.port"),
        (PARTY + '[listen]\nport = "8470"\n', "listen.port"),
        (PARTY + "[listen]\nport = true\n", "listen.port"),
        (PARTY + '[listen]\ntls = "on"\n', "listen.tls"),
        (PARTY + '[listen]\nhost = "0.0.0.0"\n', "listen.host"),
        (PARTY + '[listen]\ntls = "files"\n', "listen.certificate_file"),
        (PARTY + '[listen]\nhosts = ["a b"]\n', "listen.hosts[0]"),
        (PARTY + '[listen]\nhosts = ["https://x"]\n', "listen.hosts[0]"),
        (PARTY + "[watch]\ngap_s = nan\n", "watch.gap_s"),
        (PARTY + "[watch]\ngap_s = inf\n", "watch.gap_s"),
        (PARTY + "[watch]\ngap_s = 0\n", "watch.gap_s"),
        (PARTY + "[tracks.vessel]\ncoast_s = -1\n", "tracks.vessel.coast_s"),
        (PARTY + "feed = [1]\n", "node.feed"),
        ("feed = [1]\n" + PARTY, "feed[0]"),
        (PARTY + '[[feed]]\nname = "a"\nkind = "radar"\n', "feed[0].kind"),
        (PARTY + '[[feed]]\nname = "a"\nkind = "readsb"\n', "feed[0].where"),
        (PARTY + '[[feed]]\nname = "a"\nkind = "osmand"\n', "feed[0].token_file"),
        (PARTY + '[[feed]]\nname = "A b"\nkind = "sbs"\nwhere = "x"\n', "feed[0].name"),
        (PARTY + '[[feed]]\nname = "a"\nkind = "sbs"\nwhere = "x"\n' * 2, "feed[1].name"),
        (PARTY + '[[feed]]\nname = "a"\nkind = "readsb"\nwhere = "http://u:p@h/"\n', "feed[0].where"),
        (PARTY + '[[feed]]\nname = "a"\nkind = "readsb"\nwhere = "http://h/?token=1"\n', "feed[0].where"),
        (PARTY + '[[feed]]\nname = "a"\nkind = "readsb"\nwhere = "x"\noptions = { speed = "kt" }\n', "feed[0].options"),
        ('[node]\nparty = "a"\nlocal_zone = "Mars/Olympus"\n', "node.local_zone"),
        ('[node]\nparty = "a"\nlocal_zone = "../../etc/passwd"\n', "node.local_zone"),
        (PARTY + '[[path]]\nname = "a"\nkind = "smtp"\nto = "x"\n', "path[0].address_file"),
        (PARTY + PATH.replace("smtp", "pigeon"), "path[0].kind"),
        (PARTY + PATH + PATH, "path[1].name"),
        (PARTY + PATH + 'severities = ["grave"]\n', "path[0].severities[0]"),
        (PARTY + PATH + 'quiet = "at night"\n', "path[0].quiet"),
        (PARTY + PATH + 'quiet = "22:00-24:00"\n', "path[0].quiet"),
        (PARTY + PATH + 'reach = ["the office"]\n', "path[0].reach"),
        (PARTY + PATH + 'reach = ["10.0.0.1/8"]\n', "path[0].reach"),
        (PARTY + PATH + '[[escalation]]\nafter_s = 0\npaths = ["b"]\n', "escalation[0].paths"),
        (PARTY + PATH + '[[escalation]]\nafter_s = 9\npaths = ["a"]\n' * 2, "escalation[1].after_s"),
        (PARTY + PATH + "[[escalation]]\nafter_s = 0\npaths = []\n", "escalation[0].paths"),
        ("[node\n", "settings"),
        ("x = " + "[" * 5_000, "settings"),
    ],
)
def test_one_mistake_anywhere_refuses_the_file_with_its_field(text, field):
    no = refused(text)

    assert no.facts["field"] == field
    assert no.facts["accepted"]


def test_a_refused_address_with_a_secret_does_not_repeat_it():
    assert "hunter2" not in refused(PARTY + '[[feed]]\nname="a"\nkind="readsb"\nwhere="http://u:hunter2@h/"\n').message


def test_a_file_that_is_not_there_says_how_to_make_one(tmp_path):
    with pytest.raises(BadPath, match="There is no node in") as refused:
        load(tmp_path / "openline.toml")

    assert f"openline init {tmp_path}" in refused.value.remedy


def test_a_number_in_quotes_is_told_to_lose_them():
    assert refused(PARTY + '[listen]\nport = "8470"\n').message == (
        'listen.port: the text "8470" is not accepted; accepted: 0 to 65 535, a whole number without quotes'
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ('{ datm = "amsl" }', "there is no option datm; accepted: time, zone, datum, mover_class, method, delimiter"),
        ('{ datum = "sea" }', "option datum: 'sea' is not accepted; accepted: baro, wgs84, amsl, agl"),
    ],
)
def test_a_wrong_option_of_a_feed_is_refused_with_the_right_ones(options, said):
    assert said in refused(PARTY + f'[[feed]]\nname="a"\nkind="csv"\nwhere="x.csv"\noptions={options}\n').message


def test_a_mistake_in_the_file_names_the_file_to_put_right(tmp_path):
    path = tmp_path / "openline.toml"
    path.write_text(PARTY + "[listen]\nport = 70000\n")

    with pytest.raises(BadSetting) as refused:
        load(path)

    assert str(path) in refused.value.remedy


@pytest.mark.parametrize("data", [b"\xff\xfe", b"\x00", b"x" * 2_000_000])
def test_a_file_that_is_no_text_is_refused(tmp_path, data):
    path = tmp_path / "openline.toml"
    path.write_bytes(data)

    with pytest.raises(BadSetting):
        load(path)


@given(st.text(max_size=60))
def test_no_text_whatever_is_more_than_refused(text):
    try:
        parse(PARTY + text)
    except BadSetting:
        pass


def test_the_file_init_writes_is_the_defaults():
    text = settings_text.default_text({"node": {"party": "south.example"}})

    assert parse(text) == parse(PARTY)


def test_the_file_init_writes_shows_every_key_with_the_value_it_has():
    """Uncommenting any commented key changes nothing."""
    text = settings_text.default_text({"node": {"party": "south.example"}})
    for name in settings_text.REPEATED:
        before, _, rest = text.partition(f"#[[{name}]]")
        text = before + "\n\n" + rest.partition("\n\n")[2]
    shown_text = re.sub(r"(?m)^#(?=[a-z_\[])", "", text)

    assert parse(shown_text) == parse(PARTY)


def test_every_key_has_a_sentence():
    def keys(kind):
        for field in msgspec.inspect.type_info(kind).fields:  # type: ignore[attr-defined]
            if isinstance(field.type, msgspec.inspect.StructType):
                yield from keys(field.type.cls)
            elif kind is Settings:
                yield from keys(settings_text.REPEATED[field.name])
            else:
                yield field.name, settings_text._told(field.type)[0]

    assert [name for name, says in keys(Settings) if not says.endswith(".")] == []


def test_the_page_of_settings_is_the_settings():
    assert DOCS.read_text("utf-8") == settings_text.reference(), "run: python -m openline.node.settings_text > docs/settings.md"


def test_timers_out_of_order_are_refused_by_name() -> None:
    with pytest.raises(BadSetting) as wrong:
        parse('[node]\nparty = "south.example"\n[line.flash]\nseen_s = 400\n')
    assert wrong.value.facts["field"] == "line.flash"
    assert "order" in wrong.value.facts["accepted"]


@pytest.mark.parametrize(
    ("key", "value"),
    [("language", '"de"'), ("tolerance_m", "0"), ("handling_min", "1441"), ("notice_min", "-1"), ("ballast_mb", "4097")],
)
def test_what_was_agreed_has_bounds(key: str, value: str) -> None:
    table = "record" if key == "ballast_mb" else "line"
    with pytest.raises(BadSetting) as wrong:
        parse(f'[node]\nparty = "south.example"\n[{table}]\n{key} = {value}\n')
    assert wrong.value.facts["field"] == f"{table}.{key}"


def test_what_was_agreed_is_what_the_node_runs_with() -> None:
    text = '[line]\nlanguage = "ru"\ntolerance_m = 900\nhandling_min = 20\nnotice_min = 90\n[line.routine]\nseen_s = 3600\n'
    rules = rules_of(parse(f'[node]\nparty = "south.example"\n{text}')).line
    assert (rules.language, rules.tolerance_m, rules.handling_s, rules.notice_min_s) == ("ru", 900, 1_200, 5_400)
    assert {name: timers.seen_s for name, timers in rules.timers.items()} == {"routine": 3_600}
