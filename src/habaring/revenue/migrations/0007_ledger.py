"""What PostgreSQL itself does and holds of payments and of the ledger.

- `revenue_pay`, `revenue_reverse`, `revenue_move`, `revenue_amend` and `revenue_post` are
  the only ways in: the app role may read payments and postings, and no more. Each
  changes a bill, its payments and the ledger in one statement, for the region that is
  opened. What a payment pays is a function of the set of payments that stand (sorted by
  when they were paid), so the order in which messages arrive cannot matter; the plain
  twin is `engines.bookkeeping.allocate`.
- A payment changes only when it is reversed or moved to another bill, a posting never;
  neither goes. Triggers hold that against the owner of the tables too.
- A posting on a closed day is refused; a payment goes to the next open one. Who closes a
  day waits for postings under way, and they for the closing (advisory lock).
- What a closed day says it came to must be what its postings come to.

Locks are taken in one order everywhere: bill, payment, day. Here is how a payment comes
in; what happens to it and to its bill later, and the triggers, follow in `0008_amending`.
"""

from django.db import migrations

MEANING = r"""
-- the interest on so much principal: engines.bookkeeping.Late.on
CREATE FUNCTION revenue_interest(p_principal bigint, p_ppm int, p_rounding smallint)
RETURNS bigint LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    unit int := p_rounding / 4;
    step numeric := 1000000 * unit::numeric;
    exact numeric := p_principal::numeric * p_ppm;
    whole numeric := div(exact, step);
    twice numeric := 2 * (exact - whole * step);
BEGIN
    RETURN (whole + CASE p_rounding % 4
        WHEN 0 THEN 0
        WHEN 1 THEN (twice > 0)::int
        WHEN 2 THEN (twice >= step)::int
        ELSE (twice > step OR twice = step AND whole % 2 = 1)::int
        END) * unit;
END $$;

-- engines.bookkeeping.share; what is not principal and interest is too much
CREATE FUNCTION revenue_share(p_left bigint, p_amount bigint, p_ppm int,
    p_rounding smallint, OUT o_principal bigint, OUT o_interest bigint)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    high bigint := least(p_left, p_amount);
    middle bigint;
BEGIN
    IF coalesce(p_ppm, 0) = 0 THEN
        o_principal := high;
        o_interest := 0;
        RETURN;
    END IF;
    o_principal := p_left;
    o_interest := revenue_interest(p_left, p_ppm, p_rounding);
    IF p_amount >= p_left + o_interest THEN
        RETURN;
    END IF;
    o_principal := 0;
    WHILE o_principal < high LOOP
        middle := o_principal + (high - o_principal + 1) / 2;
        IF middle + revenue_interest(middle, p_ppm, p_rounding) <= p_amount THEN
            o_principal := middle;
        ELSE
            high := middle - 1;
        END IF;
    END LOOP;
    o_interest := p_amount - o_principal;
END $$;

-- engines.bookkeeping.standing: all payments of a bill, in the order they were paid
CREATE FUNCTION revenue_fold(p_principal bigint, p_amounts bigint[], p_ppms int[],
    p_roundings smallint[],
    OUT o_principal bigint, OUT o_interest bigint, OUT o_surplus bigint)
LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    got record;
BEGIN
    o_principal := 0;
    o_interest := 0;
    o_surplus := 0;
    FOR i IN 1 .. coalesce(cardinality(p_amounts), 0) LOOP
        SELECT * INTO got FROM revenue_share(
            p_principal - o_principal, p_amounts[i], p_ppms[i], p_roundings[i]);
        o_principal := o_principal + got.o_principal;
        o_interest := o_interest + got.o_interest;
        o_surplus := o_surplus + p_amounts[i] - got.o_principal - got.o_interest;
    END LOOP;
END $$;

-- what a bill asks for: nothing while it is held back or when it fell away
CREATE FUNCTION revenue_asked(p_state text, p_amount bigint)
RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN p_state IN ('review', 'corrected', 'cancelled', 'written_off',
        'expired') THEN 0 ELSE p_amount END
$$;

-- where the payments of a bill stand, as if one were not there
CREATE FUNCTION revenue_standing(p_region text, p_bill bigint, p_principal bigint,
    p_without bigint DEFAULT 0,
    OUT o_principal bigint, OUT o_interest bigint, OUT o_surplus bigint)
LANGUAGE sql STABLE AS $$
    SELECT f.* FROM (
        SELECT array_agg(p.amount ORDER BY p.paid_at, p.channel, p.reference) AS amounts,
            array_agg(p.late_ppm ORDER BY p.paid_at, p.channel, p.reference) AS ppms,
            array_agg(p.late_rounding ORDER BY p.paid_at, p.channel, p.reference) AS rounds
        FROM public.revenue_payment p
        WHERE p.region_id = p_region AND p.bill = p_bill AND p.state = 'posted'
            AND p.serial <> p_without
    ) s, revenue_fold(p_principal, s.amounts, s.ppms, s.rounds) f
$$;
"""
BOOKS = r"""
CREATE FUNCTION revenue_day_lock(p_region text, p_day date)
RETURNS bigint LANGUAGE sql IMMUTABLE AS $$
    SELECT hashtextextended(p_region, (p_day - date '2000-01-01')::bigint)
$$;

-- the region must be opened (shared.walls): these functions run as the owner
CREATE FUNCTION revenue_require(p_region text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    IF coalesce(current_setting('app.region', true), '') NOT IN (p_region, '*') THEN
        RAISE EXCEPTION 'region % is not opened', p_region
            USING ERRCODE = 'insufficient_privilege';
    END IF;
END $$;

-- the day itself or the next one that is open; it stays open until we commit
CREATE FUNCTION revenue_open_day(p_region text, p_day date)
RETURNS date LANGUAGE plpgsql AS $$
DECLARE
    tried date := p_day;
BEGIN
    LOOP
        PERFORM pg_advisory_xact_lock_shared(revenue_day_lock(p_region, tried));
        PERFORM FROM public.revenue_dayclose
            WHERE region_id = p_region AND day = tried;
        IF NOT FOUND THEN
            RETURN tried;
        END IF;
        tried := tried + 1;
    END LOOP;
END $$;

-- changes of accounts (debits above 0, credits below) as postings: bookkeeping.transfers
CREATE FUNCTION revenue_enter(p_region text, p_day date, p_tax text, p_source text,
    p_key text, p_at timestamptz, p_accounts text[], p_changes bigint[])
RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    into_ int := 1;
    out_ int := 1;
    moved bigint;
BEGIN
    LOOP
        WHILE p_changes[into_] <= 0 LOOP into_ := into_ + 1; END LOOP;
        WHILE p_changes[out_] >= 0 LOOP out_ := out_ + 1; END LOOP;
        IF into_ > cardinality(p_changes) AND out_ > cardinality(p_changes) THEN
            RETURN;
        END IF;
        moved := least(p_changes[into_], -p_changes[out_]);
        IF into_ > cardinality(p_changes) OR out_ > cardinality(p_changes) THEN
            RAISE EXCEPTION 'the entry % % is not balanced', p_source, p_key
                USING ERRCODE = 'check_violation', CONSTRAINT = 'posting_balanced';
        END IF;
        INSERT INTO public.revenue_posting (region_id, day, debit, credit, amount, tax,
                source, source_key, recorded_at)
            VALUES (p_region, p_day, p_accounts[into_], p_accounts[out_], moved, p_tax,
                p_source, p_key, p_at);
        p_changes[into_] := p_changes[into_] - moved;
        p_changes[out_] := p_changes[out_] + moved;
    END LOOP;
END $$;

CREATE FUNCTION revenue_money_account(p_channel text)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE WHEN starts_with(p_channel, 'collector') THEN '1.1.3' ELSE '1.1.2' END
$$;
"""
PAY = r"""
CREATE FUNCTION revenue_pay(
    p_region text, p_channel text, p_reference text, p_bill bigint, p_amount bigint,
    p_paid_at timestamptz, p_paid_on date, p_body bytea, p_by bigint, p_ppm int,
    p_rounding smallint, p_at timestamptz, p_day date,
    OUT o_outcome text, OUT o_serial bigint, OUT o_applied bigint,
    OUT o_interest bigint, OUT o_surplus bigint, OUT o_day date, OUT o_known boolean)
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    bill record;
    asked bigint;
    before record;
    after record;
    held record;
    key text;
    money text;
BEGIN
    IF coalesce(current_setting('app.region', true), '') NOT IN (p_region, '*') THEN
        PERFORM revenue_require(p_region);
    END IF;
    -- without a bill, too: what is asked of the record below must be there to be asked
    SELECT b.amount, b.received, b.state, b.due_on, b.tax, EXISTS (
            SELECT FROM public.revenue_dayclose c
            WHERE c.region_id = p_region AND c.day = p_day) AS closed
        INTO bill
        FROM public.revenue_bill b WHERE b.region_id = p_region AND b.id = p_bill
        FOR NO KEY UPDATE OF b;
    o_known := FOUND;
    IF NOT o_known THEN
        o_applied := 0;
        o_interest := 0;
    ELSE
        IF p_ppm IS NULL AND bill.due_on < p_paid_on THEN
            o_outcome := 'terms';  -- it is late: say how much interest, and come again
            RETURN;
        END IF;
        asked := revenue_asked(bill.state, bill.amount);
        IF bill.received = 0 THEN
            IF coalesce(p_ppm, 0) = 0 THEN
                o_applied := least(asked, p_amount);
                o_interest := 0;
            ELSE
                SELECT s.o_principal, s.o_interest INTO o_applied, o_interest
                    FROM revenue_share(asked, p_amount, p_ppm, p_rounding) s;
            END IF;
        ELSE
            SELECT * INTO before FROM revenue_standing(p_region, p_bill, asked);
            SELECT f.* INTO after FROM (
                SELECT array_agg(amount ORDER BY paid_at, channel, reference) AS amounts,
                    array_agg(late_ppm ORDER BY paid_at, channel, reference) AS ppms,
                    array_agg(late_rounding ORDER BY paid_at, channel, reference) AS rounds
                FROM (
                    SELECT p.amount, p.late_ppm, p.late_rounding, p.paid_at, p.channel,
                        p.reference
                    FROM public.revenue_payment p
                    WHERE p.region_id = p_region AND p.bill = p_bill
                        AND p.state = 'posted'
                    UNION ALL SELECT p_amount, p_ppm, p_rounding, p_paid_at, p_channel,
                        p_reference
                ) every
            ) s, revenue_fold(asked, s.amounts, s.ppms, s.rounds) f;
            o_applied := after.o_principal - before.o_principal;
            o_interest := after.o_interest - before.o_interest;
        END IF;
    END IF;
    o_surplus := p_amount - o_applied - o_interest;
    o_day := p_day;  -- should it close just now, the posting is refused: come again
    IF NOT o_known OR bill.closed THEN
        o_day := revenue_open_day(p_region, p_day);
    END IF;
    money := revenue_money_account(p_channel);
    IF o_known AND o_applied = p_amount AND o_interest = 0 AND bill.received = 0 THEN
        -- as nearly all are: one statement for the payment, its bill and its posting
        WITH paid AS (
            INSERT INTO public.revenue_payment (region_id, channel, reference, bill,
                    amount, state, body_sha256, paid_at, received_at, day, by, late_ppm,
                    late_rounding)
                VALUES (p_region, p_channel, p_reference, p_bill, p_amount, 'posted',
                    p_body, p_paid_at, p_at, o_day, p_by, p_ppm, p_rounding)
                ON CONFLICT (region_id, channel, reference) DO NOTHING
                RETURNING serial
        ), counted AS (
            UPDATE public.revenue_bill SET received = p_amount
                WHERE region_id = p_region AND id = p_bill AND EXISTS (SELECT FROM paid)
        )
        INSERT INTO public.revenue_posting (region_id, day, debit, credit, amount, tax,
                source, source_key, recorded_at)
            SELECT p_region, o_day, money, '1.1.4', p_amount, bill.tax, 'payment',
                serial::text, p_at
            FROM paid
            RETURNING source_key::bigint INTO o_serial;
        IF o_serial IS NOT NULL THEN
            o_outcome := 'posted';
            RETURN;
        END IF;
    END IF;
    INSERT INTO public.revenue_payment (region_id, channel, reference, bill, amount,
            state, body_sha256, paid_at, received_at, day, by, late_ppm, late_rounding,
            interest, surplus)
        VALUES (p_region, p_channel, p_reference, CASE WHEN o_known THEN p_bill END,
            p_amount, 'posted', p_body, p_paid_at, p_at, o_day, p_by, p_ppm, p_rounding,
            nullif(o_interest, 0), nullif(o_surplus, 0))
        ON CONFLICT (region_id, channel, reference) DO NOTHING
        RETURNING serial INTO o_serial;
    IF o_serial IS NULL THEN
        SELECT p.* INTO held FROM public.revenue_payment p
            WHERE p.region_id = p_region AND p.channel = p_channel
                AND p.reference = p_reference;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the payment that was first is not to be seen yet'
                USING ERRCODE = 'serialization_failure';
        END IF;
        o_outcome := CASE WHEN held.state = 'never' THEN 'never'
            WHEN held.body_sha256 = p_body THEN 'replay' ELSE 'conflict' END;
        o_serial := held.serial;
        o_interest := coalesce(held.interest, 0);
        o_surplus := coalesce(held.surplus, 0);
        o_applied := held.amount - o_interest - o_surplus;
        o_day := held.day;
        o_known := held.bill IS NOT NULL;
        RETURN;
    END IF;
    o_outcome := 'posted';
    key := o_serial::text;
    IF NOT o_known THEN
        INSERT INTO public.revenue_posting (region_id, day, debit, credit, amount, tax,
                source, source_key, recorded_at)
            VALUES (p_region, o_day, money, '2.1.2', p_amount, '', 'payment', key, p_at);
        RETURN;
    END IF;
    UPDATE public.revenue_bill SET received = received + p_amount,
            beside = nullif(coalesce(beside, 0) + p_amount - o_applied, 0)
        WHERE region_id = p_region AND id = p_bill;
    PERFORM revenue_enter(p_region, o_day, bill.tax, 'payment', key, p_at,
        ARRAY[money, '1.1.4', '7.1.2', '2.1.1'],
        ARRAY[p_amount, -o_applied, -o_interest, -o_surplus]);
END $$;

-- many in one commit: in the order of bills, so that two batches never wait crosswise
CREATE FUNCTION revenue_pay_many(
    p_regions text[], p_channels text[], p_references text[], p_bills bigint[],
    p_amounts bigint[], p_paid_ats timestamptz[], p_paid_ons date[], p_bodies bytea[],
    p_bys bigint[], p_ppms int[], p_roundings smallint[], p_at timestamptz, p_day date)
RETURNS TABLE (o_place int, o_outcome text, o_serial bigint, o_applied bigint,
    o_interest bigint, o_surplus bigint, o_day date, o_known boolean)
LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    FOR o_place IN SELECT i FROM generate_subscripts(p_regions, 1) i
        ORDER BY p_regions[i], p_bills[i], p_channels[i], p_references[i], i
    LOOP
        SELECT * INTO o_outcome, o_serial, o_applied, o_interest, o_surplus, o_day,
            o_known
            FROM revenue_pay(p_regions[o_place], p_channels[o_place],
                p_references[o_place], p_bills[o_place], p_amounts[o_place],
                p_paid_ats[o_place], p_paid_ons[o_place], p_bodies[o_place],
                p_bys[o_place], p_ppms[o_place], p_roundings[o_place], p_at, p_day);
        RETURN NEXT;
    END LOOP;
END $$;
"""
# The call of a bank that says what nearly all say, in one statement: the long way of
# `gateways.door` for a payment of one bill that is not late. The partner still stands and
# its keys are those it was believed by, the bill is found, the payment booked, the
# X-EXTERNAL-ID used up. Whatever is not so gives null, or an exception that undoes all of
# it, and nothing has happened; the long way then says what it is. It runs as whoever
# calls it, so the walls between regions hold inside it.
TAKE = r"""
CREATE FUNCTION revenue_take(
    p_region text, p_partner bigint, p_use text, p_keys bigint[], p_token text,
    p_channel text, p_number text, p_year smallint, p_charge text, p_reference text,
    p_amount bigint, p_paid_at timestamptz, p_paid_on date, p_money bytea,
    p_told boolean, p_at timestamptz, p_day date, p_external text, p_service text,
    p_body bytea, p_code text)
RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    bill bigint;
    name text := '';
    owed bigint;
    parts boolean;  -- it is paid in instalments
    paid record;
BEGIN
    PERFORM FROM public.revenue_partner p
        WHERE p.id = p_partner AND p.region_id = p_region AND p.active
            AND p_keys = ARRAY(SELECT k.id FROM public.revenue_partnerkey k
                WHERE k.partner_id = p.id AND k.use = p_use AND k.begins_at <= p_at
                    AND (k.ends_at IS NULL OR k.ends_at > p_at) ORDER BY k.id)
            AND (p_token IS NULL OR EXISTS (SELECT FROM public.revenue_token t
                WHERE t.sha256 = p_token AND t.region_id = p_region
                    AND t.partner_id = p.id AND t.expires_at > p_at));
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF p_charge IS NULL THEN
        SELECT b.id, t.name_masked, b.state = 'instalment',
                greatest(b.amount - b.received + coalesce(b.beside, 0), 0)
            INTO bill, name, parts, owed
            FROM public.revenue_bill b JOIN public.revenue_taxpayer t
                ON t.id = b.taxpayer_id
            WHERE b.region_id = p_region AND b.tax = 'pbb' AND b.number = p_number
                AND b.year = p_year AND b.period = 0 AND b.seq = 0
                AND b.due_on >= p_paid_on
                AND b.state IN ('issued', 'sent', 'objection', 'instalment', 'collected')
                AND NOT EXISTS (SELECT FROM public.revenue_bill o
                    WHERE o.region_id = p_region AND o.tax = 'pbb'
                        AND o.number = p_number AND o.year = p_year AND o.period = 0
                        AND o.seq > 0);
    ELSE
        SELECT (c.bills -> 0 ->> 0)::bigint INTO bill
            FROM public.revenue_charge c
            WHERE c.region_id = p_region AND c.reference = p_charge
                AND jsonb_array_length(c.bills) = 1;
    END IF;
    IF NOT FOUND THEN
        RETURN NULL;
    END IF;
    IF NOT p_told AND (p_amount > owed OR p_amount < owed AND NOT parts) THEN
        PERFORM FROM public.revenue_payment
            WHERE region_id = p_region AND channel = p_channel
                AND reference = p_reference;
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    paid := revenue_pay(p_region, p_channel, p_reference, bill, p_amount, p_paid_at,
        p_paid_on, p_money, NULL, NULL, NULL, p_at, p_day);
    IF paid.o_outcome NOT IN ('posted', 'replay') THEN
        RETURN NULL;  -- and it changed nothing
    END IF;
    IF NOT p_told AND paid.o_outcome = 'posted' AND paid.o_surplus <> 0 THEN
        RAISE EXCEPTION 'somebody else paid % meanwhile', bill
            USING ERRCODE = 'check_violation', CONSTRAINT = 'taken_as_asked';
    END IF;
    INSERT INTO public.revenue_call (region_id, partner_id, day, external_id, service,
            body_sha256, code, reference, at)
        VALUES (p_region, p_partner, p_day, p_external, p_service, p_body, p_code,
            p_reference, p_at);
    RETURN name;
END $$;
"""
AWAY = """
DROP FUNCTION revenue_take, revenue_pay_many, revenue_pay, revenue_money_account,
    revenue_enter, revenue_open_day, revenue_require, revenue_day_lock, revenue_standing,
    revenue_asked, revenue_fold, revenue_share, revenue_interest;
"""


class Migration(migrations.Migration):
    dependencies = [("revenue", "0006_walls")]
    operations = [migrations.RunSQL(MEANING + BOOKS + PAY + TAKE, AWAY)]
