"""PostgreSQL holds it too: a secretariat has its post, no open charge lies with a closed
post, and nobody leaves a post that has charges without a finished hand-over.
"""

from django.db import migrations

ROOT = """
CREATE FUNCTION posts_root_of_region() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO posts_post
        (region_id, code, name_id, name_en, opened_on, illustrative)
    VALUES (NEW.region_id, 'sekretariat', 'Sekretariat program kota cerdas',
            'Smart-city programme secretariat', NEW.since::date, false)
    ON CONFLICT (region_id, code) DO NOTHING;
    RETURN NULL;
END $$;
CREATE TRIGGER posts_root_of_region AFTER INSERT ON people_membership
    FOR EACH ROW WHEN (NEW.role_id = 'secretariat' AND NEW.region_id IS NOT NULL
                       AND NEW.department_id IS NULL)
    EXECUTE FUNCTION posts_root_of_region();
INSERT INTO posts_post (region_id, code, name_id, name_en, opened_on, illustrative)
    SELECT region_id, 'sekretariat', 'Sekretariat program kota cerdas',
           'Smart-city programme secretariat', min(since)::date, false
    FROM people_membership
    WHERE role_id = 'secretariat' AND region_id IS NOT NULL AND department_id IS NULL
    GROUP BY region_id
    ON CONFLICT (region_id, code) DO NOTHING;
"""
GUARDS = """
CREATE FUNCTION posts_charge_has_open_post() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.until IS NULL THEN
        PERFORM 1 FROM posts_post
            WHERE id = NEW.post_id AND region_id = NEW.region_id AND closed_on IS NULL
            FOR SHARE;
        IF NOT FOUND THEN
            RAISE EXCEPTION 'a charge needs an open post of its own region'
                USING ERRCODE = 'restrict_violation';
        END IF;
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER posts_charge_has_open_post BEFORE INSERT OR UPDATE ON posts_charge
    FOR EACH ROW EXECUTE FUNCTION posts_charge_has_open_post();

CREATE FUNCTION posts_post_closes_empty() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.code = 'sekretariat'
       OR EXISTS (SELECT 1 FROM posts_charge WHERE post_id = NEW.id AND until IS NULL)
       OR EXISTS (SELECT 1 FROM posts_holding WHERE post_id = NEW.id AND until IS NULL)
    THEN
        RAISE EXCEPTION 'a post closes only when it owns nothing and nobody holds it'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER posts_post_closes_empty BEFORE UPDATE ON posts_post
    FOR EACH ROW WHEN (NEW.closed_on IS NOT NULL AND OLD.closed_on IS NULL)
    EXECUTE FUNCTION posts_post_closes_empty();

CREATE FUNCTION posts_holding_ends_handed_over() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM posts_handover WHERE holding_id = NEW.id
               AND finished_at IS NULL AND undone_at IS NULL)
       OR (EXISTS (SELECT 1 FROM posts_charge
                   WHERE post_id = NEW.post_id AND until IS NULL)
           AND NOT EXISTS (SELECT 1 FROM posts_handover
                           WHERE holding_id = NEW.id AND finished_at IS NOT NULL))
    THEN
        RAISE EXCEPTION 'a holding ends when its post was handed over'
            USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER posts_holding_ends_handed_over BEFORE UPDATE ON posts_holding
    FOR EACH ROW WHEN (NEW.until IS NOT NULL AND OLD.until IS NULL)
    EXECUTE FUNCTION posts_holding_ends_handed_over();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("posts", "0002_charges_and_handovers"),
        ("people", "0003_reach_and_bodies"),
    ]
    operations = [
        migrations.RunSQL(
            ROOT,
            "DROP TRIGGER posts_root_of_region ON people_membership;"
            "DROP FUNCTION posts_root_of_region();",
        ),
        migrations.RunSQL(
            GUARDS,
            "DROP TRIGGER posts_charge_has_open_post ON posts_charge;"
            "DROP TRIGGER posts_post_closes_empty ON posts_post;"
            "DROP TRIGGER posts_holding_ends_handed_over ON posts_holding;"
            "DROP FUNCTION posts_charge_has_open_post();"
            "DROP FUNCTION posts_post_closes_empty();"
            "DROP FUNCTION posts_holding_ends_handed_over();",
        ),
    ]
