// A script with questions: the server says which step comes next and what is still
// missing; what is answered is kept there as it is answered.
import { ask } from "../floor/feed.js";
import { el, outcome, say } from "../floor/page.js";
import { refuse } from "./notices.js";
import { state } from "./store.js";

let of = ""; // the try
let told = null; // as the server told it last
let edit = 0;
let wanted = null; // moves and open answers that are to be kept
let busy = false;
let drawn = "";
let pause = 0;
const still = 500; // after the last key in a text

const address = () => `/v1/tries/${of}/answers`;

// drawGuide shows where the script of the call stands; choose is told what its end proposes.
export function drawGuide(box, choose) {
  const { call } = state.desk;
  if (call.try !== of) {
    [of, told, edit, wanted, drawn] = [call.try, null, 0, null, ""];
    box.replaceChildren();
  }
  if (!told && !busy && call.answered) read(box, choose);
}

async function read(box, choose) {
  busy = true;
  try {
    take(await ask(address(), undefined, {}, { method: "GET" }), box, choose);
  } catch (problem) {
    refuse(problem);
  }
  busy = false;
}

// keep sends what is wanted; what is wanted meanwhile goes after it.
async function keep(box, choose) {
  if (busy || !wanted) return;
  busy = true;
  const mine = of;
  const sent = wanted;
  wanted = null;
  try {
    const got = await ask(address(), { edit: ++edit, ...sent }, {}, { method: "PUT" });
    if (mine === of && !wanted) take(got, box, choose);
  } catch (problem) {
    if (mine === of) {
      refuse(problem);
      if (problem.code === "cut_off") wanted ??= sent;
      else told = null; // somebody else wrote: read it again
    }
  }
  busy = false;
  if (wanted) setTimeout(() => keep(box, choose), 1_000);
}

// want is what is answered now; a text that is being written waits for its end.
function want(moves, open, box, choose, wait = 0) {
  wanted = { moves, open };
  told = { ...told, moves, open };
  clearTimeout(pause);
  if (wait === 0) keep(box, choose);
  else pause = setTimeout(() => keep(box, choose), wait);
}

function take(got, box, choose) {
  told = got;
  edit = Math.max(edit, got.edit);
  const key = JSON.stringify([of, got.step, got.end, got.moves.length]);
  if (key !== drawn) draw(box, choose);
  drawn = key;
  for (const field of box.querySelectorAll("[data-question]")) field.toggleAttribute("data-missing", (got.missing ?? []).includes(field.dataset.question));
}

function draw(box, choose) {
  const { step, moves } = told;
  const back = moves.length > 0 && !told.closed && el("button", { type: "button", className: "button", onclick: () => want(moves.slice(0, -1), moves.at(-1).answers ?? {}, box, choose) }, say("desk.step_back"));
  if (!step) {
    const d = state.sheet.dispositions.find((x) => x.code === told.disposition);
    const proposed = d && !told.closed && el("button", { type: "button", className: "button primary", onclick: () => choose(d.code) }, outcome(d));
    return box.replaceChildren(el("div", { className: "desk-say" }, el("span", { className: "desk-step-n" }, "✓"), el("p", {}, say(told.full ? "desk.script_full" : "desk.script_over"))), el("div", { className: "row", "data-answers": "" }, proposed, back));
  }
  const next = el("button", { type: "button", className: "button primary", onclick: () => want([...told.moves, { step: step.id, answers: told.open }], {}, box, choose) }, say("desk.next_step"));
  box.replaceChildren(el("div", { className: "desk-say" }, el("span", { className: "desk-step-n num" }, String(moves.length + 1)), el("p", { className: "lines" }, step.text ?? "")), ...step.questions.map((q) => question(q, box, choose)), el("div", { className: "row", "data-answers": "" }, next, back));
}

const lists = { choice: "radio", yes_no: "radio", several: "checkbox", scale: "radio" };
const fields = { number: "text", date: "date", text: "text" };

// question is one with its answers: few to choose from are shown, others written.
function question(q, box, choose) {
  const has = told.open[q.id] ?? [];
  const set = (list, wait) => want(told.moves, { ...told.open, [q.id]: list }, box, choose, wait);
  const head = [q.label, q.required && el("span", { className: "muted small" }, ` ${say("desk.required")}`)];
  if (!lists[q.kind]) {
    const input = el("input", { className: "input", type: fields[q.kind], value: has[0] ?? "", maxLength: 2000, inputMode: q.kind === "number" ? "decimal" : "" });
    input.addEventListener("input", () => set(input.value === "" ? [] : [input.value], still));
    return el("label", { className: "field desk-question", "data-question": q.id }, el("span", { className: "label" }, ...head.filter(Boolean)), input);
  }
  const boxes = options(q).map(([value, label]) => el("label", { className: "desk-option" }, el("input", { type: lists[q.kind], name: `q-${q.id}`, value, checked: has.includes(value) }), el("span", {}, label)));
  const group = el("fieldset", { className: "desk-question", "data-question": q.id }, el("legend", {}, ...head.filter(Boolean)), el("div", { className: "desk-options" }, ...boxes));
  group.addEventListener("change", () => set([...group.querySelectorAll(":checked")].map((i) => i.value)));
  return group;
}

function options(q) {
  if (q.kind === "yes_no") return [["yes", say("desk.yes")], ["no", say("desk.no")]];
  if (q.kind !== "scale") return (q.choices ?? []).map((c) => [c.id, c.label]);
  const [least, most] = [Number(q.least), Number(q.most)];
  return Array.from({ length: Math.min(101, most - least + 1) }, (_, i) => [String(least + i), String(least + i)]);
}
