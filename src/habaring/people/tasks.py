"""Background work about people: load, call one action."""

from django.utils.timezone import now
from procrastinate.contrib.django import app


@app.task(name="people.tell_followers", queue="messages", retry=3)
def tell_followers(*, region: str) -> None:
    """Tell the followers of a region what is new."""
    # late: every process imports the tasks at its start, few run them
    from habaring.people.follows import actions
    from habaring.regions.models import Region

    actions.tell(region=Region.objects.get(code=region), at=now())


@app.task(name="people.send_reset", queue="messages", retry=2)
def send_reset(*, account: int, address: str) -> None:
    """Send the link for a new password; nothing where there is no account."""
    # late: every process imports the tasks at its start, few run them
    from habaring.people.models import Account
    from habaring.people.resetting import send_letter

    found = Account.objects.filter(pk=account, is_active=True).first()
    if found is not None and found.email:
        send_letter(found, address)
