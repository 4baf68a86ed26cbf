"""Every setting of a node, with its default, its bounds and its sentence, here and nowhere else.

`docs/settings.md` and the commented file that `openline init` writes are made from these structs (`settings_text.py`), and
`settings_file.py` reads and checks the file. Secrets never stand in it: a key ending in `_file` names where they are.
"""

from typing import Annotated as A
from typing import Final, Literal

import msgspec
from msgspec import Meta as M

from openline.feeds.registry import KINDS
from openline.feeds.report import MoverClass
from openline.flow.state import LineRules
from openline.line.escalation import SEVERITIES, Kind, Severity
from openline.line.precedence import DEFAULTS as TIMERS
from openline.line.precedence import TIMER_S_MAX, Precedence
from openline.tracks.rules import DEFAULTS as CLASS_DEFAULTS
from openline.tracks.rules import TrackRules
from openline.watch.rules import WatchRules

Language = Literal["en", "ar", "ru", "fr", "es"]
AGREED: Final = LineRules()
PARTY: Final = r"^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$"
TRACKS: Final = TrackRules()
WATCH: Final = WatchRules()
NAME: Final = r"^[a-z0-9][a-z0-9_.-]{0,39}$"


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """Who this node is. `openline init` writes the party; changing it later makes a different node."""

    party: A[str, M(pattern=PARTY, description="The party this node speaks for, like a domain name. Fixed by `openline init`.")]
    name: A[str, M(max_length=80, description="What the console calls this node.")] = "Openline"
    exercise: A[bool, M(description="Mark every entry and every screen as an exercise.")] = False
    local_zone: A[str, M(description="Your time zone, shown beside UTC: an IANA name, such as Asia/Amman.")] = "UTC"
    counterpart_zone: A[str, M(description="The counterpart's time zone, shown beside yours.")] = "UTC"
    own_positions: A[
        tuple[str, ...],
        M(max_length=16, description="Where you are yourselves, as typed positions: one typed in that equals it is doubted."),
    ] = ()
    area_km: A[
        float, M(ge=0, le=20_000, description="A typed position farther than this from every zone is doubted; 0: none is.")
    ] = 500.0


class Listen(msgspec.Struct, frozen=True, kw_only=True):
    """Where browsers, phones and feeds that send reach this node. Anything but this machine itself needs TLS."""

    host: A[
        str, M(min_length=1, description="Address to listen on: 127.0.0.1 is this machine only, 0.0.0.0 every network.")
    ] = "127.0.0.1"
    port: A[int, M(ge=0, le=65_535, description="TCP port; 0 takes a free one and prints it.")] = 8470
    tls: A[
        Literal["off", "self_signed", "files"],
        M(description="off (allowed on 127.0.0.1 and ::1 only), self_signed (keys/tls.*, made by `openline init`) or files."),
    ] = "off"
    certificate_file: A[str, M(description='With tls = "files": the certificate chain, PEM.')] = ""
    key_file: A[str, M(description='With tls = "files": its private key, PEM, readable by this user only.')] = ""
    hosts: A[tuple[str, ...], M(max_length=32, description="Names browsers may use for this node besides its address.")] = ()


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """One source of positions; the table may stand any number of times. A feed that sends to the node needs a token."""

    name: A[str, M(pattern=NAME, description="A short name of your own, unique: the source of every report.")]
    kind: A[str, M(description="The format.", extra={"accepted": ", ".join(KINDS)})]
    where: A[
        str,
        M(
            max_length=500,
            description="A URL, tcp://host:port or a file to read; empty: the sender comes to /api/v1/reports or /osmand.",
        ),
    ] = ""
    token_file: A[str, M(description="File with the token a sender must show. Needed where `where` is empty.")] = ""
    poll_s: A[float, M(ge=0.1, le=3_600, description="Seconds between two reads of a URL, or of a file that changes.")] = 1.0
    late_s: A[float, M(ge=1, le=86_400, description="Without news for this long the feed is shown as late.")] = 15.0
    mover_class: A[MoverClass, M(description="Class of movers of which neither the report nor its format says one.")] = (
        "unknown"
    )
    accuracy_m: (
        A[float, M(ge=0.1, le=100_000, description="95 % radius for reports that state none; left out: that of the class.")]
        | None
    ) = None
    options: A[
        dict[str, str | int | float | bool],
        M(max_length=20, description="What the format leaves open, as a table: zone, datum and others, see docs/feeds.md."),
    ] = {}


