from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import migrations

from habaring.shared.append_only import append_only
from habaring.shared.walls import protect

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


def of_practice(table: str) -> str:
    """Rows of a practice that everybody knows of."""
    return f"""EXISTS (
        SELECT 1 FROM exchange_practice practice
        WHERE practice.id = {table}.practice_id
        AND practice.state IN ('public', 'withdrawn')
    )"""


def of_adoption(table: str) -> str:
    """Rows of an adoption that is seen."""
    return f"""EXISTS (
        SELECT 1 FROM exchange_adoption adoption
        WHERE adoption.id = {table}.adoption_id
    )"""


class Migration(migrations.Migration):
    dependencies = [
        ("exchange", "0001_tables"),
        ("participation", "0005_words"),  # pg_trgm, habaring_refuse_change
        ("people", "0006_walls"),
        ("regions", "0002_budget_figures"),
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
        protect("exchange_adoption", public=of_practice("exchange_adoption")),
        protect("exchange_survivalcheck", public=of_adoption("exchange_survivalcheck")),
        protect("exchange_thanks", public=of_adoption("exchange_thanks")),
        protect("exchange_question", public=of_practice("exchange_question")),
        protect(
            "exchange_answer",
            public="""EXISTS (
                SELECT 1 FROM exchange_question question
                WHERE question.id = exchange_answer.question_id
            )""",
        ),
        protect(
            "exchange_mentoroffer",
            public="""EXISTS (
                SELECT 1 FROM regions_region region
                WHERE region.code = exchange_mentoroffer.region_id
            )""",
        ),
        protect("exchange_meeting", public="state = 'held'", other="host_id"),
        protect("exchange_meetingstep", other="other_id"),
        append_only("exchange_thanks"),
        append_only("exchange_question"),
        append_only("exchange_answer"),
        append_only("exchange_meetingstep"),
    ]
