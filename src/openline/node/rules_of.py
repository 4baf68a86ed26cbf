"""The numbers of the settings as the flow takes them; the node records them at every start, so that a replay uses the same."""

from pathlib import PurePath

import msgspec

from openline.feeds.report import MOVER_CLASSES
from openline.flow.state import FeedRules, LineRules, Rules
from openline.line.escalation import Path, Policy, Step
from openline.line.precedence import DEFAULTS, PRECEDENCES, Precedence, Timers, timers_of
from openline.node.settings import Line, Settings
from openline.tracks.rules import ClassRules, TrackRules
from openline.watch.rules import WatchRules


def rules_of(settings: Settings, boot: str = "") -> Rules:
    """Rules for `flow.step`."""
    return Rules(
        party=settings.node.party,
        tracks=_tracks(settings),
        watch=WatchRules(**{name: getattr(settings.watch, name) for name in WatchRules.__struct_fields__}),
        feeds=tuple(
            FeedRules(
                source=feed.name,
                kind=feed.kind,
                where=shown(feed.where),
                options=dict(feed.options),
                late_s=feed.late_s,
                mover_class=feed.mover_class,
                accuracy_m=feed.accuracy_m,
            )
            for feed in settings.feed
        ),
        line=_line(settings, boot),
        escalation=policy_of(settings),
    )


def timers(line: Line) -> dict[Precedence, Timers]:
    """By precedence. Raises `Refused` for times out of order."""
    return timers_of({name: msgspec.structs.asdict(getattr(line, name)) for name in PRECEDENCES})


def _line(settings: Settings, boot: str) -> LineRules:
    given = settings.line
    return LineRules(
        language=given.language,
        tolerance_m=given.tolerance_m,
        handling_s=given.handling_min * 60,
        notice_min_s=given.notice_min * 60,
        exercise=settings.node.exercise,
        timers={str(name): one for name, one in timers(given).items() if one != DEFAULTS[name]},
        boot=boot,
    )


def policy_of(settings: Settings) -> Policy:
    """Who is told of what is due, without the addresses."""
    paths = tuple(Path(**{name: getattr(one, name) for name in Path.__struct_fields__}) for one in settings.path)
    steps = tuple(Step(one.after_s, one.paths, one.say) for one in settings.escalation)
    numbers = {name: getattr(settings.delivery, name) for name in settings.delivery.__struct_fields__}
    return Policy(steps, paths, **numbers)


def shown(where: str) -> str:
    """Where a feed is, as screens and the record may say it: without the query, and a file by its name only."""
    if "://" in where:
        return where.partition("?")[0]
    return PurePath(where).name if where else ""


def _tracks(settings: Settings) -> TrackRules:
    given = settings.tracks
    classes = {
        str(name): ClassRules(**{field: getattr(getattr(given, name), field) for field in ClassRules.__struct_fields__})
        for name in MOVER_CLASSES
    }
    same = {name: getattr(given, name) for name in TrackRules.__struct_fields__ if name not in ("classes", "gap_s")}
    return TrackRules(classes=classes, gap_s=settings.watch.gap_s, **same)
