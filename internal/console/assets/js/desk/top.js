// The top of the desk: the state with its time, what the day came to, how telephone,
// microphone and network are, and what leads to another state.
import { now, since, tick } from "../floor/clock.js";
import { el, has, put, say, show, spell, tone } from "../floor/page.js";
import { state } from "./store.js";

const find = (what) => document.querySelector(`#desk ${what}`);
const at = { desk: find(""), pill: find("[data-pill]"), since: find("[data-since]"), ring: find("[data-ring]"), arc: find("[data-arc]"), campaign: find("[data-campaign]"), then: find("[data-then]"), today: find("[data-today]"), pauses: find("[data-pauses]") };
const part = (of) => find(`[data-${of}]`);
const health = (of) => find(`[data-health="${of}"]`);

// reason is a pause as people read it; what is no word of the system was written by somebody.
export const reason = (word) => (word && has(`desk.pause_${word}`) ? say(`desk.pause_${word}`) : word || "");

export function drawTop(deeds) {
  const { desk, sheet, gone } = state;
  const there = desk && !gone;
  const is = there ? desk.state : "out";
  at.desk.dataset.state = is;
  at.desk.toggleAttribute("data-cut", state.up === false && Boolean(state.session));
  const shown = is === "reserved" && desk.call?.step === "shown";
  const away = ["elsewhere", "tab", "closed"].includes(gone); // it goes on, and not here
  put(at.pill, is === "paused" && desk.reason ? say("desk.idle_paused", { why: reason(desk.reason) }) : say(`desk.state_${away ? "away" : shown ? "shown" : is}`));
  put(at.campaign, there ? (sheet?.name ?? "") : "");
  put(at.then, there && desk.then ? (desk.then === "out" ? say("desk.then_out") : say("desk.then_paused", { why: reason(desk.then_for) })) : "");
  at.then.title = at.then.textContent; // where it is cut short
  show(at.today, Boolean(there));
  show(find('[data-do="ready"]'), Boolean(there) && (is === "paused" || desk.then === "paused") && !desk.forced);
  const mayPause = Boolean(there) && is !== "paused" && desk.then !== "paused" && !desk.forced;
  show(find("[data-pause]"), mayPause);
  if (!mayPause) find("[data-pause]").open = false; // what is out of sight takes no keys
  show(find('[data-do="logout"]'), Boolean(there) && desk.then !== "out");
  if (there) {
    put(part("calls"), String(desk.today.calls));
    put(part("sales"), String(desk.today.sales));
    put(part("talked"), spell(desk.today.talked_seconds));
    const { talked_seconds: talked, wrapped_seconds: wrapped, ready_seconds: ready } = desk.today;
    put(part("busy"), talked + wrapped + ready > 0 ? `${Math.round((100 * (talked + wrapped)) / (talked + wrapped + ready))} %` : "–");
  }
  drawPauses(sheet?.pauses ?? [], deeds);
  time();
}

function drawPauses(list, deeds) {
  if (at.pauses.dataset.of === list.join()) return;
  at.pauses.dataset.of = list.join();
  at.pauses.replaceChildren(...list.map((word, i) => el("button", { type: "button", onclick: () => deeds.pause(word) }, el("kbd", {}, String(i + 1)), ` ${reason(word)}`)));
}

// time is what runs by itself, once a second.
function time() {
  const { desk, gone } = state;
  const there = desk && !gone;
  show(at.ring, Boolean(there && desk.until && desk.state === "wrap_up"));
  if (!there) return put(at.since, "");
  if (desk.state !== "wrap_up" || !desk.until) return put(at.since, spell(since(desk.since)));
  const left = (Date.parse(desk.until) - now()) / 1000;
  const all = (Date.parse(desk.until) - Date.parse(desk.since)) / 1000;
  put(at.since, spell(left));
  at.arc.style.strokeDashoffset = String(100 - Math.max(0, Math.min(100, (100 * left) / all)));
}
tick(time);

const standing = { standing: "good", connecting: "warn", asking: "warn", weak: "warn", lost: "bad" };

// drawLine tells how the telephone is: the page's own, or a desk telephone.
export function drawLine(line) {
  const box = health("line");
  const other = line === "off" && state.desk?.line && !state.gone;
  tone(box, other ? "good" : (standing[line] ?? (line === "off" ? "" : "bad")));
  put(box.querySelector("[data-text]"), other ? say("desk.line_other") : has(`desk.line_${line}`) ? say(`desk.line_${line}`) : say("desk.line_trouble"));
}

export function drawMic(heard) {
  const box = health("mic");
  box.querySelector("meter").value = heard?.level ?? 0;
  tone(box, !heard ? "" : heard.muted ? "warn" : "good");
  put(box.querySelector("[data-text]"), say(!heard ? "desk.mic_off" : heard.muted ? "desk.mic_muted" : "desk.mic_on"));
}

// drawNet judges the network by the worse of what the sound and the server say.
export function drawNet(trip, heard) {
  const box = health("net");
  const loss = Math.max(heard?.loss ?? 0, heard?.there ?? 0);
  const way = Math.max(trip ?? 0, 1000 * (heard?.trip ?? 0));
  const is = state.up === false || trip === null ? "gone" : loss > 0.05 || way > 600 ? "poor" : loss > 0.02 || way > 300 ? "fair" : "good";
  tone(box, { gone: "bad", poor: "bad", fair: "warn", good: "good" }[is]);
  put(box.querySelector("[data-text]"), `${say(`desk.net_${is}`)}${trip === null || is === "gone" ? "" : ` ${Math.round(way)} ms`}`);
}
