-- The tables of the fixed script the ratio is taken against. They are not the application's and do not follow it.
CREATE TABLE units (
    id bigint PRIMARY KEY,
    household_id int NOT NULL,
    price_fen int NOT NULL,
    sink_g int NOT NULL,
    state text NOT NULL DEFAULT 'free',
    order_id bigint
);
CREATE INDEX units_free ON units (household_id, id) WHERE state = 'free';
CREATE INDEX units_order ON units (order_id) WHERE order_id IS NOT NULL;

CREATE TABLE orders (
    id bigserial PRIMARY KEY,
    number text NOT NULL UNIQUE,
    user_id int NOT NULL,
    state text NOT NULL,
    count int NOT NULL,
    amount_fen bigint NOT NULL,
    sink_g bigint NOT NULL,
    transaction_id text UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    paid_at timestamptz
);

CREATE TABLE certificates (
    id bigserial PRIMARY KEY,
    serial text NOT NULL UNIQUE,
    order_id bigint NOT NULL UNIQUE,
    user_id int NOT NULL,
    count int NOT NULL,
    sink_g bigint NOT NULL,
    amount_fen bigint NOT NULL,
    token text NOT NULL,
    issued_at timestamptz NOT NULL
);

CREATE TABLE credits (
    id bigserial PRIMARY KEY,
    order_id bigint NOT NULL,
    household_id int NOT NULL,
    certificate_id bigint NOT NULL,
    trees int NOT NULL,
    amount_fen bigint NOT NULL,
    UNIQUE (order_id, household_id)
);

CREATE TABLE postings (
    id bigserial PRIMARY KEY,
    posted_at timestamptz NOT NULL,
    event text NOT NULL,
    source text NOT NULL,
    destination text NOT NULL,
    amount_fen bigint NOT NULL,
    order_id bigint NOT NULL,
    certificate_id bigint NOT NULL
);
CREATE INDEX postings_order ON postings (order_id);

INSERT INTO units (id, household_id, price_fen, sink_g)
SELECT g, (g - 1) / 2500 + 1, 300, 10000 FROM generate_series(1, 1000000) g;
