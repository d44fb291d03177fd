// What an agent must know: each says what is happening and what to do. They stand above
// the bar of the call and cover nothing.
import { off, since, tick } from "../floor/clock.js";
import { el, has, say, spell, text, whoPaused } from "../floor/page.js";
import { place } from "../floor/line.js";
import { state } from "./store.js";

const box = document.querySelector("#desk [data-notices]");
const read = new Set(); // notices of the server that were put away
const shown = new Map(); // by key: { node, words }
const moment = 6; // seconds
const reading = 60; // seconds, for what has no end of its own
const stays = 10_000; // what was refused is told so long
let said = null;
let lineState = "off";
let silent = false;

// Lines that only a person can mend, and those that are tried again.
const troubles = ["no_microphone", "no_device", "device_busy", "no_pass", "taken", "unable", "blocked"];
const tones = { line_back: "good", pause_ended: "good", line_gone: "bad", seat_taken: "bad", contract_stopped: "bad", forced_out: "bad", elsewhere: "bad", campaign_stopped: "warn" };

export function noticeLine(is) {
  lineState = is;
}
export function noticeSilent(is) {
  silent = is;
}

// refuse tells why something that was asked for did not come about.
export function refuse(problem) {
  if (problem.status === 401) return tell(`${say("desk.gone_session")} ${say("desk.gone_session_why")}`);
  const own = { cut_off: "desk.cut_deed", conflict: "desk.not_now" }[problem.code];
  const words = own ? say(own) : [problem.title, problem.code === "invalid" && problem.detail !== problem.title ? problem.detail : ""].filter(Boolean).join(". ") || say("desk.failed");
  tell(has(`desk.do_${problem.code}`) ? `${words} ${say(`desk.do_${problem.code}`)}` : words);
}

export function tell(words, toneOf = "warn") {
  const mine = (said = { words, tone: toneOf });
  setTimeout(() => said === mine && ((said = null), drawNotices()), stays);
  drawNotices();
}

export function hush() {
  said = null;
}

let deeds = {};
export function drawNotices(with_ = deeds) {
  deeds = with_;
  const list = [];
  if (state.up === false && state.session) list.push({ key: "cut", tone: "bad", head: say("desk.cut", { time: spell((performance.now() - state.cutAt) / 1000) }), words: say(state.desk?.call ? "desk.cut_call" : "desk.cut_why") });
  if (state.gone) list.push({ key: "gone", tone: state.gone === "over" || state.gone === "closed" ? "warn" : "bad", head: say(`desk.gone_${state.gone}`), words: say(`desk.gone_${state.gone}_why`), button: state.gone === "tab" || state.gone === "closed" ? [say("desk.take_here"), deeds.takeHere] : state.gone === "session" ? [say("desk.log_in_again"), () => location.reload()] : undefined });
  if (troubles.includes(lineState)) list.push({ key: "line", tone: "bad", head: say(`desk.line_${lineState}`), words: say(`desk.line_${lineState}_why`, { name: place }), button: lineState === "unable" ? undefined : [say(lineState === "blocked" ? "desk.hear" : "desk.try_again"), deeds.line] });
  if (lineState === "lost" && state.session) list.push({ key: "line", tone: "bad", head: say("desk.line_lost"), words: say("desk.line_lost_why") });
  if (silent) list.push({ key: "silent", tone: "warn", head: say("desk.silent"), words: say("desk.silent_why") });
  if (off()) list.push({ key: "clock", tone: "warn", head: say("desk.clock", { time: spell(Math.abs(off()) / 1000) }), words: say("desk.clock_why") });
  const forced = state.gone || state.desk?.then === "out" ? null : state.desk?.forced; // who is logged out is told that
  if (forced) list.push({ key: "forced", tone: "warn", head: `${whoPaused(forced)}: ${forced.why}`, words: say(state.desk.state === "paused" ? "desk.forced_why" : "desk.forced_then") });
  for (const n of told()) {
    const key = `${n.code} ${n.at}`;
    if (!read.has(key)) list.push({ key, tone: tones[n.code] ?? "warn", head: text(n.text), words: n.why ? `– ${n.why}` : "", away: () => read.add(key) });
  }
  if (said) list.push({ key: "said", tone: said.tone, head: said.words, words: "", away: () => (said = null) });
  draw(list);
}

// told is what the server says and what still holds: that the telephone is gone is said
// while it is, that it is back for a moment after that.
function told() {
  const all = state.desk?.notices ?? [];
  const gone = all.findLast((n) => n.code === "line_gone");
  const back = all.findLast((n) => n.code === "line_back");
  const line = state.desk?.line ? (gone && back && since(back.at) < moment ? back : null) : gone;
  return [...all.filter(holds).slice(-3), ...(line && !state.gone ? [line] : [])];
}

// holds tells whether a notice is still about something: a pause that is over is not, and
// at a desk that is closed only why it is.
function holds({ code, at }) {
  const { desk, gone } = state;
  if (code.startsWith("line_")) return false;
  if (code === "forced_pause") return false; // desk.forced says who and since when, as long as it holds
  if (code === "pause_ended") return !gone && !desk.forced && desk.reason === "freed";
  if (code === "refusal_stands") return !gone && since(at) < reading;
  if (code === "not_come") return !gone && since(at) < 3 * moment;
  if (code === "recording_lost") return !gone && Boolean(desk.call?.recording_lost);
  return !gone || (gone === "over" && code !== "elsewhere");
}

// draw keeps the boxes that stand: one that is put in anew is read out again.
function draw(list) {
  const keys = new Set(list.map((n) => n.key));
  for (const [key, { node }] of shown) {
    if (keys.has(key)) continue;
    node.remove();
    shown.delete(key);
  }
  for (const n of list) {
    const words = `${n.tone}|${n.head}|${n.words}|${n.button?.[0]}`;
    const has_ = shown.get(n.key);
    if (has_?.words === words) continue;
    if (has_ && n.key === "cut") {
      has_.node.querySelector("strong").textContent = n.head;
      has_.words = words;
      continue;
    }
    const node = make(n);
    if (has_) has_.node.replaceWith(node);
    else box.append(node);
    shown.set(n.key, { node, words });
  }
}

function make(n) {
  const away = n.away && el("button", { type: "button", className: "button small quiet", onclick: () => (n.away(), drawNotices()) }, say("desk.put_away"));
  const button = n.button && el("button", { type: "button", className: "button small", onclick: n.button[1] }, n.button[0]);
  return el("div", { className: `notice ${n.tone} desk-notice`, role: n.tone === "bad" ? "alert" : "status" }, el("p", {}, el("strong", {}, n.head), n.words && ` ${n.words}`), button, away);
}
tick(() => drawNotices());
