// What a call came to: one key each. The server keeps what is chosen, and every desk of the
// agent shows it: it is changed and taken back until a moment after the call.
import { now, tick } from "../floor/clock.js";
import { el, outcome, put, say, show } from "../floor/page.js";
import { talking } from "./bar.js";
import { openCallback } from "./callback.js";
import { notes, focusNotes } from "./notes.js";
import { refuse, tell } from "./notices.js";
import { when } from "./person.js";
import { deed, mine, state } from "./store.js";

const find = (what) => document.querySelector(`#desk ${what}`);
const tiles = find("[data-tiles]");
const box = find("[data-pending]");
const arming = 4_000; // for the second press of a refusal
let armed = null; // a refusal that was pressed once
let sent = null; // what the server was asked to keep and has not told yet
let queue = Promise.resolve(); // one thing after the other: Enter may come before the answer to a digit

const writing = () => state.desk?.state === "wrap_up";
const open = () => mine() && (talking() || writing());
const chosen = () => (open() ? state.desk.call.disposition : undefined);
const listed = () => (state.sheet?.dispositions ?? []).map((d, i) => ({ ...d, name: outcome(d), key: d.key || i + 1 }));

export function drawOutcome() {
  const { desk } = state;
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
    tile.disabled = !can;
    tile.setAttribute("aria-pressed", String(chosen() === d.code));
    put(tile.querySelector(".desk-tile-name"), armed?.code === d.code ? say("desk.press_again", { name: d.name }) : d.name);
  }
  drawChosen(list);
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
  if (!open()) return tell(say("desk.too_late"));
  if (writing() && chosen() === code && !callback) return sendNow();
  send({ code, callback, kept: true });
}

export const isChosen = () => Boolean(sent ?? chosen());

export function undo() {
  sent = null;
  queue = queue.then(() => deed("retract")).catch(refuse);
}

// sendNow ends the writing up with what is chosen.
export const canSend = () => writing() && isChosen();
export function sendNow() {
  if (canSend()) send(sent ? { ...sent, kept: undefined } : { code: chosen(), callback: state.desk.call.callback });
}

function send(what) {
  sent = what;
  const all = { ...what, notes: notes() || undefined };
  queue = queue
    .then(() => deed("dispose", all))
    .catch(refuse)
    .then(() => sent === what && (sent = null));
}

// drawChosen tells what is chosen, until when it can be taken back, and that a refusal holds.
function drawChosen(list) {
  const { callback, refused } = state.desk?.call ?? {};
  const code = chosen();
  show(box, Boolean(code) || Boolean(open() && refused));
  const key = JSON.stringify([code, callback, refused, writing(), list.map((d) => d.name)]);
  if (box.dataset.of === key) return time();
  box.dataset.of = key;
  const name = list.find((d) => d.code === code)?.name ?? code;
  const parts = [];
  if (code) {
    const left = el("span", { className: "muted small num", "aria-hidden": "true", "data-left": "" }); // it counts: read out once is enough
    const send = writing() && el("button", { type: "button", className: "button small quiet", onclick: sendNow }, say("desk.send_now"), el("kbd", {}, "Enter"));
    parts.push(el("p", {}, el("strong", {}, name), " ", left), callback && el("p", { className: "small" }, say("desk.agreed", { time: when(callback.at, callback.time_zone) })), el("div", { className: "row" }, el("button", { type: "button", className: "button small", onclick: undo }, say("desk.undo"), el("kbd", {}, "Z")), send));
  }
  if (refused) parts.push(el("p", { className: "small" }, say("desk.refused_holds")));
  box.replaceChildren(...parts.filter(Boolean));
  time();
}

function time() {
  const at = box.querySelector("[data-left]");
  if (at && !box.hidden) put(at, writing() ? say("desk.sent_in", { n: Math.max(0, Math.ceil((Date.parse(state.desk.until) - now()) / 1000)) }) : say("desk.kept_until"));
}
tick(time);
