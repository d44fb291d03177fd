// What a call came to: one key each. After the call it can be taken back until it is
// sent; while the call lasts it can be changed.
import { now, tick } from "../floor/clock.js";
import { el, outcome, put, say, show } from "../floor/page.js";
import { talking } from "./bar.js";
import { openCallback } from "./callback.js";
import { notes, focusNotes } from "./notes.js";
import { refuse, tell } from "./notices.js";
import { deed, mine, state } from "./store.js";

const find = (what) => document.querySelector(`#desk ${what}`);
const tiles = find("[data-tiles]");
const box = find("[data-pending]");
const wait = 5_000; // to take it back
const spare = 1_000; // before the time for writing up is over
const arming = 4_000; // for the second press of a refusal
let pending = null; // { try, code, callback, at }: chosen, and not sent yet
let armed = null; // a refusal that was pressed once
let sent = null; // of the call that goes on: what was sent, to be sent again with newer notes

const open = () => mine() && (talking() || state.desk.state === "wrap_up");
const listed = () => (state.sheet?.dispositions ?? []).map((d, i) => ({ ...d, name: outcome(d), key: d.key || i + 1 }));

export function drawOutcome() {
  const { desk } = state;
  if (pending && desk?.call?.try !== pending.try) pending = null;
  if (sent && desk?.call?.try !== sent.try) sent = null;
  if (armed && desk?.call?.try !== armed.try) armed = null;
  const list = listed();
  const key = JSON.stringify(list);
  if (tiles.dataset.of !== key) {
    tiles.dataset.of = key;
    tiles.replaceChildren(...list.map((d) => el("button", { type: "button", className: "desk-tile", "data-code": d.code, "data-tone": toneOf(d.flags), onclick: () => choose(d.code) }, d.key <= 9 ? el("kbd", {}, String(d.key)) : "", el("span", { className: "desk-tile-name" }, d.name))));
  }
  const can = Boolean(open());
  for (const tile of tiles.children) {
    const d = list.find((x) => x.code === tile.dataset.code);
    const is = (pending?.code ?? desk?.call?.disposition) === d.code;
    tile.disabled = !can;
    tile.setAttribute("aria-pressed", String(can && is));
    put(tile.querySelector(".desk-tile-name"), armed?.code === d.code ? say("desk.press_again", { name: d.name }) : d.name);
  }
  count();
}

function toneOf(f) {
  return f.refuse ? "bad" : f.sale ? "good" : f.callback ? "info" : f.unworkable || f.machine ? "faint" : "";
}

// chooseKey is the disposition of a digit.
export function chooseKey(digit) {
  const d = listed().find((x) => x.key === digit);
  if (d) choose(d.code);
  return Boolean(d);
}

// chooseCallback opens the picker for the first disposition that is a callback.
export function chooseCallback() {
  const d = listed().find((x) => x.flags.callback);
  if (d) choose(d.code);
}

function choose(code) {
  if (!open()) return;
  const d = listed().find((x) => x.code === code);
  if (d.notes && notes().trim() === "") {
    tell(say("desk.needs_notes", { name: d.name }));
    return focusNotes();
  }
  if (d.flags.refuse && armed?.code !== code) {
    const mine = (armed = { code, try: state.desk.call.try });
    setTimeout(() => armed === mine && ((armed = null), drawOutcome()), arming);
    return drawOutcome();
  }
  armed = null;
  if (d.flags.callback) return openCallback((callback) => take(code, callback));
  take(code);
}

function take(code, callback) {
  const call = state.desk?.call;
  if (!open()) return tell(say("desk.too_late"));
  if (talking()) return send({ try: call.try, code, callback });
  if (pending?.code === code && !callback) return sendNow();
  const most = state.desk.until ? Date.parse(state.desk.until) - spare : Infinity;
  pending = { try: call.try, code, callback, at: Math.min(now() + wait, most) };
  drawOutcome();
}

export const isPending = () => pending !== null;

export function undo() {
  pending = null;
  drawOutcome();
}

export function sendNow() {
  const what = pending;
  pending = null;
  if (what) send(what);
  drawOutcome();
}

async function send(what, options) {
  sent = what;
  try {
    await deed("dispose", { code: what.code, notes: notes() || undefined, callback: what.callback }, options);
  } catch (problem) {
    sent = null;
    refuse(problem);
  }
}

// sendAgain keeps notes that were written after the disposition with it.
export function sendAgain() {
  if (sent && talking()) send(sent);
}

// count tells how long it can still be taken back, and sends it when that is over.
function count() {
  show(box, pending !== null);
  if (!pending) {
    box.dataset.of = "";
    return;
  }
  const left = Math.ceil((pending.at - now()) / 1000);
  if (left <= 0) return sendNow();
  const name = listed().find((d) => d.code === pending.code)?.name ?? pending.code;
  if (box.dataset.of !== pending.code) {
    box.dataset.of = pending.code;
    box.replaceChildren(el("p", {}, el("strong", {}, name), " ", el("span", { className: "muted small num", "aria-hidden": "true", "data-left": "" })), el("div", { className: "row" }, el("button", { type: "button", className: "button small", onclick: undo }, say("desk.undo"), el("kbd", {}, "Z")), el("button", { type: "button", className: "button small quiet", onclick: sendNow }, say("desk.send_now"), el("kbd", {}, "Enter"))));
  }
  put(box.querySelector("[data-left]"), say("desk.sent_in", { n: left }));
}
tick(count);

// A page that is left sends what was chosen: nobody is there to take it back any more.
addEventListener("pagehide", () => {
  if (pending) send(pending, { keepalive: true });
  pending = null;
});
