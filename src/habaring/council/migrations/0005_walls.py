from django.db import migrations

from habaring.shared.append_only import append_only
from habaring.shared.walls import protect

# Minutes are public once a version is approved in a public meeting.
APPROVED = """EXISTS (
    SELECT 1 FROM council_minutesapproval approval
    JOIN council_meeting meeting ON meeting.id = council_minutes.meeting_id
    WHERE approval.minutes_id = council_minutes.id AND meeting.public
)"""


class Migration(migrations.Migration):
    dependencies = [("council", "0004_decrees")]
    operations = [
        migrations.RemoveField("council", "decree_number"),
        migrations.RemoveField("council", "decree_on"),
        protect("council_seatcontact"),
        protect("council_summons", person="account_id"),
        protect("council_attendance", person="account_id"),
        protect("council_minutes", public=APPROVED),
        append_only("council_minutes"),
        append_only("council_minutesapproval"),
        append_only("council_decisionsubject"),
    ]
