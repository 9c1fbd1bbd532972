from django.db import migrations


class Migration(migrations.Migration):
    """Similar proposals are found in ProposalWords since 0005."""

    dependencies = [("participation", "0007_sheets")]
    operations = [
        migrations.RemoveIndex("proposal", "proposal_words"),
        migrations.RemoveIndex("proposal", "proposal_title_trgm"),
    ]
