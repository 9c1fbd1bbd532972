"""A note, its first wording, its event and its news in one round trip of the database."""

from django.db import migrations

TOLD = """
CREATE FUNCTION workshop_told(of_note bigint) RETURNS json LANGUAGE sql STABLE AS $$
    SELECT CASE WHEN n.withdrawn_at IS NOT NULL OR n.hidden_at IS NOT NULL
        THEN json_build_object('k', 'note', 'id', n.id, 'b', b.number, 'key', n.key,
            'gone', true)
        ELSE json_build_object('k', 'note', 'id', n.id, 'b', b.number, 'key', n.key,
            't', n.text, 'q', n.kind, 'l', n.layer, 'd', n.dimension,
            'm', coalesce(t.number, 0), 'g', coalesce(n.group_id, 0), 'r', n.revision)
        END
    FROM workshop_note n JOIN workshop_board b ON b.id = n.board_id
    LEFT JOIN workshop_table t ON t.id = n.table_id WHERE n.id = of_note
$$;
"""
# The lock is shared.live.in_order's, the notice shared.live.announce's. Where nothing is
# open, the region is opened: the caller has checked the signature of a pass of it.
WRITE = """
CREATE FUNCTION workshop_write(
    of_region text, of_room bigint, of_number int, of_person bigint, on_board int,
    new_key uuid, new_text text, new_kind text, new_layer text, new_dimension text,
    now_at timestamptz, most_notes int, most_a_minute int,
    OUT outcome text, OUT note bigint, OUT told json, OUT until timestamptz)
LANGUAGE plpgsql AS $$
DECLARE
    held record;
    event bigint;
    topic text := 'workshop.room/' || of_room;
    lately timestamptz[];
BEGIN
    IF coalesce(current_setting('app.region', true), '') = '' THEN
        PERFORM set_config('app.region', of_region, true);
    END IF;
    SELECT p.table_id, p.left_at IS NOT NULL OR p.removed_at IS NOT NULL AS away,
        r.closed_at IS NOT NULL AS closed, b.id AS board, b.kind, b.phase,
        coalesce(t.dimension, '') AS dimension
        INTO held
        FROM workshop_participant p JOIN workshop_room r ON r.id = p.room_id
        LEFT JOIN workshop_table t ON t.id = p.table_id
        LEFT JOIN workshop_board b ON b.room_id = r.id AND b.number = on_board
        WHERE p.id = of_person AND r.id = of_room AND r.number = of_number
            AND r.region_id = of_region;
    IF NOT FOUND OR held.away THEN outcome := 'away'; RETURN; END IF;
    IF held.board IS NULL THEN outcome := 'no board'; RETURN; END IF;
    outcome := 'again';
    SELECT n.id INTO note FROM workshop_note n
        WHERE n.participant_id = of_person AND n.key = new_key;
    IF FOUND THEN told := workshop_told(note); RETURN; END IF;
    outcome := CASE
        WHEN held.closed OR held.phase NOT IN ('write', 'group') THEN 'closed'
        WHEN held.kind = 'swot' AND (new_kind = '' OR new_layer = '') THEN 'kind'
        WHEN most_notes <= (SELECT count(*) FROM workshop_note n
            WHERE n.board_id = held.board) THEN 'full' END;
    IF outcome IS NOT NULL THEN RETURN; END IF;
    IF most_a_minute > 0 THEN
        lately := ARRAY(SELECT n.at FROM workshop_note n
            WHERE n.participant_id = of_person AND n.at > now_at - interval '1 minute'
            ORDER BY n.at);
        IF cardinality(lately) >= most_a_minute THEN
            outcome := 'often';
            until := lately[1] + interval '1 minute';
            RETURN;
        END IF;
    END IF;
    INSERT INTO workshop_note (region_id, board_id, participant_id, table_id, key, text,
            kind, layer, dimension, revision, at, hidden_reason)
        VALUES (of_region, held.board, of_person, held.table_id, new_key, new_text,
            CASE WHEN held.kind = 'swot' THEN new_kind ELSE '' END,
            CASE WHEN held.kind = 'swot' THEN new_layer ELSE '' END,
            CASE WHEN new_dimension = '' THEN held.dimension ELSE new_dimension END,
            1, now_at, '')
        ON CONFLICT (participant_id, key) DO NOTHING RETURNING id INTO note;
    IF note IS NULL THEN  -- sent twice at once, and the other one was first
        outcome := 'again';
        SELECT n.id INTO note FROM workshop_note n
            WHERE n.participant_id = of_person AND n.key = new_key;
        told := workshop_told(note);
        RETURN;
    END IF;
    INSERT INTO workshop_noterevision (region_id, note_id, number, key, text, kind, layer,
            dimension, at)
        SELECT n.region_id, n.id, 1, n.key, n.text, n.kind, n.layer, n.dimension, n.at
            FROM workshop_note n WHERE n.id = note;
    told := workshop_told(note);
    outcome := 'written';
    PERFORM pg_advisory_xact_lock(hashtextextended('live ' || topic, 0));
    INSERT INTO workshop_event (region_id, room_id, board_id, thing, ref, deed, at)
        VALUES (of_region, of_room, held.board, 'note', note, 'written', now_at)
        RETURNING id INTO event;
    PERFORM pg_notify('habaring_live', json_build_object(
        't', topic, 'n', event, 'y', '', 'd', told)::text);
END $$;
"""
NONE = """
DROP FUNCTION workshop_write(text, bigint, int, bigint, int, uuid, text, text, text, text,
    timestamptz, int, int);
DROP FUNCTION workshop_told(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [("workshop", "0002_walls")]
    operations = [migrations.RunSQL(TOLD + WRITE, NONE)]