class Watch(msgspec.Struct, frozen=True, kw_only=True):
    """When the watch speaks and when it stops."""

    gap_s: A[float, M(ge=1, le=3_600, description="A longer gap between two fixes is never interpolated across silently.")] = (
        WATCH.gap_s
    )
    exit_margin_m: A[
        float, M(ge=0, le=5_000, description="Out is out only this far from a ring, or beyond the error circle.")
    ] = WATCH.exit_margin_m
    exit_hold_s: A[float, M(ge=0, le=3_600, description="Or after this long outside.")] = WATCH.exit_hold_s
    near_zone_m: A[
        float,
        M(ge=0, le=1_000_000, description="A mover this near to a zone's outermost ring is kept until a person closes it."),
    ] = WATCH.near_zone_m
    approach_clear_s: A[float, M(ge=1, le=3_600, description="An approach not predicted for this long is averted.")] = (
        WATCH.approach_clear_s
    )
    approach_speed_min_mps: A[float, M(ge=0, le=100, description="Slower than this nothing is predicted.")] = (
        WATCH.approach_speed_min_mps
    )
    tick_s: A[float, M(ge=0.1, le=10, description="Seconds between two looks when nothing arrives.")] = 1.0


class ClassRules(msgspec.Struct, frozen=True, kw_only=True):
    """What is expected of one class of mover; one table for each of aircraft, vehicle, vessel, people and unknown."""

    coast_s: A[float, M(ge=1, le=86_400, description="Without a fix for this long: coasting, with a growing area.")]
    lost_s: A[float, M(ge=1, le=86_400, description="Without a fix for this long: LAST KNOWN.")]
    speed_max_mps: A[float, M(ge=1, le=20_000, description="Nothing of this class goes faster: the gate for impossible jumps.")]
    accuracy_default_m: A[float, M(ge=1, le=100_000, description="95 % radius where neither report nor feed states one.")]
    horizon_s: A[float, M(ge=1, le=86_400, description="How far ahead an approach is predicted.")]
    drift_mps: A[float, M(ge=0, le=20_000, description="The area of an unseen mover grows at least this fast.")]


def _of_class(name: MoverClass) -> ClassRules:
    rules = CLASS_DEFAULTS[name]
    return ClassRules(**{field: getattr(rules, field) for field in ClassRules.__struct_fields__})


