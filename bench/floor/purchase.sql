-- One purchase in two round trips, each a durable transaction of one statement. Fixed: never made slower or faster.
\set household random(1, 400)
\set user random(1, 300)
\set serial random(1, 9000000000000000)
WITH unit AS (
    SELECT id, price_fen, sink_g FROM units
    WHERE household_id = :household AND state = 'free'
    ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED
), placed AS (
    INSERT INTO orders (number, user_id, state, count, amount_fen, sink_g, created_at, expires_at)
    SELECT 'D' || :serial, :user, 'pending', 1, price_fen, sink_g, now(), now() + interval '15 minutes' FROM unit
    RETURNING id
), taken AS (
    UPDATE units SET state = 'taken', order_id = placed.id FROM placed, unit WHERE units.id = unit.id
)
SELECT id AS order_id FROM placed \gset
WITH paid AS (
    UPDATE orders SET state = 'paid', paid_at = now(), transaction_id = '42' || :serial
    WHERE id = :order_id AND state = 'pending'
    RETURNING id, user_id, count, sink_g, amount_fen
), certificate AS (
    INSERT INTO certificates (serial, order_id, user_id, count, sink_g, amount_fen, token, issued_at)
    SELECT 'C' || :serial, id, user_id, count, sink_g, amount_fen, repeat('t', 200), now() FROM paid
    RETURNING id, order_id
), credit AS (
    INSERT INTO credits (order_id, household_id, certificate_id, trees, amount_fen)
    SELECT certificate.order_id, units.household_id, certificate.id, count(*), sum(units.price_fen)
    FROM certificate JOIN units ON units.order_id = certificate.order_id
    GROUP BY certificate.order_id, units.household_id, certificate.id
    RETURNING order_id, household_id, certificate_id, amount_fen
)
INSERT INTO postings (posted_at, event, source, destination, amount_fen, order_id, certificate_id)
SELECT now(), 'order_paid', 'wechat', 'household:' || household_id, amount_fen, order_id, certificate_id FROM credit;
