"""Statistics on scored dialogues, with the scenario as the unit of inference.

Rows go in (:class:`~harness.analysis.observations.Observation`); effects come out. Dialogues of one
scenario share its payoffs and are not independent evidence, so every test and interval here works
on one number a scenario (docs/method.md). Nothing here knows models or transcripts.
"""
