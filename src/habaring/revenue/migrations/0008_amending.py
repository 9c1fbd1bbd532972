"""What happens to payments and bills of `0007_ledger` later, and what never may.

A payment is reversed or moved to another bill, a bill asks for something else, the books
take postings of other causes. Triggers keep what is booked from everybody, the owner of
the tables too. A state of a bill may be written by hand only where the bill asks for as
much as before (issued, then delivered).
"""

from django.db import migrations

from habaring.shared.walls import APP_ROLE

CHANGE = r"""
-- a bill as it is asked for and where its payments stand, locked
CREATE FUNCTION revenue_lock_bill(p_region text, p_bill bigint, p_without bigint,
    OUT o_tax text, OUT o_asked bigint, OUT o_principal bigint, OUT o_interest bigint,
    OUT o_surplus bigint)
LANGUAGE plpgsql AS $$
BEGIN
    SELECT b.tax, revenue_asked(b.state, b.amount) INTO o_tax, o_asked
        FROM public.revenue_bill b WHERE b.region_id = p_region AND b.id = p_bill
        FOR NO KEY UPDATE;
    SELECT * INTO o_principal, o_interest, o_surplus
        FROM revenue_standing(p_region, p_bill, o_asked, p_without);
END $$;

CREATE FUNCTION revenue_reverse(
    p_region text, p_channel text, p_reference text, p_body bytea, p_at timestamptz,
    p_day date,
    OUT o_outcome text, OUT o_serial bigint, OUT o_applied bigint,
    OUT o_interest bigint, OUT o_surplus bigint, OUT o_day date, OUT o_known boolean)
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    held record;
    first record;
    before record;
    after record;
    tax text := '';
BEGIN
    PERFORM revenue_require(p_region);
    o_day := revenue_open_day(p_region, p_day);
    INSERT INTO public.revenue_payment (region_id, channel, reference, amount, state,
            body_sha256, paid_at, received_at, day, reversed_at)
        VALUES (p_region, p_channel, p_reference, 0, 'never', p_body, p_at, p_at, o_day,
            p_at)
        ON CONFLICT (region_id, channel, reference) DO NOTHING
        RETURNING serial INTO o_serial;
    o_applied := 0;
    o_interest := 0;
    o_surplus := 0;
    o_known := false;
    IF o_serial IS NOT NULL THEN
        o_outcome := 'never';
        RETURN;
    END IF;
    LOOP  -- a payment may be moved to another bill while we wait for its bill
        SELECT p.* INTO first FROM public.revenue_payment p
            WHERE p.region_id = p_region AND p.channel = p_channel
                AND p.reference = p_reference;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'the payment is not to be seen yet'
                USING ERRCODE = 'serialization_failure';
        END IF;
        PERFORM FROM public.revenue_bill b
            WHERE b.region_id = p_region AND b.id = first.bill FOR NO KEY UPDATE;
        SELECT p.* INTO held FROM public.revenue_payment p
            WHERE p.region_id = p_region AND p.serial = first.serial FOR UPDATE;
        EXIT WHEN held.bill IS NOT DISTINCT FROM first.bill;
    END LOOP;
    o_serial := held.serial;
    o_known := held.bill IS NOT NULL;
    IF held.state <> 'posted' THEN
        o_outcome := 'replay';
        o_day := held.day;
        RETURN;
    END IF;
    o_outcome := 'reversed';
    IF o_known THEN
        before := revenue_lock_bill(p_region, held.bill, 0);
        tax := before.o_tax;
        SELECT * INTO after FROM revenue_standing(
            p_region, held.bill, before.o_asked, held.serial);
        o_applied := after.o_principal - before.o_principal;
        o_interest := after.o_interest - before.o_interest;
        UPDATE public.revenue_bill SET received = received - held.amount,
                beside = nullif(after.o_interest + after.o_surplus, 0)
            WHERE region_id = p_region AND id = held.bill;
    END IF;
    o_surplus := -held.amount - o_applied - o_interest;
    UPDATE public.revenue_payment SET state = 'reversed', reversed_at = p_at
        WHERE region_id = p_region AND channel = p_channel AND reference = p_reference;
    PERFORM revenue_enter(p_region, o_day, tax,
        'reversal', held.serial::text, p_at,
        ARRAY['1.1.4', '7.1.2', CASE WHEN o_known THEN '2.1.1' ELSE '2.1.2' END,
            revenue_money_account(p_channel)],
        ARRAY[-o_applied, -o_interest, -o_surplus, -held.amount]);
END $$;

-- a payment belongs to another bill than it came for, or to one at last
CREATE FUNCTION revenue_move(
    p_region text, p_channel text, p_reference text, p_bill bigint, p_ppm int,
    p_rounding smallint, p_paid_on date, p_source text, p_key text, p_at timestamptz,
    p_day date, OUT o_outcome text, OUT o_serial bigint, OUT o_applied bigint,
    OUT o_interest bigint, OUT o_surplus bigint, OUT o_day date, OUT o_known boolean)
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    held record;
    was bigint;
    old record;
    old_after record;
    new record;
    new_after record;
    other text;
BEGIN
    PERFORM revenue_require(p_region);
    o_known := true;
    SELECT p.bill INTO was FROM public.revenue_payment p
        WHERE p.region_id = p_region AND p.channel = p_channel
            AND p.reference = p_reference;
    PERFORM FROM public.revenue_bill b WHERE b.region_id = p_region
        AND b.id IN (was, p_bill) ORDER BY b.id FOR NO KEY UPDATE;
    SELECT p.* INTO held FROM public.revenue_payment p
        WHERE p.region_id = p_region AND p.channel = p_channel
            AND p.reference = p_reference FOR UPDATE;
    o_serial := held.serial;
    o_outcome := CASE WHEN held.serial IS NULL OR held.state <> 'posted'
        OR held.bill IS DISTINCT FROM was THEN 'refused'
        WHEN was = p_bill THEN 'replay' END;
    IF NOT EXISTS (SELECT FROM public.revenue_bill b WHERE b.region_id = p_region
        AND b.id = p_bill) THEN
        o_outcome := 'refused';
    ELSIF p_ppm IS NULL AND EXISTS (SELECT FROM public.revenue_bill b
        WHERE b.region_id = p_region AND b.id = p_bill AND b.due_on < p_paid_on) THEN
        o_outcome := coalesce(o_outcome, 'terms');
    END IF;
    IF o_outcome IS NOT NULL THEN
        RETURN;
    END IF;
    o_outcome := 'moved';
    o_day := revenue_open_day(p_region, p_day);
    new := revenue_lock_bill(p_region, p_bill, 0);
    IF was IS NOT NULL THEN
        old := revenue_lock_bill(p_region, was, 0);
        SELECT * INTO old_after
            FROM revenue_standing(p_region, was, old.o_asked, held.serial);
        UPDATE public.revenue_bill SET received = received - held.amount,
                beside = nullif(old_after.o_interest + old_after.o_surplus, 0)
            WHERE region_id = p_region AND id = was;
    END IF;
    UPDATE public.revenue_payment
        SET bill = p_bill, late_ppm = p_ppm, late_rounding = p_rounding
        WHERE region_id = p_region AND channel = p_channel AND reference = p_reference;
    SELECT * INTO new_after FROM revenue_standing(p_region, p_bill, new.o_asked);
    UPDATE public.revenue_bill SET received = received + held.amount,
            beside = nullif(new_after.o_interest + new_after.o_surplus, 0)
        WHERE region_id = p_region AND id = p_bill;
    IF was IS NULL THEN
        other := '2.1.2';
    ELSE  -- out of the old bill and into the money that is owed to taxpayers
        other := '2.1.1';
        PERFORM revenue_enter(p_region, o_day, old.o_tax, p_source, p_key, p_at,
            ARRAY['1.1.4', '7.1.2', '2.1.1'],
            ARRAY[old.o_principal - old_after.o_principal,
                old.o_interest - old_after.o_interest,
                old.o_surplus - old_after.o_surplus - held.amount]);
    END IF;
    o_applied := new_after.o_principal - new.o_principal;
    o_interest := new_after.o_interest - new.o_interest;
    o_surplus := new_after.o_surplus - new.o_surplus;
    IF other = '2.1.1' THEN
        PERFORM revenue_enter(p_region, o_day, new.o_tax, p_source, p_key, p_at,
            ARRAY['2.1.1', '1.1.4', '7.1.2'],
            ARRAY[held.amount - o_surplus, -o_applied, -o_interest]);
    ELSE
        PERFORM revenue_enter(p_region, o_day, new.o_tax, p_source, p_key, p_at,
            ARRAY['2.1.2', '1.1.4', '7.1.2', '2.1.1'],
            ARRAY[held.amount, -o_applied, -o_interest, -o_surplus]);
    END IF;
END $$;

-- a bill asks for another amount, or comes into force, or falls away
CREATE FUNCTION revenue_amend(
    p_region text, p_bill bigint, p_amount bigint, p_state text, p_source text,
    p_key text, p_at timestamptz, p_day date,
    OUT o_asked bigint, OUT o_change bigint, OUT o_principal bigint,
    OUT o_interest bigint, OUT o_surplus bigint, OUT o_day date)
LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
    before record;
    after record;
    lost text := CASE WHEN p_state IN ('written_off', 'expired') THEN '8.1.2'
        ELSE '8.1.1' END;
BEGIN
    PERFORM revenue_require(p_region);
    before := revenue_lock_bill(p_region, p_bill, 0);
    IF before.o_tax IS NULL THEN
        RETURN;
    END IF;
    o_day := revenue_open_day(p_region, p_day);
    o_asked := revenue_asked(p_state, p_amount);
    o_change := o_asked - before.o_asked;
    SELECT * INTO after FROM revenue_standing(p_region, p_bill, o_asked);
    UPDATE public.revenue_bill SET amount = p_amount, state = p_state,
            beside = nullif(after.o_interest + after.o_surplus, 0)
        WHERE region_id = p_region AND id = p_bill;
    IF o_change > 0 THEN
        PERFORM revenue_enter(p_region, o_day, before.o_tax, p_source, p_key, p_at,
            ARRAY['1.1.4', '7.1.1'], ARRAY[o_change, -o_change]);
    ELSE
        PERFORM revenue_enter(p_region, o_day, before.o_tax, p_source, p_key, p_at,
            ARRAY[lost, '1.1.4'], ARRAY[-o_change, o_change]);
    END IF;
    o_principal := after.o_principal;
    o_interest := after.o_interest;
    o_surplus := after.o_surplus;
    PERFORM revenue_enter(p_region, o_day, before.o_tax, p_source, p_key, p_at,
        ARRAY['1.1.4', '7.1.2', '2.1.1'],
        ARRAY[before.o_principal - after.o_principal,
            before.o_interest - after.o_interest, before.o_surplus - after.o_surplus]);
END $$;

-- false: the day is closed, or (p_once) the source has its postings already
CREATE FUNCTION revenue_post(
    p_region text, p_day date, p_debits text[], p_credits text[], p_amounts bigint[],
    p_taxes text[], p_source text, p_key text, p_at timestamptz, p_once boolean)
RETURNS text LANGUAGE plpgsql SECURITY DEFINER AS $$
BEGIN
    PERFORM revenue_require(p_region);
    IF revenue_open_day(p_region, p_day) <> p_day THEN
        RETURN 'closed';
    END IF;
    IF p_once THEN
        PERFORM pg_advisory_xact_lock(
            hashtextextended(p_region || ' ' || p_source || ' ' || p_key, 0));
        PERFORM FROM public.revenue_posting
            WHERE region_id = p_region AND source = p_source AND source_key = p_key
            LIMIT 1;
        IF FOUND THEN
            RETURN 'replay';
        END IF;
    END IF;
    INSERT INTO public.revenue_posting (region_id, day, debit, credit, amount, tax,
            source, source_key, recorded_at)
        SELECT p_region, p_day, debit, credit, amount, tax, p_source, p_key, p_at
        FROM unnest(p_debits, p_credits, p_amounts, p_taxes)
            AS line (debit, credit, amount, tax);
    RETURN 'posted';
END $$;

-- by account what was debited and credited on a day
CREATE FUNCTION revenue_totals(p_region text, p_day date)
RETURNS jsonb LANGUAGE sql STABLE AS $$
    SELECT coalesce(jsonb_object_agg(account, jsonb_build_array(debit, credit)), '{}')
    FROM (
        SELECT account, sum(debit)::bigint AS debit, sum(credit)::bigint AS credit
        FROM (
            SELECT debit AS account, sum(amount) AS debit, 0 AS credit
            FROM public.revenue_posting
            WHERE region_id = p_region AND day = p_day GROUP BY 1
            UNION ALL
            SELECT credit, 0, sum(amount) FROM public.revenue_posting
            WHERE region_id = p_region AND day = p_day GROUP BY 1
        ) legs GROUP BY account
    ) sums
$$;
"""
GUARDS = r"""
CREATE FUNCTION revenue_keep_posting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF revenue_open_day(NEW.region_id, NEW.day) <> NEW.day THEN
        RAISE EXCEPTION 'the books of % are closed for %', NEW.day, NEW.region_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'posting_on_an_open_day';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION revenue_keep_payment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND OLD.state = 'posted'
        AND (NEW.region_id, NEW.channel, NEW.reference, NEW.serial, NEW.amount,
            NEW.body_sha256, NEW.paid_at, NEW.received_at, NEW.day, NEW."by", NEW.interest,
            NEW.surplus)
        IS NOT DISTINCT FROM (OLD.region_id, OLD.channel, OLD.reference, OLD.serial,
            OLD.amount, OLD.body_sha256, OLD.paid_at, OLD.received_at, OLD.day, OLD."by",
            OLD.interest, OLD.surplus)
        AND (NEW.state = 'reversed' AND NEW.reversed_at IS NOT NULL
                AND NEW.bill IS NOT DISTINCT FROM OLD.bill
            OR NEW.state = 'posted' AND NEW.reversed_at IS NULL AND NEW.bill IS NOT NULL)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a payment is reversed or moved to a bill, never changed or deleted'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'payment_kept';
END $$;

CREATE FUNCTION revenue_keep_day() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_advisory_xact_lock(revenue_day_lock(NEW.region_id, NEW.day));
    IF NEW.totals <> revenue_totals(NEW.region_id, NEW.day) THEN
        RAISE EXCEPTION 'the day % of % comes to something else', NEW.day, NEW.region_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'dayclose_totals_true';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION revenue_keep_all() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF current_setting('habaring.may_empty', true) = 'yes' THEN
        RETURN NULL;  -- a database of tests
    END IF;
    RAISE EXCEPTION '% is never emptied', TG_TABLE_NAME
        USING ERRCODE = 'restrict_violation';
END $$;

CREATE TRIGGER revenue_posting_open BEFORE INSERT ON revenue_posting
    FOR EACH ROW EXECUTE FUNCTION revenue_keep_posting();
CREATE TRIGGER revenue_payment_kept BEFORE UPDATE OR DELETE ON revenue_payment
    FOR EACH ROW EXECUTE FUNCTION revenue_keep_payment();
CREATE TRIGGER revenue_dayclose_true BEFORE INSERT ON revenue_dayclose
    FOR EACH ROW EXECUTE FUNCTION revenue_keep_day();
CREATE TRIGGER revenue_payment_never_empty BEFORE TRUNCATE ON revenue_payment
    FOR EACH STATEMENT EXECUTE FUNCTION revenue_keep_all();
CREATE TRIGGER revenue_posting_never_empty BEFORE TRUNCATE ON revenue_posting
    FOR EACH STATEMENT EXECUTE FUNCTION revenue_keep_all();
"""
STATE = f"""
CREATE FUNCTION revenue_keep_asked() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a bill comes into force or falls away by a posting'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'bill_state_posted';
END $$;
CREATE TRIGGER revenue_bill_asked BEFORE UPDATE OF state ON revenue_bill
    FOR EACH ROW WHEN (current_user = '{APP_ROLE}'
        AND revenue_asked(OLD.state, 1) <> revenue_asked(NEW.state, 1))
    EXECUTE FUNCTION revenue_keep_asked();
"""
AWAY = """
DROP TRIGGER revenue_bill_asked ON revenue_bill;
DROP TRIGGER revenue_posting_never_empty ON revenue_posting;
DROP TRIGGER revenue_payment_never_empty ON revenue_payment;
DROP TRIGGER revenue_dayclose_true ON revenue_dayclose;
DROP TRIGGER revenue_payment_kept ON revenue_payment;
DROP TRIGGER revenue_posting_open ON revenue_posting;
DROP FUNCTION revenue_keep_asked, revenue_keep_all, revenue_keep_day,
    revenue_keep_payment, revenue_keep_posting, revenue_totals, revenue_post,
    revenue_amend, revenue_move, revenue_reverse, revenue_lock_bill;
"""


class Migration(migrations.Migration):
    dependencies = [("revenue", "0007_ledger")]
    operations = [migrations.RunSQL(CHANGE + GUARDS + STATE, AWAY)]
