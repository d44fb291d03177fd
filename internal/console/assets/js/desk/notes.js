// What an agent writes during a call. It is kept as it is written, by the server: a
// reload shows it again.
import { put, say } from "../floor/page.js";
import { deed, mine, state } from "./store.js";

const area = document.querySelector("#desk [data-notes]");
const saved = document.querySelector("#desk [data-saved]");
const pause = 600; // after the last key
let of = ""; // the try they are of
let timer = 0;
let dirty = false;

export const notes = () => area.value;
export const focusNotes = () => area.focus();

export function drawNotes() {
  const { desk, gone } = state;
  const call = gone ? null : desk?.call;
  area.disabled = !mine();
  const now_ = call?.try ?? "";
  if (now_ !== of) {
    of = now_;
    dirty = false;
    clearTimeout(timer);
    area.value = desk?.notes ?? "";
    put(saved, "");
  } else if (!dirty && document.activeElement !== area && call && area.value !== (desk.notes ?? "")) area.value = desk.notes ?? "";
}

area.addEventListener("input", () => {
  dirty = true;
  put(saved, say("desk.saving"));
  clearTimeout(timer);
  timer = setTimeout(keep, pause);
});

async function keep() {
  const mine = of;
  const text = area.value;
  try {
    await deed("notes", { notes: text });
    if (mine !== of || text !== area.value) return;
    dirty = false;
    put(saved, say("desk.saved"));
  } catch (problem) {
    if (mine !== of) return;
    put(saved, say("desk.not_saved"));
    if (problem.code === "cut_off" || /^5/.test(problem.code)) timer = setTimeout(keep, 2_000);
  }
}

addEventListener("pagehide", () => {
  if (dirty && of) deed("notes", { notes: area.value }, { keepalive: true }).catch(() => {});
});
