import { useSignal } from "@preact/signals";
import { session } from "../model/store";
import type { Session } from "../model/types";
import { get, post, Refused } from "../net/api";
import { s } from "../strings";

/** Name and password; no puzzle. The reason of a refusal is the node's, in words. */
export function Login() {
  const name = useSignal("");
  const password = useSignal("");
  const wrong = useSignal("");
  const busy = useSignal(false);

  const enter = async (event: Event): Promise<void> => {
    event.preventDefault();
    busy.value = true;
    wrong.value = "";
    try {
      await post("api/v1/login", { name: name.value, password: password.value });
      session.value = await get<Session>("api/v1/session");
    } catch (error) {
      const refused = error instanceof Refused ? error : null;
      wrong.value = !refused || refused.status === 0 ? s.login.noNode : refused.status === 401 ? s.login.wrong : refused.said.message;
      password.value = "";
    } finally {
      busy.value = false;
    }
  };

  return (
    <main class="login">
      <form onSubmit={(event) => void enter(event)}>
        <h1>{s.product}</h1>
        <p>{s.login.title}</p>
        <label>
          {s.login.name}
          <input autocomplete="username" required value={name.value} onInput={(e) => (name.value = e.currentTarget.value)} />
        </label>
        <label>
          {s.login.password}
          <input
            type="password"
            autocomplete="current-password"
            required
            value={password.value}
            onInput={(e) => (password.value = e.currentTarget.value)}
          />
        </label>
        <p class="wrong" role="alert">
          {wrong.value}
        </p>
        <button type="submit" class="main" disabled={busy.value}>
          {s.login.enter}
        </button>
        <p class="calm">{s.permission}</p>
      </form>
    </main>
  );
}
