// The bar of the call: who it is with, how long it lasts, and all that can be done with
// it. It stands where it stands in every state.
import { now, since, tick } from "../floor/clock.js";
import { dial, put, say, show, spell } from "../floor/page.js";
import { mine, state } from "./store.js";
import { drawTransfer, opened } from "./transfer.js";

const bar = document.querySelector("#desk [data-bar]");
const part = (of) => bar.querySelector(`[data-${of}]`);
export const button = (of) => bar.querySelector(`[data-do="${of}"]`);
export const drawer = (of) => document.querySelector(`#desk [data-drawer="${of}"]`);
const open = ["dialing", "ringing", "answered", "talking"];
const toneOf = { shown: "info", dialing: "info", ringing: "info", answered: "warn", talking: "good", without_agent: "warn", ended: "" };

export const talking = () => state.desk?.call?.step === "talking" && !state.gone;

// unfold opens a drawer of the bar, or closes it when it is open.
export function unfold(of, yes = drawer(of).hidden) {
  for (const one of ["transfer", "keypad"]) {
    const is = one === of && yes && talking();
    show(drawer(one), is);
    button(one).setAttribute("aria-expanded", String(is));
    if (is && one === "transfer") opened();
    if (is) (drawer(one).querySelector("button:not([hidden] *)") ?? button(one)).focus();
  }
}

export function drawBar(muted, deeds) {
  const { desk, sheet, gone } = state;
  const call = gone ? null : desk?.call;
  show(bar, Boolean(call));
  if (!call) return unfold("", false);
  put(part("who"), call.name ?? "");
  put(part("number"), dial(call.number));
  put(part("shown"), [call.caller_id && say(call.inbound ? "desk.calls_back" : "desk.caller_id", { name: dial(call.caller_id) }), call.of && say("desk.helps_in", { name: call.of }), ...(call.with ?? []).map((t) => say(t.rings ? "desk.calling" : "desk.with", { name: t.name })), ...(call.beside ?? []).map((a) => say("desk.with", { name: a.name })), ...(call.heard ?? []).map((h) => say(`desk.heard_${h.how}`))].filter(Boolean).join(" · "));
  put(part("step"), call.held ? say("desk.held") : say(`desk.step_${call.step}`));
  part("step").className = `badge ${call.held ? "warn" : toneOf[call.step]}`;
  const preview = call.step === "shown";
  for (const of of ["dial", "skip"]) show(button(of), preview);
  const own = mine() && !preview;
  for (const of of ["hangup", "mute"]) show(button(of), !preview);
  for (const of of ["hold", "keypad", "transfer"]) show(button(of), own);
  show(button("voicemail"), own && Boolean(sheet?.voicemail));
  show(button("recording"), own && Boolean(call.recorded));
  put(button("hangup").firstChild, say(call.of ? "desk.leave" : "desk.hang_up"));
  button("hangup").disabled = !open.includes(call.step);
  for (const of of ["hold", "mute", "transfer", "keypad", "voicemail", "recording"]) button(of).disabled = call.step !== "talking";
  press("hold", call.held);
  press("mute", muted);
  press("recording", call.recording_paused);
  if (call.step !== "talking") unfold("", false);
  drawTransfer(deeds);
  time();
}

function press(of, yes) {
  button(of).setAttribute("aria-pressed", String(Boolean(yes)));
}

function time() {
  const call = state.desk?.call;
  if (!call || state.gone) return;
  const at = part("call-time");
  if (call.step === "shown") return put(at, state.desk.until ? say("desk.dials_in", { time: spell((Date.parse(state.desk.until) - now()) / 1000) }) : "");
  if (call.ended && call.joined) return put(at, spell((Date.parse(call.ended) - Date.parse(call.joined)) / 1000));
  put(at, spell(since(call.joined ?? call.answered ?? call.began)));
}
tick(time);
