// Finance works without a mouse: logs in, finds an invoice, opens how an amount
// was made, and goes down to one call.
import assert from "node:assert/strict";
import { test } from "node:test";
import { password } from "../demo.mjs";

const most = 120; // presses of Tab until something must have been reached

// reach presses Tab until what has the focus fits, and sees that each stop shows
// where it is.
async function reach(page, what, fits, arg) {
  for (let n = 0; n < most; n++) {
    await page.keyboard.press("Tab");
    if (await page.evaluate(fits, arg)) {
      const seen = await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle !== "none");
      assert.ok(seen, `${what} does not show that it has the focus`);
      return;
    }
  }
  assert.fail(`${what} is not reached by ${most} presses of Tab`);
}

const onLink = (part) => document.activeElement.matches("a[href]") && new RegExp(part).test(document.activeElement.getAttribute("href"));
const onField = (name) => document.activeElement.getAttribute("name") === name;

export function keyboard(world) {
  test("finance, with the keyboard alone: from log-in to one call of an invoice", async () => {
    const tab = await world.tab("nobody");
    const { page } = tab;
    const enter = async (where) => {
      await page.keyboard.press("Enter");
      await page.waitForURL(where);
    };
    await page.goto("/login");
    await reach(page, "the address", onField, "email");
    await page.keyboard.type("finance@demo.example");
    await reach(page, "the password", onField, "password");
    await page.keyboard.type(password);
    await enter("**/companies");

    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.className), "skip", "the first stop skips the side bar");
    await page.keyboard.press("Enter");
    await reach(page, "a company", onLink, `^${world.made.firms.floor}$`);
    await enter(/\/c\/co_[0-9a-z]+$/);
    await reach(page, "invoices in the side bar", onLink, "/invoices$");
    await enter("**/invoices");
    await reach(page, "an invoice", onLink, "/invoices/inv_");
    await enter(/\/invoices\/inv_/);

    await reach(page, "the amount of talk time", onLink, "^#why-talk$");
    await page.keyboard.press("Enter");
    await page.waitForFunction(() => document.querySelector(`details[id="${location.hash.slice(1)}"]`)?.open, null, { timeout: 5000 });
    await reach(page, "the calls of a line", onLink, "/usage\\?");
    await enter(/\/usage\?/);
    await reach(page, "one call", onLink, "/usage/call\\?");
    await enter(/\/usage\/call\?/);
    assert.match(await page.locator("main").innerText(), /Talk time/, "the call does not say what it was charged for");
    assert.deepEqual(tab.wrong, []);
    await tab.close();
  });
}
