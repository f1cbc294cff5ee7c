"""The plain issues that generated games are made of: no dispute, no story, nothing to remember.

Every ladder is ordered but neutral: which end a principal prefers is drawn by the game, so the
words carry no hint of who wants what.
"""

from __future__ import annotations

from typing import NamedTuple


class IssueText(NamedTuple):
    """Words of one issue: the id, name, question and the full ladder of (id, clause)."""

    id: str
    name: str
    question: str
    ladder: tuple[tuple[str, str], ...]


LADDER = 6
"""Steps on every full ladder; a game with fewer options takes evenly spaced ones."""

ISSUES: tuple[IssueText, ...] = (
    IssueText(
        "schedule",
        "delivery schedule",
        "When does delivery begin?",
        (
            ("on_signature", "delivery begins on the day of signature"),
            ("one_month", "delivery begins one month after signature"),
            ("three_months", "delivery begins three months after signature"),
            ("six_months", "delivery begins six months after signature"),
            ("nine_months", "delivery begins nine months after signature"),
            ("one_year", "delivery begins one year after signature"),
        ),
    ),
    IssueText(
        "site",
        "site",
        "At which of the surveyed sites is the joint facility built?",
        (
            ("harbour", "the facility is built at the harbour site"),
            ("estuary", "the facility is built at the estuary site"),
            ("lowland", "the facility is built at the lowland site"),
            ("valley", "the facility is built at the valley site"),
            ("foothill", "the facility is built at the foothill site"),
            ("plateau", "the facility is built at the plateau site"),
        ),
    ),
    IssueText(
        "inspection",
        "inspection frequency",
        "How often is the facility inspected?",
        (
            ("weekly", "the facility is inspected every week"),
            ("monthly", "the facility is inspected every month"),
            ("quarterly", "the facility is inspected every three months"),
            ("half_yearly", "the facility is inspected every six months"),
            ("yearly", "the facility is inspected once a year"),
            ("two_yearly", "the facility is inspected once in two years"),
        ),
    ),
    IssueText(
        "term",
        "length of the agreement",
        "For how long does the agreement bind?",
        (
            ("one_year", "the agreement binds for one year"),
            ("two_years", "the agreement binds for two years"),
            ("four_years", "the agreement binds for four years"),
            ("six_years", "the agreement binds for six years"),
            ("eight_years", "the agreement binds for eight years"),
            ("ten_years", "the agreement binds for ten years"),
        ),
    ),
    IssueText(
        "volume",
        "annual volume",
        "How much is delivered each year?",
        (
            ("units_100", "100 units are delivered each year"),
            ("units_150", "150 units are delivered each year"),
            ("units_200", "200 units are delivered each year"),
            ("units_250", "250 units are delivered each year"),
            ("units_300", "300 units are delivered each year"),
            ("units_350", "350 units are delivered each year"),
        ),
    ),
    IssueText(
        "staff",
        "size of the joint staff",
        "How many people work for the joint office?",
        (
            ("people_10", "the joint office has a staff of 10"),
            ("people_20", "the joint office has a staff of 20"),
            ("people_30", "the joint office has a staff of 30"),
            ("people_40", "the joint office has a staff of 40"),
            ("people_50", "the joint office has a staff of 50"),
            ("people_60", "the joint office has a staff of 60"),
        ),
    ),
    IssueText(
        "payment",
        "timing of payment",
        "What share is paid before delivery?",
        (
            ("all_before", "the full price is paid before delivery"),
            ("most_before", "four fifths of the price are paid before delivery"),
            ("over_half_before", "three fifths of the price are paid before delivery"),
            ("under_half_before", "two fifths of the price are paid before delivery"),
            ("some_before", "one fifth of the price is paid before delivery"),
            ("all_after", "the full price is paid after delivery"),
        ),
    ),
    IssueText(
        "reporting",
        "detail of reports",
        "How much do the yearly reports disclose?",
        (
            ("totals", "yearly reports give totals only"),
            ("by_quarter", "yearly reports give totals for each quarter"),
            ("by_month", "yearly reports give totals for each month"),
            ("by_shipment", "yearly reports list every shipment"),
            ("with_costs", "yearly reports list every shipment with its cost"),
            ("full_books", "yearly reports come with the full accounts"),
        ),
    ),
    IssueText(
        "notice",
        "notice of withdrawal",
        "How long before leaving must a party give notice?",
        (
            ("one_month", "a party may leave at one month's notice"),
            ("three_months", "a party may leave at three months' notice"),
            ("six_months", "a party may leave at six months' notice"),
            ("one_year", "a party may leave at one year's notice"),
            ("eighteen_months", "a party may leave at eighteen months' notice"),
            ("two_years", "a party may leave at two years' notice"),
        ),
    ),
    IssueText(
        "disputes",
        "settlement of disputes",
        "How are disputes under the agreement settled?",
        (
            ("direct_talks", "disputes are settled by direct talks only"),
            ("mediation", "disputes go to a mediator chosen by both"),
            ("advice", "disputes go to a panel whose findings are advice"),
            ("technical", "a panel decides technical disputes, and advises on the others"),
            ("on_request", "either party may take a dispute to binding arbitration"),
            ("always", "every dispute goes to binding arbitration"),
        ),
    ),
    IssueText(
        "review",
        "review of the terms",
        "When are the terms first reviewed?",
        (
            ("half_year", "the terms are first reviewed after six months"),
            ("one_year", "the terms are first reviewed after one year"),
            ("two_years", "the terms are first reviewed after two years"),
            ("three_years", "the terms are first reviewed after three years"),
            ("five_years", "the terms are first reviewed after five years"),
            ("never", "the terms are not reviewed"),
        ),
    ),
    IssueText(
        "access",
        "access for third parties",
        "Who besides the parties may use the facility?",
        (
            ("nobody", "nobody but the parties uses the facility"),
            ("emergencies", "others use the facility in emergencies only"),
            ("by_consent", "others use the facility where both parties consent"),
            ("by_licence", "others use the facility under a joint licence"),
            ("off_peak", "the facility is open to others outside peak hours"),
            ("open", "the facility is open to all at the same fee"),
        ),
    ),
    IssueText(
        "hours",
        "operating hours",
        "For how many hours a day does the facility operate?",
        (
            ("hours_8", "the facility operates for 8 hours a day"),
            ("hours_10", "the facility operates for 10 hours a day"),
            ("hours_12", "the facility operates for 12 hours a day"),
            ("hours_16", "the facility operates for 16 hours a day"),
            ("hours_20", "the facility operates for 20 hours a day"),
            ("hours_24", "the facility operates around the clock"),
        ),
    ),
    IssueText(
        "reserve",
        "reserve fund",
        "What share of income is kept in a reserve fund?",
        (
            ("percent_2", "2 per cent of income goes into the reserve fund"),
            ("percent_4", "4 per cent of income goes into the reserve fund"),
            ("percent_6", "6 per cent of income goes into the reserve fund"),
            ("percent_8", "8 per cent of income goes into the reserve fund"),
            ("percent_10", "10 per cent of income goes into the reserve fund"),
            ("percent_12", "12 per cent of income goes into the reserve fund"),
        ),
    ),
)

NAMES: tuple[tuple[str, str], ...] = (
    ("Ardel", "Ardelian"),
    ("Bresk", "Breskian"),
    ("Corvane", "Corvanian"),
    ("Dalmere", "Dalmerian"),
    ("Estrin", "Estrinian"),
    ("Folmar", "Folmarian"),
    ("Norvel", "Norvelian"),
    ("Tessar", "Tessarian"),
)
"""Invented names and their adjectives; a game draws two."""
