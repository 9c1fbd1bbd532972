from django.db import migrations

from habaring.shared.walls import protect

# What a council adopted is public; what is still being weighed is the region's own.
ADOPTED = "id IN (SELECT scenario_id FROM portfolio_plan)"
LIMITS = """id IN (
    SELECT limit_set_id FROM portfolio_scenario
    WHERE id IN (SELECT scenario_id FROM portfolio_plan)
)"""
CANDIDATES = """id IN (
    SELECT unnest(candidate_ids) FROM portfolio_scenario
    WHERE id IN (SELECT scenario_id FROM portfolio_plan)
)"""


class Migration(migrations.Migration):
    dependencies = [
        ("portfolio", "0003_tags_frontier_derived"),
        ("people", "0006_walls"),
    ]
    operations = [
        protect("portfolio_scenario", public=ADOPTED),
        protect("portfolio_limitset", public=LIMITS),
        protect("portfolio_candidate", public=CANDIDATES),
    ]
