// Every page in three languages, two themes and two widths: nothing that fails,
// nothing that sticks out, no phrase that nobody wrote, nothing axe objects to.
//
// Colours are measured in both themes, in one language of a page; the languages
// take turns. What axe finds in a page but for words and colours follows from its shape
// (checks.mjs): where that is the same in another language, it is not asked again. What
// the customer sees of a page is looked at in their language.
import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { Undrawn, colours, impaired, overflow, settled, shape, turned, unspoken, worded } from "./checks.mjs";
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
      test(`${visit.as}: ${visit.route} at ${visit.path}`, async (t) => {
        const at = idle.findIndex((tab) => tab.as === visit.as);
        const tab = at < 0 ? await world.tab(visit.as) : idle.splice(at, 1)[0];
        try {
          assert.deepEqual(await lookAll(tab, visit, n), []);
          idle.push(tab);
        } catch (e) {
          void tab.close().catch(() => {}); // it may not answer
          if (!(e instanceof Undrawn)) throw e;
          t.diagnostic(`${e.message}: looked at in a new window`);
          idle.push(await world.tab(visit.as));
          assert.deepEqual(await lookAll(idle.at(-1), visit, n), []);
        }
      });
    }
  });
}

// lookAll looks at a page in all the languages of whoever looks.
async function lookAll(tab, visit, n) {
  const found = [];
  const shapes = new Set();
  for (const [i, lang] of spoken[visit.as].entries()) {
    const first = themes[(n + i) % themes.length];
    const both = i === n % spoken[visit.as].length;
    found.push(...(await look(tab, visit, { lang, theme: first, both, shapes })).map((f) => `${lang} ${first}: ${f}`));
  }
  return found;
}

// lightEnough holds what a first visit fetches: bytes are the same on every machine.
export function lightEnough(world, walk) {
  test("a first load of any page keeps to its budget", async () => {
    const heavy = [];
    const first = walk.pages.filter((visit, n) => walk.pages.findIndex((v) => v.route === visit.route) === n).values();
    const weigh = async () => {
      for (const visit of first) {
        const { all } = await firstLoad(world, visit);
        if (all > budget) heavy.push(`${visit.route}: ${all} bytes, at most ${budget}`);
      }
    };
    await Promise.all(Array.from({ length: tabs }, weigh)); // each takes the next that nobody has
    assert.deepEqual(heavy, []);
  });
}

// look opens a page in one language and theme; with both it is turned to the
// other theme as it stands, as a reader's system does in the evening. Of a page whose
// shape has been seen, axe is asked only what hangs on the words.
async function look(tab, visit, { lang, theme, both, shapes }) {
  const { page, wrong } = tab;
  wrong.length = 0;
  await tab.speak(lang);
  await page.emulateMedia({ colorScheme: theme });
  const answer = await page.goto(visit.path, { waitUntil: "load" });
  const found = answer.status() === visit.status ? [] : [`status ${answer.status()}`];
  await settled(page);
  const said = await page.evaluate(() => document.documentElement.lang);
  if (said !== lang) found.push(`lang="${said}"`);
  found.push(...(await unspoken(page)), ...(await overflow(page)));
  const seen = await shape(page);
  const rules = !shapes.has(seen) ? (both ? {} : { without: colours }) : { only: both ? [...worded, ...colours] : worded };
  shapes.add(seen);
  found.push(...(await impaired(page, rules)));
  if (both) {
    await turned(page, themes.find((t) => t !== theme));
    found.push(...(await impaired(page, { only: colours })).map((f) => `in the other theme: ${f}`));
  }
  return [...found, ...wrong.filter((w) => visit.status === 200 || !w.includes(`status of ${visit.status}`))];
}
