// The core tasks of an officer, each with a mouse, with the keyboard alone, and with scripting off.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { keyboard, launch, mouse, open, scriptless, signIn } from "./browser.mjs";
import { EXTRADITION, MARKUP, Office, PASSWORD, day } from "./office.mjs";

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

for (const [number, hand] of [mouse, keyboard, scriptless].entries()) {
  const work = (title, task) => test(`${title} ${hand.name}`, async () => {
    const page = await open(browser, office, hand.options);
    try {
      await task(page);
      assert.deepEqual(page.complaints, []);
    } finally {
      await page.context().close();
    }
  });

  work("to sign in, be led on to where one was going, and sign out", async (page) => {
    await page.goto("/cases/EX-2026-0014/clocks");
    await hand.type(page, page.getByLabel("Account"), "a.costa");
    await hand.type(page, page.getByLabel("Password"), PASSWORD);
    await hand.press(page, page.getByRole("button", { name: "Sign in" }));
    await page.getByRole("heading", { name: "Clocks" }).waitFor();
    await hand.press(page, page.getByRole("button", { name: "Sign out" }));
    await page.getByText("You are signed out.").waitFor();
  });

  work("to see on Today what presses most, and why its date is what it is", async (page) => {
    await signIn(page, "a.costa");
    const headings = await page.getByRole("heading", { level: 2 }).allInnerTexts();
    assert.match(headings[0], /Owed now/);
    assert.match(headings[1], /Today and tomorrow/);
    const item = page.getByRole("listitem").filter({ hasText: "EX-2026-0014" });
    await hand.press(page, item.getByRole("link", { name: "Why this date?" }));
    const last = new Date(`${day(1)}T00:00:00Z`).getUTCDate();
    await page.getByText(`Last day`).first().waitFor();
    assert.match(await page.locator("main").innerText(), new RegExp(`Last day \\w+ ${last} `));
    await page.getByText("40 days (treaty 9(4)").waitFor();
    await page.getByText("Monday", { exact: false }).first().waitFor();
  });

  work("to find a case from a half-heard name", async (page) => {
    await signIn(page, "a.costa");
    await hand.type(page, page.getByRole("searchbox"), "velano");
    await hand.press(page, page.getByRole("button", { name: "Search" }));
    await hand.press(page, page.getByRole("link", { name: "EX-2026-0033" }));
    await page.getByRole("heading", { name: "Where it stands" }).waitFor();
  });

  work("to open a case", async (page) => {
    const reference = `EX-2026-1${number}00`;
    await signIn(page, "a.costa");
    await hand.press(page, page.getByRole("link", { name: "Cases", exact: true }));
    await hand.press(page, page.getByRole("link", { name: "Open a case" }));
    await hand.type(page, page.getByLabel("Words, a State or a name"), EXTRADITION);
    await hand.press(page, page.getByRole("button", { name: "Find" }));
    await hand.choose(page, page.locator(`input[name=procedure][value="${EXTRADITION}"]`));
    await hand.press(page, page.getByRole("button", { name: "Go on" }));
    await hand.type(page, page.getByLabel("Short title"), "Tavi Orlen");
    await hand.press(page, page.getByRole("button", { name: "Look whether it is here already" }));
    await page.getByText("EX-2026-0009").waitFor();
    await hand.press(page, page.getByRole("button", { name: "Go on" }));
    await hand.type(page, page.getByRole("textbox", { name: "Reference", exact: true }), reference);
    await hand.press(page, page.getByRole("button", { name: "Open the case" }));
    await page.getByRole("status").filter({ hasText: "Recorded as entry 1" }).waitFor();
    await page.getByText("Tavi Orlen").first().waitFor();
  });

  work("to record an act, having seen what it will change", async (page) => {
    const reference = `EX-2026-2${number}00`;
    await office.open(reference, "PELLO, Anso", day(-20));
    await office.arrested(reference, day(-10));
    await signIn(page, "a.costa");
    await page.goto(`/cases/${reference}/steps`);
    await hand.press(page, page.getByRole("link", { name: /^Record ?: The request is received in writing/ }));
    await hand.type(page, page.getByLabel("When did it take effect?"), day(-1));
    await hand.choose(page, page.getByLabel("diplomatic"));
    await hand.press(page, page.getByRole("button", { name: "See what will change" }));
    await page.getByText("The request: from Awaited to Received").waitFor();
    await hand.press(page, page.getByRole("button", { name: "Record it" }));
    await page.getByRole("status").filter({ hasText: "The request is received in writing" }).waitFor();
  });

  work("to be told why an act is not allowed, with its article, and keep what was typed", async (page) => {
    await signIn(page, "a.costa");
    await page.goto("/cases/EX-2026-0040/steps");
    await hand.press(page, page.getByRole("link", { name: /^It happened earlier ?: The person is released$/ }));
    await hand.type(page, page.getByLabel("When did it take effect?"), day(-2));
    await hand.choose(page, page.getByLabel("Authority of Norvane that arrests and releases"));
    await hand.press(page, page.getByRole("button", { name: "See what will change" }));
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), /released is not open while custody is free; it is open from .*\(treaty 9\(4\); treaty 10; treaty 11\(2\)\)/s);
    assert.equal(await page.getByLabel("When did it take effect?").inputValue(), day(-2));
  });

  work("to record late what changes the present", async (page) => {
    const reference = `EX-2026-3${number}00`;
    await office.open(reference, "LATE, Rana", day(-60));
    await office.arrested(reference, day(-50));
    await signIn(page, "a.costa");
    await page.goto(`/cases/${reference}`);
    await page.getByText("Release due").first().waitFor();
    await page.goto(`/cases/${reference}/record/act?of=released`);
    await hand.type(page, page.getByLabel("When did it take effect?"), day(-20));
    await hand.choose(page, page.getByLabel("Authority of Norvane that arrests and releases"));
    await hand.press(page, page.getByRole("button", { name: "See what will change" }));
    await page.getByText("This happened before 1 thing that is recorded already").waitFor();
    await page.getByText("from Release due to Not held for extradition any more").waitFor();
    await hand.press(page, page.getByRole("button", { name: "Record it" }));
    await hand.press(page, page.getByRole("link", { name: "Timeline" }));
    await page.getByText("late").first().waitFor();
  });

  work("to record that a document arrived", async (page) => {
    const reference = `EX-2026-4${number}00`;
    await office.open(reference, "DOKU, Mena", day(-9));
    await office.record(reference, [office.act("request-received", day(-5), { "request.channel": "diplomatic" })]);
    await signIn(page, "a.costa");
    await page.goto(`/cases/${reference}/documents`);
    await hand.press(page, page.getByRole("link", { name: /^Record arrival ?: Description of the person/ }));
    await hand.choose(page, page.getByLabel("A certified copy"));
    await hand.press(page, page.getByRole("button", { name: "See what will change" }));
    await hand.press(page, page.getByRole("button", { name: "Record it" }));
    // It came, and is not complete: it must be translated.
    await page.getByText("certified copy").waitFor();
    assert.match(await page.getByRole("row").filter({ hasText: "Description of the person" }).innerText(), /missing/);
  });

  work("to confirm what another proposed", async (page) => {
    const reference = `EX-2026-5${number}00`;
    await office.requested(reference, "TWO, Ana", -20, true);
    await signIn(page, "a.costa");
    await page.goto(`/cases/${reference}`);
    await hand.press(page, page.getByRole("link", { name: "1 proposal waits for a second person" }));
    await hand.press(page, page.getByRole("link", { name: "Look and confirm" }));
    await hand.press(page, page.getByRole("button", { name: "See what will change" }));
    await page.getByText("to Extradition granted").waitFor();
    await hand.press(page, page.getByRole("button", { name: "Confirm it" }));
    await page.getByText("Extradition granted").first().waitFor();
  });

  work("to come second to another officer, and lose nothing", async (page) => {
    const reference = `EX-2026-6${number}00`;
    await office.open(reference, "BOTH, Ilo", day(-20));
    await office.arrested(reference, day(-10));
    await signIn(page, "a.costa");
    await page.goto(`/cases/${reference}/record/act?of=request-received`);
    await hand.choose(page, page.getByLabel("diplomatic"));
    await hand.type(page, page.getByLabel("When did it take effect?"), day(-3));
    await office.record(reference, [{ kind: "note", text: "Calderia called" }], office.second);
    await hand.press(page, page.getByRole("button", { name: "See what will change" }));
    const alert = page.getByRole("alert");
    await alert.waitFor();
    assert.match(await alert.innerText(), /Somebody recorded meanwhile[\s\S]*Calderia called[\s\S]*m\.reis/);
    assert.equal(await page.getByLabel("When did it take effect?").inputValue(), day(-3));
    await hand.press(page, page.getByRole("button", { name: "See what will change" }));
    await hand.press(page, page.getByRole("button", { name: "Record it" }));
    await page.getByRole("status").filter({ hasText: "Recorded as entry" }).waitFor();
  });
}

test("a first password is changed before anything else", async () => {
  const page = await open(browser, office);
  await signIn(page, "newcomer", office.firstPasswords.newcomer);
  await page.getByRole("heading", { name: "Change your password" }).waitFor();
  await page.getByLabel("Password until now").fill(office.firstPasswords.newcomer);
  await page.getByLabel("New password", { exact: true }).fill("five words are even better");
  await page.getByLabel("New password once more").fill("five words are even better");
  await page.getByRole("button", { name: "Change password" }).click();
  await signIn(page, "newcomer", "five words are even better");
  await page.getByRole("heading", { name: "Today" }).waitFor();
  await page.context().close();
});

test("markup that somebody typed is shown and never run", async () => {
  const page = await open(browser, office);
  await signIn(page, "a.costa");
  for (const path of ["/", "/cases", "/cases/EX-2026-0099", "/cases/EX-2026-0099/notes", "/search?q=img"]) {
    await page.goto(path);
    await page.getByText(MARKUP).first().waitFor();
    assert.notEqual(await page.title(), "broken");
  }
  assert.deepEqual(page.complaints, []);
  await page.context().close();
});
