// Lists are sorted by their headings: by a mouse, by a keyboard, and on a phone, where
// rows are cards; the order is in the address and in the file.
import assert from "node:assert/strict";
import { test } from "node:test";
import { phone } from "../world.mjs";

export function lists(world) {
  test("invoices sorted by their total, and taken as a file in that order", async () => {
    const tab = await world.tab("operator");
    const { page } = tab;
    const at = `${world.made.firms.minutes}/invoices`;
    await page.goto(at);
    const numbers = () => page.locator("tbody th a").allInnerTexts();
    const newest = await numbers();
    const total = page.locator("thead th", { hasText: "Total" });
    await total.locator("a").click();
    await page.waitForURL(/sort=-total/);
    assert.equal(await total.getAttribute("aria-sort"), "descending");
    const greatest = await numbers();
    assert.deepEqual([...greatest].sort(), [...newest].sort());
    const file = await (await world.people.operator.get(`${at}.csv?sort=-total`)).text();
    assert.deepEqual(greatest, file.trim().split("\r\n").slice(1).map((row) => row.split(",")[0]));
    await total.locator("a").focus();
    await page.keyboard.press("Enter");
    await page.waitForURL(/sort=total/);
    assert.deepEqual(await numbers(), [...greatest].reverse());

    await page.setViewportSize(phone);
    await page.locator(".sorts summary").click();
    await page.locator(".sorts a", { hasText: "Due" }).click();
    await page.waitForURL(/sort=due/);
    assert.match(await page.locator(".sorts summary").innerText(), /Due.* ascending/);
    assert.deepEqual(tab.wrong, []);
    await tab.close();
  });
}
