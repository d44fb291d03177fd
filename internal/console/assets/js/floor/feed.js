// Events of the server, read until told to stop: what comes is the state as it is now,
// and after a gap it comes whole, so nothing is remembered here.
import { onWake } from "./clock.js";
import { boot } from "./page.js";

const silence = 20_000; // the server says something every 15 s
const waits = [250, 500, 1_000, 2_000, 4_000]; // before trying again
const final = new Set([400, 401, 403, 404, 409]); // trying again gives the same

export const headers = (more = {}) => ({ "Waihu-Company": boot.company, "Accept-Language": boot.tag, ...more });

// feed reads an address. on has a function for each kind of event; up is told true when
// the first state has come and false when the stream is cut; refused gets the problem
// that ends it for good. One that rests is cut while its tab is out of sight: a browser has
// six connections to a server, and tabs that nobody looks at would take them all.
export function feed(address, { having = {}, on, up, refused, rests = false }) {
  let stop = null;
  let tries = 0;
  let timer = 0;
  let ended = false;
  let isUp = null; // neither was told yet

  const told = (yes) => {
    if (isUp === yes) return;
    isUp = yes;
    up(yes);
  };

  async function read() {
    const mine = (stop = new AbortController());
    let quiet = 0;
    const heard = () => {
      clearTimeout(quiet);
      quiet = setTimeout(() => mine.abort(), silence);
    };
    try {
      heard();
      const answer = await fetch(address, { headers: headers({ Accept: "text/event-stream", ...having }), cache: "no-store", signal: mine.signal });
      if (final.has(answer.status)) {
        ended = true;
        refused?.(await answer.json().catch(() => ({ code: String(answer.status) })));
        return;
      }
      if (!answer.ok) throw new Error(answer.status);
      await pieces(answer.body, heard, (kind, data) => {
        on[kind]?.(JSON.parse(data));
        tries = 0;
        told(true);
      });
    } catch {
      // cut off: it is told below, and tried again
    } finally {
      clearTimeout(quiet);
    }
    if (ended || stop !== mine) return;
    told(false);
    timer = setTimeout(read, waits[Math.min(tries++, waits.length - 1)]);
  }

  function again() {
    if (ended) return;
    clearTimeout(timer);
    stop?.abort();
    read();
  }
  function cut() {
    told(false);
    stop?.abort();
  }
  function look() {
    if (!document.hidden) return again();
    const streams = stop;
    stop = null; // so that it is not tried again
    clearTimeout(timer);
    streams?.abort();
    told(false);
  }
  if (rests) document.addEventListener("visibilitychange", look);
  onWake(() => (rests && document.hidden) || again());
  addEventListener("online", again);
  addEventListener("offline", cut);
  read();
  return {
    again,
    end() {
      ended = true;
      clearTimeout(timer);
      stop?.abort();
      document.removeEventListener("visibilitychange", look);
      removeEventListener("online", again);
      removeEventListener("offline", cut);
    },
  };
}

// pieces takes a stream apart into events.
async function pieces(body, heard, event) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    heard();
    rest += value;
    for (let end = rest.indexOf("\n\n"); end >= 0; end = rest.indexOf("\n\n")) {
      const lines = rest.slice(0, end).split("\n");
      rest = rest.slice(end + 2);
      const of = (name) => lines.filter((l) => l.startsWith(`${name}: `)).map((l) => l.slice(name.length + 2)).join("\n");
      if (of("event")) event(of("event"), of("data"));
    }
  }
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
