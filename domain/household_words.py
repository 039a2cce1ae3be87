"""What a household is told of its income, in short sentences for people who read little, or have it read to them."""

from domain.income import Earnings
from domain.money import yuan_text


def income_sentences(earnings: Earnings, trees: int, language: str) -> list[str]:
    """Earned, paid, under way, still owed: one sentence each, `zh` or `en`, none about nothing."""
    english = language == "en"
    if not earnings.trees_sold:
        return [
            f"You have {trees} {'tree' if trees == 1 else 'trees'}. None has been sold yet."
            if english
            else f"您家有 {trees} 棵树，还没有卖出。"
        ]
    sold = earnings.trees_sold
    times = "once" if sold == 1 else f"{sold} times"
    told = (
        (
            earnings.earned_fen,
            "您家的树卖了 {n} 棵次，一共挣了 {yuan} 元。",
            "Your trees were sold {times} and earned {yuan} yuan.",
        ),
        (earnings.paid_fen, "已经发到您手里 {yuan} 元。", "{yuan} yuan have been paid to you."),
        (
            earnings.in_transit_fen,
            "{yuan} 元正在发，还没有到。",
            "{yuan} yuan are on their way and have not arrived.",
        ),
        (
            earnings.balance_fen,
            "还有 {yuan} 元没有发，这是您的钱。",
            "{yuan} yuan are not paid yet. They are yours.",
        ),
    )
    return [
        (in_english if english else chinese).format(n=sold, times=times, yuan=yuan_text(fen))
        for fen, chinese, in_english in told
        if fen
    ]


_PAYOUTS = {
    "on_its_way": ("{yuan} 元正在发给您。", "{yuan} yuan are on their way to you."),
    "to_collect": ("请在微信里点“确认收款”，收下 {yuan} 元。", "Tap to accept {yuan} yuan in WeChat."),
    "paid": ("{yuan} 元已发到您的{where}。", "{yuan} yuan have been paid to your {where}."),
    "came_back": (
        "{yuan} 元没有到账，退回来了，会再发给您。",
        "{yuan} yuan came back and will be sent again.",
    ),
}


def payout_sentence(state: str, amount_fen: int, to_wechat: bool, language: str) -> str:
    """What a household is told of one payment, by the state it is shown in (a key of the table above)."""
    english = language == "en"
    where = (("银行账户", "bank account"), ("微信零钱", "WeChat wallet"))[to_wechat][english]
    return _PAYOUTS[state][english].format(yuan=yuan_text(amount_fen), where=where)
