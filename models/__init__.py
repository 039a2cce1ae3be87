"""Tables: columns, constraints and relationships, one noun a file, and the one place that commits (`transaction`).

A model decides nothing. Rules live in domain/ and services/.
"""

from models.access_tokens import AccessToken
from models.accounts import HouseholdAccount
from models.audit import AuditEntry, AuditSeal
from models.bank_statements import BankLine, BankPeriod, BankStatement
from models.base import Base, database, db, end_reading, transaction
from models.bills import BillFile, FundLine, TradeLine
from models.bindings import BindingCode, BindingTry, HouseholdBinding
from models.certificates import Certificate, UnitRelease
from models.consents import Consent
from models.credits import Credit
from models.errands import Errand
from models.gates import Gate
from models.gifts import Gift
from models.household_changes import HouseholdChange, PastOwner
from models.households import Household
from models.idempotency import IdempotencyKey
from models.imports import Import, ImportProblem, StagedAccount, StagedConsent, StagedHousehold, StagedTree
from models.incidents import Incident
from models.income import IncomeMark, IncomeSum
from models.ledger import Posting
from models.months import MonthClose
from models.officers import Officer, OfficerRole, SignInLock
from models.one_time_codes import OneTimeSecret, RecoveryCode
from models.orders import Order
from models.payments import Notice, Payment
from models.payout_answers import PayoutAnswer
from models.payout_files import PayoutFile
from models.payout_returns import PayoutReturn, PayoutReturnRow, RowOutcome
from models.payouts import PayoutBatch, PayoutDuty, PayoutLine, PayoutLineCredit, PayoutOmission
from models.people import Invitation, Proposal
from models.period_exports import PeriodExport
from models.poverty_lines import PovertyLine
from models.prepay_attempts import PrepayAttempt
from models.programmes import Programme
from models.reconciliations import Difference, Reconciliation
from models.refunds import Refund, RefundAttempt
from models.regions import Region
from models.sessions import SignInSession
from models.sign_in_states import UsedSignInState
from models.species import SpeciesRow
from models.statements import Together, insert_for, table_of
from models.transfers import Transfer, TransferAuthorization
from models.tree_losses import MakeGood, TreeLoss
from models.trees import Measurement, Tree
from models.units import Lane, Unit
from models.uploads import ImportVillage, Upload, UploadPiece
from models.users import User, WeChatIdentity
from models.verifications import Verification
from models.year_reviews import YearReview

__all__ = [
    "AccessToken",
    "AuditEntry",
    "AuditSeal",
    "BankLine",
    "BankPeriod",
    "BankStatement",
    "Base",
    "BillFile",
    "BindingCode",
    "BindingTry",
    "Certificate",
    "Consent",
    "Credit",
    "Difference",
    "Errand",
    "FundLine",
    "Gate",
    "Gift",
    "Household",
    "HouseholdAccount",
    "HouseholdBinding",
    "HouseholdChange",
    "IdempotencyKey",
    "Import",
    "ImportProblem",
    "ImportVillage",
    "Incident",
    "IncomeMark",
    "IncomeSum",
    "Invitation",
    "Lane",
    "MakeGood",
    "Measurement",
    "MonthClose",
    "Notice",
    "Officer",
    "OfficerRole",
    "OneTimeSecret",
    "Order",
    "PastOwner",
    "Payment",
    "PayoutAnswer",
    "PayoutBatch",
    "PayoutDuty",
    "PayoutFile",
    "PayoutLine",
    "PayoutLineCredit",
    "PayoutOmission",
    "PayoutReturn",
    "PayoutReturnRow",
    "PeriodExport",
    "Posting",
    "PovertyLine",
    "PrepayAttempt",
    "Programme",
    "Proposal",
    "Reconciliation",
    "RecoveryCode",
    "Refund",
    "RefundAttempt",
    "Region",
    "RowOutcome",
    "SignInLock",
    "SignInSession",
    "SpeciesRow",
    "StagedAccount",
    "StagedConsent",
    "StagedHousehold",
    "StagedTree",
    "Together",
    "TradeLine",
    "Transfer",
    "TransferAuthorization",
    "Tree",
    "TreeLoss",
    "Unit",
    "UnitRelease",
    "Upload",
    "UploadPiece",
    "UsedSignInState",
    "User",
    "Verification",
    "WeChatIdentity",
    "YearReview",
    "database",
    "db",
    "end_reading",
    "insert_for",
    "table_of",
    "transaction",
]
