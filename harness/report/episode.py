"""An episode laid out once, for whoever shows it: talks, and what followed them in an arm.

As a :class:`~harness.report.reading.Reading` is for one dialogue. Texts are plain strings; whoever
prints them escapes them. Costs that readers state are in points of 100; values of the principals
are u_P in [0, 1]. What is marked private is left out by
:func:`~harness.report.episode_private.without_private`.
"""

from __future__ import annotations

from dataclasses import dataclass

from harness.report.reading import Number, Term, Worth


@dataclass(frozen=True)
class Missing:
    """Why a stage has no result.

    Attributes:
        what: That it has none, in words that repeat no reply.
        detail: The reason; it may repeat a reply. Private.
    """

    what: str
    detail: str = ""

    @property
    def line(self) -> str:
        """Both in one."""
        return f"{self.what}: {self.detail}" if self.detail else self.what


@dataclass(frozen=True)
class Mark:
    """What a passage of an article does, and who says so.

    Attributes:
        kind: ``echo``, ``opposes``, ``dismisses``, ``respects``, ``acceptable``, ``asks``,
            ``advises``, ``discloses`` or ``other``.
        text: In words.
        seat: Who speaks for the principal that it is about; empty for none.
        by: Whose finding it is, such as ``tag of the script that wrote it``.
        quote: The words it rests on; empty for the passage as a whole.
    """

    kind: str
    text: str
    seat: str
    by: str
    quote: str = ""


