import type { Priority } from "../model/types";
import { s } from "../strings";

const SHAPES: Record<Priority, string> = {
  critical: "M8 1.6 15 14.4H1Z",
  warning: "M8 .8 15.2 8 8 15.2.8 8Z",
  advisory: "M8 1.4a6.6 6.6 0 1 1 0 13.2A6.6 6.6 0 0 1 8 1.4Z",
};

/** Priority as filled colour, shape and word: any one of the three is enough. `said` false: the word stands beside it. */
export function Badge({ priority, waiting, word = true, said = true }: { priority: Priority; waiting?: boolean; word?: boolean; said?: boolean }) {
  return (
    <span class={`badge ${priority} ${waiting ? "waiting" : ""}`}>
      <svg viewBox="0 0 16 16" width="13" height="13" aria-hidden="true">
        <path d={SHAPES[priority]} fill="currentColor" />
      </svg>
      {word ? s.alarm[priority] : <span class="unseen">{said && s.alarm[priority]}</span>}
    </span>
  );
}
