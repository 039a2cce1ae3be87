"""The tables of the simulator's memory; times are whole seconds since 1970, amounts whole fen."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS settings (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS certificates (
    serial TEXT PRIMARY KEY,
    certificate TEXT NOT NULL,
    private_key TEXT NOT NULL,
    effective_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS orders (
    out_trade_no TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    appid TEXT NOT NULL,
    openid TEXT NOT NULL,
    total_fen INTEGER NOT NULL,
    description TEXT NOT NULL,
    attach TEXT,
    notify_url TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    transaction_id TEXT UNIQUE,
    paid_at INTEGER,
    paid_by TEXT,
    paid_fen INTEGER
);
CREATE INDEX IF NOT EXISTS orders_paid ON orders (paid_at) WHERE paid_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS prepays (
    prepay_id TEXT PRIMARY KEY,
    out_trade_no TEXT NOT NULL REFERENCES orders,
    created_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS shipments (
    out_trade_no TEXT PRIMARY KEY REFERENCES orders,
    uploaded_at INTEGER NOT NULL,
    item TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS refunds (
    out_refund_no TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    out_trade_no TEXT NOT NULL REFERENCES orders,
    refund_id TEXT NOT NULL UNIQUE,
    refund_fen INTEGER NOT NULL,
    fee_fen INTEGER NOT NULL,
    notify_url TEXT,
    created_at INTEGER NOT NULL,
    status TEXT NOT NULL,
    outcome TEXT NOT NULL,
    due_at INTEGER,
    succeeded_at INTEGER
);
CREATE INDEX IF NOT EXISTS refunds_due ON refunds (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX IF NOT EXISTS refunds_order ON refunds (out_trade_no);
CREATE INDEX IF NOT EXISTS refunds_made ON refunds (created_at);
CREATE TABLE IF NOT EXISTS transfers (
    out_bill_no TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    transfer_bill_no TEXT NOT NULL UNIQUE,
    package_info TEXT UNIQUE,
    appid TEXT NOT NULL,
    openid TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    remark TEXT NOT NULL,
    notify_url TEXT,
    out_authorization_no TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    fail_reason TEXT,
    due_at INTEGER
);
CREATE INDEX IF NOT EXISTS transfers_due ON transfers (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS authorizations (
    out_authorization_no TEXT PRIMARY KEY,
    request TEXT NOT NULL,
    authorization_id TEXT,
    package_info TEXT,
    appid TEXT NOT NULL,
    openid TEXT NOT NULL,
    scene_id TEXT NOT NULL,
    user_display_name TEXT NOT NULL,
    notify_url TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    authorized_at INTEGER,
    closed_at INTEGER,
    close_reason TEXT,
    due_at INTEGER
);
CREATE TABLE IF NOT EXISTS funds (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    at INTEGER NOT NULL,
    business_number TEXT NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    balance_fen INTEGER NOT NULL,
    voucher TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS funds_of_account ON funds (account, id);
CREATE TABLE IF NOT EXISTS downloads (
    token TEXT PRIMARY KEY,
    bill TEXT NOT NULL,
    day TEXT NOT NULL,
    kind TEXT NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS notices (
    notice_id TEXT PRIMARY KEY,
    url TEXT NOT NULL,
    schedule TEXT NOT NULL,
    event_type TEXT NOT NULL,
    original_type TEXT NOT NULL,
    summary TEXT NOT NULL,
    payload TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    due_at INTEGER,
    claimed_until INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS notices_due ON notices (due_at) WHERE due_at IS NOT NULL;
CREATE TABLE IF NOT EXISTS deliveries (
    id INTEGER PRIMARY KEY,
    notice_id TEXT NOT NULL,
    delivered_at INTEGER NOT NULL,
    status INTEGER NOT NULL,
    variant TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS plans (
    id INTEGER PRIMARY KEY,
    number TEXT NOT NULL,
    event_type TEXT NOT NULL,
    variant TEXT NOT NULL,
    value INTEGER NOT NULL,
    times INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS outcomes (
    number TEXT PRIMARY KEY,
    outcome TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS faults (
    id INTEGER PRIMARY KEY,
    endpoint TEXT NOT NULL,
    number TEXT NOT NULL,
    fault TEXT NOT NULL,
    seconds REAL NOT NULL,
    times INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS people (
    appid TEXT NOT NULL,
    openid TEXT NOT NULL,
    name TEXT NOT NULL,
    seen_at INTEGER NOT NULL,
    PRIMARY KEY (openid, appid)
);
CREATE TABLE IF NOT EXISTS codes (
    code TEXT PRIMARY KEY,
    purpose TEXT NOT NULL,
    name TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    used INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS tokens (
    token TEXT PRIMARY KEY,
    appid TEXT NOT NULL,
    kind TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS consents (
    openid TEXT NOT NULL,
    template_id TEXT NOT NULL,
    left_over INTEGER NOT NULL,
    PRIMARY KEY (openid, template_id)
);
CREATE TABLE IF NOT EXISTS messages (
    id INTEGER PRIMARY KEY,
    openid TEXT NOT NULL,
    template_id TEXT NOT NULL,
    body TEXT NOT NULL,
    sent_at INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS complaints (
    complaint_id TEXT PRIMARY KEY,
    out_trade_no TEXT NOT NULL REFERENCES orders,
    detail TEXT NOT NULL,
    phone TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    has_new_message INTEGER NOT NULL,
    history TEXT NOT NULL
);
"""
