from django.db import migrations

from habaring.shared.append_only import append_only
from habaring.shared.walls import protect

DRAFTS = (
    "readinessscore",
    "swotitem",
    "strategicissue",
    "gap",
    "strategy",
    "citation",
    "aim",
    "alignment",
)
_OPEN = (
    "EXISTS (SELECT 1 FROM masterplan_consultation one"
    " WHERE one.id = consultation_id AND one.opens_at <= now())"
)


class Migration(migrations.Migration):
    dependencies = [("masterplan", "0005_analysis"), ("people", "0006_walls")]
    operations = [
        # Released parts are read for the public by one function (analysis_public).
        *(protect(f"masterplan_{name}") for name in DRAFTS),
        protect("masterplan_swotvote", person="account_id"),
        protect("masterplan_signoff"),
        append_only("masterplan_signoff"),
        protect(
            "masterplan_consultation",
            public="opens_at <= now() AND opens_at < closes_at",
        ),
        protect("masterplan_draftsection", public=_OPEN),
        append_only("masterplan_draftsection"),
        protect("masterplan_remark", person="author_id", public="seen = 'shown'"),
    ]
