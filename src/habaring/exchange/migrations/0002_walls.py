from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations

from habaring.shared.append_only import append_only
from habaring.shared.walls import protect

HERE = "(SELECT current_setting('app.region', true))"
WORDS = """
CREATE FUNCTION exchange_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.words :=
        setweight(to_tsvector('indonesian', NEW.title), 'A')
        || setweight(to_tsvector('indonesian',
            NEW.summary || ' ' || array_to_string(NEW.tags, ' ')), 'B')
        || setweight(to_tsvector('indonesian',
            NEW.problem || ' ' || NEW.solution || ' ' || NEW.steps), 'C')
        || setweight(to_tsvector('indonesian',
            NEW.output || ' ' || NEW.outcome || ' ' || NEW.lessons), 'D');
    RETURN NEW;
END $$;
CREATE TRIGGER exchange_keep_words BEFORE INSERT OR UPDATE ON exchange_practiceversion
    FOR EACH ROW EXECUTE FUNCTION exchange_keep_words();
"""
NO_WORDS = """
DROP TRIGGER exchange_keep_words ON exchange_practiceversion;
DROP FUNCTION exchange_keep_words();
"""
FREEZE = """
CREATE TRIGGER exchange_frozen BEFORE UPDATE OR DELETE ON exchange_practiceversion
    FOR EACH ROW WHEN (OLD.published_at IS NOT NULL)
    EXECUTE FUNCTION habaring_refuse_change();
"""
THAW = "DROP TRIGGER exchange_frozen ON exchange_practiceversion;"


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0001_tables"),
        ("participation", "0005_words"),  # pg_trgm, habaring_refuse_change
        ("people", "0006_walls"),
    ]
    operations = [
        migrations.AddIndex(
            model_name="practiceversion",
            index=GinIndex("words", name="practice_words"),
        ),
        migrations.AddIndex(
            model_name="practiceversion",
            index=GinIndex(
                OpClass("title", name="gin_trgm_ops"), name="practice_title"
            ),
        ),
        migrations.RunSQL(WORDS, NO_WORDS),
        migrations.RunSQL(FREEZE, THAW),
        protect("exchange_practice", public="state IN ('public', 'withdrawn')"),
        protect(
            "exchange_practiceversion",
            public="""published_at IS NOT NULL AND EXISTS (
                SELECT 1 FROM exchange_practice practice
                WHERE practice.id = exchange_practiceversion.practice_id
                AND practice.state = 'public'
            )""",
        ),
        # Everybody reads them; only the region that says it writes them.
        protect("exchange_adoption", public="true"),
        protect("exchange_survivalcheck", public="true"),
        protect("exchange_thanks", public="true"),
        protect("exchange_question", public="true"),
        protect("exchange_answer", public="true"),
        protect("exchange_mentoroffer", public="true"),
        protect("exchange_meeting", public=f"state = 'held' OR host_id = {HERE}"),
        protect(
            "exchange_meetingstep",
            public=f"""EXISTS (
                SELECT 1 FROM exchange_meeting meeting
                WHERE meeting.id = exchange_meetingstep.meeting_id
                AND (meeting.region_id = {HERE} OR meeting.host_id = {HERE})
            )""",
        ),
        append_only("exchange_thanks"),
        append_only("exchange_question"),
        append_only("exchange_answer"),
        append_only("exchange_meetingstep"),
    ]
