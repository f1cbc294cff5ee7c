"""The page: complete, one file, the same bytes, and inert whatever anybody wrote."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from harness.analysis.findings import find
from harness.analysis.instruments import INSTRUMENT
from harness.analysis.values import Brief
from harness.disputes.scenario import Scenario, Twin
from harness.errors import RecordError
from harness.evaluators.base import kind_of
from harness.evaluators.registry import builtin, measures
from harness.records.reader import RunFolder
from harness.records.spec import TALKS
from harness.records.transcript import VoidReason
from harness.report.material import MAX_DIALOGUES
from harness.report.measures import MAX_ARMS, MAX_WORDS, families
from harness.report.page import render, write_report
from harness.report.wording import MISSING, exact
from tests.support.disputes import small
from tests.support.doses import curve
from tests.support.hostile import hostile_run
from tests.support.prose_ledgers import judged_run
from tests.support.run_folders import (
    LEANING,
    LOPSIDED,
    MIDDLE,
    copies,
    deal,
    dialogue,
    make_run,
    make_suite,
    score,
)


class Page(HTMLParser):
    """Elements, attributes and text of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.ids: list[str] = []
        self.text: list[str] = []
        self.styles: list[str] = []
        self._in_style = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._in_style = tag == "style"
        for name, value in attrs:
            self.attributes.append((tag, name, value or ""))
            if name == "id":
                self.ids.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        (self.styles if self._in_style else self.text).append(data)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self.text).split())


@pytest.fixture(scope="module")
def scenario(tmp_path_factory: pytest.TempPathFactory) -> Scenario:
    return small(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory, scenario: Scenario) -> RunFolder:
    games = copies(scenario, 2)
    played = [
        deal(game, arm, package, epoch=epoch, twin=twin)
        for game in games.values()
        for twin in (Twin.NONE, Twin.SEATS)
        for epoch, (arm, package) in enumerate((("plain", MIDDLE), ("lean", LEANING)), start=1)
    ]
    played.append(deal(games["game-1"], "lean", LOPSIDED, epoch=3))
    void = VoidReason(kind="reply", seat="u", detail="no usable reply in 4 attempts")
    played.append(dialogue(games["game-1"], "lean", [("o", MIDDLE)], epoch=4, void=void))
    played.append(dialogue(games["game-2"], "plain", [("u", MIDDLE), ("o", "walk_out")], epoch=5))
    suite = make_suite(
        checks=[{"name": "it leans", "arm": "lean", "measure": "settlement.skew", "min": 0.1}]
    )
    return make_run(tmp_path_factory.mktemp("run") / "run", suite, games, played)


@pytest.fixture(scope="module")
def page(run: RunFolder) -> Page:
    return Page(render(run, find(run)))


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, scenario: Scenario) -> str:
    folder = hostile_run(tmp_path_factory.mktemp("hostile") / "run", scenario)
    return render(folder, find(folder))


def test_question_and_answer_come_first(run: RunFolder, page: Page) -> None:
    findings = find(run)
    words = page.words
    places = [
        words.index(" ".join(text.split()))
        for text in (INSTRUMENT, findings.question, findings.answer, "Effects", "Methods")
    ]
    assert places == sorted(places)


def test_every_section_is_there(page: Page) -> None:
    sections = ["effects", "arms", "spaces", "course", "lines", "checks"]
    sections += ["voids", "measures", "methods", "dialogues"]
    assert [name for name in page.ids if name in sections] == sections


def test_every_measure_is_on_the_page(run: RunFolder, page: Page) -> None:
    findings = find(run)
    of_talks = measures([one for one in builtin() if kind_of(one) == TALKS])
    for name, measure in of_talks.items():
        assert f"{measure.title} {name}" in page.words
    skew = findings.all_measures["settlement.skew_nash"]["lean"]
    assert skew.interval is not None
    ends = " to ".join(exact(end) for end in skew.interval)
    assert f"lean {exact(skew.mean)} {ends} {skew.n} {skew.missing}" in page.words
    assert "reply (1)" in page.words


def test_of_many_arms_the_first_are_listed(run: RunFolder) -> None:
    findings = find(run)
    several = [f"arm-{number}" for number in range(MAX_ARMS + 3)]
    brief = findings.all_measures["settlement.skew"]["lean"]
    changed = {"all_measures": {"settlement.skew": dict.fromkeys(several, brief)}}
    (family,) = families(findings.model_copy(update=changed), several)
    assert (family.evaluator, len(family.measures)) == ("settlement", 1)
    assert [row.arm for row in family.measures[0].rows] == several[:MAX_ARMS]


