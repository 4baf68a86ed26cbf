"""Bytes to reports, and what a feed's bytes or silence say about the feed itself."""

from typing import Final

import msgspec

from openline.clock import NS_PER_S, to_rfc3339
from openline.feeds import decoder
from openline.feeds.report import Refusal, Report
from openline.flow.outputs import Outputs
from openline.flow.state import FeedRules, FeedState, Rules, State
from openline.inbox import Bytes, Intake
from openline.tracks.columns import CLOCK, NEVER_NS

REFUSALS_SHOWN: Final = 10
REFUSALS_RECORDED_PER_MIN: Final = (
    20  # per feed, in full; the rest of that minute is counted, and the raw bytes are kept anyway
)


def use_feeds(state: State, rules: Rules) -> None:
    """Start every feed afresh with an empty decoder: after a start no byte of before is waiting for its other half."""
    old = state.feeds
    state.feeds = {}
    for feed in rules.feeds:
        fresh = FeedState(feed, decoder(feed.kind, feed.source, dict(feed.options)))
        before = old.get(feed.source)
        if before is not None:
            fresh.reports, fresh.refused, fresh.refusals = before.reports, before.refused, before.refusals
        state.feeds[feed.source] = fresh


def decode(state: State, given: Bytes, out: Outputs) -> list[Report]:
    """Reports in the bytes. Refusals are counted, kept, and recorded up to a rate."""
    feed = state.feeds.get(given.source)
    if feed is None:
        return []
    if feed.state not in ("up", "refusing"):
        feed.taken_ns = given.heard_ns  # from now on it is owed a report that can be accepted
        _turn(feed, "up", "", given.heard_ns, out)
    feed.last_heard_ns = given.heard_ns
    reports: list[Report] = []
    refusals: list[Refusal] = []
    ahead_ns = int(state.rules.tracks.future_s * NS_PER_S)
    for item in feed.decoder.receive(given.data, given.heard_ns):
        if isinstance(item, Report) and item.observed_ns is not None and item.observed_ns > item.heard_ns + ahead_ns:
            item = _from_the_future(state, item, item.observed_ns)
        if isinstance(item, Report):
            reports.append(_with_defaults(item, feed.rules))
        else:
            refusals.append(item)
            _refused(feed, item, out)
    feed.reports += len(reports)
    if reports:
        feed.taken_ns, feed.refused_since = given.heard_ns, 0
        if feed.state == "refusing":
            _turn(feed, "up", "", given.heard_ns, out)
    feed.refused_since += len(refusals)
    state.taken[given.seq] = (len(reports), refusals)
    return reports


def note_intake(state: State, given: Intake, out: Outputs) -> None:
    """What the shell saw of a feed's connection. Connected is not up: only bytes are."""
    feed = state.feeds.get(given.source)
    if feed is None:
        return
    if given.state == "up" and feed.state == "refusing":
        return
    shown = "connecting" if given.state == "up" and feed.state != "up" else given.state
    if (shown, given.why) != (feed.state, feed.why):
        _turn(feed, shown, given.why, given.at_ns, out)


def late_feeds(state: State, now_ns: int, out: Outputs) -> None:
    """Silent for too long is late, nothing accepted for as long is refusing; refusals only counted are said once a minute."""
    for feed in state.feeds.values():
        if feed.state == "connecting" and feed.since_ns != NEVER_NS and now_ns - feed.since_ns > feed.rules.late_s * NS_PER_S:
            _turn(feed, "late", feed.why or "nothing heard since it was started", now_ns, out)
        silent = feed.last_heard_ns != NEVER_NS and now_ns - feed.last_heard_ns > feed.rules.late_s * NS_PER_S
        if feed.state in ("up", "refusing") and silent:
            seconds = (now_ns - feed.last_heard_ns) // NS_PER_S
            _turn(feed, "late", f"nothing heard for {seconds} s", now_ns, out)
        barren_s = (now_ns - feed.taken_ns) // NS_PER_S
        if feed.state == "up" and feed.refused_since and barren_s > feed.rules.late_s:
            last = feed.refusals[-1]
            said = f"nothing accepted for {barren_s} s, {feed.refused_since} refused, last {last.field}: {last.value}"
            _turn(feed, "refusing", said, now_ns, out)
        if feed.unrecorded and now_ns // (60 * NS_PER_S) != feed.recorded_minute:
            _say_counted(feed, now_ns, out)


def _with_defaults(report: Report, rules: FeedRules) -> Report:
    """Class where the report states none, from the settings.

    An accuracy from the settings counts as stated: a person stated it.
    """
    change: dict[str, object] = {}
    if report.mover_class == "unknown" and rules.mover_class != "unknown":
        change["mover_class"] = rules.mover_class
    if rules.accuracy_m is not None and report.accuracy_m != report.accuracy_m:
        change["accuracy_m"] = rules.accuracy_m
    return msgspec.structs.replace(report, **change) if change else report


def _from_the_future(state: State, report: Report, at_ns: int) -> Refusal:
    """The source's clock is ahead of ours: nobody knows when the mover was there. A track it has already is doubted."""
    slot = state.picture.slot_of.get(report.mover)
    if slot is not None:
        state.picture.columns.doubts[slot] |= CLOCK
        state.picture.columns.doubt_ns[slot] = report.heard_ns
    accepted = f"at most {state.rules.tracks.future_s:g} s after it was heard; the sender's clock, or ours, is wrong"
    value, heard_ns = to_rfc3339(at_ns), report.heard_ns
    return Refusal(source=report.source, heard_ns=heard_ns, field="time", value=value, accepted=accepted, mover=report.mover)


def _refused(feed: FeedState, refusal: Refusal, out: Outputs) -> None:
    feed.refused += 1
    feed.refusals = [*feed.refusals[-(REFUSALS_SHOWN - 1) :], refusal]
    minute = refusal.heard_ns // (60 * NS_PER_S)
    if minute != feed.recorded_minute:
        if feed.unrecorded:
            _say_counted(feed, refusal.heard_ns, out)
        feed.recorded_minute, feed.recorded_count = minute, 0
    if feed.recorded_count < REFUSALS_RECORDED_PER_MIN:
        feed.recorded_count += 1
        out.refusal(refusal)
    else:
        feed.unrecorded += 1


def _say_counted(feed: FeedState, at_ns: int, out: Outputs) -> None:
    body = {
        "source": feed.rules.source,
        "counted": feed.unrecorded,
        "at_us": at_ns // 1000,
        "says": "further refusals, only counted",
    }
    out.add("refusal", body, (f"feed:{feed.rules.source}",))
    feed.unrecorded = 0


def _turn(feed: FeedState, state: str, why: str, at_ns: int, out: Outputs) -> None:
    feed.state, feed.why, feed.since_ns = state, why, at_ns
    body = {
        "source": feed.rules.source,
        "state": state,
        "why": why,
        "at_us": at_ns // 1000,
        "reports": feed.reports,
        "refused": feed.refused,
    }
    out.add("feed.state", body, (f"feed:{feed.rules.source}",), feed)
