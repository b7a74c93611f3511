// Every page: nothing that axe objects to, nothing that moves sideways, in light and dark, wide and narrow, and from right to left.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, sideways, signIn, violations } from "./browser.mjs";
import { Office, day } from "./office.mjs";

const whole = "/cases/EX-2026-0034", running = "/cases/EX-2026-0014";
const PAGES = [
  "/", "/?of=all&later=true", "/?of=nobody", "/deadlines", `/deadlines?month=${day(20).slice(0, 7)}`, "/deadlines?month=2031-01", "/cases",
  "/cases?text=nobody&state=NZ", "/search?q=arando", "/search?q=nobody", "/procedures", "/procedures?q=nothing", "/procedures/nz-kr/extradition",
  running, whole, "/cases/EX-2026-0009", "/cases/EX-2026-0042", "/cases/EX-2026-0050", "/cases/EX-2026-0099", `${whole}?as_known_at=${day(0)}`,
  `${whole}/picture`, `${whole}/steps`, `${running}/clocks`, `${running}/clocks/request-and-documents`, `${whole}/clocks`,
  "/cases/EX-2026-0033/documents", `${whole}/grounds`, `${whole}/facts`, `${whole}/timeline`, `${whole}/timeline?by=recording`,
  "/cases/EX-2026-0009/linked", "/cases/EX-2026-0021/notes", `${whole}/proof`, "/cases/EX-2026-0050/proof",
  "/cases/EX-2026-0033/record/act?of=supplement-asked", "/cases/EX-2026-0040/record/act?of=released",
  "/cases/EX-2026-0040/record/act?of=provisional-arrest-asked", "/cases/EX-2026-0033/record/document?of=facts",
  "/cases/EX-2026-0033/record/finding?of=persecution", "/cases/EX-2026-0033/record/fact?of=person.status", `${whole}/record/seal`,
  `${whole}/record/confirm?of=20`, `${whole}/record/assign`, "/cases/new", "/statistics", "/statistics?table=standing", "/statistics?table=load", "/help", "/nothing", "/cases/EX-NOT-THERE", "/password",
];

let office, browser;

before(async () => {
  office = await Office.start();
  await office.fill();
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await office?.stop();
});

/** The pages that come of a form. */
async function forms(page, look) {
  for (const path of [`${running}/record/act?of=released`, "/cases/EX-2026-0040/record/act?of=released"]) {
    await page.goto(path);
    await page.getByRole("radio").first().check();
    await page.getByRole("button", { name: "See what will change" }).click();
    await look(`what came of ${path}`);
  }
  await page.goto("/cases/new");
  await page.getByRole("radio").nth(2).check();
  await page.getByRole("button", { name: "Go on" }).click();
  await look("the second page of opening a case");
  await page.getByLabel("Short title").fill("arando");
  await page.getByRole("button", { name: "Look whether" }).click();
  await look("who is here already");
  await page.getByRole("button", { name: "Go on" }).click();
  await look("the third page of opening a case");
}

const ways = [
  ["wide and light", { viewport: { width: 1280, height: 900 } }],
  ["wide and dark", { viewport: { width: 1280, height: 900 }, colorScheme: "dark" }],
  ["320 px wide", { viewport: { width: 320, height: 640 } }],
];

for (const [title, options] of ways) {
  test(`no page has anything that axe objects to, or moves sideways: ${title}`, async () => {
    const page = await open(browser, office, { ...options, bypassCSP: true });
    const wrong = [];
    const look = async (what) => {
      wrong.push(...(await violations(page)).map((one) => `${what}: ${one}`));
      const over = await sideways(page);
      if (over > 0) wrong.push(`${what} is ${over} px too wide`);
    };
    await page.goto("/sign-in");
    await look("/sign-in");
    await signIn(page, "head");
    for (const path of PAGES) {
      await page.goto(path);
      await look(path);
    }
    await forms(page, look);
    assert.deepEqual(wrong, []);
    await page.context().close();
  });
}

test("read from right to left nothing moves sideways or stands on something else", async () => {
  for (const width of [1280, 320]) {
    const page = await open(browser, office, { viewport: { width, height: 800 } });
    await signIn(page, "head");
    for (const path of PAGES) {
      await page.goto(path);
      await page.evaluate(() => { document.documentElement.dir = "rtl"; });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      assert.ok(over <= 0, `${path} is ${over} px too wide at ${width}`);
    }
    await page.context().close();
  }
});

test("a page is light, and asks only for what is ours", async () => {
  const page = await open(browser, office);
  await signIn(page, "head");
  let bytes = 0;
  page.on("requestfinished", async (request) => { bytes += (await request.sizes()).responseBodySize; });
  for (const path of PAGES.filter((path) => !path.includes("picture") && !path.startsWith("/procedures"))) {
    bytes = 0;
    await page.goto(path, { waitUntil: "load" });
    await page.waitForTimeout(150);
    assert.ok(bytes < 150_000, `${path} has ${bytes} bytes`);
  }
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("on paper a page keeps what it says, and loses what is to be pressed", async () => {
  const page = await open(browser, office);
  await signIn(page, "head");
  await page.emulateMedia({ media: "print" });
  await page.goto(`${running}/clocks/request-and-documents`);
  await page.getByText("First day", { exact: true }).waitFor();
  assert.equal(await page.getByRole("button", { name: "Search" }).isVisible(), false);
  assert.equal(await page.getByRole("navigation", { name: "Parts of the case" }).isVisible(), false);
  await page.context().close();
});

test("everybody is told the same last day, wherever his browser is", async () => {
  const told = new Set();
  for (const timezoneId of ["UTC", "Europe/Lisbon", "Asia/Seoul", "Pacific/Kiritimati", "America/Sao_Paulo"]) {
    const page = await open(browser, office, { timezoneId });
    await signIn(page, "head");
    await page.goto("/deadlines");
    told.add(await page.getByRole("table").first().innerText());
    await page.context().close();
  }
  assert.equal(told.size, 1);
});
