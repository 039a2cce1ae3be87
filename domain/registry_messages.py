"""What a refusal of the registry says: sheets, payee accounts, changes in households, photos, trees that
are gone.

Part of the catalogue in domain/messages.py, and read as that is.
"""

REGISTRY_MESSAGES: dict[str, tuple[str, str]] = {
    # Changes in households
    "change_fields": (
        "这类变更需要填写：{needed}；另可填写：{allowed}。",
        "This kind of change needs {needed}, and may have {allowed} beside that.",
    ),
    "change_day": (
        "日期不在允许的范围内。",
        "The day is not possible: from last year up to today, and in order.",
    ),
    "change_undecided": ("该户已有一项变更待确认。", "Another change of this household waits to be decided."),
    "change_decided": ("该变更已有结论（{state}）。", "The change has been decided: {state}."),
    "change_not_found": ("没有这项变更。", "There is no such change."),
    "person_malformed": ("新户主的资料有误：{reason}", "Something about the new head is wrong: {reason}"),
    "identity_registered": (
        "该身份证号已在本县登记为另一户。",
        "Another household of this county is registered with this identity number.",
    ),
    "household_needs_check": (
        "此项变更暂不能办理，请报上级登记机构核对。",
        "This cannot be done yet; ask the registry above you to check it.",
    ),
    "household_elsewhere": (
        "只能在同一村的两户之间办理。",
        "Both must be different households of one village.",
    ),
    "household_trees_gone": ("有树已不属于该户。", "Some of these trees are not the household's any more."),
    "household_full": (
        "对方将超过每户上限 {most} 株。",
        "The other household would have more than {most} trees.",
    ),
    # Years that are over
    "review_year": ("该年度还没有结束，不能复核。", "The year is not over and cannot be reviewed."),
    "nothing_to_review": (
        "该区域该年度没有待复核的已售株年。",
        "Nothing that was sold there waits for a review.",
    ),
    "review_not_found": ("没有这次年度复核。", "There is no such review."),
    "review_sample": (
        "须对抽取的每一株树各说明一次：仍在，或已灭失。",
        "Every tree of the sample must be named once: growing, or gone.",
    ),
    "review_losses": (
        "有树已灭失但尚未报告并确认：{trees}。",
        "Some trees are gone and not confirmed as lost: {trees}.",
    ),
    "review_too_many_gone": (
        "抽样中灭失的树超过备用比例，须逐株核查后重新抽样。",
        "More of the sample is gone than the buffer allows; look at every tree, then draw again.",
    ),
    "review_confirmed": ("该年度复核已经确认。", "This review has been confirmed."),
    # Payee accounts
    "account_not_found": ("该农户没有这个收款账户记录。", "The household has no such account."),
    "account_unchanged": ("与正在使用的账户相同，没有变更。", "This is the account in force already."),
    "account_undecided": (
        "该农户已有一项账户变更等待确认，请先确认或拒绝。",
        "A change of this household's account waits already; confirm or refuse that one first.",
    ),
    "accounts_not_as_seen": (
        "待确认的账户与您看到的不同，现有 {count} 个，请重新查看后再确认。",
        "The accounts that wait are not those you saw: there are {count} now. Look at them again.",
    ),
    "account_decided": ("这项账户变更已处理（{state}）。", "This change has been decided already ({state})."),
    "account_needs_second": (
        "账户变更须由另一人确认，录入人不能自己确认。",
        "Another person must confirm an account; whoever entered it cannot.",
    ),
    # Photos
    "photo_too_large": (
        "照片过大：最多 10 MB、6000 万像素。",
        "The photo is too large: at most 10 MiB and 60 million pixels.",
    ),
    "photo_too_small": (
        "照片太小：短边至少 320 像素。",
        "The photo is too small: at least 320 pixels on its shorter side.",
    ),
    "photo_unreadable": (
        "无法读取照片，请使用 JPEG、PNG 或 WebP。",
        "The photo cannot be read; send a JPEG, PNG or WebP.",
    ),
    # Trees that are gone
    "tree_gone": (
        "该树已登记为死亡、采伐或灭失。",
        "The tree is registered as dead, felled or lost already.",
    ),
    "loss_not_found": ("这株树没有灭失报告。", "Nobody has reported this tree as lost."),
    "loss_confirmed": (
        "该灭失已经确认，不能撤销：已售年份可能已由资助单位出资补株。如树仍在，请换新树牌重新登记。",
        "The loss is confirmed and stands: sold years may have been made good with the sponsor's money. If the tree "
        "does stand, register it again under another tag.",
    ),
    "loss_day": (
        "日期应在 {earliest} 至今天之间。",
        "The day must be from {earliest} up to today.",
    ),
    "second_person": ("须由另一人确认。", "Somebody else must confirm this."),
    # Survey sheets
    "import_unknown": ("没有这次导入。", "There is no such import."),
    "import_state": (
        "这次导入的状态（{state}）不允许这项操作。",
        "The import is {state}; this is not possible now.",
    ),
    "import_overtaken": (
        "检查之后登记内容有变化，什么都没有写入，请重新导入。",
        "The registry has changed since the check and nothing was written; import the sheet again.",
    ),
    "import_village_unknown": (
        "这份表里没有该区域的村。",
        "The sheet holds no village of this region.",
    ),
    "import_village_blocked": (
        "有村的内容存在问题，不能接受：{villages}。请改正后重新上传。",
        "Problems keep these villages out: {villages}. Correct the sheet and upload it again.",
    ),
    "import_village_accepted": (
        "该区域的内容已经接受。",
        "What the sheet brings this region has been accepted.",
    ),
    "too_many_uploads": (
        "您已有 {most} 份表在等待检查，请稍候再上传。",
        "{most} sheets of yours are waiting for their check; wait a little before sending another.",
    ),
}
