"""The invented line of the pretend node: a relay nobody has passed on, a question of the counterpart, people outside."""

import time
from typing import Any

from mover import said

from openline.errors import Refused
from openline.flow import State
from openline.flow.talking import texts
from openline.node.shown.lines import template_views
from openline.node.shown.offered import offered

PARTY = "north-desk"
OWN = "Coalition node, at-Tanf"
PATHS = [
    {"name": "mail", "kind": "smtp", "to": "duty officer", "severities": ["critical", "warning", "advisory"], "quiet": ""},
    {"name": "pager", "kind": "webhook", "to": "supervisor", "severities": ["critical"], "quiet": "22:00-06:00"},
]
RELAY = {
    "addressed_unit": "2nd company",
    "mover_choice": "convoy",
    "mover_count": 4,
    "course_deg": 95,
    "looks_text": "four vehicles",
    "mover_lat_1e7": 337_070_600,
    "mover_lon_1e7": 381_931_200,
    "side_choice": "inside",
    "zone_text": "at-Tanf 55 km",
    "asked_choice": "stop",
    "contact_text": "123.450 MHz",
}
UNSAID = dict.fromkeys(("received", "seen", "understood", "passed_on", "acted"))


class Line:
    """What the line shows, and what acts change of it."""

    def __init__(self) -> None:
        now_us = round(time.time() * 1e6)
        self.began, self.approved, self.number = time.time(), dict[tuple[str, str], str](), 0
        self.state_word, self.paths = "up", list[str]()
        self.talks: dict[str, dict[str, Any]] = {}
        self.escalations: dict[str, dict[str, Any]] = {}
        params = RELAY | {"seen_us": now_us, "by_us": now_us + 600_000_000}
        relay = self.talk(True, "warning.relay", "flash", params)
        relay["due"] = [{"what": "seen", "unit": None, "since": said(self.began), "acknowledged_by": None}]
        self.talk(False, "question.staffed", "priority", {"asked_us": now_us})
        told = {"key": "e1/0/mail", "path": "mail", "to": "duty officer", "state": "sent", "attempt": 1, "at": said(self.began)}
        self.escalation("seen", "critical", relay["id"], [{**told, "why": None}])

    def whole(self) -> list[dict[str, Any]]:
        return [{**self.view(), "talks": list(self.talks.values())}]

    def view(self) -> dict[str, Any]:
        seen = {"silent_s": 2.0, "offset_ms": 1.2, "delay_ms": 8.0, "cosigned": 90}
        status = {"at": round(time.time() * 1e6), "staffed": True, "officer": "Lt Kareem", "role": "duty officer"}
        return {
            "party": PARTY,
            "line": f"{OWN}~{PARTY}",
            "fingerprint": "00" * 32,
            "words": " ".join(["oasis"] * 16),
            "state": self.state_word,
            "why": "" if self.state_word == "up" else "invented by the mock",
            "since": said(self.began),
            "stopped": None,
            "waiting": 0,
            "of": len(self.talks),
            "other_paths": self.paths,
            "stated_path": None,
            "connection": {**seen, "status": status},
        }

    def talk(self, ours: bool, template: str, precedence: str, params: dict[str, Any]) -> dict[str, Any]:
        self.number += 1
        found = next(one for one in template_views() if one["id"] == template)
        carried = found["types"][0] not in ("question", "check", "status")
        stored = {"at": self.now(), "party": PARTY if ours else OWN, "who": None, "role": None, "word": None}
        self.talks[f"{PARTY}/{self.number}"] = one = {
            "id": f"{PARTY}/{self.number}",
            "party": PARTY,
            "ours": ours,
            "type": found["types"][0],
            "template": template,
            "precedence": precedence,
            "marker": found["marker"],
            "exercise": False,
            "queued": self.now(),
            "valid_until": None,
            "answer_by": None,
            "number": f"0/{self.number}",
            "text": self.preview(template, params, precedence)["text"],
            "free": "",
            "params": params,
            "answers": found["answers"],
            "readback": found["readback"],
            "checked": None if ours else {"verdict": "same", "why": ""},
            "unused": None,
            "headline": "stored",
            "states": {"life": "stored", "seen": "not seen", "read_back": "not read back", "answer": "not answered"},
            "five": {**UNSAID, "received": stored},
            "read_back": None,
            "answer": None,
            "result": None,
            "lead": None,
            "mover": None,
            "custody": self.custody(ours, params) if carried else None,
            "due": [],
        }
        return one

    def custody(self, ours: bool, params: dict[str, Any]) -> dict[str, Any]:
        units = [params["addressed_unit"]] if "addressed_unit" in params else []
        sender, desk = (OWN, PARTY) if ours else (PARTY, OWN)
        hop = {"number": 1, "grade": "stored", "how": "line", "by": None, "says": f"{desk}, its node", "at": self.now()}
        at_desk = {"name": desk, "via": sender, "last": False, "end": {"standing": "waiting", "red": False}}
        return {
            "status": "not warned",
            "headline": f"mover not warned; last confirmed hop: {desk}; {', '.join(units) or 'unit unknown'}",
            "units": units,
            "units_in_message": units,
            "not_told": units or [None],
            "starts": None,
            "closed": None,
            "stations": [
                {"name": sender, "via": None, "last": False, "end": None, "hops": []},
                {**at_desk, "hops": [{**hop, "stopped": None, "detail": None, "by_hand": False}]},
            ],
        }

    def escalation(self, due: str, severity: str, talk: str | None, told: list[dict[str, Any]]) -> dict[str, Any]:
        id = f"e{len(self.escalations) + 1}"
        about = {"line": None, "party": PARTY if talk else None, "talk": talk, "unit": None, "exercise": False}
        self.escalations[id] = one = {"id": id, "due": due, "severity": severity, **about, "since": self.now()}
        one.update({"step": 1, "steps": 2, "acknowledged_by": None, "ended": None, "told": told})
        return one

    def ours(self) -> dict[str, Any]:
        return {
            "card": '{"invented": "card"}\n',
            "words": " ".join(["palm"] * 16),
            "fingerprint": "11" * 32,
            "urls": ["https://127.0.0.1:9"],
            "templates": template_views(),
            "paths": PATHS,
        }

    def translations(self) -> dict[str, Any]:
        found = offered(State())["translations"]
        for (template, language), who in self.approved.items():
            of = next(one for one in found if one["id"] == template)
            of["texts"][language]["approved"] = {"reviewer": who, "at": self.now()}
        return {"translations": found}

    def preview(self, template: str, params: dict[str, Any], precedence: str) -> dict[str, Any]:
        """As the real node writes it. Raises `Refused`."""
        return texts(State(), template, params, precedence)

    def now(self) -> str:
        return said(time.time())

    def act(self, who: str, body: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
        """(type, data) of the frames an act makes. Raises `Refused`."""
        name, talk = body["act"], self.talks.get(str(body.get("talk")))
        if name == "counterpart.paths":
            self.paths = body["paths"]
        elif name == "line.send":
            talk = self.talk(True, body["template"], body.get("precedence", "routine"), body["params"])
        elif name == "line.units" and talk is not None:
            custody = talk["custody"]
            custody["units"] = custody["not_told"] = [*custody["units_in_message"], *body["units"]] or [None]
        elif name == "line.state" and talk is not None:
            self.stated(talk, who, body)
        elif name == "line.acknowledge" and talk is not None:
            talk["due"] = [{**one, "acknowledged_by": who} for one in talk["due"]]
        elif name == "escalation.acknowledge":
            found = self.escalations[body["escalation"]]
            found["acknowledged_by"] = who
            return [("escalation", found)]
        elif name == "path.try":
            told = {
                "key": "t",
                "path": body["path"],
                "to": "invented",
                "state": "sent",
                "attempt": 1,
                "at": self.now(),
                "why": None,
            }
            return [("escalation", self.escalation("try", "advisory", None, [told]))]
        elif name == "template.approve":
            self.approved[body["template"], body["language"]] = who
        else:
            raise Refused("act", name, "an act that the mock knows of the line")
        return [("line", self.view()), *([("talk", talk)] if talk is not None else [])]

    def stated(self, talk: dict[str, Any], who: str, body: dict[str, Any]) -> None:
        what = body["what"]
        stated = {"at": self.now(), "party": OWN, "who": who, "role": "operator", "word": body.get("params", {}).get("answer")}
        if what in talk["five"]:
            talk["five"][what] = stated
        if what == "seen":
            talk["states"]["seen"], talk["headline"] = "seen", "seen"
        if what == "answer":
            talk["answer"], talk["states"]["answer"], talk["headline"] = stated, "answered", "answered"
