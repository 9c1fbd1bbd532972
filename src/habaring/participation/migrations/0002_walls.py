from django.db import migrations

from habaring.shared.append_only import append_only
from habaring.shared.walls import protect

SEEN = "state NOT IN ('draft', 'held')"


def of_seen(table: str) -> str:
    """Rows of a proposal that everyone can read."""
    return f"""EXISTS (
        SELECT 1 FROM participation_proposal proposal
        WHERE proposal.id = {table}.proposal_id
        AND proposal.state NOT IN ('draft', 'held')
    )"""


class Migration(migrations.Migration):
    dependencies = [("participation", "0001_tables")]
    operations = [
        protect("participation_call", public="state <> 'draft'"),
        protect("participation_proposal", person="author_id", public=SEEN),
        protect(
            "participation_author",
            person="account_id",
            public="accepted_at IS NOT NULL",
        ),
        protect("participation_proposalfollow", person="account_id"),
        protect("participation_photo", public=of_seen("participation_photo")),
        protect("participation_check", public="verdict <> ''"),
        protect("participation_step", public=of_seen("participation_step")),
        protect("participation_told", person="account_id"),
        protect(
            "participation_comment", person="author_id", public="visibility <> 'held'"
        ),
        protect("participation_flag", person="account_id"),
        protect("participation_appeal", person="by_id", public="outcome <> ''"),
        protect("participation_vote", public="state <> 'draft'"),
        protect(
            "participation_option",
            public="""EXISTS (
                SELECT 1 FROM participation_vote vote
                WHERE vote.id = participation_option.vote_id AND vote.state <> 'draft'
            )""",
        ),
        protect("participation_voter", person="account_id"),
        protect("participation_ballot"),
        protect("participation_paperbatch"),
        append_only("participation_lineage"),
        append_only("participation_step"),
        append_only("participation_moderation"),
        append_only("participation_count"),
        append_only("participation_override"),
    ]
