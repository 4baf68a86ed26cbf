"""`openline line …`: through the running node, which alone signs and writes."""

import shlex
from pathlib import Path
from typing import Any

from openline.cli.line_statements import show_statements
from openline.cli.say import as_json as print_json
from openline.cli.say import note, out, table
from openline.errors import NotThere, Refused
from openline.node.doors.control import call
from openline.node.places import refuse_unwritable
from openline.node.typed_slots import params_of, time_of

REASONS = ("mistake", "over", "wrong_party", "replaced")


def show_card(node: Path, file: Path | None) -> None:
    """Our card and its words."""
    ours = call(node, {"do": "line"})
    if not ours.get("card"):
        raise NotThere("This node has no certificate for a line: it was made by an older release.")
    if file is None:
        out(ours["card"].rstrip("\n"))
    else:
        refuse_unwritable(file, "--out")
        file.write_text(ours["card"], "utf-8")
        note(f"{file}: send it to the counterpart, by any way; there is no secret in it")
    note("Read these sixteen words to the counterpart over another channel, and let it read its own to you:")
    words = ours["words"].split()
    for first in range(0, len(words), 4):
        note("    " + "  ".join(words[first : first + 4]))
    if not ours.get("urls"):
        note("The card names no address: nobody can call this node. Set listen and urls under [line], or let it call only.")


def add_counterpart(node: Path, card: Path, words: str, how: str, paths: list[str]) -> None:
    """First contact."""
    import typer

    from openline.line.card import read_card

    try:
        text = card.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise Refused("card", str(card), "a counterpart's card that can be read", remedy=str(error)) from None
    words = words or typer.prompt("The sixteen words the counterpart reads aloud")
    how = how or typer.prompt("Over which channel, and with whom (it is recorded)")
    act(node, {"act": "counterpart.put", "card": text, "words": words, "how": how}, "the counterpart is known; the line opens")
    if paths:
        put_paths(node, read_card(text.encode()).party, paths)


def put_paths(node: Path, to: str, paths: list[str]) -> None:
    """The other paths to a counterpart; with none, those that stood are gone."""
    said = f"other path to {to}: {'; '.join(paths)}" if paths else f"no other path to {to} any more"
    act(node, {"act": "counterpart.paths", "to": to, "paths": paths}, said)


def show_paths(node: Path, to: str) -> None:
    """The other paths to a counterpart. Raises `NotThere`."""
    lines = call(node, {"do": "state"})["lines"]
    found = [line for line in lines if line["party"] == to]
    if not found:
        raise NotThere(f"There is no line with {to}; there is one with {', '.join(one['party'] for one in lines) or 'nobody'}.")
    _other_path(found[0])


def grant(node: Path, to: str, granted: bool, reason: str) -> None:
    """Whether a counterpart may instruct us."""
    said = f"{to} {'may' if granted else 'may not'} instruct this desk: recorded"
    act(node, {"act": "line.grant", "to": to, "granted": granted, "reason": reason}, said)


def list_lines(node: Path, as_json: bool) -> None:
    """Every line and its messages."""
    lines = call(node, {"do": "state"})["lines"]
    if as_json:
        print_json(lines)
        return
    if not lines:
        out("no lines: add a counterpart with `openline line add CARD`")
    for line in lines:
        since = f" since {line['since']}" if line["since"] else ""
        why = f" ({line['why']})" if line["why"] else ""
        out(f"{line['party']}: {line['state']}{since}{why}; {line['waiting']} without a receipt")
        if line["stopped"]:
            out(f"  NOTHING IS SIGNED: {line['stopped']}")
        for one in line["unusable"]:
            out(f"  NOT USABLE: {one['says']}; {one['talk']}")
        _missing(line)
        if line["state"] != "up" or line["unusable"] or any(_wanted(talk) for talk in line["talks"]):
            _other_path(line, "  ")
        rows = [
            (t["id"], "ours" if t["ours"] else "theirs", t["type"], t["precedence"], _farthest(t), _custody(t), _due(t))
            for t in line["talks"]
        ]
        if rows:
            table(("message", "whose", "type", "precedence", "farthest", "custody", "due"), rows)


