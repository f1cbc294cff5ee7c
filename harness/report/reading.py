"""A dialogue laid out once, for whoever shows it: the terminal, the page and the viewer.

Texts are plain strings; whoever prints them escapes them. Values are u_P in [0, 1], the true values
of the principals, one scale everywhere; :class:`Held` alone is on the scale of a delegate's own
stake. What is marked private was known to one delegation only, or to nobody at the table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Delegation:
    """Who sits in a seat.

    Attributes:
        seat: Its id.
        name: The principal that it speaks for.
        role: official, unofficial, envoy or delegate.
        authority: How far its word commits, in words; empty where that is not known.
        played_by: Address of its model, or how it was played.
        side: The column of its turns: ``left``, ``right`` or ``middle``.
        brief: How a model was told its interests (words, principal, own); empty for a script.
        profile: What drives it, as (label, value); empty where that is not known. Private.
    """

    seat: str
    name: str
    role: str
    authority: str
    played_by: str
    side: str
    brief: str
    profile: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Term:
    """One issue of a package.

    Attributes:
        issue: Its name.
        text: The option, in the scenario's words.
        option: Its id.
        changed: Whether the speaker's terms before had another.
        crosses: Names of the principals whose red line it crosses.
        was: The option that the speaker's terms before had, in words, where it is another.
    """

    issue: str
    text: str
    option: str
    changed: bool
    crosses: tuple[str, ...]
    was: str = ""


@dataclass(frozen=True)
class Worth:
    """What terms are worth to one principal.

    Attributes:
        who: Its name.
        seat: Who speaks for it; empty for one that is not at the table.
        value: u_P, in [0, 1]; None where there are no terms.
        no_deal: What having no agreement is worth to it.
        below: Whether the terms are worth less than that.
    """

    who: str
    seat: str
    value: float | None
    no_deal: float
    below: bool


@dataclass(frozen=True)
class Held:
    """What terms are worth to a delegate itself, by what it believes and what drives it: V(x), and
    V(no deal). Private; not on the scale of the principals."""

    who: str
    seat: str
    value: float
    no_deal: float


@dataclass(frozen=True)
class Line:
    """One line of the ledger: an issue on which a move gave ground, or took some back.

    Attributes:
        turn: Index of the turn.
        round: From 1.
        seat: The giver.
        who: Its principal.
        kind: ``opening``, ``proposal``, ``position`` or ``acceptance``.
        offer: Id of the proposal; empty of a position.
        issue: Name of the issue.
        was: The option before, in the scenario's words.
        now: The option that it named.
        cost: What it takes from the giver's principal; negative where something was taken back.
        worth: What it brings the other side's principal.
        answered: What the other side did next, such as "turn 4: rejects"; empty where nothing.
        commitment: How far the move committed, in words; empty where that is not known.
        words: What the giver said in that turn.
        below: Whether the terms are worth less to the giver's principal than no agreement.
        fell: Whether this move is the one that brought them there.
        crosses: Names of the principals whose red line the option crosses, and the one before did
            not.
    """

    turn: int
    round: int
    seat: str
    who: str
    kind: str
    offer: str
    issue: str
    was: str
    now: str
    cost: float
    worth: float
    answered: str
    commitment: str
    words: str
    below: bool
    fell: bool
    crosses: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """One thing that a judge lists of the words of a turn.

    Attributes:
        turn: Index of the turn.
        seat: Who said it.
        who: Its principal.
        what: ``concedes``, ``takes_back``, ``final`` or ``threat``.
        does: The same in words.
        issue: Name of the issue; empty of a threat.
        was: The option before, in the scenario's words; empty of last words and threats.
        now: The option that the words name, or what they threaten; empty where they name none.
        cost: What it takes from the giver's principal, in its true value; None where that is not
            known, or it is no step.
        how: How far the words commit, what they depend on and the like; may be empty.
        standing: How it stands beside the terms, or beside what was done; may be empty.
        only: Whether it is a concession that no terms bear out.
        quote: The words.
        by: Whose finding it is, and how far that may be trusted.
    """

    turn: int
    seat: str
    who: str
    what: str
    does: str
    issue: str
    was: str
    now: str
    cost: float | None
    how: str
    standing: str
    only: bool
    quote: str
    by: str


@dataclass(frozen=True)
class LedgerRow:
    """A line of the ledger with what judges have listed of it; or what they have listed alone.

    Attributes:
        turn: Its turn.
        seat: Its seat.
        line: The line; None where there are words alone.
        said: One event for each judge, or several; empty where no judge has listed any.
    """

    turn: int
    seat: str
    line: Line | None
    said: tuple[Said, ...]


@dataclass(frozen=True)
class Point:
    """Where the terms of a move lie: the trajectory of a seat's offers.

    Attributes:
        turn: Index of the turn.
        seat: Who made the move.
        kind: As of :class:`Line`.
        values: Seat -> u of the principal it speaks for.
        no_deal: Seat -> the value of no agreement in that round.
    """

    turn: int
    seat: str
    kind: str
    values: tuple[tuple[str, float], ...]
    no_deal: tuple[tuple[str, float], ...]


@dataclass(frozen=True)
class Entry:
    """One turn.

    Attributes:
        turn: Its index.
        step: Which turn of its delegation in the round, from 1: what turns of two dialogues are
            aligned by.
        seat: Who spoke.
        side: Its column.
        who: The principal it speaks for.
        what: What it did, in words.
        action: The action, such as ``propose``; empty of a caucus.
        offer: Id of the proposal that it put or answered; empty where there is none.
        private: Whether one delegation only heard it.
        words: What was said.
        thoughts: What was thought; private.
        terms: What it names: all of a first proposal, what changed of a later one.
        package: The whole of it, where ``terms`` are less.
        worths: What a whole package is worth to the principals at the table.
        held: The same to the delegates themselves; private.
        given: Its lines of the ledger.
        besides: A second package, side terms and the like, in words.
        capital: What its leadership answered; private.
        repairs: What was wrong with replies that were asked again; private.
        calls: Numbers of its calls of a model.
        reasoning: What the model thought before it replied, as (number of the call, text), of
            those calls whose server gave it; private.
    """

    turn: int
    step: int
    seat: str
    side: str
    who: str
    what: str
    action: str
    offer: str
    private: bool
    words: str
    thoughts: str
    terms: tuple[Term, ...]
    package: tuple[Term, ...]
    worths: tuple[Worth, ...]
    held: tuple[Held, ...]
    given: tuple[Line, ...]
    besides: str
    capital: str
    repairs: tuple[str, ...]
    calls: tuple[int, ...]
    reasoning: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class Round:
    """A round and what had happened before it."""

    number: int
    realities: tuple[str, ...]
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Number:
    """One measure of the dialogue.

    Attributes:
        label: What it is.
        text: Its value as people read it; the dash where it is missing.
        note: The most that was possible, why it is missing, or what qualifies it; may be empty.
        value: The number itself; None where it is missing.
    """

    label: str
    text: str
    note: str
    value: float | None = None


@dataclass(frozen=True)
class Afterwards:
    """A delegation's private answers after the talks, beside the truth."""

    who: str
    seat: str
    said: str
    truth: str
    blind: bool | None
    estimates: tuple[str, ...]
    words: str
    problem: str
    calls: tuple[int, ...]


