// The page of a sitting: points as one chooses, a form that is sent once, and news of the table.
// Every page works without it.
"use strict";

{
  const told = (points) => String(Math.round(points * 10) / 10);

  // The points are those that stand beside the options: the seat's own table, and nothing else.
  const count = (kind) => {
    const place = document.querySelector(`[data-sum="${kind}"]`);
    const issues = document.querySelectorAll(`[data-kind="${kind}"] fieldset`);
    if (!place) return;
    const chosen = [...issues].map((issue) => issue.querySelector("input:checked"));
    const points = chosen.reduce((sum, one) => sum + Number(one?.dataset.points ?? 0), 0);
    const open = chosen.filter((one) => !one).length;
    const none = Number(place.dataset.none);
    const total = Math.round(points * 10) / 10;
    const number = document.createElement("b");
    number.textContent = `${place.dataset.about ?? ""}${told(total)}`;
    const beside = total < none ? "less than" : total > none ? "more than" : "as much as";
    const rest = open ? `points so far; ${open} of ${issues.length} issues are open` : `points by your table, ${beside} no agreement`;
    place.replaceChildren(number, ` ${rest}`);
  };

  for (const place of document.querySelectorAll("[data-sum]")) {
    const kind = place.dataset.sum;
    document.querySelector(`[data-kind="${kind}"]`).addEventListener("change", () => count(kind));
    count(kind);
  }
  for (const button of document.querySelectorAll(".count")) button.hidden = true;

  // Whoever chooses a second package means it.
  const either = document.querySelector("[name=either]");
  document.querySelector('[data-kind="second"]')?.addEventListener("change", () => {
    either.checked = true;
  });
}

{
  // One form holds all moves, so that what is written for one stays when another is sent. The move
  // whose button is pressed is asked for what it needs, and no other.
  for (const button of document.querySelectorAll(".moves button")) {
    button.addEventListener("click", () => {
      const move = button.formNoValidate ? null : button.closest("[data-move]");
      for (const field of button.form.querySelectorAll("[data-needed]")) {
        field.required = move !== null && move.contains(field);
      }
    });
  }
}

{
  // Sent once: a second press of the button is not a second form. Going back makes it usable again.
  const buttons = () => document.querySelectorAll("main form button");
  for (const form of document.querySelectorAll("main form")) {
    form.addEventListener("submit", (event) => {
      if (event.submitter?.classList.contains("default")) {
        event.preventDefault();
        return;
      }
      setTimeout(() => {
        for (const button of buttons()) button.disabled = true;
      });
    });
  }
  addEventListener("pageshow", () => {
    for (const button of buttons()) button.disabled = false;
  });
  document.querySelector('[role="alert"][tabindex]')?.focus();
}

{
  const place = document.getElementById("sitting");
  const news = document.getElementById("news");
  const asking = ["move", "advise", "debrief"].includes(place.dataset.now);
  const SHORT = 700;
  const LONG = 5000;

  const say = (text) => {
    if (news.textContent !== text) news.textContent = text;
    news.hidden = false;
  };

  const look = async () => {
    try {
      const answer = await fetch(place.dataset.state);
      const { state, number } = await answer.json();
      if (state === "gone") {
        say("This sitting is no longer held: the viewer was started anew. Nothing more is sent.");
        return;
      }
      news.hidden = true;
      if (state !== place.dataset.now || String(number) !== place.dataset.number) {
        if (!asking) {
          // A page that came of a form is not loaded again: that would send the form once more.
          if (location.pathname === place.dataset.table) {
            location.hash = "now";
            location.reload();
          } else {
            location.assign(`${place.dataset.table}#now`);
          }
        } else {
          say("The table has moved on, in another window. Load this page again: this form is of an earlier turn.");
        }
        return;
      }
    } catch {
      say("The viewer does not answer. What is typed here is not sent until it does.");
    }
    setTimeout(look, asking ? LONG : SHORT);
  };

  if (place.dataset.now !== "failed") setTimeout(look, SHORT);
}
