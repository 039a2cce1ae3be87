"""What the public is told before it signs in: how data is treated, and on what terms trees are sold.

In plain words, Chinese first; each text has a version and the day it holds from, and is never edited under the same
version. For a lawyer to confirm (PIPL 17, 44-47; Consumer Protection Law 16, 25). `{operator}` is the merchant of
record.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and what stands under it, each as (中文, English)."""

    heading: tuple[str, str]
    paragraphs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One text for the public."""

    name: str
    version: str
    holds_from: date
    title: tuple[str, str]
    sections: tuple[Section, ...]


PRIVACY = Document(
    "privacy",
    "2026-1",
    date(2026, 11, 1),
    ("隐私说明", "Privacy"),
    (
        Section(
            ("谁在处理您的信息", "Who treats your data"),
            (
                (
                    "{operator}是本项目的收款主体，也是您的信息的处理者。",
                    "{operator} receives the payments of this programme and is responsible for your data.",
                ),
            ),
        ),
        Section(
            ("我们从购买人那里知道什么", "What we know of buyers"),
            (
                (
                    "微信给我们的用户标识、您自己填写的昵称、证书上的持证人名称和留言，以及您的订单和付款记录。"
                    "我们不读取您的通讯录、位置和相册，也不知道您的微信号和银行卡号。",
                    "The identity WeChat gives us, the nickname, the holder's name and the message that you "
                    "enter yourself, "
                    "and your orders and payments. We do not read your contacts, place or photos, and know "
                    "neither your "
                    "WeChat name nor your card.",
                ),
                (
                    "这些信息用于出具证书、退款、对账和回答您的询问。持证人名称默认打码，您选择公开才显示全名。",
                    "We use it to issue certificates, to give refunds, to reconcile payments and to answer you. "
                    "A holder's "
                    "name is masked unless you make it public.",
                ),
            ),
        ),
        Section(
            ("我们从农户那里知道什么", "What we know of households"),
            (
                (
                    "户主姓名、身份证号、电话、收款账号、户属性和林木位置。这些信息在存入数据库之前加密，工作人员平时只看到打码后的内容；"
                    "查看任何一项原文都须填写理由并留下记录。",
                    "The head's name, identity number, phone, account, category, and where the trees stand. All "
                    "of it is "
                    "encrypted before it is stored. Officers see it masked; whoever looks at one field in full "
                    "gives a reason "
                    "and leaves a record.",
                ),
                (
                    "公开页面上最多显示户主的姓氏（如“张*”），并且只在本人同意之后。农户的收入、身份和住址从不公开。",
                    "In public at most the family name is shown (as in 张*), and only with consent. A household's "
                    "income, "
                    "identity and address are never public.",
                ),
            ),
        ),
        Section(
            ("我们把信息交给谁", "Whom we give data to"),
            (
                (
                    "付款和退款由微信支付办理；款项由银行或微信支付付给农户；持证人名称和留言由微信的内容安全接口检查。"
                    "除法律要求外，我们不把信息交给其他任何人，也不出境。",
                    "WeChat Pay handles payments and refunds; a bank or WeChat Pay pays households; WeChat's "
                    "content check "
                    "looks at names and messages. Nobody else receives data, and none leaves the country, save "
                    "where the law "
                    "demands it.",
                ),
            ),
        ),
        Section(
            ("保存多久", "How long we keep it"),
            (
                (
                    "账本、证书和审计记录长期保存，因为它们证明款项到了农户手中。登录记录、上传的表格等只保存到用完为止，最长七天至三十天。",
                    "The book, certificates and the audit are kept, because they prove that the money arrived. "
                    "Sign-ins, "
                    "uploaded sheets and the like are kept until they have served, seven to thirty days at most.",
                ),
            ),
        ),
        Section(
            ("您的权利", "Your rights"),
            (
                (
                    "您可以随时导出自己的数据、修改昵称和公开设置，也可以注销账户。注销后姓名和微信标识被删除，"
                    "账目和证书上打码的名称保留。",
                    "You can take your data along, change your nickname and what is public, and delete your "
                    "account. Names "
                    "and WeChat identities are then removed; the book and the masked name on certificates stay.",
                ),
                (
                    "农户可以向村里或县里的工作人员随时撤回任何一项同意。撤回出售的同意后，未售出的年份不再出售，"
                    "已售出的不受影响，应得款项照付。",
                    "A household can withdraw any of its consents at its village or county office. Without "
                    "consent to sale "
                    "nothing more is sold; what was sold stands, and what is owed is paid.",
                ),
            ),
        ),
    ),
)

TERMS = Document(
    "terms",
    "2026-1",
    date(2026, 11, 1),
    ("购买条款", "Terms"),
    (
        Section(
            ("您买的是什么", "What you buy"),
            (
                (
                    "您购买的是某一株树某一年的预计碳汇量。同一株树同一年只售一次，售出即注销：不可转让、不可转售，也没有任何回报。"
                    "它不是国家核证的减排量，不可用于碳市场履约。",
                    "You buy what one tree is expected to take up in one year. A tree-year is sold once and is "
                    "then used up: it "
                    "can be neither passed on nor sold on, and promises no return. It is not a certified "
                    "emission reduction and "
                    "cannot be used in a carbon market.",
                ),
                (
                    "树木仍属农户所有。若一株树在年度结束前死亡，由同户或同村的备用株补足。",
                    "The tree remains the household's. Should it die before the year is over, it is made good "
                    "from trees kept "
                    "for that.",
                ),
            ),
        ),
        Section(
            ("钱到哪里去", "Where the money goes"),
            (
                (
                    "您支付的价款全部归农户。微信支付的手续费由资助单位另行承担。款项由{operator}的受监管账户收取并发放。",
                    "The whole price is the household's. WeChat Pay's fee is borne by a sponsor. {operator} "
                    "receives and pays "
                    "out the money through a supervised account.",
                ),
                (
                    "您得到的是购碳收据，不是税务发票。",
                    "You are given a receipt of the purchase, which is no tax invoice.",
                ),
            ),
        ),
        Section(
            ("付款与退款", "Payment and refunds"),
            (
                (
                    "下单后为您保留树木十五分钟。付款后七天内可以整单退款，款项原路退回，证书随之撤销；"
                    "礼物已被领取或款项已开始发放的除外。",
                    "Trees are held for fifteen minutes after ordering. Within seven days of payment an order "
                    "can be taken back "
                    "whole: the money goes back the way it came and the certificate is revoked, unless a gift "
                    "has been claimed "
                    "or paying out has begun.",
                ),
                (
                    "付款晚到而树木已被他人买走时，我们另找同价的树木；找不到则全额退款。",
                    "If a payment comes late and the trees are gone, others of the same price are found, or all "
                    "of it goes back.",
                ),
            ),
        ),
        Section(
            ("证书上的名称和留言", "Names and messages on certificates"),
            (
                (
                    "持证人名称由您填写，未经核实，证书上会写明。不得使用他人名义，不得写入违法或引人误解的内容；不合适的内容不会显示。",
                    "You enter the holder's name yourself; nobody checks it, and the certificate says so. Use "
                    "nobody else's name, "
                    "and nothing unlawful or misleading; such words are not shown.",
                ),
            ),
        ),
        Section(
            ("有疑问时", "If something is wrong"),
            (
                (
                    "请在小程序中提出，或通过微信支付的投诉渠道联系{operator}。我们会查明每一笔款项。",
                    "Tell us in the mini app, or reach {operator} through WeChat Pay's complaints. We trace "
                    "every payment.",
                ),
            ),
        ),
    ),
)

DOCUMENTS = {document.name: document for document in (PRIVACY, TERMS)}
