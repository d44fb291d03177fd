// Every page in three languages, two themes and two widths: nothing that fails,
// nothing that sticks out, no phrase that nobody wrote, nothing axe objects to.
//
// Colours are measured in both themes, in one language of a page; the languages
// take turns. What the customer sees of a page is looked at in their language.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { colours, impaired, overflow, settled, turned, unspoken } from "./checks.mjs";
import { budget, firstLoad } from "./first-load.mjs";
import { apart } from "./visits.mjs";
import { languages, themes } from "./world.mjs";

const tabs = 3; // windows that look at pages at the same time
const spoken = { operator: languages, nobody: languages, floor: ["zh-Hans"] };

export function everyPage(world, walk) {
  test("every address of the console is led to, and every link leads to something", () => {
    assert.deepEqual(walk.wrong, []);
    assert.deepEqual(walk.missed.filter((route) => !apart.includes(route)), [], "pages nothing leads to: link them, or add a line to browser/visits.mjs");
  });

  describe("every page", { concurrency: tabs }, () => {
    const idle = [];
    after(() => Promise.all(idle.map((tab) => tab.close())));
    for (const [n, visit] of walk.pages.entries()) {
      test(`${visit.as}: ${visit.route} at ${visit.path}`, async () => {
        const at = idle.findIndex((tab) => tab.as === visit.as);
        const tab = at < 0 ? await world.tab(visit.as) : idle.splice(at, 1)[0];
        const found = [];
        for (const [i, lang] of spoken[visit.as].entries()) {
          const first = themes[(n + i) % themes.length];
          const both = i === n % spoken[visit.as].length;
          found.push(...(await look(tab, visit, lang, first, both)).map((f) => `${lang} ${first}: ${f}`));
        }
        idle.push(tab);
        assert.deepEqual(found, []);
      });
    }
  });
}

// lightEnough holds what a first visit fetches: bytes are the same on every machine.
export function lightEnough(world, walk) {
  test("a first load of any page keeps to its budget", async () => {
    const heavy = [];
    const routes = new Set();
    for (const visit of walk.pages) {
      if (routes.has(visit.route)) continue;
      routes.add(visit.route);
      const { all } = await firstLoad(world, visit);
      if (all > budget) heavy.push(`${visit.route}: ${all} bytes, at most ${budget}`);
    }
    assert.deepEqual(heavy, []);
  });
}

// look opens a page in one language and theme; with both it is turned to the
// other theme as it stands, as a reader's system does in the evening.
async function look(tab, visit, lang, theme, both) {
  const { page, wrong } = tab;
  wrong.length = 0;
  await tab.speak(lang);
  await page.emulateMedia({ colorScheme: theme });
  const answer = await page.goto(visit.path, { waitUntil: "load" });
  const found = answer.status() === visit.status ? [] : [`status ${answer.status()}`];
  await settled(page);
  const said = await page.evaluate(() => document.documentElement.lang);
  if (said !== lang) found.push(`lang="${said}"`);
  found.push(...(await unspoken(page)), ...(await overflow(page)), ...(await impaired(page, both ? {} : { without: colours })));
  if (both) {
    await turned(page, themes.find((t) => t !== theme));
    found.push(...(await impaired(page, { only: colours })).map((f) => `in the other theme: ${f}`));
  }
  return [...found, ...wrong.filter((w) => visit.status === 200 || !w.includes(`status of ${visit.status}`))];
}