@dataclass(frozen=True)
class Reading:
    """A whole dialogue.

    Attributes:
        dialogue: Its id.
        anchor: Id of its place on a page.
        label: What a link to it says.
        title: Of the scenario.
        arms: Arms that it belongs to; ``arm`` is the one that it is read for.
        why: Why it was chosen; may be empty.
        identity: Twin, epoch and id, in words.
        summary: What the dispute is about.
        delegations: Who sat at the table.
        rounds: What happened.
        ledger: Who gave what, move by move.
        trajectory: Where each move lay.
        ending: How it ended, in words.
        reason: Why, where that is told.
        terms: Of the agreement.
        worths: What the ending is worth to every principal, absent ones too.
        could: What each party could do with the ending, in a sentence each.
        most: What gave most, in a sentence a seat; empty where nobody gave anything.
        most_turns: The turn of each of these.
        numbers: What was measured.
        afterwards: What the delegations said in private.
        lost: What was wrong with the replies after the last turn that was made, in a void dialogue.
        lost_calls: Calls that belong to no turn and to no answer afterwards.
        besides: What goes with the ending and all at the table know, in a sentence each; ``could``
            has it too.
        together: How the ledger parts the cost of issues that are valued together, in a sentence;
            empty where none are.
        approval: What the leaderships say to a deal that is subject to approval, which no seat is
            told, in a sentence each; ``could`` has it too.
        valued: Whether anybody told what terms are worth; False of some talks held elsewhere.
        in_words: Whether a side may have given ground in words alone: of talks held elsewhere it
            has no two moves on record, so that an empty ledger does not say that nobody gave.
        said: What judges have listed of the words, turn by turn.
    """

    dialogue: str
    anchor: str
    label: str
    title: str
    arm: str
    arms: tuple[str, ...]
    why: str
    identity: str
    summary: str
    delegations: tuple[Delegation, ...]
    rounds: tuple[Round, ...]
    ledger: tuple[Line, ...]
    trajectory: tuple[Point, ...]
    ending: str
    reason: str
    terms: tuple[Term, ...]
    worths: tuple[Worth, ...]
    could: tuple[str, ...]
    most: tuple[str, ...]
    numbers: tuple[Number, ...]
    afterwards: tuple[Afterwards, ...]
    lost: tuple[str, ...]
    lost_calls: tuple[int, ...]
    most_turns: tuple[int, ...] = ()
    besides: tuple[str, ...] = ()
    together: str = ""
    approval: tuple[str, ...] = ()
    valued: bool = True
    in_words: bool = False
    said: tuple[Said, ...] = ()

    @property
    def ledger_rows(self) -> tuple[LedgerRow, ...]:
        """The ledger turn by turn: its lines, and behind those of a turn what was only in its
        words. What several judges have listed alike stands together."""
        left, found = list(self.said), list[LedgerRow]()
        for line in self.ledger:
            own = tuple(said for said in left if _bears_out(said, line))
            left = [said for said in left if said not in own]
            found.append(LedgerRow(line.turn, line.seat, line, own))
        alike: dict[tuple[int, str, str, str, str], list[Said]] = {}
        for said in left:
            key = (said.turn, said.seat, said.what, said.issue, said.now)
            alike.setdefault(key, []).append(said)
        found += [
            LedgerRow(same[0].turn, same[0].seat, None, tuple(same)) for same in alike.values()
        ]
        return tuple(sorted(found, key=lambda one: one.turn))


def _bears_out(said: Said, line: Line) -> bool:
    """Whether an event in words is that which a line of the ledger gives, or takes back: in the
    same turn, on the same issue."""
    same = (said.turn, said.seat, said.issue) == (line.turn, line.seat, line.issue)
    return same and said.what == ("concedes" if line.cost > 0 else "takes_back")
