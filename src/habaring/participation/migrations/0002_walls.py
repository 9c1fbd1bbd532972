from django.db import migrations

from habaring.shared.append_only import append_only
from habaring.shared.walls import protect

# Told by what is public, so that a state that comes later is not, until somebody says so.
SEEN = "'public', 'merged', 'split', 'withdrawn', 'hidden'"
PUBLISHED = "'published', 'open', 'closed', 'counted', 'cancelled'"


def of_seen(table: str) -> str:
    """Rows of a proposal that everyone can read."""
    return f"""EXISTS (
        SELECT 1 FROM participation_proposal proposal
        WHERE proposal.id = {table}.proposal_id
        AND proposal.state IN ({SEEN})
    )"""


class Migration(migrations.Migration):
    dependencies = [("participation", "0001_tables")]
    operations = [
        protect(
            "participation_call", public="state IN ('open', 'closed', 'cancelled')"
        ),
        protect(
            "participation_proposal", person="author_id", public=f"state IN ({SEEN})"
        ),
        protect(
            "participation_author",
            person="account_id",
            public="accepted_at IS NOT NULL",
        ),
        protect("participation_proposalfollow", person="account_id"),
        protect("participation_photo", public=of_seen("participation_photo")),
        protect(
            "participation_check", public="verdict IN ('feasible', 'not_feasible')"
        ),
        protect("participation_step", public=of_seen("participation_step")),
        protect("participation_told", person="account_id"),
        protect(
            "participation_comment",
            person="author_id",
            public="visibility IN ('shown', 'hidden', 'withdrawn')",
        ),
        protect("participation_flag", person="account_id"),
        protect(
            "participation_appeal",
            person="by_id",
            public="outcome IN ('granted', 'refused')",
        ),
        protect("participation_vote", public=f"state IN ({PUBLISHED})"),
        protect(
            "participation_option",
            public=f"""EXISTS (
                SELECT 1 FROM participation_vote vote
                WHERE vote.id = participation_option.vote_id
                AND vote.state IN ({PUBLISHED})
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
