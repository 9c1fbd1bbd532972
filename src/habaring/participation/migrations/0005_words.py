import django.db.models.deletion
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.contrib.postgres.search import SearchVectorField
from django.db import migrations, models

KEEP = """
CREATE FUNCTION participation_keep_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state = 'public' THEN
        INSERT INTO participation_proposalwords AS kept
            (proposal_id, region_id, title, words)
        VALUES (NEW.id, NEW.region_id, NEW.title, to_tsvector(
            'indonesian', NEW.title || ' ' || NEW.problem || ' ' || NEW.idea))
        ON CONFLICT (proposal_id) DO UPDATE
            SET title = excluded.title, words = excluded.words;
    ELSE
        DELETE FROM participation_proposalwords WHERE proposal_id = NEW.id;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER participation_keep_words
    AFTER INSERT OR UPDATE OF state, title, problem, idea ON participation_proposal
    FOR EACH ROW EXECUTE FUNCTION participation_keep_words();
INSERT INTO participation_proposalwords (proposal_id, region_id, title, words)
    SELECT id, region_id, title,
        to_tsvector('indonesian', title || ' ' || problem || ' ' || idea)
    FROM participation_proposal WHERE state = 'public';
"""
DROP = """
DROP TRIGGER participation_keep_words ON participation_proposal;
DROP FUNCTION participation_keep_words();
"""


class Migration(migrations.Migration):
    dependencies = [("participation", "0004_box")]
    operations = [
        migrations.CreateModel(
            name="ProposalWords",
            fields=[
                (
                    "proposal",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="participation.proposal",
                    ),
                ),
                (
                    "region",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="regions.region",
                    ),
                ),
                ("title", models.CharField(max_length=150)),
                ("words", SearchVectorField()),
            ],
        ),
        migrations.AddIndex(
            model_name="proposalwords",
            index=GinIndex("words", name="proposal_public_words"),
        ),
        migrations.AddIndex(
            model_name="proposalwords",
            index=GinIndex(
                OpClass("title", name="gin_trgm_ops"), name="proposal_public_title"
            ),
        ),
        migrations.RunSQL(KEEP, DROP),
    ]
