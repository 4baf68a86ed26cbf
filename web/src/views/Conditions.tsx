import { perform } from "../actions";
import { may, node, nodeNow } from "../model/store";
import { shortZ } from "../pure/format";
import { fill, s } from "../strings";

/** What stands against the whole picture: a strip each, with sound until a person has seen it. */
export function Conditions() {
  const now = nodeNow();
  return (
    <>
      {(node.value?.conditions ?? []).map((one) => (
        <p key={one.id} class={`banner ${one.acknowledged_by ? "seen" : "old"}`} role={one.acknowledged_by ? undefined : "alert"} data-condition={one.what}>
          <strong>{s.picture.condition[one.what] ?? one.what}</strong> {one.says}{" "}
          <small>{fill(one.over ? s.picture.over : s.picture.since, { at: shortZ(one.over ?? one.since, now) })}</small>{" "}
          {one.acknowledged_by ? (
            <small>{fill(s.picture.seenBy, { who: one.acknowledged_by })}</small>
          ) : (
            may("operator") && (
              <button type="button" onClick={() => void perform("condition.acknowledge", { condition: one.id })}>
                {s.picture.seen}
              </button>
            )
          )}
        </p>
      ))}
    </>
  );
}
