"""Kinds of incidents: what each says to a person, how many people settle it, and what of it may be shown.

An incident names numbers, days and amounts, never a person. Source of "resolved by two people": the programme's money
table in docs/domain.md.
"""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum


class IncidentState(StrEnum):
    """`proposed` has one person's resolution and waits for a second person's."""

    OPEN = "open"
    PROPOSED = "proposed"
    RESOLVED = "resolved"


#: What each kind says, Chinese and English; a kind that does not stand here is shown by its name.
TITLES: dict[str, tuple[str, str]] = {
    "notice_mismatch": ("支付通知与订单不符，未入账", "A payment notice does not fit its order; nothing was booked"),
    "payer_differs": ("付款人不是下单人", "Somebody else than the buyer paid"),
    "wrong_amount": ("收到的金额与订单不符", "A wrong amount was received"),
    "paid_late": ("订单关闭后收到款项", "Money came for a closed order"),
    "second_transaction": ("同一订单出现第二笔支付", "A second payment for one order"),
    "refund_mismatch": ("微信退款消息与本系统申请不符，未入账", "News of a refund does not fit what was asked for"),
    "refund_not_enough": ("商户余额不足，退款等待充值", "A refund waits until the merchant's balance is topped up"),
    "refund_held": ("商户权限或设置问题，退款等待处理", "A permission or setting at WeChat holds a refund up"),
    "refund_refused": ("微信拒绝了退款申请", "WeChat has refused a refund"),
    "refund_closed": ("微信已关闭退款，款项仍在本系统", "WeChat has closed a refund; the money is still owed"),
    "refund_abnormal": ("退款异常，需在商户平台处理", "A refund is stuck at WeChat and must be redirected there"),
    "refund_overdue": ("退款超过三天未完成", "A refund has not reached its payer for three days"),
    "refund_twice": ("同一笔退款成功了两次", "A refund has been paid under two numbers"),
    "bill_unknown_order": ("微信账单有本系统没有的订单", "WeChat's bill has an order we do not know"),
    "bill_unbooked": ("微信账单有支付，本系统未能入账", "WeChat's bill has a payment we could not book"),
    "bill_duplicate": ("微信账单同一笔出现两次", "WeChat's bill has the same thing twice"),
    "bill_amount_differs": ("账单金额与入账金额不符", "The bill's amount is not the one booked"),
    "payment_not_billed": ("本系统有支付，微信账单没有", "We booked a payment that WeChat's bill does not have"),
    "refund_unknown": ("微信账单有本系统没有的退款", "WeChat's bill has a refund we do not know"),
    "refund_differs": ("账单退款金额与本系统不符", "The bill's refund is not the amount we asked for"),
    "refund_not_billed": ("本系统有退款，微信账单没有", "We have a refund that WeChat's bill does not have"),
    "fee_differs": ("资金账单手续费与交易账单不符", "The fund bill's fees are not those of the trade bill"),
    "fund_differs": ("资金账单与交易账单合计不符", "The fund bill's totals are not those of the trade bill"),
    "movement_unbooked": ("微信账户有未入账的资金变动", "Money moved at WeChat that is not in the book"),
    "bill_total_differs": ("交易账单手续费合计与明细不符", "The trade bill's fee total is not the sum of its rows"),
    "bill_missing": ("对账单迟迟取不到", "A bill cannot be had"),
    "sponsor_short": ("手续费资助账户余额不足，手续费未入账", "The sponsor's money does not cover a day's fees"),
    "bank_unknown": ("银行流水有本系统没有的款项", "The bank has a movement that is not in the book"),
    "bank_missing": ("本系统已记账，银行流水没有", "The book has a movement that the bank has not"),
    "complaint": ("买家在微信支付发起投诉，须限时答复", "A buyer complained at WeChat Pay: answer in time"),
    "shipping_info_failed": ("发货信息未能上报，微信将冻结该单结算", "WeChat was not told of a delivery"),
    "message_failed": ("订阅消息发送失败", "A message to buyers cannot be sent"),
    "tree_not_made_good": ("已售树木灭失，尚无备用株或资助款可补", "A sold tree was lost and cannot be made good yet"),
    "words_to_review": ("名称或留言待人工核对", "A name or message waits to be looked at"),
    "payout_contested": ("农户对发放有异议，须由未经办的人核实", "A household contests a payment"),
    "transfer_failed": ("微信转账失败，须决定下一步", "A transfer failed and somebody must decide what follows"),
    "transfer_refused": ("微信不接受转账请求", "WeChat does not accept a transfer"),
    "transfer_not_enough": ("运营账户余额不足，转账等待充值", "Transfers wait for a top-up"),
    "transfer_stuck": ("转账长时间没有结果", "A transfer has had no outcome for long"),
    "transfer_differs": ("微信告知的转账与本系统不符", "What WeChat says of a transfer is not what we asked for"),
    "payout_amount_differs": ("发放到账金额与应发金额不符，未入账", "A payout came to another amount; not booked"),
    "payout_news_differs": ("发放结果与已入账的结果相反", "News of a payout contradicts what was booked"),
    "payout_paid_twice": (
        "退回后另行发放的款项，原来一笔其实已到账",
        "A payment that came back and was made again had arrived after all",
    ),
    "payout_overdue": ("应付农户款项超过 90 天未发放", "Money has been owed to households for more than 90 days"),
    "payout_unconfirmed": ("发放批次超过 30 天没有结果", "A released batch has had lines without news for 30 days"),
    "bank_amount_differs": ("银行流水金额与入账金额不符", "The bank's amount is not the one booked"),
}  # fmt: skip

