from django.db import migrations

OFFICER = ["see_work_room", "record_observations", "record_candidates"]
PLANNER = [*OFFICER, "publish_index", "draft_scenarios", "write_plan"]
COUNCIL = ["see_work_room", "record_decisions", "adopt_plan"]
SECRETARIAT = [
    *PLANNER,
    "record_decisions",
    "adopt_plan",
    "issue_edition",
    "manage_people",
    "manage_region",
    "see_audit",
]
ROLES = [
    ("operator", "Pengelola platform", "Platform operator", SECRETARIAT, True),
    ("secretariat", "Sekretariat program", "Programme secretariat", SECRETARIAT, False),
    ("planner", "Perencana (Bappeda)", "Planner (Bappeda)", PLANNER, False),
    ("officer", "Petugas perangkat daerah", "Department officer", OFFICER, False),
    ("council", "Anggota Dewan Smart City", "Council member", COUNCIL, False),
    (
        "inspector",
        "Inspektorat (membaca)",
        "Inspectorate (reads)",
        ["see_work_room", "see_audit"],
        False,
    ),
]


def add_roles(apps, schema_editor):
    role = apps.get_model("people", "Role")
    for order, (code, name_id, name_en, powers, everywhere) in enumerate(ROLES):
        role.objects.update_or_create(
            code=code,
            defaults={
                "name_id": name_id,
                "name_en": name_en,
                "powers": powers,
                "platform_wide": everywhere,
                "order": order,
            },
        )


class Migration(migrations.Migration):
    dependencies = [("people", "0001_tables")]
    operations = [migrations.RunPython(add_roles, migrations.RunPython.noop)]