def show_templates(node: Path, name: str, as_json: bool) -> None:
    """Templates, or the slots of one."""
    found = call(node, {"do": "line"})["templates"]
    chosen = [one for one in found if not name or one["id"] == name]
    if not chosen:
        raise Refused("template", name, ", ".join(one["id"] for one in found))
    if as_json:
        print_json(chosen)
    elif not name:
        table(("template", "marker", "for"), [(one["id"], one["marker"], ", ".join(one["types"])) for one in chosen])
    else:
        out(chosen[0]["text"])
        rows = [
            (slot["name"], slot["kind"], "may be left out" if slot["optional"] else "", ", ".join(slot["choices"] or ()))
            for slot in chosen[0]["slots"]
        ]
        table(("slot", "kind", "", "one of"), rows)
        note(
            "Set a place as x_place='33.50N 038.61E' (or MGRS, DMS), an altitude x_altitude as x_cm and x_datum, a time as now,"
            " +30min, 14:05Z or in full."
        )


def send_message(
    node: Path,
    to: str,
    template: str,
    slots: list[str],
    precedence: str,
    more: dict[str, Any],
    valid: str,
    answer_by: str,
    preview: bool,
) -> None:
    """Preview or send. `more`: what else the act takes, left out where it is empty; `valid`, `answer_by`: times as typed."""
    typed = {"valid_us": ("--valid", valid), "answer_us": ("--answer-by", answer_by)}
    times = {name: time_of(option, value) for name, (option, value) in typed.items() if value}
    params = params_of(slots)
    shown = call(node, {"do": "line.preview", "template": template, "params": params, "precedence": precedence, "to": to})
    for language, text in shown["text"].items():
        out(f"[{language}]\n{text}\n")
    for language, why in shown["left_out"].items():
        note(f"not sent in {language}: {why}")
    if preview:
        return
    body: dict[str, Any] = {"act": "line.send", "to": to, "template": template, "params": params, "precedence": precedence}
    given = {name: value for name, value in {**more, **times}.items() if value}
    talk = call(node, {"do": "act", **body, **given})["said"]["talk"]
    out(f"queued for {to} as {talk['id']}")


def show_talk(node: Path, name: str, as_json: bool) -> None:
    """One message."""
    line, found = line_and_talk(node, name)
    if as_json:
        print_json(found)
        return
    out(next(iter(found["text"].values()), "(no text)"))
    out("")
    if found["unused"]:
        out(_unused(found))
    for mark in found["marks"]:
        out(f"MARKED: {mark}")
    if found["checked"]:
        out(CHECKED[found["checked"]["verdict"]].format(why=found["checked"]["why"]))
    rows = [
        (thing.replace("_", " "), "yes" if said else "not stated", (said or {}).get("who") or "", (said or {}).get("at") or "")
        for thing, said in found["five"].items()
    ]
    table(("", "", "who", "when"), rows)
    if found["seen_by"]:
        then = f"; telephone them at {found['telephone_at']}" if found["telephone_at"] and found["ours"] else ""
        out(f"an officer has to state by {found['seen_by']} that it was seen{then}")
    if found["result"]:
        result = found["result"]
        off_m, most_m = result["offset_m"], result["tolerance_m"]
        offset = "" if off_m is None else f"; the place is {off_m} m off (tolerance {most_m} m)"
        out(f"read-back: {result['outcome']}{offset}")
        if result["against"]:
            out(f"  THEIR RESULT IS NOT OURS: {result['against']}")
    if found["custody"]:
        out(found["custody"]["headline"])
    show_statements(found)
    for one in found["due"]:
        out(f"DUE since {one['since']}: {one['what'].replace('_', ' ')} {one['unit'] or ''}")
    if line["state"] != "up" or _wanted(found):
        _other_path(line)


def name_units(node: Path, name: str, units: list[str]) -> None:
    """The units that this desk has to tell."""
    found = talk_of(node, name)
    act(node, {"act": "line.units", "to": found["party"], "talk": name, "units": units}, f"{name}: entered")
    out(talk_of(node, name)["custody"]["headline"])