class Tracks(msgspec.Struct, frozen=True, kw_only=True):
    """How many movers are kept, which reports are doubted, and when a mover's silence means something."""

    movers_max: A[
        int,
        M(ge=10, le=1_000_000, description="Movers held at once. One in a finding, near a zone or on a list is never put out."),
    ] = TRACKS.movers_max
    archive_max: A[int, M(ge=0, le=10_000_000, description="Movers remembered for searching after they left.")] = (
        TRACKS.archive_max
    )
    claims_max: A[int, M(ge=1, le=1_000, description="Claims of identity kept with a mover; older ones are in the record.")] = (
        TRACKS.claims_max
    )
    future_s: A[float, M(ge=0, le=3_600, description="A report from further ahead than this has a wrong clock.")] = (
        TRACKS.future_s
    )
    velocity_gap_s: A[
        float,
        M(
            ge=0,
            le=86_400,
            description="Speed and climb nobody states are worked out across a gap up to this; beyond `watch.gap_s` as vague.",
        ),
    ] = TRACKS.velocity_gap_s
    jump_floor_m: A[float, M(ge=0, le=100_000, description="A jump shorter than this is noise.")] = TRACKS.jump_floor_m
    jump_margin_mps: A[
        float, M(ge=0, le=20_000, description="Added to 1.5 times the stated speed before a jump is impossible.")
    ] = TRACKS.jump_margin_mps
    frozen_speed_mps: A[
        float, M(ge=0, le=20_000, description="The same position twice at more than this speed is not a new measurement.")
    ] = TRACKS.frozen_speed_mps
    suspects_to_move: A[int, M(ge=1, le=100, description="Fixes that agree with each other before a track moves to them.")] = (
        TRACKS.suspects_to_move
    )
    mass_jump_movers: A[int, M(ge=2, le=1_000, description="This many movers jumping to one place are a GNSS disturbance.")] = (
        TRACKS.mass_jump_movers
    )
    mass_jump_radius_m: A[float, M(ge=1, le=1_000_000, description="One place: within this radius.")] = (
        TRACKS.mass_jump_radius_m
    )
    mass_jump_s: A[float, M(ge=1, le=3_600, description="Within this time.")] = TRACKS.mass_jump_s
    doubt_s: A[float, M(ge=1, le=86_400, description="A doubt is shown this long after its last cause.")] = TRACKS.doubt_s
    aircraft: ClassRules = _of_class("aircraft")
    vehicle: ClassRules = _of_class("vehicle")
    vessel: ClassRules = _of_class("vessel")
    people: ClassRules = _of_class("people")
    unknown: ClassRules = _of_class("unknown")


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Where the record is kept. Give it a disk of its own where you can: on a full disk nothing is taken."""

    path: A[str, M(min_length=1, description="The record's file, relative to this one.")] = "record.sqlite3"
    ballast_mb: A[
        int,
        M(
            ge=0,
            le=4_096,
            description="Room kept beside it, given up when the disk is full, in MiB; an eighth of a small disk. With less "
            "than twice as much free feeds are refused, with less than as much all but what is urgent.",
        ),
    ] = 64


class Auth(msgspec.Struct, frozen=True, kw_only=True):
    """People signing in."""

    idle_min: A[
        float, M(ge=1, le=720, description="After this long without an act the next act needs the password; the picture stays.")
    ] = 15.0
    session_h: A[float, M(ge=0.1, le=24, description="After this long a person signs in again, whatever he does.")] = 12.0
    failures_max: A[int, M(ge=2, le=20, description="Wrong passwords in a row before a name is locked.")] = 5
    lock_s: A[float, M(ge=1, le=3_600, description="First lock; each further failure doubles it, up to an hour.")] = 30.0
    password_chars_min: A[int, M(ge=8, le=128, description="Shortest password accepted.")] = 12
    hash_threads: A[
        int, M(ge=1, le=8, description="Passwords checked at once; each takes 64 MB and half a second on purpose.")
    ] = 2


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What a stranger or a broken sender can cost. At each limit the sender gets a clear refusal and nothing else suffers."""

    json_bytes_max: A[int, M(ge=10_000, le=100_000_000, description="Largest JSON body.")] = 1_000_000
    file_bytes_max: A[int, M(ge=10_000, le=1_000_000_000, description="Largest zone file sent for reading.")] = 20_000_000
    reports_bytes_max: A[int, M(ge=10_000, le=1_000_000_000, description="Largest batch of positions.")] = 64_000_000
    connections_max: A[int, M(ge=10, le=100_000, description="Connections at once; more are answered 503.")] = 1_000
    connections_per_address_max: A[
        int, M(ge=5, le=100_000, description="Connections at once from one address, this machine excepted.")
    ] = 200
    header_s: A[float, M(ge=1, le=600, description="A request's headers must arrive within this.")] = 10.0
    body_s: A[float, M(ge=1, le=3_600, description="Longest silence between two pieces of a body.")] = 20.0
    sockets_max: A[int, M(ge=2, le=10_000, description="Browser sockets at once.")] = 200
    events_waiting_max: A[
        int, M(ge=100, le=1_000_000, description="Event frames waiting for one slow browser before it is resynchronised.")
    ] = 2_000
    logins_per_min: A[float, M(ge=1, le=600, description="Attempts to sign in from one address a minute.")] = 10.0
    guests_per_min: A[float, M(ge=5, le=6_000, description="Requests for guest pages from one address a minute.")] = 60.0
    acts_per_min: A[float, M(ge=10, le=60_000, description="Acts of one person a minute.")] = 300.0
    list_rows_max: A[int, M(ge=10, le=100_000, description="Most rows one answer lists.")] = 1_000


class Timing(msgspec.Struct, frozen=True, kw_only=True):
    """By when, after a message of a precedence was queued, each answer must have come; one table a precedence."""

    receipt_s: A[int, M(ge=1, le=TIMER_S_MAX, description="Stored at the counterpart's.")]
    seen_s: A[int, M(ge=1, le=TIMER_S_MAX, description="Seen by a person there.")]
    readback_s: A[int, M(ge=1, le=TIMER_S_MAX, description="Read back.")]
    answer_s: A[int, M(ge=1, le=TIMER_S_MAX, description="Answered; the four come in this order of time.")]
    initials_s: A[int, M(ge=1, le=TIMER_S_MAX, description="Of a notice: the initials of an officer.")]
    telephone_s: A[int, M(ge=1, le=TIMER_S_MAX, description="Of a notice: its issuer is told to telephone.")]


