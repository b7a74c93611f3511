// A browser, and three ways to work with it: with a mouse, with the keyboard alone, and with scripting off.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { chromium } from "playwright-core";
import { PASSWORD } from "./office.mjs";

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const quiet = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync"];

export const launch = () => chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: quiet });

/** A page in a context of its own. What the browser complains of is kept. */
export async function open(browser, office, options = {}) {
  const context = await browser.newContext({ baseURL: office.url, viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  page.complaints = [];
  page.on("pageerror", (error) => page.complaints.push(error.message));
  page.on("console", (message) => {
    // That an answer has a status of its own is no fault of the page.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) page.complaints.push(message.text());
  });
  page.on("request", (request) => {
    if (!request.url().startsWith(office.url)) page.complaints.push(`asks elsewhere: ${request.url()}`);
  });
  return page;
}

export async function signIn(page, account, password = PASSWORD) {
  await page.goto("/sign-in");
  await page.getByLabel("Account").fill(account);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** With a mouse. */
export const mouse = {
  name: "with a mouse",
  options: {},
  press: (_, what) => what.click(),
  choose: (_, what) => what.check(),
  async type(_, what, text) { await what.fill(text); },
};

/** With a mouse, and no script. */
export const scriptless = { ...mouse, name: "with scripting off", options: { javaScriptEnabled: false } };

/** With the keyboard alone: everything is reached by Tab, in the order in which it is read. */
export const keyboard = {
  name: "with the keyboard alone",
  options: {},
  async reach(page, what) {
    await what.waitFor();
    for (let presses = 0; presses < 500; presses += 1) {
      if (await what.evaluate((one) => one === document.activeElement)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error("it is not reached by Tab");
  },
  async press(page, what) {
    await this.reach(page, what);
    await page.keyboard.press("Enter");
  },
  async choose(page, what) {
    const name = await what.getAttribute("name");
    await this.reach(page, page.locator(`input[name="${name}"]`).first());
    await page.keyboard.press("Space");
    while (!(await what.isChecked())) await page.keyboard.press("ArrowDown");
  },
  async type(page, what, text) {
    await this.reach(page, what);
    await page.keyboard.press("ControlOrMeta+A");
    await page.keyboard.type(text);
  },
};

/** What axe finds wrong with the page as it is. */
export async function violations(page) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run());
  return found.violations.flatMap((one) => one.nodes.map((node) => `${one.id}: ${node.target.join(" ")}: ${node.failureSummary}`));
}

/** By how much the page is wider than the window. */
export const sideways = (page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
