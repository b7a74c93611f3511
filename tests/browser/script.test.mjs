// What the script adds: what others record is told, what would change is shown while somebody types, and nobody is signed out unwarned.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, open, signIn } from "./browser.mjs";
import { Office, day } from "./office.mjs";

let office, browser;

before(async () => {
  office = await Office.start();
  await office.open("EX-1", "ARANDO, Tivo", day(-20));
  await office.arrested("EX-1", day(-10));
  browser = await launch();
});

after(async () => {
  await browser?.close();
  await office?.stop();
});

test("what somebody else records is told, and the page is not changed under one's hands", async () => {
  const page = await open(browser, office);
  await signIn(page, "a.costa");
  await page.goto("/cases/EX-1/notes");
  await page.waitForTimeout(500);
  await office.record("EX-1", [{ kind: "note", text: "from the other desk" }], office.second);
  await page.getByRole("status").getByText("was recorded in this case").waitFor();
  assert.equal(await page.getByText("from the other desk").count(), 0);
  await page.getByRole("link", { name: "Show it" }).click();
  await page.getByText("from the other desk").waitFor();
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});

test("what would change is shown while somebody types, and nothing is recorded by it", async () => {
  const page = await open(browser, office);
  await signIn(page, "a.costa");
  const before = (await office.ask("GET", "/v1/cases/EX-1/entries", office.officer)).version;
  await page.goto("/cases/EX-1/record/act?of=request-received");
  await page.getByLabel("diplomatic").check();
  const preview = page.locator("#preview");
  await preview.getByText("from Awaited to Received").waitFor();
  await page.getByLabel("When did it take effect?").fill("the day before");
  await preview.getByText("this would be refused").waitFor();
  assert.equal((await office.ask("GET", "/v1/cases/EX-1/entries", office.officer)).version, before);
  await page.context().close();
});

test("a form that is sent twice records once", async () => {
  const page = await open(browser, office);
  await signIn(page, "a.costa");
  await page.goto("/cases/EX-1/notes");
  await page.getByRole("textbox", { name: "Note" }).fill("only once");
  await page.getByRole("button", { name: "Add the note" }).dblclick();
  await page.getByRole("status").filter({ hasText: "only once" }).waitFor();
  await page.goto("/cases/EX-1/notes");
  assert.equal(await page.getByText("only once").count(), 1);
  await page.context().close();
});

test("before the session ends somebody is asked, and one key goes on", async () => {
  const page = await open(browser, office);
  await page.clock.install();
  await signIn(page, "a.costa");
  await page.goto("/cases/EX-1/notes");
  await page.clock.fastForward("58:30");
  await page.getByRole("alertdialog").getByText(/You are signed out in \d+ seconds/).waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("alertdialog").waitFor({ state: "detached" });
  await page.clock.fastForward("57:00");
  assert.equal(await page.getByRole("alertdialog").count(), 0);
  await page.clock.fastForward("02:00");
  await page.getByRole("alertdialog").waitFor();
  await page.clock.fastForward("03:00");
  await page.getByText("Copy what you typed, then sign in again.").waitFor();
  await page.context().close();
});
