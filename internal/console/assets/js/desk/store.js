// The state of the desk, as the server told it last. Nothing here is made up by the
// browser: a deed is asked for, and what came of it is told like everything else.
import { ask, feed, headers } from "../floor/feed.js";
import { boot } from "../floor/page.js";

const kept = `waihu.desk.${boot.company}.${boot.user}`; // the session, for after a reload
const base = "/v1/floor";
const listeners = new Set();
let stream = null;

export const state = {
  session: null,
  desk: null, // as it was told
  sheet: null, // of the campaign
  up: null, // the stream: null before the first word
  cutAt: 0, // when it was cut, in the browser's count
  gone: null, // why there is no desk any more: elsewhere, over
};

export function onChange(what) {
  listeners.add(what);
}
export function changed() {
  for (const f of listeners) f(state);
}

const having = () => ({ "Floor-Session": state.session });

// open reads a desk from now on.
function open(session) {
  stream?.end();
  Object.assign(state, { session, gone: null, up: null });
  localStorage.setItem(kept, session);
  stream = feed(`${base}/me/events`, {
    having: having(),
    on: {
      desk: async (desk) => {
        state.desk = desk;
        if (desk.state === "out") return close(desk.notices?.some((n) => n.code === "elsewhere") ? "elsewhere" : "over");
        if (state.sheet?.campaign !== desk.campaign) await read(desk.campaign);
        changed();
      },
      gone: () => close("over"),
    },
    up: (yes) => {
      state.up = yes;
      if (!yes) state.cutAt = performance.now();
      changed();
    },
    refused: (problem) => close(problem.code === "floor_elsewhere" ? "elsewhere" : problem.status === 401 ? "session" : "over"),
  });
}

async function read(campaign) {
  const answer = await fetch(`${base}/campaigns/${campaign}/sheet`, { headers: headers() }).catch(() => null);
  if (answer?.ok) state.sheet = await answer.json();
}

function close(why) {
  stream?.end();
  stream = null;
  state.gone = why;
  state.session = null;
  state.up = null;
  if (why !== "session") localStorage.removeItem(kept);
  changed();
}

// resume takes up the log-in of before a reload. A log-in at another place is given as
// its desk; false: there is none.
export async function resume() {
  const session = localStorage.getItem(kept);
  const mine = session && (boot.session === session || (await at(session)));
  if (mine) {
    open(session);
    return true;
  }
  localStorage.removeItem(kept);
  return boot.session ? at() : false;
}

// at is the desk of a log-in; without one, of the log-in that counts.
async function at(session) {
  const answer = await fetch(`${base}/me`, { headers: headers(session ? { "Floor-Session": session } : {}) }).catch(() => null);
  const desk = answer?.ok ? await answer.json() : null;
  return desk && desk.state !== "out" ? desk : false;
}

// standing is the desk of the log-in that counts; false: there is none.
export const standing = () => at();

export async function logIn(campaign, leaves) {
  const desk = await ask(`${base}/login`, { campaign, ...(leaves && { leaves }) });
  state.desk = desk;
  await read(desk.campaign);
  open(desk.session);
}

// leave lets another tab go on with the desk.
export function leave() {
  stream?.end();
  stream = null;
  Object.assign(state, { session: null, gone: "tab", up: null });
  changed();
}

// colleagues are the agents of the campaign who can take a call now.
export async function colleagues() {
  const answer = await fetch(`${base}/colleagues`, { headers: headers(having()), cache: "no-store", signal: AbortSignal.timeout(3_000) });
  if (!answer.ok) throw new Error(answer.status);
  return answer.json();
}

// mine tells whether the call at the desk is this agent's own, and not one they help in.
export const mine = () => Boolean(state.desk?.call && !state.desk.call.of && !state.gone);

// deed asks for something; what it came to is told by the stream.
export const deed = (verb, body, options) => ask(`${base}/${verb}`, body, having(), options);