#: What keeps a payment as it is until it is settled: nothing more is booked for it, and its household is paid nothing.
AMOUNT_DIFFERS, NEWS_DIFFERS = "payout_amount_differs", "payout_news_differs"
#: News that the first payment arrived after all, when its money has gone out a second time.
PAID_TWICE = "payout_paid_twice"
HOLDS_LINE = frozenset({AMOUNT_DIFFERS, NEWS_DIFFERS, PAID_TWICE})
#: How the subject of such an incident begins: the reference of the payment follows.
HELD_LINE = "payout_line:"
#: Kinds that one person cannot settle.
TWO_PEOPLE = HOLDS_LINE | {"transfer_differs"}

#: Facts that may be shown: numbers, amounts, days, states. Whatever else was noted stays in the database.
SHOWN_FACTS = frozenset(
    {
        "account", "actual_fen", "asked_fen", "balance_fen", "bank_fen", "billed_fen", "billed_yuan", "booked_fen",
        "business_type", "code", "day", "expected_fen", "fee_fen", "flow_number", "fund_fen", "kind", "movement",
        "number", "order_state", "order_total_fen", "our_fen", "posting", "problem", "received_fen", "reference",
        "refund_id", "refund_number", "said", "state", "summed_yuan", "transaction_id", "tries",
        "households",
    }
)  # fmt: skip


#: What looks like an identity number, a mobile phone or a bank card; numbers of WeChat and of ours are longer or
#: have letters.
_PERSONAL = re.compile(
    r"(?<![0-9A-Za-z])(?:1[3-9]\d{9}|\d{17}[\dXx]|62\d{14,17}|\d{4}(?:[ -]\d{4}){3,4})(?![0-9A-Za-z])",
    re.ASCII,
)


def title(kind: str, language: str) -> str:
    """What a kind says in `zh` or `en`."""
    sentences = TITLES.get(kind)
    return kind if sentences is None else sentences[1 if language == "en" else 0]


def people_needed(kind: str) -> int:
    """How many different people must settle an incident of this kind."""
    return 2 if kind in TWO_PEOPLE else 1


def shown_facts(facts: Mapping[str, object]) -> dict[str, object]:
    """The facts of an incident that may be shown."""
    return {name: value for name, value in facts.items() if name in SHOWN_FACTS}


def names_somebody(text: str) -> bool:
    """Whether a text holds what looks like a person's identity, phone or card number."""
    return _PERSONAL.search(text) is not None


def age_days(opened_at: datetime, until: datetime) -> int:
    """Whole days an incident has been, or was, open."""
    return max((until - opened_at) // timedelta(days=1), 0)
