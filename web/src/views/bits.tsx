import type { ComponentChildren } from "preact";
import { DASH } from "../pure/format";

/** A name and what is known of it; not known is a dash, never an empty cell. */
export function Fact({ name, children }: { name: string; children?: ComponentChildren }) {
  const empty = children === null || children === undefined || children === "" || children === false;
  return (
    <div class="fact">
      <dt>{name}</dt>
      <dd>{empty ? DASH : children}</dd>
    </div>
  );
}

export function Head({ title, back, children }: { title: string; back?: () => void; children?: ComponentChildren }) {
  return (
    <div class="head">
      {back && (
        <button type="button" class="quiet back" onClick={back} aria-label="←">
          <span aria-hidden="true">←</span>
        </button>
      )}
      <h2>{title}</h2>
      {children}
    </div>
  );
}
