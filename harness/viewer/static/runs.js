// The list of runs: what is still being looked at, or played, is filled in as it comes.
"use strict";

{
  const list = document.querySelector("[data-states]");
  const SHORTEST = 2000;
  const LONGEST = 30000;
  let wait = SHORTEST;
  let tag = "";

  const fill = ({ runs }) => {
    for (const facts of runs) {
      const entry = list.querySelector(`[data-run="${CSS.escape(facts.run)}"]`);
      if (!entry) continue;
      for (const place of entry.querySelectorAll("[data-fact]")) {
        const value = facts[place.dataset.fact];
        if (value && place.textContent.trim() !== value) place.textContent = value;
      }
    }
  };

  const look = async () => {
    try {
      const answer = await fetch(list.dataset.states, { headers: tag ? { "If-None-Match": tag } : {} });
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
      wait = LONGEST;
    }
    setTimeout(look, wait);
  };

  if (list) setTimeout(look, SHORTEST / 4);
}
