/** Calls to the node. Every refusal becomes a `Refused` that says field, value and what would be accepted. */

import type { ApiError } from "../model/types";

export class Refused extends Error {
  constructor(
    readonly status: number,
    readonly said: ApiError,
  ) {
    super(said.message);
  }
}

const NOT_REACHED: ApiError = { code: "W-000", message: "" };

async function ask<T>(path: string, options: RequestInit): Promise<T> {
  let answer: Response;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...options });
  } catch {
    throw new Refused(0, NOT_REACHED);
  }
  const text = await answer.text();
  let body: unknown = null;
  try {
    body = text ? JSON.parse(text) : null;
  } catch {
    body = null; // a proxy's page, say
  }
  if (answer.ok) return body as T;
  const said = (body as { error?: ApiError } | null)?.error;
  throw new Refused(answer.status, said ?? { code: `HTTP ${answer.status}`, message: answer.statusText });
}

export const get = <T>(path: string): Promise<T> => ask<T>(path, { headers: { Accept: "application/json" } });

export const post = <T>(path: string, body: unknown): Promise<T> =>
  ask<T>(path, { method: "POST", headers: { "Content-Type": "application/json", "X-Openline": "1" }, body: JSON.stringify(body) });

export const postFile = <T>(path: string, file: Blob, type: string): Promise<T> =>
  ask<T>(path, { method: "POST", headers: { "Content-Type": type, "X-Openline": "1" }, body: file });

/** One act of a person; answers when it is in the record. */
export const act = (name: string, body: Record<string, unknown>): Promise<{ index: number; said: unknown }> =>
  post("api/v1/acts", { act: name, ...body });

export const socketAddress = (path: string): string => {
  const at = new URL(path, location.href);
  at.protocol = at.protocol === "https:" ? "wss:" : "ws:";
  at.hash = "";
  return at.href;
};
