"""The expected "no" of the workshop room."""

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from habaring.shared.refusal import Refusal


class RoomRefused(Refusal):
    """A room, table or board that cannot be as it was asked for."""


class WrongCode(Refusal):
    """No open room has this code."""

    status = 404

    def __init__(self) -> None:
        super().__init__(
            what=_("No workshop has this code."),
            why=_("A code has six letters and digits; a closed workshop has none."),
            next=_("Look at the big screen and type it again."),
        )


class JoiningClosed(Refusal):
    """The facilitator lets nobody in at the moment."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            what=_("Nobody can join this workshop now."),
            why=_("The facilitators have closed the door, or the workshop is over."),
            next=_("Ask them to open it; it takes them one button."),
        )


class NotHere(Refusal):
    """This browser is not in the room: never joined, left, or was removed."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            what=_("This phone is not in the workshop."),
            why=_("It never joined, it left, or a facilitator removed it."),
            next=_("Scan the QR code on the big screen again."),
        )


class NotNow(Refusal):
    """The board is in another phase."""

    status = 409

    @classmethod
    def writing(cls) -> "NotNow":
        return cls(
            what=_("The board takes no notes now."),
            why=_("Its time for writing is over."),
            next=_("Keep your text and ask a facilitator to open the writing again."),
        )

    @classmethod
    def grouping(cls) -> "NotNow":
        return cls(
            what=_("Nothing was moved."),
            why=_("Notes are grouped before the vote, and by whom the board says."),
            next=_("Ask a facilitator."),
        )

    @classmethod
    def voting(cls) -> "NotNow":
        return cls(
            what=_("Your dots were not changed."),
            why=_("No vote is running on this board."),
            next=_("Wait until a facilitator opens the vote."),
        )


class NoteRefused(Refusal):
    """A note that cannot be taken as it is."""


class NotYours(Refusal):
    """Somebody else's note."""

    status = 403

    def __init__(self) -> None:
        super().__init__(
            what=_("This note was not changed."),
            why=_("Only who wrote a note changes it."),
            next=_("Write a note of your own beside it."),
        )


class NoDotsLeft(Refusal):
    """All dots are given."""

    status = 409

    def __init__(self, dots: int) -> None:
        super().__init__(
            what=_("Your dots were not changed."),
            why=format_lazy(
                _("Each person has {dots}, and yours are given."), dots=dots
            ),
            next=_("Take one back first."),
        )


class CarryRefused(Refusal):
    """A result that cannot be carried on as it stands."""


class CarriedAlready(Refusal):
    """It was carried there before."""

    status = 409

    def __init__(self, ref: str) -> None:
        super().__init__(
            what=_("It was carried there before."),
            why=format_lazy(_("It became {ref}."), ref=ref),
            next=_("Change it there; a second copy would only confuse."),
        )
