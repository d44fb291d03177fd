// What a page asks the floor and is told by it.
import { onWake } from "./clock.js";
import { boot } from "./page.js";
import { shared } from "./shared.js";
import { stream } from "./stream.js";

export const headers = (more = {}) => ({ "Waihu-Company": boot.company, "Accept-Language": boot.tag, ...more });

// feed reads the events of an address. on has a function for each kind of event; up is told
// true when the first state has come and false when the stream is cut; refused gets the
// problem that ends it for good. One that rests is cut while its tab is out of sight, and
// shared with the other tabs that look at the same.
export function feed(address, { having = {}, on, up, refused, rests = false }) {
  const takes = { event: (kind, data) => on[kind]?.(JSON.parse(data)), up, refused: (problem) => refused?.(problem) };
  const from = (rests ? shared : stream)(address, headers(having), takes);
  const look = () => (document.hidden ? from.rest() : from.again());
  if (rests) document.addEventListener("visibilitychange", look);
  onWake(() => (rests && document.hidden) || from.again());
  return {
    again: from.again,
    end() {
      document.removeEventListener("visibilitychange", look);
      from.end();
    },
  };
}

// ask sends something to do and gives what came of it; a problem is thrown.
export async function ask(address, body, having = {}, { keepalive = false, method = "POST" } = {}) {
  let answer;
  const sent = body === undefined ? {} : { "Content-Type": "application/json" };
  try {
    answer = await fetch(address, { method, headers: headers({ ...sent, ...having }), body: body === undefined ? undefined : JSON.stringify(body), keepalive, signal: AbortSignal.timeout(10_000) });
  } catch {
    throw { code: "cut_off" };
  }
  const got = await answer.json().catch(() => ({}));
  if (!answer.ok) throw { code: String(answer.status), ...got };
  return got;
}
