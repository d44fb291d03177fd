// What every page must hold, whatever it shows.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { phone, wide } from "./world.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

// settled opens what is folded and waits until nothing is on its way.
export async function settled(page) {
  await page.evaluate(async () => {
    for (const d of document.querySelectorAll("details:not([data-menu-box])")) d.open = true;
    await document.fonts.ready;
  });
  await drawn(page);
}

// Undrawn: the browser draws no frame of a page any more, though the page answers.
export class Undrawn extends Error {}
const patience = 20_000; // for a frame

// drawn waits for two frames: what watches sizes has answered by then.
async function drawn(page) {
  let late;
  const never = new Promise((_, no) => (late = setTimeout(() => no(new Undrawn(`no frame of ${page.url()} within ${patience / 1000} s`)), patience)));
  const frames = page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  await Promise.race([frames, never]).finally(() => clearTimeout(late));
}

// overflow says how far a page can be moved sideways, and what sticks out.
export async function overflow(page) {
  const found = [];
  for (const size of [phone, wide]) {
    await page.setViewportSize(size);
    const fits = () => document.documentElement.scrollWidth <= document.documentElement.clientWidth;
    await drawn(page);
    if (await page.waitForFunction(fits, null, { timeout: 2000 }).catch(() => false)) continue; // a chart may still be at it
    const sticking = await page.evaluate(() => {
      const width = document.documentElement.clientWidth;
      const held = (e) => e && e !== document.body && (getComputedStyle(e).overflowX !== "visible" || held(e.parentElement));
      const out = [...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > width + 1 && !held(e.parentElement)).map((e) => e.outerHTML.slice(0, 120));
      return `${document.documentElement.scrollWidth - width} px: ${out.slice(0, 3).join(" ... ") || "nothing visible"}`;
    });
    found.push(`wider than ${size.width} px by ${sticking}`);
  }
  return found;
}

// unspoken finds keys of phrases and gaps of phrases that are shown as they are.
export async function unspoken(page) {
  return page.evaluate(() => {
    const read = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const out = [];
    while (read.nextNode()) {
      const { nodeValue: text, parentElement: at } = read.currentNode;
      if (at.closest("script, style, pre, code, textarea")) continue;
      const raw = text.match(/\[[a-z_]+(\.[a-z_]+)+\]|\{[a-z_.]+([:@*?!=|][^}]*)?\}|%!|<no value>/);
      if (raw) out.push(`shown as it is: ${raw[0]} in ${text.trim().slice(0, 80)}`);
    }
    for (const e of document.querySelectorAll("[aria-label], [title], [placeholder], [alt]")) {
      for (const name of ["aria-label", "title", "placeholder", "alt"]) {
        if (/\[[a-z_]+(\.[a-z_]+)+\]/.test(e.getAttribute(name) ?? "")) out.push(`${name}="${e.getAttribute(name)}"`);
      }
    }
    return out;
  });
}

// colours are the rules that a theme decides; they take axe the longest.
export const colours = ["color-contrast", "link-in-text-block"];

// worded are the rules that compare words or go by how much room they take.
export const worded = ["image-redundant-alt", "label-content-name-mismatch", "label-title-only", "landmark-unique", "scrollable-region-focusable", "table-duplicate-name"];

// shape is a page without its words: where there are some, and everything else. What axe finds
// beside colours and worded rules follows from it, so that one shape need be looked at once.
// What names languages in themselves is the same in all; the mark of the chosen one wanders.
export function shape(page) {
  return page.evaluate(() => {
    const said = new Set(["alt", "aria-label", "label", "placeholder", "title"]);
    const some = (text) => (text.trim() ? "words" : "");
    const out = [some(document.title)];
    const walk = (node) => {
      for (const e of node.childNodes) {
        if (e.nodeType === Node.TEXT_NODE) out.push(some(e.data));
        if (e.nodeType !== Node.ELEMENT_NODE || (e.localName === "input" && e.type === "hidden")) continue;
        out.push(`<${e.localName}`);
        for (const { name, value } of e.attributes) {
          if (name === "aria-current" && e.hasAttribute("lang")) continue;
          out.push(name, name.startsWith("data-") ? "" : said.has(name) ? some(value) : value);
        }
        out.push(">");
        if (!["script", "style"].includes(e.localName)) walk(e);
        out.push("</>");
      }
    };
    walk(document.body);
    return out.filter(Boolean).join("\n");
  });
}

// turned shows a page in another theme.
export async function turned(page, theme) {
  const before = await page.evaluate(() => getComputedStyle(document.body).color);
  await page.emulateMedia({ colorScheme: theme });
  await page.waitForFunction((was) => getComputedStyle(document.body).color !== was, before);
  await drawn(page);
}

// impaired are the violations axe finds, of some rules or without some.
export async function impaired(page, { only, without = [] } = {}) {
  if (!(await page.evaluate(() => "axe" in window))) await page.evaluate(axe);
  const rules = Object.fromEntries(without.map((rule) => [rule, { enabled: false }]));
  const runOnly = only && { type: "rule", values: only };
  const found = await page.evaluate((options) => axe.run(document, options), { resultTypes: ["violations"], rules, ...(runOnly && { runOnly }) });
  return found.violations.map((v) => `axe ${v.id} ${v.nodes.length}x: ${v.nodes[0].html.slice(0, 160)} ${v.nodes[0].failureSummary.replaceAll("\n", " ").slice(0, 240)}`);
}
