// The middle of the desk: what to do before and between calls, and during a call what
// to say, step by step.
import { el, outcome, put, say, show } from "../floor/page.js";
import { drawGuide } from "./guide.js";
import { reason } from "./top.js";
import { state } from "./store.js";

const find = (what) => document.querySelector(`#desk ${what}`);
const title = find("[data-centre-title]");
const box = find("[data-script]");
const views = Object.fromEntries([...document.querySelectorAll("#desk [data-view]")].map((v) => [v.dataset.view, v]));
let path = []; // the steps that were gone through, of the call
let of = ""; // the try they are of

export function drawCentre(choose) {
  const { desk, gone, session } = state;
  const view = !desk || gone || !session ? "start" : desk.call ? "script" : "idle";
  for (const [name, node] of Object.entries(views)) show(node, name === view);
  put(title, say({ start: "desk.start", idle: "desk.between", script: "desk.script" }[view]));
  if (view === "idle") drawIdle(desk);
  if (view === "script") drawScript(choose);
}

function drawIdle(desk) {
  const { next, last } = desk;
  put(find("[data-idle]"), desk.state === "paused" ? say("desk.idle_paused", { why: reason(desk.reason) }) : say(`desk.idle_${desk.state}`));
  const ready = desk.state === "ready";
  put(find("[data-soon]"), ready && next.most_seconds ? say("desk.soon", { n: next.least_seconds ?? 0, of: next.most_seconds }) : "");
  put(find("[data-forecast]"), ready ? (next.ahead > 0 ? say("desk.forecast_ahead", { n: next.ahead, of: next.in_flight }) : say("desk.forecast", { n: next.in_flight })) : desk.forced ? say("desk.forced_why") : desk.state === "paused" ? say(desk.line ? "desk.idle_go" : "desk.idle_line", { key: "F2" }) : "");
  const name = last && outcome(state.sheet?.dispositions?.find((d) => d.code === last.disposition) ?? { name: last.disposition });
  put(find("[data-last]"), last ? say("desk.last", { name: [last.name, name].filter(Boolean).join(": ") }) : "");
}

// filled puts the words of the lead into a text.
function filled(text) {
  const p = state.desk?.person;
  return text.replace(/\{([^{}]{1,80})\}/g, (all, name) => (name === "name" ? (p?.name ?? all) : (p?.fields?.[name] ?? all)));
}

function drawScript(choose) {
  const { desk, sheet } = state;
  if (sheet?.guide) return drawGuide(box, choose); // with questions: the server leads
  const steps = sheet?.script?.steps ?? [];
  if (desk.call.try !== of) {
    of = desk.call.try;
    path = kept() ?? [];
  }
  if (path.length === 0 && steps[0]) path = [steps[0].id];
  const key = JSON.stringify([of, path, desk.person?.name, sheet?.campaign]);
  if (box.dataset.of === key) return;
  box.dataset.of = key;
  if (!sheet) return box.replaceChildren();
  if (steps.length === 0) return box.replaceChildren(el("p", { className: "muted" }, say("desk.no_script")));
  const known = path.map((id) => steps.find((s) => s.id === id)).filter(Boolean);
  const here = known.at(-1) ?? steps[0];
  const passed = known.slice(0, -1).map((s, i) => el("li", {}, el("button", { type: "button", className: "button quiet small", onclick: () => go(path.slice(0, i + 1), choose) }, `${i + 1}. ${filled(s.text).slice(0, 60)}`)));
  const answers = (here.answers ?? []).map((a, i) => el("button", { type: "button", className: i === 0 ? "button primary" : "button", onclick: () => (a.disposition ? choose(a.disposition) : go([...path, a.to], choose)) }, a.text));
  const next = steps[steps.indexOf(here) + 1];
  if (answers.length === 0 && next) answers.push(el("button", { type: "button", className: "button primary", onclick: () => go([...path, next.id], choose) }, say("desk.next_step")));
  box.replaceChildren(passed.length > 0 ? el("ol", { className: "desk-passed" }, ...passed) : "", el("div", { className: "desk-say" }, el("span", { className: "desk-step-n num" }, String(known.length || 1)), el("p", { className: "lines" }, filled(here.text))), el("div", { className: "row", "data-answers": "" }, ...answers));
}

function go(to, choose) {
  path = to;
  sessionStorage.setItem("waihu.desk.script", JSON.stringify([of, path]));
  drawScript(choose);
  focusAnswers();
}

// kept is the way through the script before a reload.
function kept() {
  try {
    const [call, steps] = JSON.parse(sessionStorage.getItem("waihu.desk.script"));
    return call === of ? steps : null;
  } catch {
    return null;
  }
}

export function focusAnswers() {
  box.querySelector("[data-answers] button")?.focus();
}
