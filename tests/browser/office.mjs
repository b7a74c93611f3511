// An office to look at: the built `comity serve` over a new store, with accounts and cases. Norvane and Calderia are no States, and
// nobody in the cases is a person.

import { spawn, spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
export const PASSWORD = "four words are enough";
export const EXTRADITION = "un-model-extradition/extradition";
/** Markup and every quote, which must come out of each page as it went in. */
export const MARKUP = `<img src=x onerror="document.title='broken'"> & 'quotes'`;

const program = process.env.COMITY_BIN ?? join(root, "target", "debug", "comity");

/** The library, with one act of the procedure between the two left to two persons. */
function library(folder) {
  const to = join(folder, "workflows");
  cpSync(join(root, "workflows"), to, { recursive: true });
  const path = join(to, `${EXTRADITION}.yaml`);
  const text = readFileSync(path, "utf8");
  const act = "  extradition-granted:\n    title: Extradition is granted\n";
  if (!text.includes(act)) throw new Error("the procedure has no such act any more");
  writeFileSync(path, text.replace(act, `${act}    four-eyes: required\n`));
  return to;
}

/** A day so many days from today, in the days of UTC. */
export function day(offset) {
  return new Date(Date.now() + offset * 86_400_000).toISOString().slice(0, 10);
}

export class Office {
  static async start({ config = "", listen = "127.0.0.1:0" } = {}) {
    const folder = mkdtempSync(join(tmpdir(), "comity-console-"));
    const store = join(folder, "store");
    const made = spawnSync(program, ["init", store], { encoding: "utf8" });
    if (made.status !== 0) throw new Error(made.stderr || String(made.error));
    const file = join(folder, "comity.toml");
    writeFileSync(file, `[limits]\nsign-ins-a-minute = 1000\n${config}`);
    const args = ["serve", "--config", file, "--listen", listen, "--store", store, "--workflows", library(folder)];
    const child = spawn(program, args, { stdio: ["ignore", "ignore", "pipe"] });
    const office = new Office();
    Object.assign(office, { folder, child });
    await office.#listening();
    await office.#accounts();
    return office;
  }

  async #listening() {
    let said = "";
    await new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`it does not listen: ${said}`)), 60_000);
      this.child.on("exit", () => reject(new Error(`it ended: ${said}`)));
      this.child.stderr.on("data", (piece) => {
        said += piece;
        const flat = said.replace(/\s+/g, " ");
        this.first ??= flat.match(/must be changed: (\S+) /)?.[1];
        const address = flat.match(/listening at (http:\/\/[\d.:]+)/)?.[1];
        if (!address) return;
        this.url = address;
        clearTimeout(late);
        resolve();
      });
    });
  }

  /** Asks the API. */
  async ask(method, path, token, body) {
    const answer = await fetch(this.url + path, {
      method,
      headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), "content-type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return text ? JSON.parse(text) : null;
  }

  async token(account, password = PASSWORD) {
    return (await this.ask("POST", "/v1/session", "", { account, password })).token;
  }

  async #changePassword(account, first) {
    const token = await this.token(account, first);
    await this.ask("POST", "/v1/session/password", token, { old: first, new: PASSWORD });
  }

  async #accounts() {
    await this.#changePassword("administrator", this.first);
    const admin = await this.token("administrator");
    const all = { "a.costa": ["officer"], "m.reis": ["officer"], head: ["head"], auditor: ["auditor"], newcomer: ["officer"] };
    this.firstPasswords = {};
    for (const [account, roles] of Object.entries(all)) {
      const made = await this.ask("POST", "/v1/accounts", admin, { account, roles });
      this.firstPasswords[account] = made.first_password;
      if (account !== "newcomer") await this.#changePassword(account, made.first_password);
    }
    this.officer = await this.token("a.costa");
    this.second = await this.token("m.reis");
    this.head = await this.token("head");
  }

  async open(reference, title, since, more = {}) {
    const matter = more.matter ?? `M-${reference}`;
    await this.ask("POST", "/v1/matters", this.officer, { reference: matter, title }).catch(() => null);
    const procedure = more.procedure ?? EXTRADITION;
    await this.ask("POST", "/v1/cases", this.officer, { reference, matter, procedure, title, since });
  }

  async record(reference, entries, token = this.officer) {
    return this.ask("POST", `/v1/cases/${encodeURIComponent(reference)}/entries`, token, { entries });
  }

  act(act, when, facts = {}, by) {
    return { kind: "act", act, when, facts, ...(by ? { by } : {}) };
  }

  /** An application for provisional arrest, and the arrest. */
  async arrested(reference, when) {
    const facts = {
      "application.urgency": "he is about to leave", "application.description": "a man of 41 years",
      "application.statement": "the request will follow", "application.document": "a warrant of arrest",
      "application.penalty": "up to eight years", "application.facts": "fraud upon a cooperative bank",
    };
    await this.record(reference, [this.act("provisional-arrest-asked", when, facts)]);
    await this.record(reference, [this.act("provisionally-arrested", when)]);
    await this.record(reference, [this.act("result-told", when, {}, "requested/central")]);
  }

  /** Cases of every kind. */
  async fill() {
    const person = [["EX-2026-0009", "ORLEN, Tavi", -47], ["EX-2026-0014", "ARANDO, Tivo", -38], ["EX-2026-0021", "MERIK, Sola", -34],
      ["EX-2026-0026", "DASSE, Ivo and Lena", -12], ["EX-2026-0030", "OKARU, Bento", -3]];
    for (const [reference, title, arrested] of person) {
      await this.open(reference, title, day(arrested - 3));
      await this.arrested(reference, day(arrested));
    }
    await this.record("EX-2026-0014", [{ kind: "assign", to: "a.costa" }]);
    await this.record("EX-2026-0021", [{ kind: "assign", to: "a.costa" },
      { kind: "note", text: "The court asked by telephone when the papers will come.\nCalderia said: within the week." }]);
    await this.record("EX-2026-0026", [{ kind: "assign", to: "m.reis" }]);
    await this.requested("EX-2026-0033", "VELANO, Mira", -20);
    await this.requested("EX-2026-0034", "TASKEN, Jory", -15, true);
    await this.open("EX-2026-0040", "PELLO, Anso", day(-60));
    await this.open("EX-2026-0041", "이하늘 (LEE Haneul)", day(-40));
    await this.record("EX-2026-0041", [{ kind: "review", by: day(0), why: "Ask Calderia whether the request will come" }]);
    await this.open("EX-2026-0042", "ليلى منصور (MANSUR, Leyla)", day(-30));
    await this.record("EX-2026-0042", [{ kind: "hold", reason: "Calderia asked us to wait for its court", until: day(30) }]);
    await this.open("MLA-2026-0007", "Bank records in the matter of Orlen", day(-14), { procedure: "un-model-mla/assistance", matter: "M-EX-2026-0009" });
    await this.open("EX-2026-0099", MARKUP, day(-5));
    await this.record("EX-2026-0099", [{ kind: "note", text: MARKUP }]);
    await this.open("EX-2026-0050", "A sealed matter", day(-9));
    await this.arrested("EX-2026-0050", day(-8));
    await this.record("EX-2026-0050", [{ kind: "seal", accounts: ["head"], reason: "a protected witness" }], this.head);
  }

  /** A request with its documents; where all are there, up to the decision, which two persons take. */
  async requested(reference, title, from, whole = false) {
    await this.open(reference, title, day(from - 2));
    await this.arrested(reference, day(from - 1));
    await this.record(reference, [this.act("request-received", day(from), { "request.channel": "diplomatic" })]);
    const document = (document) => ({ kind: "document", document, form: "certified-copy", translated_into: "pt", when: day(from) });
    await this.record(reference, ["description", "law"].map(document));
    if (!whole) return;
    await this.record(reference, [{ kind: "fact", fact: "person.status", value: "accused", when: day(from) }]);
    await this.record(reference, ["warrant", "facts"].map(document));
    await this.record(reference, [this.act("documents-received", day(from + 1))]);
    const { grounds } = await this.ask("GET", `/v1/cases/${reference}/grounds`, this.officer);
    await this.record(reference, grounds.filter((one) => one.force.startsWith("mandatory"))
      .map((one) => ({ kind: "finding", ground: one.name, applies: false, when: day(from + 5), by: "requested/authority" })));
    const entry = this.act("extradition-granted", day(from + 6));
    await this.record(reference, [{ kind: "propose", entry }], this.second);
  }

  async stop() {
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    await ended;
    rmSync(this.folder, { recursive: true, force: true });
  }
}

// `node office.mjs` keeps an office open to look at by hand.
if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const office = await Office.start({ listen: process.env.LISTEN ?? "127.0.0.1:8470" });
  await office.fill();
  console.log(`${office.url}: sign in as a.costa, m.reis, head or auditor with "${PASSWORD}"`);
  process.on("SIGINT", () => office.stop().then(() => process.exit(0)));
  process.on("SIGTERM", () => office.stop().then(() => process.exit(0)));
}
