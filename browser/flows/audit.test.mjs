// Is this bill right? The example bill, handed in on the page, with the columns
// as they are guessed.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { test } from "node:test";
import { example } from "../furnish.mjs";

const files = (...names) => names.map((n) => fileURLToPath(example(`audit/${n}`)));

export function audit(world) {
  test("a vendor's bill is audited on the page", async () => {
    const tab = await world.tab("nobody");
    const { page } = tab;
    const hand = async (id, names, button) => {
      await page.locator(`#${id}`).setInputFiles(files(...names));
      const here = page.url();
      await page.locator(`form:has(#${id}) button[type="submit"]`).last().click();
      await page.waitForLoadState();
      return here;
    };
    await page.goto("/audit");
    await hand("bill", ["vendor/bill.csv"]);
    await page.waitForURL(/audit\/[a-z2-7]{32}$/);
    await hand("up-calls", ["vendor/calls.csv"]);
    await page.getByText("calls.csv").first().waitFor();
    await hand("f-cfile", ["contract.yaml", "plan.yaml"]);
    await page.getByText("CD-2026-017").first().waitFor();
    await hand("up-records", ["calls", "messages", "modules", "numbers", "seats"].map((n) => `usage/${n}.csv`));
    await page.waitForFunction(() => document.querySelectorAll(".record").length === 5 && !document.querySelector("#work"));
    await page.locator('form[action$="/mapping"] button[type="submit"]').click();
    await page.locator(".answer .say").waitFor();
    assert.match(await page.locator(".answer").innerText(), /634\.18/);
    await page.locator('a[href="#cause-seats"]').first().click();
    assert.match(page.url(), /#cause-seats$/);
    const letter = page.waitForEvent("download");
    await page.locator('a[href$="/letter/pdf"]').click();
    assert.match((await letter).suggestedFilename(), /\.pdf$/);
    assert.deepEqual(tab.wrong, []);
    await tab.close();
  });
}
