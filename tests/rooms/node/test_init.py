"""A new node: everything is there, fits together, belongs to its user alone; a refusal leaves nothing."""

import msgspec
import pytest

from openline import seal
from openline.errors import BadPath, BadRecord, BadSetting, OpenlineError, Refused
from openline.node import init, keys
from openline.node.doors import senders
from openline.node.settings_file import load
from openline.record.keys import read_manifest
from openline.record.store import Store
from tests.rooms.node.doors import NOW_NS, PASSWORD, QuickHasher, entropy

ANSWERS = init.Answers(
    party="south.example", administrator="Amal", password=PASSWORD, phones=True, readsb="http://127.0.0.1/a.json"
)


@pytest.fixture(autouse=True)
def no_network(monkeypatch):
    """The machine's own addresses are asked of the kernel, which a test may not."""
    monkeypatch.setattr("openline.node.doors.tls.own_addresses", list)


@pytest.fixture
def made(tmp_path):
    return create(tmp_path / "node")


def create(folder, answers=ANSWERS):
    return init.create(folder, answers, NOW_NS, entropy(), QuickHasher())


def test_the_settings_it_writes_are_read_back(made):
    settings = load(made.settings)

    assert settings.node.party == "south.example"
    assert [feed.name for feed in settings.feed] == ["receiver", "phones"]


def test_nobody_else_may_read_a_key_a_token_or_the_record(made):
    files = [path for path in made.folder.rglob("*") if path.is_file()]

    assert [path.name for path in files if path.stat().st_mode & 0o077] == []
    assert [path.name for path in (made.folder, *made.folder.rglob("*")) if path.is_dir() and path.stat().st_mode & 0o077] == []


def test_each_use_has_a_key_of_its_own(made):
    manifest = keys.load(made.folder).manifest

    assert sorted(key.use for key in manifest.keys) == ["line", "log", "root", "tls", "witness"]
    assert len({key.pub for key in manifest.keys}) == 5


def test_the_manifest_is_signed_by_the_root_a_person_is_told(made):
    manifest = read_manifest((made.folder / keys.MANIFEST).read_bytes())

    assert manifest.fingerprint == made.root_fingerprint


def test_a_manifest_changed_by_one_byte_is_refused(made):
    path = made.folder / keys.MANIFEST
    data = path.read_bytes()
    for at in range(0, len(data), 7):
        path.write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        with pytest.raises(BadSetting):
            keys.load(made.folder)


def test_a_key_that_is_not_the_manifests_is_refused(made):
    path = made.folder / "keys" / "log.pem"
    path.write_bytes(seal.Signer.generate(entropy()).to_pem())

    with pytest.raises(BadSetting, match="log"):
        keys.load(made.folder)


def test_a_key_others_may_read_is_refused(made):
    (made.folder / "keys" / "line.pem").chmod(0o640)

    with pytest.raises(BadSetting, match="chmod 600"):
        keys.load(made.folder)


def test_the_node_runs_with_its_root_key_taken_away(made):
    (made.folder / "keys" / "root.pem").unlink()

    assert keys.load(made.folder).root is None


def test_no_key_prints_itself(made):
    pem = (made.folder / "keys" / "log.pem").read_text()

    assert pem.split("\n")[1] not in repr(keys.load(made.folder))


def test_the_record_begins_with_the_node_its_keys_and_its_administrator(made):
    with Store.open(made.folder / "record.sqlite3", keys.load(made.folder).identity()) as store:
        assert [entry.kind for entry in store.entries()] == ["node.init", "key", "user"]
        assert [(row.name, row.role) for row in store.operators()] == [("Amal", "administrator")]


def test_the_record_is_opened_with_this_nodes_key_only(made, tmp_path):
    other = create(tmp_path / "other", msgspec.structs.replace(ANSWERS, party="north.example"))

    with pytest.raises(BadRecord):
        Store.open(made.folder / "record.sqlite3", keys.load(other.folder).identity())


def test_the_log_is_named_by_party_and_epoch(made):
    assert made.origin == "south.example/openline/log/1"


def test_the_phones_token_is_theirs(made):
    loaded = senders.load(load(made.settings), made.settings)

    assert loaded.of_token(made.phone_token, ("osmand",)).name == "phones"


def test_opening_to_the_network_brings_tls(tmp_path, monkeypatch):
    monkeypatch.setattr("openline.node.doors.tls.own_addresses", lambda: ["192.168.1.20"])
    made = create(tmp_path / "node", msgspec.structs.replace(ANSWERS, network=True))
    listen = load(made.settings).listen

    assert (listen.host, listen.tls) == ("0.0.0.0", "self_signed")


@pytest.mark.parametrize("there", ["file", "folder"])
def test_what_is_there_already_is_never_touched(tmp_path, there):
    folder = tmp_path / "node"
    if there == "file":
        folder.write_text("mine")
    else:
        folder.mkdir()
        (folder / "mine").write_text("mine")

    with pytest.raises(BadPath, match="there already"):
        create(folder)

    assert (folder if there == "file" else folder / "mine").read_text() == "mine"


@pytest.mark.parametrize(
    "change",
    [
        {"party": "South Example"}, {"party": ""}, {"administrator": ""}, {"password": "short"}, {"password": "Amal"},
        {"local_zone": "Nowhere"}, {"port": 70_000}, {"readsb": "http://u:p@h/"}, {"hosts": ("a b",)}, {"name": "x" * 100},
        {"party": 'a"\n[auth]\nfailures_max = 20 #'}, {"administrator": "<script>"},
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_refused_and_leaves_nothing(tmp_path, change):
    with pytest.raises((BadSetting, Refused)):
        create(tmp_path / "node", msgspec.structs.replace(ANSWERS, **change))

    assert list(tmp_path.iterdir()) == []


def test_a_crash_half_way_leaves_nothing(tmp_path, monkeypatch):
    def broken(*_args, **_more):
        raise OSError("no space left on device")

    monkeypatch.setattr(Store, "commit", broken)
    with pytest.raises(OSError, match="no space"):
        create(tmp_path / "node")

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ['quote " in it', "back\\slash", "new\nline", "ünïcode ٣", "'''", "]]"])
def test_a_name_with_odd_letters_survives_the_file(tmp_path, text):
    made = create(tmp_path / "node", msgspec.structs.replace(ANSWERS, name=text))

    assert load(made.settings).node.name == text


def test_answers_never_print_the_password():
    assert PASSWORD not in repr(ANSWERS)


def test_a_directory_that_is_no_node_says_how_to_make_one(tmp_path):
    with pytest.raises(OpenlineError, match="openline init"):
        keys.load(tmp_path)


def test_a_node_that_counterparts_call_listens_where_its_card_says(tmp_path):
    answers = msgspec.structs.replace(ANSWERS, line="https://line.south.example:9471")
    line = load(create(tmp_path / "node", answers).settings).line

    assert (line.listen, line.host, line.port, line.urls) == (True, "0.0.0.0", 9471, ("https://line.south.example:9471",))


@pytest.mark.parametrize(
    "url", ["http://line.south.example", "https://a:99999", "https://u:p@h", "line.south.example", "https://"]
)
def test_an_address_no_counterpart_would_take_makes_no_node(tmp_path, url):
    with pytest.raises(BadSetting) as wrong:
        create(tmp_path / "node", msgspec.structs.replace(ANSWERS, line=url))

    assert wrong.value.facts["field"] == "line.urls[0]" or "port" in wrong.value.facts["field"]
    assert not (tmp_path / "node").exists()
