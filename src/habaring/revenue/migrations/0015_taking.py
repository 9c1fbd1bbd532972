"""`revenue_take`: the call of a bank that says what nearly all say, in one statement.

It is the long way of `gateways.door` for a payment of one bill that is not late: the
partner still stands and its keys are those it was believed by, the bill is found, the
payment booked, the X-EXTERNAL-ID used up. Whatever is not so gives null, or an exception
that undoes all of it, and nothing has happened; the long way then says what it is. It
runs as whoever calls it, so the walls between regions hold inside it.
"""

from django.db import migrations

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


class Migration(migrations.Migration):
    dependencies = [("revenue", "0014_collecting")]
    operations = [
        migrations.RunSQL(TAKE, "DROP FUNCTION revenue_take"),
    ]
