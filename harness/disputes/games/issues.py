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
            ("start_on_signature", "delivery begins on the day of signature"),
            ("start_in_1_month", "delivery begins one month after signature"),
            ("start_in_3_months", "delivery begins three months after signature"),
            ("start_in_6_months", "delivery begins six months after signature"),
            ("start_in_9_months", "delivery begins nine months after signature"),
            ("start_in_12_months", "delivery begins one year after signature"),
        ),
    ),
    IssueText(
        "site",
        "site",
        "At which of the surveyed sites is the joint facility built?",
        (
            ("site_harbour", "the facility is built at the harbour site"),
            ("site_estuary", "the facility is built at the estuary site"),
            ("site_lowland", "the facility is built at the lowland site"),
            ("site_valley", "the facility is built at the valley site"),
            ("site_foothill", "the facility is built at the foothill site"),
            ("site_plateau", "the facility is built at the plateau site"),
        ),
    ),
    IssueText(
        "inspection",
        "inspection frequency",
        "How often is the facility inspected?",
        (
            ("inspect_weekly", "the facility is inspected every week"),
            ("inspect_monthly", "the facility is inspected every month"),
            ("inspect_quarterly", "the facility is inspected every three months"),
            ("inspect_half_yearly", "the facility is inspected every six months"),
            ("inspect_yearly", "the facility is inspected once a year"),
            ("inspect_two_yearly", "the facility is inspected once in two years"),
        ),
    ),
    IssueText(
        "term",
        "length of the agreement",
        "For how long does the agreement bind?",
        (
            ("term_1_year", "the agreement binds for one year"),
            ("term_2_years", "the agreement binds for two years"),
            ("term_4_years", "the agreement binds for four years"),
            ("term_6_years", "the agreement binds for six years"),
            ("term_8_years", "the agreement binds for eight years"),
            ("term_10_years", "the agreement binds for ten years"),
        ),
    ),
    IssueText(
        "volume",
        "annual volume",
        "How much is delivered each year?",
        (
            ("volume_100", "100 units are delivered each year"),
            ("volume_150", "150 units are delivered each year"),
            ("volume_200", "200 units are delivered each year"),
            ("volume_250", "250 units are delivered each year"),
            ("volume_300", "300 units are delivered each year"),
            ("volume_350", "350 units are delivered each year"),
        ),
    ),
    IssueText(
        "staff",
        "size of the joint staff",
        "How many people work for the joint office?",
        (
            ("staff_10", "the joint office has a staff of 10"),
            ("staff_20", "the joint office has a staff of 20"),
            ("staff_30", "the joint office has a staff of 30"),
            ("staff_40", "the joint office has a staff of 40"),
            ("staff_50", "the joint office has a staff of 50"),
            ("staff_60", "the joint office has a staff of 60"),
        ),
    ),
    IssueText(
        "payment",
        "timing of payment",
        "What share is paid before delivery?",
        (
            ("paid_all_before", "the full price is paid before delivery"),
            ("paid_most_before", "four fifths of the price are paid before delivery"),
            ("paid_over_half_before", "three fifths of the price are paid before delivery"),
            ("paid_under_half_before", "two fifths of the price are paid before delivery"),
            ("paid_some_before", "one fifth of the price is paid before delivery"),
            ("paid_all_after", "the full price is paid after delivery"),
        ),
    ),
    IssueText(
        "reporting",
        "detail of reports",
        "How much do the yearly reports disclose?",
        (
            ("report_totals", "yearly reports give totals only"),
            ("report_by_quarter", "yearly reports give totals for each quarter"),
            ("report_by_month", "yearly reports give totals for each month"),
            ("report_by_shipment", "yearly reports list every shipment"),
            ("report_with_costs", "yearly reports list every shipment with its cost"),
            ("report_full_books", "yearly reports come with the full accounts"),
        ),
    ),
    IssueText(
        "notice",
        "notice of withdrawal",
        "How long before leaving must a party give notice?",
        (
            ("notice_1_month", "a party may leave at one month's notice"),
            ("notice_3_months", "a party may leave at three months' notice"),
            ("notice_6_months", "a party may leave at six months' notice"),
            ("notice_12_months", "a party may leave at one year's notice"),
            ("notice_18_months", "a party may leave at eighteen months' notice"),
            ("notice_24_months", "a party may leave at two years' notice"),
        ),
    ),
    IssueText(
        "disputes",
        "settlement of disputes",
        "How are disputes under the agreement settled?",
        (
            ("disputes_by_talks", "disputes are settled by direct talks only"),
            ("disputes_by_mediator", "disputes go to a mediator chosen by both"),
            ("disputes_by_advice", "disputes go to a panel whose findings are advice"),
            (
                "disputes_technical_only",
                "a panel decides technical disputes, and advises on the others",
            ),
            ("arbitration_on_request", "either party may take a dispute to binding arbitration"),
            ("arbitration_always", "every dispute goes to binding arbitration"),
        ),
    ),
    IssueText(
        "review",
        "review of the terms",
        "When are the terms first reviewed?",
        (
            ("review_in_6_months", "the terms are first reviewed after six months"),
            ("review_in_1_year", "the terms are first reviewed after one year"),
            ("review_in_2_years", "the terms are first reviewed after two years"),
            ("review_in_3_years", "the terms are first reviewed after three years"),
            ("review_in_5_years", "the terms are first reviewed after five years"),
            ("no_review", "the terms are not reviewed"),
        ),
    ),
    IssueText(
        "access",
        "access for third parties",
        "Who besides the parties may use the facility?",
        (
            ("access_nobody", "nobody but the parties uses the facility"),
            ("access_emergencies", "others use the facility in emergencies only"),
            ("access_by_consent", "others use the facility where both parties consent"),
            ("access_by_licence", "others use the facility under a joint licence"),
            ("access_off_peak", "the facility is open to others outside peak hours"),
            ("access_open", "the facility is open to all at the same fee"),
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
            ("reserve_2_percent", "2 per cent of income goes into the reserve fund"),
            ("reserve_4_percent", "4 per cent of income goes into the reserve fund"),
            ("reserve_6_percent", "6 per cent of income goes into the reserve fund"),
            ("reserve_8_percent", "8 per cent of income goes into the reserve fund"),
            ("reserve_10_percent", "10 per cent of income goes into the reserve fund"),
            ("reserve_12_percent", "12 per cent of income goes into the reserve fund"),
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