def test_of_many_words_the_most_frequent_are_named(run: RunFolder) -> None:
    words = {f"w{number}": 10 - number for number in range(MAX_WORDS + 2)}
    brief = Brief(mean=None, interval=None, n=1, missing=0, words=words)
    changed = {"all_measures": {"own.word": {"lean": brief}}}
    (family,) = families(find(run).model_copy(update=changed), ["lean"])
    (row,) = family.measures[0].rows
    assert row.mean.startswith("w0 (10), w1 (9), ")
    assert row.mean.endswith(f"w{MAX_WORDS - 1} ({11 - MAX_WORDS}), others ({19 - 2 * MAX_WORDS})")


def test_one_file_that_loads_nothing(run: RunFolder) -> None:
    html = render(run, find(run))
    assert "http://" not in html
    assert "https://" not in html
    page = Page(html)
    for _, name, value in page.attributes:
        assert name not in ("src", "srcset", "data", "action", "formaction", "ping", "background")
        if name == "href":
            assert value.startswith("#")
        assert "url(" not in value or re.fullmatch(r"url\(#[\w-]+\)", value)
    assert not {"script", "link", "iframe", "object", "embed", "base", "form"} & set(page.tags)
    assert not re.search(r"@import|url\(", " ".join(page.styles))
    policy = next(v for t, n, v in page.attributes if t == "meta" and "default-src" in v)
    assert policy.startswith("default-src 'none'")


def test_ids_are_unique_and_links_lead_somewhere(page: Page) -> None:
    assert len(page.ids) == len(set(page.ids))
    targets = {value[1:] for _, name, value in page.attributes if name == "href"}
    assert targets <= set(page.ids)


def test_settlements_link_to_dialogues(page: Page) -> None:
    links = {v for t, n, v in page.attributes if t == "a" and n == "href"}
    assert {link for link in links if link.startswith("#dialogue-")}


def test_pictures_say_what_they_show(page: Page) -> None:
    roles = [v for t, n, v in page.attributes if t == "svg" and n == "role"]
    labels = [v for t, n, v in page.attributes if t == "svg" and n == "aria-label"]
    assert len(roles) == len(labels) == page.tags.count("svg")
    assert any(re.search(r"lean, the leaning arm: \+0\.\d\d", label) for label in labels)
    assert all(label.strip() for label in labels)


def test_dialogues_are_the_extreme_the_typical_and_the_void(page: Page) -> None:
    words = page.words
    assert words.count("the most lopsided to the official seat ·") == 2
    assert "a typical one: the median of its arm ·" in words
    assert "void · Void: no result, by the delegation of Arden" in words
    assert "no usable reply in 4 attempts" in words
    assert "red line of Arden" in words
    assert "worse off than without a deal" in words


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory, scenario: Scenario) -> Page:
    """One dialogue: the other seat opens fairly, the official one gives ground at turns 2 and 3."""
    talks = [("o", LOPSIDED), ("u", MIDDLE), ("o", LEANING), ("o", MIDDLE), ("u", "accept")]
    played = dialogue(scenario, "lean", talks, words="We can live with <b>that</b>.")
    folder = make_run(
        tmp_path_factory.mktemp("given") / "run", make_suite(), {"small": scenario}, [played]
    )
    return Page(render(folder, find(folder)))


def test_a_printed_dialogue_ends_with_its_ledger(given: Page) -> None:
    words = given.words
    start = words.index("Who gave what")
    ledger = words[start : words.index("All dialogues", start)]
    moves = re.findall(r"turn (\d+) · (Boral|Arden) · (\w+) (\S+),", ledger)
    assert moves == [
        ("1", "Arden", "opening", "u-1"),
        ("2", "Boral", "proposal", "o-2"),
        ("3", "Boral", "proposal", "o-3"),
    ]
    assert "Boral mends it → Arden mends it +0.40 +0.70" in ledger, "against its public opening"
    assert "Boral draws all of it → each draws half +0.15 +0.42" in ledger, "cost, then worth"
    assert "each draws half → Arden draws all of it +0.15 +0.18" in ledger
    assert ledger.count("We can live with <b>that</b>.") == len(moves), "once a move"
    assert "answered at turn 4: accepts" in ledger


