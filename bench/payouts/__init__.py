"""The case `payouts`: one batch for every household of the campaign, from the draft to the bank's answers."""
