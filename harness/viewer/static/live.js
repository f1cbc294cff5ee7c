// Pages that change while one reads them: the list of runs, and a run that is being played, indexed or
// worked out. What is new is asked for every other second, more rarely where nothing comes, not at all
// where nobody looks, and no more once everything is there.
"use strict";

{
  const SHORTEST = 2000;
  const LONGEST = 30000;

  const poll = (address, first, fill) => {
    let wait = SHORTEST;
    let tag = "";

    const look = async () => {
      if (document.hidden) {
        document.addEventListener("visibilitychange", look, { once: true });
        return;
      }
      try {
        const answer = await fetch(address, { headers: tag ? { "If-None-Match": tag } : {} });
        if (answer.status === 200) {
          const facts = await answer.json();
          tag = answer.headers.get("ETag") ?? "";
          wait = SHORTEST;
          fill(facts);
          if (facts.finished) return;
        } else {
          wait = Math.min(LONGEST, wait * 1.5);
        }
      } catch {
        wait = LONGEST; // The viewer has ended, or is busy.
      }
      setTimeout(look, wait);
    };

    setTimeout(look, first);
  };

  const write = (place, value) => {
    if (value !== undefined && place.textContent.trim() !== value) place.textContent = value;
  };

  const run = document.querySelector("[data-state]");
  if (run) {
    poll(run.dataset.state, SHORTEST, (facts) => {
      for (const place of document.querySelectorAll("[data-count]")) {
        write(place, facts[place.dataset.count]);
        if (place.dataset.count === "so_far") place.hidden = !facts.so_far;
      }
      const answered = facts.answer === "ready" && run.dataset.answer !== "ready";
      if (answered || facts.finished) run.querySelector(".news").hidden = false;
    });
  }

  const list = document.querySelector("[data-states]");
  if (list) {
    poll(list.dataset.states, SHORTEST / 4, ({ runs }) => {
      for (const facts of runs) {
        const entry = list.querySelector(`[data-run="${CSS.escape(facts.run)}"]`);
        for (const place of entry?.querySelectorAll("[data-fact]") ?? []) {
          write(place, facts[place.dataset.fact] || undefined);
        }
      }
    });
  }
}