def test_the_ledger_of_a_printed_dialogue_has_what_judges_found_in_words(tmp_path: Path) -> None:
    folder = judged_run(tmp_path, "openai/judge", "openai/other")
    words = Page(render(folder, find(folder))).words
    start = words.index("Who gave what")
    ledger = words[start : words.index("All dialogues", start)]
    assert "by judge openai/judge, uncalibrated; by judge openai/other, uncalibrated." in ledger
    assert "turn 0 · Arden" in ledger
    assert "turn 0 · Arden ·" not in ledger, "words alone are no move"
    assert "depends on: “<b>if</b> you mend the fence”; in words only We could live" in ledger
    assert "threatens to leave; it stayed Then we leave this table" in ledger
    for judge in ("judge", "other"):
        assert f"We mend the fence (judge openai/{judge}, uncalibrated)" in ledger


def test_an_example_says_at_which_turn_the_ground_was_given_and_in_whose_words(
    given: Page,
) -> None:
    words = given.words
    start = words.index("Where the ground was given")
    said = words[start : words.index("Round 1", start)]
    assert re.search(r"Boral gave most at turn 2: 1\.00 to 0\.85 .* Read turn 2 \.", said)
    assert "We can live with <b>that</b>." in said
    assert "most given by Boral at turn 2" in words[:start], "without opening it, too"
    links = [v for t, n, v in given.attributes if t == "a" and n == "href" and "-turn-" in v]
    assert "#dialogue-1-turn-2" in links
    assert {link[1:] for link in links} <= set(given.ids)


def test_what_each_delegate_holds_itself_stands_apart_as_private(given: Page) -> None:
    words = given.words
    driven = words.index("Private: what drives this delegate")
    assert "credit for an agreement: " in words[driven : words.index("Round 1", driven)]
    held = re.findall(r"Private stakes To the delegates themselves: (\S+) to that of Boral", words)
    assert len(held) == 4, "beside every whole package"


def test_talks_in_which_nobody_gave_anything_say_so(tmp_path: Path, scenario: Scenario) -> None:
    played = dialogue(scenario, "lean", [("u", "walk_out")])
    folder = make_run(tmp_path / "run", make_suite(), {"small": scenario}, [played])
    words = Page(render(folder, find(folder))).words
    assert "Who gave what Nobody gave anything." in words
    assert "Where the ground was given" not in words


def test_every_colour_of_the_page_has_a_value_in_both_themes(page: Page) -> None:
    style = " ".join(page.styles)
    light, dark = (
        dict(re.findall(r"--(\w+): (#\w+);", block))
        for block in re.findall(r":root \{([^}]*--paper[^}]*)\}", style)
    )
    used = {
        name
        for value in [style, *(v for _, _, v in page.attributes)]
        for name in re.findall(r"var\(--(\w+)", value)
    }
    assert used <= set(light)
    fitting = {"edge", "zone"}  # a middle grey, and a green that lets the page through
    assert set(light) - set(dark) == fitting
    assert not [name for name in dark if dark[name] == light[name]]
    named = set(light.values()) | set(dark.values())
    assert set(re.findall(r"#[0-9a-fA-F]{3,8}\b", re.sub(r"#\w+(?=[^;]*\{)", "", style))) <= named


def test_what_scrolls_has_a_name_and_is_reached_by_keyboard(page: Page, given: Page) -> None:
    for one in (page, given):
        boxes = [v for t, n, v in one.attributes if (t, n) == ("div", "class") and v == "scroll"]
        labels = [v for t, n, v in one.attributes if (t, n) == ("div", "aria-label")]
        assert len(boxes) == len(labels) == len(set(labels))
        assert sum((t, n) == ("div", "tabindex") for t, n, _ in one.attributes) == len(boxes)


def test_missing_values_are_dashes_with_a_reason(page: Page) -> None:
    assert MISSING in page.words
    assert "1 of 6 void: no usable reply in 4 attempts" in page.words