def state_of(node: Path, name: str, what: str, slots: list[str], template: str) -> None:
    """State something about a message."""
    found = talk_of(node, name)
    params: dict[str, Any] = params_of(slots)
    if what == "understood":
        params = {"fields": params}
    body = {"act": "line.state", "to": found["party"], "talk": name, "what": what, "params": params}
    act(node, body | ({"template": template} if template else {}), f"{name}: {what} is on its way to {found['party']}")


def enter_hop(node: Path, name: str, body: dict[str, Any]) -> None:
    """A statement entered by hand."""
    found = talk_of(node, name)
    act(node, {"act": "line.hop", "to": found["party"], "talk": name, **body}, f"{name}: entered here only")
    out(talk_of(node, name)["custody"]["headline"])
    if not found["ours"]:
        out(f"{found['party']} is NOT told. To tell the counterpart: {_to_state(name, body)}")


def _to_state(name: str, body: dict[str, Any]) -> str:
    """The command that states over the line what was entered by hand here."""
    slots = {"unit": body["unit"], "how": body["how"]}
    what, more = "passed_on", ""
    if body["stopped"]:
        more = " --template passed_on.stopped"
        slots |= {"result": "stopped", "stopped": "now", "stopped_choice": "…"}
    elif body["grade"] == "acted":
        what, slots = "acted", {"unit": body["unit"], "acted": "now", "what": "…"}
    else:
        grade = body["grade"] if body["grade"] != "passed_on" else "stored"
        last = "last_unit" if body["last"] else "on_the_way"
        slots |= {"result": "passed", "told": "now", "grade_choice": grade, "last_choice": last}
        slots["by_text"] = body["by"] or body["says"]
    sets = " ".join(f"--set {shlex.quote(f'{slot}={value}')}" for slot, value in slots.items())
    return f"openline line state {name} {what}{more} {sets}"


def take_back(node: Path, name: str, number: str, why: str) -> None:
    """A statement was not so; whether the counterpart knows it by now is said."""
    line, found = line_and_talk(node, name)
    which: str | int = int(number) if number.isdecimal() else number
    reason = {"why": why} if why in REASONS else {"why": "other", "reason": why}
    before = {_key(one) for one in found["statements"] if one["taken_back"]}
    body = {"act": "line.take_back", "to": found["party"], "talk": name, "number": which, **reason}
    act(node, body, f"{name}: taken back")
    found = talk_of(node, name)
    new = [one for one in found["statements"] if one["taken_back"] and _key(one) not in before]
    if not new:
        out(f"Here only: it did not go from here over the line, and {found['party']} is not told.")
    elif not any(one["taken_back"]["sent"] for one in new):
        out(f"It had not left yet, and is not sent to {found['party']}.")
    elif line["state"] != "up":
        out(f"QUEUED: the line is {line['state']}.")
        out(f"{line['party']} STILL READS IT until the line is up: tell them another way.")
        _other_path(line)
    else:
        out(f"on its way to {found['party']}")
    if found["custody"]:
        out(found["custody"]["headline"])


def _key(one: dict[str, Any]) -> tuple[Any, ...]:
    return one["what"], one["number"], one["at"], one["party"]


CHECKED = {
    "same": "checked: written again here from the template, the same",
    "differs": "DIFFERS FROM ITS TEMPLATE: {why}. Believe neither before you have asked them on the other path.",
    "not checked": "NOT CHECKED against a template: {why}",
}
HELD = {
    "same": "this node computes the same",
    "differs": "THIS NODE COMPUTES ANOTHER",
    "unknown": "not to be computed here any more",
}


def core_act(node: Path, name: str, body: dict[str, Any], said: str) -> None:
    """One act about the shared core of a conversation."""
    party = talk_of(node, name)["party"]
    act(node, {**body, "to": party, "talk": name}, f"{name}: {said.format(party=party)}")


def show_core(node: Path, name: str, as_json: bool) -> None:
    """The cores offered of a conversation."""
    found = talk_of(node, name)["core"]
    if as_json:
        print_json(found)
        return
    if not found["offers"]:
        out("no core was offered by either side")
        return
    rows = [
        (
            one["by"],
            one["who"],
            one["at"],
            one["core"][:16],
            HELD[one["held"]],
            one["state"],
            one["answered_by"] or "",
            one["why"] or "",
        )
        for one in found["offers"]
    ]
    table(("offered by", "who", "when", "core", "here", "answer", "by", "why"), rows)


