// One key for everything. Letters and digits do nothing while somebody writes, and can
// be switched off for those whose speech or tools type by themselves.
import { boot } from "../floor/page.js";

const kept = `waihu.desk.letters.${boot.user}`;
const help = document.querySelector("#desk [data-help]");
const letters = help.querySelector("[data-letters]");
letters.checked = localStorage.getItem(kept) !== "off";
letters.addEventListener("change", () => localStorage.setItem(kept, letters.checked ? "on" : "off"));

const writing = (e) => e.target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]");
const pressing = (e) => e.target.closest?.("button, a, summary, input");

export function toggleHelp(yes = !help.open) {
  if (yes) help.show();
  else help.close();
  if (yes) help.querySelector("button").focus();
}
export const helpOpen = () => help.open;

// listen hands keys on by what they do: map has a function a key, which says false where
// it did nothing.
export function listen(map) {
  addEventListener("keydown", (e) => {
    if (e.repeat || e.isComposing || e.altKey || e.metaKey || e.ctrlKey) return;
    const plain = e.key.length === 1;
    if (e.key === "Enter" && (pressing(e) || writing(e))) return;
    if (plain && (writing(e) || (!letters.checked && e.key !== "?"))) return;
    const name = plain ? e.key.toLowerCase() : e.key;
    const deed = /^[1-9]$/.test(name) ? () => map.digit(Number(name)) : map[name];
    if (!deed || deed() === false) return;
    e.preventDefault();
  });
}
