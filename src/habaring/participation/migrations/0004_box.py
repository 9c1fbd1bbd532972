"""What PostgreSQL itself holds of a vote, also against the owner of the tables.

- A ballot or a voter comes in only while the vote is open; neither ever goes.
- A ballot changes only what it says, only while the vote is open, and only for whoever
  shows its receipt (the setting app.receipt, whose hash stands in the row).
- A voter on a register's vote stands in that register.
- From the first ballot on, what says how the vote is counted stays; its close may move
  later while it is open, never earlier. A state never goes back.

Rows may be rewritten as they are (`box.stir`), so that their order tells nothing.
"""

from django.db import migrations

FUNCTIONS = r"""
CREATE FUNCTION participation_open_vote(vote bigint, region text)
RETURNS participation_vote LANGUAGE plpgsql AS $$
DECLARE
    found participation_vote;
BEGIN
    -- the lock waits for whoever changes the vote, and makes them wait for us
    SELECT * INTO found FROM participation_vote
        WHERE id = vote AND region_id = region FOR SHARE;
    IF found.id IS NULL OR found.state NOT IN ('published', 'open')
        OR now() < found.opens_at OR now() >= found.closes_at
    THEN
        RAISE EXCEPTION 'vote % takes no ballots now', vote
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ballot_box_closed';
    END IF;
    RETURN found;
END $$;

CREATE FUNCTION participation_keep_ballot() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM participation_open_vote(NEW.vote_id, NEW.region_id);
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND (NEW.region_id, NEW.id, NEW.vote_id, NEW.number,
        NEW.secret_hash, NEW.channel, NEW.district, NEW.batch_id)
        IS NOT DISTINCT FROM (OLD.region_id, OLD.id, OLD.vote_id, OLD.number,
        OLD.secret_hash, OLD.channel, OLD.district, OLD.batch_id)
    THEN
        IF NEW.sealed = OLD.sealed THEN
            RETURN NEW;
        END IF;
        PERFORM participation_open_vote(NEW.vote_id, NEW.region_id);
        IF OLD.secret_hash = encode(sha256(convert_to(
            coalesce(current_setting('app.receipt', true), ''), 'UTF8')), 'hex')
        THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'a ballot changes only with its receipt, and never goes'
        USING ERRCODE = 'restrict_violation', CONSTRAINT = 'ballot_kept';
END $$;

CREATE FUNCTION participation_keep_voter() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    open participation_vote;
BEGIN
    IF TG_OP = 'UPDATE' AND NEW IS NOT DISTINCT FROM OLD THEN
        RETURN NEW;
    ELSIF TG_OP <> 'INSERT' THEN
        RAISE EXCEPTION 'who voted is never changed or taken away'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'voter_kept';
    END IF;
    open := participation_open_vote(NEW.vote_id, NEW.region_id);
    IF (open.votes_by = 'register') <> (NEW.entry IS NOT NULL)
        OR NEW.entry IS NOT NULL AND NOT EXISTS (
            SELECT FROM people_registerentry
            WHERE id = NEW.entry AND register_id = open.register_id)
    THEN
        RAISE EXCEPTION 'this voter is not of the electorate of vote %', NEW.vote_id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'voter_of_the_electorate';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION participation_has_ballots(vote bigint) RETURNS boolean LANGUAGE sql AS $$
    SELECT EXISTS (SELECT FROM participation_ballot WHERE vote_id = vote)
        OR EXISTS (SELECT FROM participation_voter WHERE vote_id = vote)
$$;

CREATE FUNCTION participation_keep_rules() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    -- beside these only the state, its moments and the reason of a cancelling change
    free text[] := ARRAY['state', 'closes_at', 'locked_at', 'published_at', 'closed_at',
        'cancelled_reason', 'illustrative', 'recorded_at', 'recorded_by_id'];
    allowed boolean;
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.state = 'draft' THEN
            RETURN OLD;
        END IF;
        RAISE EXCEPTION 'a published vote stays'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'vote_kept';
    END IF;
    allowed := NEW.state = OLD.state OR (OLD.state, NEW.state) IN (
        ('draft', 'published'), ('published', 'open'), ('published', 'closed'),
        ('open', 'closed'), ('closed', 'counted'), ('published', 'cancelled'),
        ('open', 'cancelled'), ('closed', 'cancelled'));
    IF NOT allowed OR NEW.state = 'closed' AND OLD.state <> 'closed'
        AND now() < NEW.closes_at
    THEN
        RAISE EXCEPTION 'a vote does not go from % to % now', OLD.state, NEW.state
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'vote_goes_forward';
    END IF;
    IF OLD.state = 'draft' THEN
        RETURN NEW;
    END IF;
    IF (to_jsonb(NEW) - free <> to_jsonb(OLD) - free OR NEW.closes_at < OLD.closes_at)
        AND (OLD.state NOT IN ('published', 'open')
            OR participation_has_ballots(OLD.id))
    THEN
        RAISE EXCEPTION 'the rules of vote % are locked since its first ballot', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'vote_rules_locked';
    END IF;
    IF NEW.closes_at > OLD.closes_at
        AND (OLD.state NOT IN ('published', 'open') OR now() >= OLD.closes_at)
    THEN
        RAISE EXCEPTION 'vote % has closed', OLD.id
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'vote_closed_stays_closed';
    END IF;
    RETURN NEW;
END $$;

CREATE FUNCTION participation_keep_options() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    which bigint := coalesce(OLD.vote_id, NEW.vote_id);
    held text;
BEGIN
    -- conflicts with the lock of whoever casts a ballot
    SELECT state INTO held FROM participation_vote
        WHERE id = which FOR NO KEY UPDATE;
    IF TG_OP = 'UPDATE' AND NEW.vote_id <> OLD.vote_id
        OR held NOT IN ('draft', 'published', 'open')
        OR held <> 'draft' AND participation_has_ballots(which)
    THEN
        RAISE EXCEPTION 'the options of vote % are locked', which
            USING ERRCODE = 'restrict_violation', CONSTRAINT = 'vote_options_locked';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;

CREATE FUNCTION participation_stir_ballots(region text, vote bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    one uuid;
BEGIN
    FOR one IN SELECT id FROM participation_ballot
        WHERE region_id = region AND vote_id = vote ORDER BY gen_random_uuid()
    LOOP
        UPDATE participation_ballot SET stirred = 1 + floor(random() * 1000000000)::bigint
            WHERE region_id = region AND id = one;
    END LOOP;
END $$;

CREATE FUNCTION participation_stir_voters(region text, vote bigint) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    one uuid;
BEGIN
    FOR one IN SELECT id FROM participation_voter
        WHERE region_id = region AND vote_id = vote ORDER BY gen_random_uuid()
    LOOP
        UPDATE participation_voter SET channel = channel
            WHERE region_id = region AND id = one;
    END LOOP;
END $$;

CREATE TRIGGER participation_ballot_kept
    BEFORE INSERT OR UPDATE OR DELETE ON participation_ballot
    FOR EACH ROW EXECUTE FUNCTION participation_keep_ballot();
CREATE TRIGGER participation_voter_kept
    BEFORE INSERT OR UPDATE OR DELETE ON participation_voter
    FOR EACH ROW EXECUTE FUNCTION participation_keep_voter();
CREATE TRIGGER participation_vote_rules
    BEFORE UPDATE OR DELETE ON participation_vote
    FOR EACH ROW EXECUTE FUNCTION participation_keep_rules();
CREATE TRIGGER participation_option_rules
    BEFORE INSERT OR UPDATE OR DELETE ON participation_option
    FOR EACH ROW EXECUTE FUNCTION participation_keep_options();
"""
AWAY = """
DROP TRIGGER participation_option_rules ON participation_option;
DROP TRIGGER participation_vote_rules ON participation_vote;
DROP TRIGGER participation_voter_kept ON participation_voter;
DROP TRIGGER participation_ballot_kept ON participation_ballot;
DROP FUNCTION participation_stir_voters;
DROP FUNCTION participation_stir_ballots;
DROP FUNCTION participation_keep_options;
DROP FUNCTION participation_keep_rules;
DROP FUNCTION participation_has_ballots;
DROP FUNCTION participation_keep_voter;
DROP FUNCTION participation_keep_ballot;
DROP FUNCTION participation_open_vote;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("participation", "0003_hears"),
        ("people", "0006_walls"),
    ]
    operations = [migrations.RunSQL(FUNCTIONS, AWAY)]
