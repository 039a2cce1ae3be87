"""What a refusal says to a person: one catalogue, Chinese first, English second.

Sentences tell what to do next. `{name}` is filled from the refusal's details.
"""

from collections.abc import Mapping

from domain.cell_errors import CellError
from domain.people_messages import PEOPLE_MESSAGES
from domain.registry_messages import REGISTRY_MESSAGES

MESSAGES: dict[str, tuple[str, str]] = {
    **PEOPLE_MESSAGES,
    # The edge
    "bad_request": ("请求格式有误，请检查后重试。", "The request could not be read; please check it."),
    "invalid_json": ("请求内容不是有效的 JSON。", "The body is not valid JSON."),
    "invalid_fields": ("有字段填写不正确，请按提示修改。", "Some fields are not right; see `fields`."),
    "not_found": ("没有找到您要的内容。", "There is no such thing here."),
    "method_not_allowed": ("该地址不支持这种操作。", "This address does not support that method."),
    "body_too_large": ("提交的内容过大。", "The body is too large."),
    "unsupported_media_type": ("请以 JSON 格式提交。", "Please send JSON."),
    "too_many_requests": ("操作太频繁，请稍后再试。", "Too many attempts; please try again later."),
    "internal_error": (
        "系统出错，已记录。请稍后再试，并提供请求编号。",
        "Something went wrong on our side and was recorded. Please try again later and quote the request id.",
    ),
    "database_unavailable": ("系统繁忙，请稍后再试。", "The system is busy; please try again shortly."),
    "database_not_migrated": (
        "系统正在升级，请稍后再试。",
        "The database is not at this version yet; please try again shortly.",
    ),
    "conflict": ("数据刚刚被更新，请刷新后重试。", "Somebody else changed this just now; please reload and retry."),
    "invalid_cursor": ("翻页标记无效，请从第一页开始。", "The cursor is not valid; start from the first page."),
    "file_too_long": (
        "内容超过 {rows} 行，请缩短时间范围或增加条件后再导出。",
        "More than {rows} rows; please narrow the days or the filters.",
    ),
    # Money
    "amount_not_a_number": ("“{value}”不是金额。", "“{value}” is not an amount."),
    "amount_not_whole_fen": ("金额“{value}”不是整数分。", "“{value}” is not a whole number of fen."),
    "consent_text_unknown": (
        "没有这一版本的同意书文字，请按系统给出的版本询问农户。",
        "There are no such words; ask the household in the version that the system gives.",
    ),
    "consent_in_future": ("日期不能晚于今天。", "The day lies in the future."),
    "consent_stands": ("该项同意仍然有效，无须重复登记。", "This consent stands already."),
    "consent_not_standing": ("该项同意并未作出，或已经撤回。", "This consent was not given, or has been withdrawn."),
    "sale_consent_missing": (
        "须先同意出售，才能登记同意公开姓名。",
        "A name can be public only once the household agrees to the sale.",
    ),
    "withdrawal_before_consent": (
        "撤回日期不能早于同意日期 {day}。",
        "The withdrawal cannot lie before the consent of {day}.",
    ),
    "period_too_long": ("期间最长一年。", "A period is at most a year long."),
    "period_export_unknown": ("没有这项导出申请。", "There is no such export."),
    "period_export_state": (
        "这项导出已处理、已过期或已取走；批准须由他人办理，取走须由申请人办理。",
        "This export has been decided, has expired or has been taken; somebody else grants it, and who asked takes it.",
    ),
    "too_many_reveals": (
        "您在 24 小时内查看原文已达 {most} 次，请明天再查；如确有需要，请由其他登记员办理。",
        "You have looked at {most} full values in 24 hours; go on tomorrow, or ask another registrar.",
    ),
    "month_malformed": ("月份请写成 2026-09 的形式。", "Please write the month as 2026-09."),
    "month_unknown": ("这个月还没有开始。", "This month has not begun."),
    "month_not_over": (
        "这个月尚未结束，或结束不足一小时，请稍后再结账。",
        "The month is not over, or has been for less than an hour; close it later.",
    ),
    "month_closed": ("这个月已经结账。", "This month, or one after it, has been closed."),
    "month_before_open": ("请先结账 {month}。", "Months are closed in order; close {month} first."),
    "book_does_not_hold": (
        "账本核对不通过，请先运行 flask ledger verify 查明原因。",
        "The book does not hold; see what flask ledger verify finds first.",
    ),
    "posting_impossible": ("这笔记账不成立。", "This posting is not possible."),
    # A generated campaign
    "postgresql_only": ("只能在 PostgreSQL 数据库上执行。", "This needs a PostgreSQL database."),
    "households_there_already": (
        "数据库中已有农户，请换一个空的、已初始化的数据库。",
        "There are households already; use a database that is empty but for `flask seed`.",
    ),
    "not_enough_villages": (
        "行政区划不足，请先运行 flask seed。",
        "There are too few villages; run `flask seed` first.",
    ),
    # Signing in
    "signed_out": ("请先登录。", "Please sign in first."),
    "forbidden": ("您没有这项权限。", "You may not do this."),
    "login_code_invalid": ("微信登录凭证无效或已使用，请重新登录。", "The WeChat code is invalid or used; sign in again."),
    "login_state_invalid": (
        "登录请求已过期或不是由本浏览器发起，请重新登录。",
        "This sign-in has expired or was begun in another browser; please sign in again.",
    ),
    "url_not_ours": ("只能使用本站的网页地址。", "Only addresses of this site can be used."),
    "login_refused": ("微信暂不允许该账号登录。", "WeChat does not allow this account to sign in."),
    "wechat_unavailable": ("微信暂时无法访问，请稍后再试。", "WeChat cannot be reached; please try again shortly."),
    "channel_not_configured": ("该登录方式尚未开通。", "This way of signing in is not set up."),
    "wrong_credentials": ("用户名或密码不正确。", "The user name or password is wrong."),
    "one_time_code_needed": ("请同时输入动态口令。", "Please enter the one-time code too."),
    "one_time_code_wrong": (
        "动态口令不正确或已使用过，请等下一个。",
        "The one-time code is wrong or was used already; wait for the next one.",
    ),
    "one_time_code_not_begun": ("请先开始设置动态口令。", "Begin setting up the one-time code first."),
    "one_time_code_not_the_phones": (
        "动态口令与新设备不符，请核对手机时间后重试。",
        "This code is not the new phone's; check its clock and try again.",
    ),
    "second_factor_needed": (
        "您的角色须使用动态口令，请先完成设置。",
        "Your role needs a one-time code; please set it up first.",
    ),
    "session_not_found": ("没有这次登录，或它已结束。", "There is no such sign-in, or it has ended."),
    "address_locked_out": (
        "该网络地址尝试失败次数过多，请稍后再试。",
        "Too many failures from this address; please try again later.",
    ),
    "locked_out": ("尝试次数过多，账号已暂时锁定，请稍后再试。", "Too many attempts; the account is locked for a while."),
    # Officers
    "username_malformed": (
        "用户名须以小写字母开头，由 2 至 32 个小写字母、数字或 . _ - 组成。",
        "A user name begins with a small letter and has 2 to 32 small letters, digits or . _ -.",
    ),
    "username_taken": ("该用户名已被使用过，请换一个。", "This user name has been used before; choose another."),
    "password_too_weak": (
        "密码太简单：至少 {shortest} 个字符，不能含用户名。",
        "The password is too weak: at least {shortest} characters, without the user name.",
    ),
    "roles_cannot_combine": (
        "这些角色不能由同一人担任（或未选角色）。",
        "One person may not have these roles together, or none was given.",
    ),
    "officer_not_found": ("没有这位工作人员，或其账号已停用。", "There is no such officer, or the account has ended."),
    "household_not_found": ("没有找到这户农户。", "There is no such household here."),
    # Households' own view
    "household_not_bound": (
        "您的微信还没有绑定农户，请向村里或乡镇工作人员索取绑定码。",
        "Your WeChat is not bound to a household; ask the village or township officer for a code.",
    ),
    "household_bound": ("该农户已绑定微信，请先解除。", "This household is bound already; end that binding first."),
    "binding_code_mistyped": ("绑定码有误，请核对 16 位数字后重新输入。", "The code is mistyped; please check its 16 digits."),
    "binding_code_refused": ("绑定码无效，请向工作人员核实或重新索取。", "This code does not open; ask the officer for another."),
    "binding_code_none": ("该农户没有可用的绑定码。", "This household has no open code."),
    "binding_locked": ("输错次数过多，请明天再试。", "Too many wrong codes; please try again tomorrow."),
    "already_bound": ("您的微信已绑定农户，一个微信只能绑定一户。", "Your WeChat is bound to a household; it can be bound to one only."),
    "binding_none": ("该农户没有绑定微信。", "This household is not bound."),
    "payout_not_found": ("没有找到这批发放。", "There is no such payout batch."),
    "household_payout_not_found": ("没有找到这笔发放。", "There is no such payment."),
    "payout_not_answerable": ("这笔钱没有到账或已退回，不需要确认。", "This payment did not arrive or came back; there is nothing to say of it."),
    "payout_answered": ("您已经说过了。", "You have said so already."),
    "incident_own_payout": (
        "您经办过这笔发放，须由未经办的人处理。",
        "You had a part in this payment; somebody who had none must settle this.",
    ),
    "no_permission": ("您没有开通免确认收款。", "You have given no permission to be paid without confirming."),
    # Idempotency
    "idempotency_key_required": (
        "请在请求头中提供 Idempotency-Key（1 至 128 个可见字符）。",
        "Send an Idempotency-Key header of 1 to 128 printable characters.",
    ),
    "idempotency_key_reused": (
        "这个 Idempotency-Key 已用于另一项请求。",
        "This Idempotency-Key was used for another request.",
    ),
    # Buying
    "nothing_on_sale": ("当前没有在售的树。", "Nothing is on sale at the moment."),
    "budget_too_small": ("预算不足一株树的价格（{price_yuan} 元）。", "The budget is under the price of one tree ({price_yuan} yuan)."),
    "too_many_trees": ("一次最多购买 {limit} 株。", "At most {limit} trees in one order."),
    "tree_unknown": ("有树木编号不存在。", "Some tree codes do not exist."),
    "tree_twice": ("同一株树只能选一次。", "A tree can be chosen only once."),
    "tree_unavailable": ("部分树木已被他人选购，请重新选择。", "Some of these trees have just been taken; please choose others."),
    "not_enough_trees": ("可售树木不足，目前还剩 {available} 株。", "Not enough trees: {available} are left."),
    "sales_paused": ("手续费预付款不足，暂停销售，请稍后再试。", "Sales are paused until the sponsor has paid in for the fees."),
    "order_not_found": ("没有找到这个订单。", "There is no such order."),
    "order_state": ("订单当前状态（{state}）不允许这项操作。", "The order is {state}; this is not possible now."),
    "order_expired": ("订单即将或已经超时，请重新下单。", "The order has expired or is about to; please order again."),
    "payment_unavailable": ("微信支付暂时无法使用，订单已保留，请稍后再试。", "WeChat Pay cannot be reached; your order is kept, try again shortly."),
    "payment_refused": ("微信支付未接受该订单：请联系客服并提供订单号。", "WeChat Pay did not accept this order; please contact us with its number."),
    "words_not_allowed": ("“{word}”不能用于证书，请修改。", "“{word}” may not appear on a certificate; please change it."),
    # Transfers
    "transfer_too_small": ("转账金额不能少于 {least_fen} 分。", "A transfer has at least {least_fen} fen."),
    "transfer_name_missing": ("达到 2000 元的转账须填写收款人姓名。", "From 2,000 yuan on a transfer needs the payee's name."),
    "transfer_malformed": ("转账单号、备注或场景信息不符合要求。", "The transfer's number, remark or scene is not as WeChat wants it."),
    "transfer_number_used": ("转账单号 {number} 已用于另一笔转账。", "The number {number} stands for another transfer."),
    "transfer_not_found": ("没有找到这笔转账。", "There is no such transfer."),
    "transfer_authorization_not_found": ("没有找到这项免确认收款授权。", "There is no such permission."),
    "transfer_state": ("转账当前状态（{state}）不允许这项操作。", "The transfer is {state}; this is not possible now."),
    "words_refused": (
        "名称或留言未通过内容安全检查，请修改后重新提交。",
        "The name or message did not pass the content check; please choose other words.",
    ),
    "words_unchecked": ("暂时无法核对这些文字，请稍后再试或换一种写法。", "These words cannot be checked now; try again later, or others."),
    "words_settled": ("这个订单没有待核对的文字。", "No words of this order wait to be looked at."),
    "payment_elsewhere": (
        "该订单已在另一个微信入口发起支付，请回到原入口完成。",
        "Payment of this order was started in another WeChat app; please finish it there.",
    ),
    "year_over": ("{year} 年度已结束，不能再购买。", "{year} is over; its tree-years can no longer be bought."),
    "orders_open": ("还有未完成的订单（{order}），请处理后再注销账号。", "Order {order} is still open; settle it before you delete your account."),
    "programme_missing": ("项目尚未开始。", "The programme has not begun yet."),
    "amount_not_positive": ("金额必须大于零。", "The amount must be more than zero."),
    # Backups
    "backup_broken": ("备份文件无法读取：{reason}。", "The backup does not open: {reason}."),
    "backup_of_another_version": ("备份来自另一版本（{revision}），请先迁移到该版本。", "The backup is of revision {revision}; migrate to that one first."),
    "backup_not_whole": ("备份文件不完整。", "The backup is not whole."),
    "database_not_empty": ("数据库不是空的（{table}）。", "The database is not empty ({table})."),
    "not_restored": ("系统并非恢复后关闭的状态。", "Nothing here was restored and waits to be opened."),
    "closed_for_now": ("系统暂停办理：{reason}。", "Closed for now: {reason}."),
    # Refunds
    "refund_window_over": ("已超过付款后 {days} 天的退款期限。", "Refunds end {days} days after payment."),
    "already_paid_out": ("款项已支付或正在支付给农户，不能退款。", "The money has been, or is being, paid out to the households."),
    "gift_claimed": ("礼物已被领取，不能退款。", "The gift has been claimed; the order cannot be refunded."),
    "refund_state": ("这笔退款当前为 {state}，不能进行该操作。", "The refund is {state}; this is not possible now."),
    "refund_not_found": ("没有这个退款单号。", "There is no refund by this number."),
    "refund_still_open": ("买家仍可自行申请退款。", "The buyer may still ask for an ordinary refund."),
    "refund_amount": ("退款金额不成立，最多还可退 {left_fen} 分。", "The amount is not possible; at most {left_fen} fen are left."),
    "sponsor_short": ("资助账户余额不足。", "The sponsor's balance is too small."),
    "notice_not_found": ("没有这条通知。", "There is no such notice."),
    "notice_not_replayable": ("这条通知没有可重新处理的内容。", "There is nothing in this notice to settle again."),
    # Gifts and certificates
    "gift_not_found": ("礼物不存在、已领取或已收回。", "The gift does not exist, or was claimed or taken back."),
    "gift_own": ("不能领取自己送出的礼物。", "You cannot claim your own gift."),
    "gift_not_offered": ("礼物已被领取或收回。", "The gift has been claimed or taken back."),
    "not_a_gift": ("这个订单不是礼物。", "This order is not a gift."),
    "serial_mistyped": ("证书编号有误，请核对后重新输入。", "The serial number is mistyped; please check it."),
    "certificate_unknown": ("没有这个编号的证书。", "There is no certificate with this serial number."),
    "certificate_not_yours": ("只有持证人或持有二维码的人可以查看。", "Only its owner, or whoever has its QR code, may see this."),
    # Verification
    "verification_not_found": ("没有找到这次核查。", "There is no such verification."),
    "verification_state": (
        "这次核查当前为 {state}，不能进行该操作。",
        "This verification is {state}; this is not possible now.",
    ),
    "verification_year": ("只能核查 {first} 至 {last} 年度。", "Only the years {first} to {last} can be verified."),
    "nothing_to_verify": ("没有可核准的树木，原因见 fields。", "No tree of this region can be approved; see `fields`."),
    "verifier_involved": (
        "核查人参与过这些测量数据的导入或调查，不能核准。",
        "A verifier who imported or surveyed these measurements may not approve them.",
    ),
    # Regions and numbers of people and organisations
    "region_code_malformed": ("行政区划代码应为 2、4、6、9 或 12 位数字。", "A division code has 2, 4, 6, 9 or 12 digits."),
    "identity_number_length": ("身份证号应为 18 位。", "An identity number has 18 characters."),
    "identity_number_characters": ("身份证号只能是数字，末位可为 X。", "Digits only; the last one may be X."),
    "identity_number_region": ("身份证号的地区码不对。", "The region part of the identity number is not possible."),
    "identity_number_birth_date": ("身份证号中的出生日期不对。", "The birth date in the identity number is not possible."),
    "identity_number_check_digit": ("身份证号校验位不对，请核对原件。", "The check digit is wrong; compare the card."),
    "credit_code_length": ("统一社会信用代码应为 18 位。", "A unified social credit code has 18 characters."),
    "credit_code_characters": ("统一社会信用代码含有不允许的字符。", "The credit code holds a character it cannot have."),
    "credit_code_check_digit": ("统一社会信用代码校验位不对，请核对证照。", "The check digit is wrong; compare the licence."),
    "account_number_characters": ("银行账号只能是数字。", "An account has digits only."),
    "account_number_length": ("银行账号应为 9 至 30 位。", "An account has 9 to 30 digits."),
    "account_number_check_digit": ("银行卡号校验位不对，请核对卡片。", "The card's check digit is wrong; compare the card."),
    # Reconciliation and incidents
    "incident_not_found": ("没有这个异常事项。", "There is no such incident."),
    "incident_resolved": ("该异常事项已处理完毕。", "This incident has been resolved already."),
    "incident_owner_cannot": (
        "{username} 没有处理异常事项的权限，请指定其他人。",
        "{username} may not resolve incidents; choose somebody else.",
    ),
    "resolution_names_somebody": (
        "处理说明中不得出现身份证号、手机号或银行卡号。",
        "A resolution must not hold an identity, phone or card number.",
    ),
    "second_person_needed": (
        "该事项须由另一人确认，提出处理意见的人不能自己确认。",
        "Another person must agree; whoever proposed the resolution cannot.",
    ),
    "reconciliation_not_found": ("这一天还没有对账。", "This day has not been reconciled yet."),
    "day_not_over": ("{day} 的账单要到次日 10 点以后才有。", "The bills of {day} are there from 10:00 on the next day."),
    "day_too_old": ("{day} 早于微信保留账单的期限（{days} 天）。", "{day} is longer ago than WeChat keeps bills ({days} days)."),
    "reference_booked": ("凭证号“{reference}”已经入过账。", "The reference “{reference}” has been booked already."),
    "bank_file_unreadable": ("银行流水文件无法读取：{reason}", "The bank file cannot be read: {reason}"),
    "bank_line_wrong": (
        "银行流水第 {row} 行“{column}”：{reason}",
        "Line {row} of the bank file, {column}: {reason}",
    ),
    "bank_line_amount": (
        "银行流水第 {row} 行：收入与支出须恰有一项大于零。",
        "Line {row} of the bank file: exactly one of income and expense must be above zero.",
    ),
    "bank_serial_twice": (
        "银行流水第 {row} 行：流水号“{serial}”在文件中重复。",
        "Line {row} of the bank file: the serial “{serial}” stands in it twice.",
    ),
    "bank_days_wrong": (
        "流水的起止日期（{first} 至 {last}）未包含文件中的全部流水，或晚于今天。",
        "The days of the statement ({first} to {last}) do not hold all of its lines, or are still to come.",
    ),
    "bank_line_changed": (
        "流水号“{serial}”以前导入时内容不同，请向银行核实。",
        "The line with serial “{serial}” said something else before; ask the bank.",
    ),
    "bank_file_impossible": (
        "无法生成银行代发文件：共 {count} 处问题，见 fields。",
        "The bank file cannot be written: {count} problems, see `fields`.",
    ),
    "payout_file_not_found": ("该批次没有银行代发文件。", "This batch has no bank file."),
    "payout_file_changed": (
        "保存的代发文件与发放时的校验值不符，不能使用，请联系管理员。",
        "The kept bank file is not the one that was frozen; do not use it, and tell an administrator.",
    ),
    "payout_receipt_not_found": (
        "没有这笔款，或尚未到账。",
        "There is no such payment, or it is not known to have arrived.",
    ),
    "payout_sign_off_empty": (
        "没有需要签收的农户：都已绑定微信，可在手机上确认。要打印全部，请加 all=true。",
        "Nobody is left to sign: all have bound a phone and confirm there. For all of them ask with all=true.",
    ),
    "payout_return_not_found": ("没有这份回盘文件。", "There is no such return file."),
    "payout_not_by_bank": ("该批次不是银行代发。", "This batch does not go to the bank."),
    "return_batch_unclear": (
        "从业务参考号看不出这份文件属于哪一个批次。",
        "The references do not tell which one batch this file is of.",
    ),
    "return_file_unreadable": ("银行回盘文件无法读取：{reason}", "The return file cannot be read: {reason}"),
    "return_file_of_another_batch": (
        "这份回盘文件写明的批次号是 {batch}，不是本批次。",
        "The return file says that it is of batch {batch}, which is not this one.",
    ),
    # Payouts
    "payout_state": (
        "该批次已有新的进展，现在不能进行该操作，请刷新后再看。",
        "The batch has moved on, and this is not possible now; load it anew.",
    ),
    "payout_line_not_found": ("没有明细号“{reference}”。", "There is no payout line {reference}."),
    "nothing_to_pay": (
        "没有可发放的农户（未达起付额、尚未到期或被暂缓，见 fields）。",
        "No household can be paid: below the threshold, not mature, or left out; see `fields`.",
    ),
    "payout_of_another": ("只有制单人本人可以提交或撤销该批次。", "Only its maker can submit or cancel a batch."),
    "payout_stale": (
        "草稿制作后有款项已变动，请撤销后重新制作。",
        "Some money has moved since the draft was made; cancel it and draft anew.",
    ),
    "payout_empty": (
        "该批次的农户现在都被暂缓，没有可发放的明细，请撤销或驳回。",
        "Every household of the batch is left out by now; cancel or reject it.",
    ),
    "payout_notice_running": ("公示期到 {until}（北京时间）为止，届满后才能审批。", "The notice stands until {until}, Beijing time; approve it after that."),
    "duties_not_separate": (
        "您已为该批次制单、审批或放款，或者录入、确认过其中的账户；这些须由不同的人办理。",
        "You have drafted, approved or released this batch already, or entered or confirmed an account it pays; that takes different people.",
    ),
    "payout_not_covered": (
        "渠道账户可用余额 {free} 元，不足以发放 {amount} 元，请等资金到账后再放款。",
        "The channel holds {free} CNY free, less than the {amount} CNY of the batch; release it when the money is there.",
    ),
    # Methodology
    "dbh_out_of_range": ("胸径应在 5 至 100 厘米之间（注意不是胸围）。", "The diameter at breast height must be 5 to 100 cm (not the girth)."),
    "height_out_of_range": ("树高应在 4 至 50 米之间。", "The height must be 4 to 50 m."),
    "measurement_in_future": ("测量日期晚于今天。", "The measurement lies in the future."),
    "measurements_out_of_order": ("前一次测量必须早于后一次。", "The earlier measurement must be before the later one."),
    "planted_year_impossible": ("栽植年份与测量年份不符。", "The year of planting does not fit the measurement."),
    "flat_figure_not_positive": ("项目统一碳汇量必须大于零。", "The programme's flat figure must be above zero."),
    # Footprints
    "footprint_empty": ("请至少填写一项。", "Enter at least one item."),
    "footprint_too_long": ("一次最多 {most} 项。", "At most {most} items at once."),
    "unknown_factor": ("没有名为“{factor}”的排放因子。", "There is no emission factor “{factor}”."),
    "quantity_out_of_range": ("数量应在 0 至 {most} 之间。", "The quantity must be 0 to {most}."),
    "quantity_too_fine": ("数量最多六位小数（{finest}）。", "At most six decimals ({finest})."),
    # Fair turn
    "fair_turn_malformed": ("公平轮派的参数不成立。", "The fair turn cannot be drawn with these values."),
    "draw_algorithm_unknown": ("不认识这次抽取所用的算法。", "The draw used an algorithm this version does not know."),
    "draw_candidates_differ": ("候选农户与当时记录不一致。", "These are not the households of that draw."),
    "draw_outcome_differs": ("重算结果与记录不一致。", "The seed does not give the outcome that was logged."),
    **REGISTRY_MESSAGES,
    # Catalogue
    "region_unknown": ("没有这个行政区划代码：{region}。", "There is no region with code {region}."),
    "species_unknown": ("没有这个树种代码：{species}。", "There is no species with code {species}."),
    "tree_not_found": ("没有找到这株树。", "There is no such tree."),
}


def message(code: str, language: str, details: Mapping[str, object]) -> str:
    """The sentence for a code in `zh` or `en`, filled in; the code itself where nobody has written one."""
    sentences = MESSAGES.get(code)
    if sentences is None:
        return code
    said = {
        name: value.reason(language) if isinstance(value, CellError) else value for name, value in details.items()
    }
    return sentences[1 if language == "en" else 0].format_map(_Blanks(said))


class _Blanks(dict[str, object]):
    """A detail that was not given shows as a dash instead of failing the answer."""

    def __missing__(self, key: str) -> str:
        return "—"