def _timing(name: Precedence) -> Timing:
    timers = TIMERS[name]
    return Timing(**{field: getattr(timers, field) for field in Timing.__struct_fields__})


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """Where counterparts reach this node (TLS 1.3, certificates pinned on both sides), and what was agreed with all of them."""

    listen: A[
        bool, M(description="Let counterparts call this node. Without it this node only calls, and fetches what is for it.")
    ] = False
    host: A[str, M(min_length=1, description="Address to listen on for counterparts.")] = "0.0.0.0"
    port: A[int, M(ge=0, le=65_535, description="TCP port for counterparts; 0 takes a free one and prints it.")] = 8471
    urls: A[
        tuple[str, ...],
        M(max_length=8, description="Where counterparts find it, as it goes on our card: https://line.south.example:8471."),
    ] = ()
    language: A[
        Language,
        M(description="What this desk writes in: the language of its own messages, beside English and approved translations."),
    ] = "en"
    tolerance_m: A[
        int,
        M(
            ge=1,
            le=100_000,
            description="A place read back this near to ours agrees, where they have no map of ours.",
        ),
    ] = AGREED.tolerance_m
    handling_min: A[int, M(ge=0, le=1_440, description="What a counterpart needs to pass a notice on, in minutes.")] = (
        AGREED.handling_s // 60
    )
    notice_min: A[
        int, M(ge=0, le=10_080, description="Notice that was agreed, in minutes: with less, a message needs a reason.")
    ] = AGREED.notice_min_s // 60
    flash: Timing = _timing("flash")
    immediate: Timing = _timing("immediate")
    priority: Timing = _timing("priority")
    routine: Timing = _timing("routine")


class Path(msgspec.Struct, frozen=True, kw_only=True):
    """One way of reaching somebody outside the console; the table may stand any number of times. See docs/delivery.md."""

    name: A[str, M(pattern=NAME, description="A short name of your own, unique: steps and the record name the path by it.")]
    kind: A[Kind, M(description="Mail, a web address of your own, or a service that Apprise knows.")]
    address_file: A[
        str, M(min_length=1, max_length=500, description="File with the address and its secrets, for the node's user only.")
    ]
    to: A[str, M(min_length=1, max_length=80, description="Who is reached: a role or a person, as the record shall say it.")]
    severities: A[
        tuple[Severity, ...],
        M(
            min_length=1,
            max_length=3,
            description="What this path is told of, by how grave it is.",
            extra={"accepted": "a list of " + ", ".join(SEVERITIES)},
        ),
    ] = SEVERITIES
    quiet: A[
        str,
        M(
            description="Silence hours in UTC: what is less than critical waits until they are over.",
            extra={"accepted": "two times of day such as 22:00-06:00, or empty"},
        ),
    ] = ""
    places: A[bool, M(description="What goes over this path may hold coordinates.")] = False
    reach: A[
        tuple[str, ...],
        M(
            max_length=16,
            description="Networks that are not public and that this path may reach all the same.",
            extra={"accepted": "a list of at most 16 networks, such as 10.1.0.0/16 or 127.0.0.1"},
        ),
    ] = ()
    within_s: A[float, M(ge=1, le=120, description="A try without an answer for this long is over.")] = 20.0


class Escalation(msgspec.Struct, frozen=True, kw_only=True):
    """One step of who is told of what is due, in order of time; the table stands once for each step. See docs/delivery.md."""

    after_s: A[int, M(ge=0, le=604_800, description="Seconds after something became due.")]
    paths: A[tuple[str, ...], M(min_length=1, max_length=16, description="The paths that are told then, all of them.")]
    say: A[str, M(max_length=300, description="Goes with the message: the telephone number of the other path, as a rule.")] = ""


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """How often those outside the console are told, over the paths and in the steps above."""

    again_s: A[
        int, M(ge=0, le=604_800, description="What was acknowledged and still stands after this long is told again; 0: never.")
    ] = 3_600
    link_s: A[int, M(ge=0, le=86_400, description="A line that is silent or down for this long is told of.")] = 60
    tries_max: A[int, M(ge=1, le=20, description="Tries of one message over one path; then the next path takes its place.")] = 4


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The whole file."""

    node: Node
    listen: Listen = Listen()
    line: Line = Line()
    path: tuple[Path, ...] = ()
    escalation: tuple[Escalation, ...] = ()
    delivery: Delivery = Delivery()
    feed: tuple[Feed, ...] = ()
    watch: Watch = Watch()
    tracks: Tracks = Tracks()
    record: Record = Record()
    auth: Auth = Auth()
    limits: Limits = Limits()