def talk_of(node: Path, name: str) -> dict[str, Any]:
    """One message of the node's state. Raises `NotThere`."""
    return line_and_talk(node, name)[1]


def line_and_talk(node: Path, name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """One message, and the line that it is on. Raises `NotThere`."""
    for line in call(node, {"do": "state"})["lines"]:
        for talk in line["talks"]:
            if talk["id"] == name:
                return line, dict(talk)
    raise NotThere(f"There is no message {name} on any line; `openline line list` names them.")


def act(node: Path, body: dict[str, Any], said: str) -> None:
    """One act, and what to say when it is durable."""
    call(node, {"do": "act", **body})
    out(said)


def _wanted(talk: dict[str, Any]) -> bool:
    """Whether something of it did not come, or came otherwise than it was said: the moment to use another path."""
    return bool(talk["due"] or talk["unused"]) or (talk["result"] or {}).get("outcome", "agrees") != "agrees"


def _other_path(line: dict[str, Any], indent: str = "") -> None:
    """Where the line does not help, what does."""
    for one in line["other_paths"]:
        out(f"{indent}Other path: {one}")
    if line["stated_path"]:
        out(f"{indent}Other path, as they say: {line['stated_path']['text']} ({line['stated_path']['at']})")
    if not line["other_paths"]:
        how = f'openline line path {line["party"]} "telephone …"'
        out(f"{indent}Other path: NONE ENTERED. An administrator enters it: {how}")


def _missing(line: dict[str, Any]) -> None:
    """Notices of theirs that are not here, by number."""
    for one in line["notices"]["missing"]:
        asked = f"asked for in {one['asked']}" if one["asked"] else "not asked for yet"
        answer = f"; they answered {one['answer']}" if one["answer"] else ""
        out(f"  MISSING: their notice number {one['number']}, since {one['since']} ({one['why']}); {asked}{answer}")
    if line["notices"]["odd"]:
        out(f"  NOT COUNTED: their notice number {line['notices']['odd']} does not follow {line['notices']['upto']}; ask them")


def resend(node: Path, number: int, to: str) -> None:
    """The notice of this number once more."""
    party = _party(node, to)
    act(node, {"act": "line.resend", "to": party, "number": number}, f"notice {number} is on its way to {party} again")


def had(node: Path, number: int, to: str, how: str, says: str) -> None:
    """A notice of theirs came another way."""
    party = _party(node, to)
    act(
        node,
        {"act": "line.had", "to": party, "number": number, "how": how, "says": says},
        f"notice {number} of {party}: entered",
    )


def _party(node: Path, to: str) -> str:
    """The counterpart named, or the only one. Raises `Refused`."""
    if to:
        return to
    known = [line["party"] for line in call(node, {"do": "state"})["lines"]]
    if len(known) != 1:
        raise Refused("--to", None, ", ".join(known) or "a counterpart: there is none yet")
    return str(known[0])


def _unused(talk: dict[str, Any]) -> str:
    if talk["ours"]:
        return f"THEIR NODE CANNOT USE IT: {talk['unused']}. It is stored there and not acted on: tell them on the other path."
    return f"THIS NODE CANNOT USE IT: {talk['unused']}. It is stored and not acted on: ask them on the other path."


def _farthest(talk: dict[str, Any]) -> str:
    whose = "NOT USABLE THERE" if talk["ours"] else "NOT USABLE HERE"
    if talk["unused"]:
        return f"{whose}: {talk['unused']}; {talk['headline']}"
    differs = talk["checked"] and talk["checked"]["verdict"] == "differs"
    return "; ".join([*(["DIFFERS FROM ITS TEMPLATE"] if differs else []), *talk["marks"], str(talk["headline"])])


def _custody(talk: dict[str, Any]) -> str:
    return "" if talk["custody"] is None else str(talk["custody"]["headline"])


def _due(talk: dict[str, Any]) -> str:
    return ", ".join(" ".join(filter(None, (one["what"].replace("_", " "), one["unit"]))) for one in talk["due"])
