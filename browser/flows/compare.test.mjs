// Comparing without an account: records are dropped on the page, the answer is
// read, a slider is dragged, the link opens for somebody else and only reads.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { example } from "../furnish.mjs";

// drop lets go of a file over a form, as a hand does.
export async function drop(page, form, name, bytes) {
  const carried = await page.evaluateHandle(
    ([name, text]) => {
      const data = new DataTransfer();
      data.items.add(new File([text], name));
      return data;
    },
    [name, bytes.toString("utf8")],
  );
  const at = page.locator(form).first();
  await at.dispatchEvent("dragover", { dataTransfer: carried });
  assert.equal(await at.evaluate((f) => f.hasAttribute("data-over")), true, "the form does not say that it takes the file");
  await at.dispatchEvent("drop", { dataTransfer: carried });
}

export function compare(world) {
  test("compare by dropping a file, without an account", async () => {
    const tab = await world.tab("nobody");
    const { page } = tab;
    await page.goto("/compare");
    await drop(page, "form[data-upload]", "Master.csv", readFileSync(example("sales-floor/usage/Master.csv")));
    await page.waitForURL(/compare\/[a-z2-7]{32}$/);
    await page.locator(".record .badge.good").waitFor();
    assert.match(await page.locator(".record .sum").innerText(), /[1-9][\d,]* read/);
    for (const offer of ["ujet-pro", "callfire-payg", "kixie"]) await page.locator(`#m-${offer}`).check();
    await page.locator('form[action$="/market"] button').click();
    await page.locator(".answer .say").waitFor();
    assert.match(await page.locator(".answer .say").innerText(), /costs least over 12 months/);

    assert.match(await page.locator(".notice.warn").innerText(), /seats/, "calls alone tell no seats: the page must say so");
    await page.locator('a[href="#f-seats"]').click();
    await page.locator("#f-seats").fill("10");
    await page.locator("#f-seats").press("Enter");
    await page.waitForURL(/seats=10/);
    await page.locator(".answer .say").waitFor();
    assert.equal(await page.locator(".notice.warn").count(), 0);

    const before = await page.locator("#step").innerText();
    await page.locator("#x-volume").focus();
    for (let n = 0; n < 5; n++) await page.keyboard.press("ArrowRight");
    await page.waitForFunction((was) => document.querySelector("#step").innerText !== was, before);
    assert.match(await page.locator('output[for="x-volume"]').innerText(), /^\+\d+ ?%$/);

    const link = await page.locator("a[data-share]").getAttribute("href");
    const friend = await world.tab("nobody", { lang: "zh-Hant" });
    await friend.page.goto(link);
    await friend.page.locator(".answer .say").waitFor();
    assert.equal(await friend.page.locator('form[method="post"]:not([action="/view"])').count(), 0, "whoever has the link may only look");
    for (const t of [tab, friend]) {
      assert.deepEqual(t.wrong, []);
      await t.close();
    }
  });
}
