"""Hangs every blueprint on the application: the one list of audiences."""

from flask import Flask
from flask_smorest import Blueprint

from blueprints.api import DanzhuApi
from blueprints.buyer import certificates as buyer_certificates
from blueprints.buyer import household as buyer_household
from blueprints.buyer import me, orders, refunds
from blueprints.buyer import sessions as buyer_sessions
from blueprints.buyer import wechat as buyer_wechat
from blueprints.hooks import wechat_pay
from blueprints.household import income as household_income
from blueprints.household import payouts as household_payouts
from blueprints.household import permission as household_permission
from blueprints.officer import accounts as officer_accounts
from blueprints.officer import audit as officer_audit
from blueprints.officer import bindings as officer_bindings
from blueprints.officer import consents as officer_consents
from blueprints.officer import household_changes as officer_household_changes
from blueprints.officer import households as officer_households
from blueprints.officer import imports as officer_imports
from blueprints.officer import incidents as officer_incidents
from blueprints.officer import income as officer_income
from blueprints.officer import income_postings as officer_income_postings
from blueprints.officer import income_reports as officer_income_reports
from blueprints.officer import months as officer_months
from blueprints.officer import payout_ageing as officer_payout_ageing
from blueprints.officer import payout_answers as officer_payout_answers
from blueprints.officer import payout_files as officer_payout_files
from blueprints.officer import payout_returns as officer_payout_returns
from blueprints.officer import payouts as officer_payouts
from blueprints.officer import people as officer_people
from blueprints.officer import period_exports as officer_period_exports
from blueprints.officer import poverty_lines as officer_poverty_lines
from blueprints.officer import proposals as officer_proposals
from blueprints.officer import session as officer_session
from blueprints.officer import totp as officer_totp
from blueprints.officer import tree_losses as officer_tree_losses
from blueprints.officer import tree_photos as officer_tree_photos
from blueprints.officer import verifications as officer_verifications
from blueprints.officer import waiting as officer_waiting
from blueprints.officer import year_reviews as officer_year_reviews
from blueprints.pages import certificates as certificate_pages
from blueprints.pages import console, documents, home, scan, service_worker, verification_files
from blueprints.public import catalogue, footprints, photos, quotes
from blueprints.public import certificates as verdicts

API = "/api/v1"

#: Blueprints served under /api/v1 and described in the OpenAPI document.
API_BLUEPRINTS: tuple[Blueprint, ...] = (
    buyer_certificates.blueprint,
    buyer_household.blueprint,
    buyer_sessions.blueprint,
    buyer_sessions.public,
    buyer_wechat.blueprint,
    buyer_wechat.public,
    catalogue.blueprint,
    footprints.blueprint,
    household_income.blueprint,
    household_payouts.blueprint,
    household_permission.blueprint,
    me.blueprint,
    officer_accounts.blueprint,
    officer_audit.blueprint,
    officer_bindings.blueprint,
    officer_consents.blueprint,
    officer_household_changes.blueprint,
    officer_households.blueprint,
    officer_imports.blueprint,
    officer_incidents.blueprint,
    officer_income.blueprint,
    officer_income_postings.blueprint,
    officer_income_reports.blueprint,
    officer_months.blueprint,
    officer_period_exports.blueprint,
    officer_poverty_lines.blueprint,
    officer_payout_ageing.blueprint,
    officer_payout_answers.blueprint,
    officer_payout_files.blueprint,
    officer_people.blueprint,
    officer_people.public,
    officer_proposals.blueprint,
    officer_payouts.blueprint,
    officer_payout_returns.blueprint,
    officer_session.blueprint,
    officer_session.public,
    officer_totp.blueprint,
    officer_tree_losses.blueprint,
    officer_tree_photos.blueprint,
    officer_verifications.blueprint,
    officer_waiting.blueprint,
    officer_year_reviews.blueprint,
    orders.blueprint,
    quotes.blueprint,
    refunds.blueprint,
    verdicts.blueprint,
)


def register_blueprints(app: Flask, api: DanzhuApi) -> None:
    """Register every audience."""
    for blueprint in API_BLUEPRINTS:
        api.register_blueprint(blueprint, url_prefix=API + (blueprint.url_prefix or ""))
    app.register_blueprint(wechat_pay.blueprint)
    app.register_blueprint(certificate_pages.blueprint)
    app.register_blueprint(console.blueprint)
    app.register_blueprint(documents.blueprint)
    app.register_blueprint(home.blueprint)
    app.register_blueprint(photos.blueprint)
    app.register_blueprint(scan.blueprint)
    app.register_blueprint(service_worker.blueprint)
    app.register_blueprint(verification_files.blueprint)
    app.add_url_rule("/.well-known/danzhu-keys.json", view_func=verdicts.keys)
