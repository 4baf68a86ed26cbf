"""Key manifests of a counterpart, however they come: in a message, asked for, or shown."""

from openline.errors import Refused
from openline.flow.line import Line, contradicts
from openline.flow.outputs import Outputs
from openline.line.card import named
from openline.line.names import URGENT
from openline.record.keys import read_manifest


def put_manifest(line: Line, manifest: str, certificates: str, out: Outputs) -> None:
    """A manifest of the counterpart, however it came. Two of one number are a contradiction that its root signed."""
    pems = _pems(certificates)
    before = line.counterpart
    try:
        line.counterpart = before.put(manifest.encode(), pems)
    except Refused as wrong:
        if wrong.field == "keys.fork":
            says = f"{line.party}: two key manifests of one number, both signed by its root; the first stays in force"
            contradicts(line, URGENT, "keys", says, out)
            return
        raise
    if line.counterpart is before or line.counterpart.manifest.seq == before.manifest.seq:
        return
    body = {"what": "manifest", "party": line.party, "seq": line.counterpart.manifest.seq, "by": line.party}
    out.add("key", body, line.ref, line)


def named_of(certificates: str, manifest: str) -> str:
    """Those of the certificates that a manifest names: of several manifests together each names its own."""
    keys = read_manifest(manifest.encode(), "keys")
    return "".join(pem for pem in _pems(certificates) if named(pem, keys))


def _pems(certificates: str) -> list[str]:
    end = "-----END CERTIFICATE-----\n"
    return [f"{one}{end}" for one in certificates.split(end) if one.strip()]
