from harness.delegations.base import Answer
from harness.records.transcript import Action, Commitment, Debrief, Move

OURS = {"commitment": Commitment.PERSONAL}  # a word that every delegate may give


class Patient:
    """Accepts the first offer that it prefers to none; asks for its opening till then."""

    async def move(self, view, complaint):
        offers = view.answerable()
        stake = view.brief.stake
        for offer in offers:
            if stake.of(view.dispute.indices(offer.package)) >= stake.no_deal:
                accept = Move(action=Action.ACCEPT, offer=offer.id, words="Agreed.", **OURS)
                return Answer(move=accept)
        opening = view.dispute.principals[view.brief.principal].opening
        propose = Move(action=Action.PROPOSE, package=opening, words="Our terms.", **OURS)
        return Answer(move=propose)

    async def caucus(self, view, member, complaint):
        return Answer(words="Patience.")

    async def debrief(self, view, complaint):
        return Answer(debrief=Debrief(gave_more="equal", margin=0, words="We moved together."))

    def messages(self):
        return {}