@dataclass(frozen=True)
class Piece:
    """Some words of a paragraph: all of them are quoted by the same marks.

    Attributes:
        text: The words.
        strong: Whether the author set them in bold.
        marks: Places of the marks of the paragraph that quote them.
    """

    text: str
    strong: bool = False
    marks: tuple[int, ...] = ()


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of an article, by number from 0, with what it does; the title is -1."""

    number: int
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]

    @property
    def text(self) -> str:
        """Its words."""
        return "".join(piece.text for piece in self.pieces)


@dataclass(frozen=True)
class Side:
    """An advised option as one of the two principals of the table has it.

    Attributes:
        who: Its name.
        seat: Who speaks for it.
        worth: What the option is worth to it on this issue alone, in [0, 1].
        asked: What it gives up against its public opening, as a share of all it has at stake, in
            [-1, 1].
    """

    who: str
    seat: str
    worth: float
    asked: float


@dataclass(frozen=True)
class Advice:
    """What an article advises on an issue.

    Attributes:
        issue: Its name.
        option: What is advised; empty where the article leaves the issue open.
        deal: What the talks agreed, where that is another option.
        crosses: Names of the principals whose red line it crosses.
        sides: The two principals.
        favours: Seat of the one of whom it asks less; empty where that is the same.
        favoured: Its name; empty likewise.
    """

    issue: str
    option: str
    deal: str
    crosses: tuple[str, ...]
    sides: tuple[Side, ...]
    favours: str
    favoured: str


@dataclass(frozen=True)
class Article:
    """An article, and under which byline its readers had it.

    Attributes:
        stage: Its id.
        kind: What was asked for, in words.
        author: Who wrote it, in words.
        byline: Who is said to have; empty where nobody reads it.
        title, paragraphs: Of the article.
        plan: What it advises, an issue a row.
        judges: Those who judged it; empty where nobody has.
        rejected: Quotes of judges that do not occur in it.
        missing: Why there is none; None where there is one.
        repairs: Replies that could not be used. Private.
        driven: What drives a scripted author, as (label, value). Private.
    """

    stage: str
    kind: str
    author: str
    byline: str
    title: str = ""
    paragraphs: tuple[Paragraph, ...] = ()
    plan: tuple[Advice, ...] = ()
    judges: tuple[str, ...] = ()
    rejected: int = 0
    missing: Missing | None = None
    repairs: tuple[str, ...] = ()
    driven: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Change:
    """What a reader says an option costs a principal, before and after, in points of 100.

    Attributes:
        who: The principal's name.
        seat: Who speaks for it: in ``u`` it is what conceding costs, in ``o`` what asking does.
        issue, option: In the scenario's words.
        before, after: The cost.
        change: After less before.
    """

    who: str
    seat: str
    issue: str
    option: str
    before: float
    after: float
    change: float


@dataclass(frozen=True)
class Moved:
    """An issue of the settlement that a reader calls reasonable; ``before`` or ``after`` is empty
    where it was not asked, or has not answered."""

    issue: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return bool(self.before and self.after) and self.before != self.after


@dataclass(frozen=True)
class OneReader:
    """A reader, before and after.

    Attributes:
        reader: Its id.
        title: What it is.
        stands: Where it stands, in words.
        advises: Whether the officials of the later talks take its view home.
        changes: Largest first; empty where it has not answered twice.
        conceding: Mean change of what conceding costs seat u's principal, over all options.
        asking: The same of what asking costs seat o's principal.
        settlement: What it calls reasonable, an issue a row.
        failed: Checks that it failed, in words.
        missing: Why it has not answered, before or after; empty where it has.
    """

    reader: str
    title: str
    stands: str
    advises: bool
    changes: tuple[Change, ...]
    conceding: float | None
    asking: float | None
    settlement: tuple[Moved, ...]
    failed: tuple[str, ...]
    missing: tuple[Missing, ...]


@dataclass(frozen=True)
class Panel:
    """The readers of an article, or of none.

    Attributes:
        played_by: Who answered for them.
        read: What they have read, in words.
        readers: In the order of the panel.
        mean: Mean changes over those who have answered twice, largest first.
        twice: Whether they are asked twice.
    """

    played_by: str
    read: str
    readers: tuple[OneReader, ...]
    mean: tuple[Change, ...]
    twice: bool


@dataclass(frozen=True)
class Said:
    """What one reader of the news answered to a question.

    Attributes:
        reader: Its id.
        answer: In words; empty where it gave none.
        right: Whether that is right; None where there is no answer, or no answer is right.
    """

    reader: str
    answer: str
    right: bool | None


@dataclass(frozen=True)
class Asked:
    """A question about the news, with the right answer and what everybody answered."""

    question: str
    right: str
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Item:
    """News of the meeting, and what its readers understood.

    Attributes:
        stage: Its id.
        framing: How it tells of the meeting, in words.
        headline, paragraphs: Of the item.
        asked: The questions, with everybody's answers.
        readers: (id, title) of those who were asked.
        played_by: Who answered for them; empty where nobody was asked.
        absent: Readers without an answer, and why.
        missing: Why there is no item; None where there is one.
    """

    stage: str
    framing: str
    headline: str = ""
    paragraphs: tuple[str, ...] = ()
    asked: tuple[Asked, ...] = ()
    readers: tuple[tuple[str, str], ...] = ()
    played_by: str = ""
    absent: tuple[tuple[str, Missing], ...] = ()
    missing: Missing | None = None


@dataclass(frozen=True)
class Outcome:
    """How the later talks of an arm ended.

    Attributes:
        stage: Their id.
        arms: Arms that lead through them, those of the same scenario, twin and epoch.
        own: Whether they are those of the episode that is read.
        reaches: What of the meeting has reached them, in words.
        ending: In words.
        worths: To every principal; empty without a result.
        skew: Of the settlement; None where that is undefined.
        terms: Of the agreement.
        missing: Why there is no result.
    """

    stage: str
    arms: tuple[str, ...]
    own: bool
    reaches: str
    ending: str
    worths: tuple[Worth, ...]
    skew: float | None
    terms: tuple[Term, ...]
    missing: Missing | None = None

    @property
    def gains(self) -> tuple[tuple[str, str, float], ...]:
        """(principal's name, seat, gain over no deal) of those at the table: no deal is a gain of
        0."""
        return tuple(
            (one.who, one.seat, 0.0 if one.value is None else one.value - one.no_deal)
            for one in self.worths
            if one.seat
        )


@dataclass(frozen=True)
class Differing:
    """An issue on which later talks that ended in a deal settled otherwise in other arms.

    Attributes:
        issue: Its name.
        options: (the option agreed, the arms that agreed it, whether the episode's own is among
            them).
    """

    issue: str
    options: tuple[tuple[str, tuple[str, ...], bool], ...]


@dataclass(frozen=True)
class Later:
    """The later talks of the episode, beside those of the other arms.

    Attributes:
        outcomes: The episode's own first.
        differing: Issues on which they differ.
        heard: Advising readers that were heard, in words; empty where none were to be.
        learned: What seat o had estimated of the other side, in words. Private.
    """

    outcomes: tuple[Outcome, ...]
    differing: tuple[Differing, ...]
    heard: str = ""
    learned: tuple[str, ...] = ()

    @property
    def own(self) -> Outcome | None:
        """That of the episode itself; None where it has none yet."""
        return next((one for one in self.outcomes if one.own), None)


@dataclass(frozen=True)
class EpisodeReading:
    """A whole episode.

    Attributes:
        arm: Its arm.
        key: Id of its last stage: with the arm, it tells the episode apart.
        title: Of the scenario.
        identity: Scenario, twin, epoch and line-up, in words.
        talks: Id of the first talks; empty where they are not on record.
        ending: How these ended.
        stages: What is played in it: (name, id, what became of it).
        seats: (seat, name of its principal).
        article, panel, news, later: The links; None where the arm has none, or where nothing of it
            is on record.
        numbers: Link -> what was measured of it in this episode.
        stale: What was made from something that was played again since; empty where nothing was.
    """

    arm: str
    key: str
    title: str
    identity: str
    talks: str
    ending: str
    stages: tuple[tuple[str, str, str], ...]
    seats: tuple[tuple[str, str], ...]
    article: Article | None
    panel: Panel | None
    news: Item | None
    later: Later | None
    numbers: dict[str, tuple[Number, ...]]
    stale: str = ""
