"""The `flask …` commands, one group a noun."""

from flask import Flask

from jobs.audit_commands import audit_group
from jobs.backup_commands import backup, reopen, restore
from jobs.campaign_commands import campaign_group
from jobs.complaint_commands import complaint_group
from jobs.data_key_commands import data_keys_group
from jobs.errand_commands import errand_group
from jobs.household_commands import household_group
from jobs.import_commands import imports
from jobs.incident_commands import incident_group
from jobs.income_commands import income_group
from jobs.key_commands import keys_group
from jobs.ledger_commands import ledger_group, sponsor_group
from jobs.officer_commands import officer_group
from jobs.payment_commands import payment_group, refund_group
from jobs.payout_commands import payout_group
from jobs.poverty_line_commands import poverty_line_group
from jobs.reconcile_commands import reconcile_group
from jobs.reference_commands import seed
from jobs.sample_commands import sample
from jobs.transfer_commands import transfer_group
from jobs.tree_commands import tree_group
from jobs.verification_commands import verification_group
from jobs.wechat_commands import wechat_group, wechat_sim
from jobs.words_commands import words_group
from jobs.worker import worker
from jobs.year_review_commands import year_review_group


def register_commands(app: Flask) -> None:
    """Add every command group."""
    app.cli.add_command(audit_group)
    app.cli.add_command(backup)
    app.cli.add_command(campaign_group)
    app.cli.add_command(complaint_group)
    app.cli.add_command(data_keys_group)
    app.cli.add_command(errand_group)
    app.cli.add_command(household_group)
    app.cli.add_command(imports)
    app.cli.add_command(incident_group)
    app.cli.add_command(income_group)
    app.cli.add_command(keys_group)
    app.cli.add_command(ledger_group)
    app.cli.add_command(officer_group)
    app.cli.add_command(payment_group)
    app.cli.add_command(refund_group)
    app.cli.add_command(poverty_line_group)
    app.cli.add_command(reconcile_group)
    app.cli.add_command(reopen)
    app.cli.add_command(restore)
    app.cli.add_command(sample)
    app.cli.add_command(seed)
    app.cli.add_command(payout_group)
    app.cli.add_command(sponsor_group)
    app.cli.add_command(transfer_group)
    app.cli.add_command(tree_group)
    app.cli.add_command(verification_group)
    app.cli.add_command(wechat_group)
    app.cli.add_command(wechat_sim)
    app.cli.add_command(words_group)
    app.cli.add_command(worker)
    app.cli.add_command(year_review_group)
