// The path through the demonstration, as a first visitor walks it: one click logs
// in, six steps follow, and each shows what it speaks of.
import assert from "node:assert/strict";
import { test } from "node:test";

const steps = [
  { at: /\/compare\//, shows: ".answer .say" },
  { at: /#s-sliders$/, shows: "#sliders", near: true },
  { at: /\/invoices\/inv_/, shows: "#lines" },
  { at: /\/plans\/build/, shows: ".bill" },
  { at: /\/whatif/, shows: ".answer .say" },
  { at: /\/c\/co_[0-9a-z]+$/, shows: "progress" },
];
const patience = 60_000; // for twelve months under nine plans on a busy machine

export function tour(world) {
  test("the six steps of the tour, from the log-in page on", async () => {
    const tab = await world.tab("nobody", { lang: "zh-Hant" });
    const { page } = tab;
    await page.goto("/");
    await page.locator(".people button").first().click();
    await page.waitForURL("**/tour");
    await page.locator(".stops .primary").click();
    for (const [n, step] of steps.entries()) {
      await page.waitForURL(step.at);
      await page.locator(step.shows).first().waitFor({ timeout: patience });
      if (step.near) await page.waitForFunction((what) => document.querySelector(what).getBoundingClientRect().top < innerHeight, step.shows);
      assert.match(await page.locator(".strip").innerText(), new RegExp(`第 ${n + 1} 步，共 6 步`));
      if (n + 1 < steps.length) await page.locator(".strip [rel=next]").click();
    }
    await page.locator(".strip form button").click();
    await page.locator(".strip").waitFor({ state: "detached" });
    assert.deepEqual(tab.wrong, []);
    await tab.close();
  });
}
