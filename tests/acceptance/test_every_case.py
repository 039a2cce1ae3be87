"""Every acceptance case of the WeChat contract and the test that proves it through our own flows.

What another part of the tree proves already is named there and not repeated here; the names are looked up, so that
this list cannot go stale.
"""

import ast
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAYMENTS = "acceptance/test_payment_cases.py"
KEYS = "acceptance/test_key_cases.py"
REFUNDS_AND_BILLS = "acceptance/test_refund_and_bill_cases.py"
TRANSFERS = "flows/test_transfers.py"

PROOFS = {
    "double notification": (PAYMENTS, "test_double_notification"),
    "8 concurrent notifications": (PAYMENTS, "test_eight_concurrent_notifications"),
    "notify before the prepay commit": (PAYMENTS, "test_notify_before_the_prepay_commit"),
    "query sees SUCCESS before notify": (PAYMENTS, "test_query_sees_success_before_notify"),
    "pay after local expiry": (PAYMENTS, "test_pay_after_local_expiry"),
    "close returns ORDER_PAID": (PAYMENTS, "test_close_returns_order_paid"),
    "prepay timeout then retry same number": (PAYMENTS, "test_prepay_timeout_then_retry_same_number"),
    "other amount in notify": (PAYMENTS, "test_other_amount_in_notify"),
    "other mchid": (PAYMENTS, "test_other_mchid"),
    "stale": (PAYMENTS, "test_stale"),
    "SIGNTEST": (PAYMENTS, "test_signtest"),
    "unknown serial flood": (KEYS, "test_unknown_serial_flood"),
    "both key kinds": (KEYS, "test_both_key_kinds"),
    "certificate rotation": (KEYS, "test_certificate_rotation"),
    "refund 429-but-accepted": (REFUNDS_AND_BILLS, "test_refund_429_but_accepted"),
    "refund sum": (REFUNDS_AND_BILLS, "test_refund_sum"),
    "transfer timeout-but-accepted": (
        TRANSFERS,
        "test_one_that_was_accepted_without_our_hearing_of_it_is_not_made_twice",
    ),
    "package_info race": (
        TRANSFERS,
        "test_what_the_user_confirms_with_is_kept_although_other_news_came_first",
    ),
    "user never confirms": (
        TRANSFERS,
        "test_one_nobody_confirms_fails_after_a_day_and_may_be_followed_by_another",
    ),
    "NOT_ENOUGH then top-up same number": (
        TRANSFERS,
        "test_a_short_account_holds_transfers_up_until_it_is_topped_up",
    ),
    "bill with a fee of 5 decimals and an escaped comma": (
        REFUNDS_AND_BILLS,
        "test_bill_with_a_fee_of_five_decimals_and_an_escaped_comma",
    ),
    "empty day": ("flows/test_reconciliations.py", "test_a_day_on_which_nothing_happened_is_balanced"),
    "partial refund state REFUND": (PAYMENTS, "test_partial_refund_state_refund"),
}


@pytest.mark.parametrize("case", PROOFS)
def test_every_case_names_a_test_that_exists(case: str) -> None:
    path, name = PROOFS[case]
    tree = ast.parse((TESTS / path).read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    assert name in functions
    skipped = [ast.unparse(mark) for mark in functions[name].decorator_list if "skip" in ast.unparse(mark)]
    assert skipped == []


def test_no_case_is_missing() -> None:
    assert len(PROOFS) == 23
    assert len(set(PROOFS.values())) == len(PROOFS)
