// What the script adds to the console. Everything works without it; nothing here decides anything.
"use strict";

(() => {
  const body = document.body;
  const news = document.getElementById("news");

  /** An element with a class and a text. */
  const made = (name, of, text) => {
    const one = document.createElement(name);
    if (of) one.className = of;
    if (text) one.textContent = text;
    return one;
  };

  // Whoever sent a form and was refused, or recorded something, is led to what the page says of it.
  const told = document.getElementById("refusal") || document.getElementById("meanwhile");
  if (told) {
    told.tabIndex = -1;
    told.focus();
  }

  // A form is sent once, however often the button is pressed. Back in history it can be sent again.
  for (const form of document.forms) {
    form.addEventListener("submit", (event) => {
      if (form.dataset.sent) event.preventDefault();
      else if (form.method === "post" && !form.action.endsWith("/bundle")) form.dataset.sent = "yes";
    });
  }
  addEventListener("pageshow", () => {
    for (const form of document.forms) delete form.dataset.sent;
  });

  // What happens elsewhere is told as it happens. The page is never changed under somebody's hands: it offers itself anew.
  const listens = body.dataset.listens;
  if (listens !== undefined && "EventSource" in window) {
    let source = null, position = body.dataset.position;
    const kinds = ["case-opened", "deed", "annulled", "corrected", "linked", "limit-ran-out", "note", "file", "office",
      "limit-warned", "proposed", "confirmed", "migrated", "erasure-proposed"];
    let heard = 0;
    const hear = (event) => {
      let told;
      try { told = JSON.parse(event.data); } catch { return; }
      position = event.lastEventId || position;
      if (!told.reference || (listens !== "" && told.reference !== listens)) return;
      heard += 1;
      offer(listens === ""
        ? (heard === 1 ? "Something was recorded in " + told.reference + "." : heard + " entries were recorded since.")
        : "Entry " + told.number + " was recorded in this case.");
    };
    // Only the page that is looked at listens: a browser has few connections to one place, and many pages are open.
    const attend = () => {
      const looked = document.visibilityState === "visible";
      if (looked && !source) {
        source = new EventSource("/events?after=" + encodeURIComponent(position));
        for (const kind of kinds) source.addEventListener(kind, hear);
      } else if (!looked && source) {
        source.close();
        source = null;
      }
    };
    attend();
    document.addEventListener("visibilitychange", attend);
    addEventListener("pagehide", () => source && source.close());
  }

  let offered = null;
  function offer(says) {
    if (!offered) {
      offered = made("div", "fresh");
      const text = made("span", "", "");
      const again = made("a", "", "Show it");
      again.href = location.pathname + location.search.replace(/([?&])recorded=\d+&?/, "$1");
      offered.append(text, again);
      news.append(offered);
    }
    offered.firstChild.textContent = says;
  }

  // A long list of options is narrowed while somebody types.
  const options = document.querySelector("[data-filtered]");
  const box = document.getElementById("q");
  if (options && box) {
    const all = [...options.querySelectorAll(".check")].map((row) => [row, row.textContent.toLowerCase()]);
    box.addEventListener("input", () => {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      for (const [row, text] of all) row.hidden = !words.every((word) => text.includes(word));
    });
  }

  // What an entry would change is shown while it is typed, by the same page that shows it before it is recorded.
  const form = document.querySelector("form[data-draft]");
  const look = form && form.querySelector("button[value=look]");
  if (look) {
    const area = document.getElementById("preview");
    let timer = 0, asked = 0;
    const ask = async () => {
      if (!form.checkValidity()) return area.replaceChildren();
      const mine = ++asked;
      const fields = new URLSearchParams(new FormData(form));
      fields.set("do", "look");
      let page;
      try {
        const answer = await fetch(form.action, {
          method: "POST", body: fields, headers: { Accept: "text/html" }, credentials: "same-origin",
        });
        page = new DOMParser().parseFromString(await answer.text(), "text/html");
      } catch { return; }
      if (mine !== asked) return;
      const part = page.querySelector(".changes") || page.querySelector("#refusal") || page.querySelector("#meanwhile")
        || page.querySelector(".form-card .empty");
      if (!part) return area.replaceChildren();
      part.removeAttribute("id");
      part.removeAttribute("role");
      part.removeAttribute("tabindex");
      area.replaceChildren(made("h2", "", part.className === "refusal" ? "As it stands, this would be refused" : "What will change"), part);
    };
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, 500);
    });
  }

  // Before the session ends for want of use, somebody is asked; one press of a key goes on.
  const idle = Number(body.dataset.idle || 0);
  if (idle > 0) {
    const before = Math.min(120, idle / 3);
    let timer = 0, ticking = 0;
    const start = () => {
      clearTimeout(timer);
      clearInterval(ticking);
      timer = setTimeout(warn, (idle - before) * 1000);
    };
    const warn = () => {
      const ends = Date.now() + before * 1000;
      const dialog = made("div", "dialog");
      dialog.setAttribute("role", "alertdialog");
      dialog.setAttribute("aria-labelledby", "session-ends");
      const says = made("p", "", "");
      says.id = "session-ends";
      const acts = made("div", "acts");
      const stay = made("button", "main", "Stay signed in");
      stay.type = "button";
      acts.append(stay);
      dialog.append(says, acts);
      const tell = () => {
        const left = Math.max(0, Math.round((ends - Date.now()) / 1000));
        says.textContent = left > 0
          ? "You are signed out in " + left + " seconds. What you typed stays until then."
          : "You are signed out. Copy what you typed, then sign in again.";
        if (left === 0) {
          clearInterval(ticking);
          stay.remove();
        }
      };
      stay.addEventListener("click", async () => {
        await fetch("/session", { credentials: "same-origin" }).catch(() => null);
        dialog.remove();
        start();
      });
      tell();
      body.append(dialog);
      stay.focus();
      ticking = setInterval(tell, 1000);
    };
    start();
  }
})();
