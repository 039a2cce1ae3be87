"""What a refusal says about officers' accounts and the console's cookie: Chinese first, English second."""

PEOPLE_MESSAGES: dict[str, tuple[str, str]] = {
    "csrf_token_wrong": (
        "页面的登录状态已过时，请刷新页面后重试。",
        "This page belongs to another sign-in; please reload it and try again.",
    ),
    "cross_site_request": (
        "该操作来自其他网站的页面，已拒绝。请从本系统页面内操作。",
        "Another site's page asked for this; it was refused. Please use the pages of this site.",
    ),
    "whole_programme_only": (
        "此项对全项目有效，只能由全省范围的管理员办理。",
        "This holds for the whole programme: an administrator whose region is all of it must do it.",
    ),
    "person_has_login": (
        "此人已有账号，一人只能有一个账号。",
        "This person has a login already; nobody has two at a time.",
    ),
    "own_account": (
        "不能更改自己的账号，请由另一位管理员办理。",
        "Nobody changes their own account; ask another administrator.",
    ),
    "officer_has_left": ("该工作人员的账号已停用。", "This officer has left."),
    "role_held": ("该人员已有这个角色。", "The officer has this role already."),
    "not_a_deputy": ("该人员没有这项代理。", "The officer is nobody's deputy in this role."),
    "deputy_days": (
        "代理起止日期不对：不得早于今天、前后颠倒或超过 {longest} 天。",
        "These days cannot be: over already, turned round, or more than {longest}.",
    ),
    "proposal_waits": (
        "该人员还有一项变更待另一位管理员确认。",
        "A change of this person's account still waits for another administrator.",
    ),
    "proposal_not_found": ("没有这项待确认的变更。", "There is no such proposal."),
    "proposal_decided": (
        "这项变更已处理或已过期。",
        "This proposal has been decided, or its time is over.",
    ),
    "second_administrator_needed": (
        "须由另一位管理员确认，提出人和本人都不能确认。",
        "Another administrator must confirm; neither who proposed it nor the person concerned can.",
    ),
    "invitation_not_found": (
        "链接无效、已使用或已过期，请联系管理员。",
        "The link is unknown, used or over; ask your administrator.",
    ),
    "payouts_held": (
        "账号重置后 72 小时内不能办理发放（{until} 以后可以）。",
        "After a reset nobody acts on payouts for 72 hours (until {until}).",
    ),
}