def test_the_same_run_gives_the_same_bytes(run: RunFolder, tmp_path: Path) -> None:
    paths = [tmp_path / "a.html", tmp_path / "b.html"]
    for path in paths:
        write_report(run, find(run), path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert sorted(tmp_path.iterdir()) == paths  # nothing is left beside it


def test_a_folder_that_is_not_there_is_one_clear_error(run: RunFolder, tmp_path: Path) -> None:
    with pytest.raises(RecordError):
        write_report(run, find(run), tmp_path / "absent" / "report.html")


def test_few_arms_or_nothing_at_all_still_make_a_page(tmp_path: Path, scenario: Scenario) -> None:
    void = VoidReason(kind="endpoint", seat="o", detail="refused")
    for name, played in (
        ("empty", []),
        ("void", [dialogue(scenario, "lean", [], void=void)]),
        ("walk-out", [dialogue(scenario, "lean", [("u", "walk_out")])]),
    ):
        suite = make_suite(contrasts=None)
        folder = make_run(tmp_path / name, suite, {"small": scenario}, played)
        words = Page(render(folder, find(folder))).words
        assert "no answer" in words or "Nothing can be said" in words


def test_the_number_of_printed_dialogues_is_bounded(tmp_path: Path, scenario: Scenario) -> None:
    arms = {f"arm-{number:02d}": {"track": "1"} for number in range(30)}
    suite = make_suite(arms=arms, contrasts=None)
    played = [
        deal(scenario, arm, package, epoch=epoch)
        for arm in arms
        for epoch, package in enumerate((MIDDLE, LOPSIDED), start=1)
    ]
    folder = make_run(tmp_path / "run", suite, {"small": scenario}, played)
    page = Page(render(folder, find(folder)))
    printed = [name for name in page.ids if re.fullmatch(r"dialogue-\d+", name)]
    assert len(printed) == MAX_DIALOGUES
    assert "22 arms beyond the eight" in page.words


def test_hostile_text_makes_no_element_and_no_handler(hostile: str) -> None:
    page = Page(hostile)
    allowed = {
        "html", "head", "meta", "title", "style", "body", "main", "header", "p", "h1", "h2", "h3",
        "h4", "h5", "ul", "li", "nav", "a", "section", "figure", "figcaption", "div", "span", "b",
        "i", "small", "strong", "code", "details", "summary", "table", "caption", "thead", "tbody",
        "tr", "th", "td", "dl", "dt", "dd", "article", "blockquote", "svg", "g", "path", "defs",
        "use", "text", "clippath", "rect",
    }  # fmt: skip
    assert set(page.tags) <= allowed
    assert not [name for _, name, _ in page.attributes if name.startswith("on")]
    assert not [v for _, n, v in page.attributes if n == "href" and not v.startswith("#")]
    assert not [n for _, n, v in page.attributes if n != "aria-label" and "pwned" in v]
    assert "49" not in re.findall(r"<b>\s*(\d+)\s*</b>", hostile)


def test_hostile_text_is_still_readable(hostile: str) -> None:
    page = Page(hostile)
    assert "<script>window.pwned = 1</script>" in page.words
    assert "{{ 7 * 7 }}" in page.words
    assert "\x00" not in hostile
    assert "\u202e" not in hostile
    assert "]]></style>" in page.words


def test_what_trends_and_a_factorial_are_not_made_of_is_said(tmp_path: Path) -> None:
    game = small(tmp_path)
    on = {"none": [], "p": ["prestige"], "h": ["hardball"], "ph": ["prestige", "hardball"]}
    arms = {name: {"track": "1", "with": mechanisms} for name, mechanisms in on.items()}
    suite = make_suite(arms=arms, contrasts=None)
    played = {arm: deal(game, arm, MIDDLE) for arm in arms}
    scores = [score(played[arm], "settlement.skew", 0.1) for arm in arms]
    folder = make_run(tmp_path / "run", suite, {"small": game}, played.values(), scores)
    found = find(folder)
    assert found.factorial is not None
    assert "other combination" not in render(folder, found)
    some = found.factorial.model_copy(update={"excluded": 3})
    (first, *others) = curve().responses
    lacking = curve().model_copy(
        update={"responses": (first.model_copy(update={"excluded": 3}), *others)}
    )
    page = render(folder, found.model_copy(update={"factorial": some, "doses": (lacking,)}))
    assert (
        "<li>3 dialogues excluded: no value, or no counterpart with a value in every other "
        "combination.</li>"
    ) in page
    assert "of 12 dialogues 3 from the trend of " in page
