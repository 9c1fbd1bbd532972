"""A set-up that cannot go on: what happened, why, and what to do next."""

from habaring.shared.refusal import Refusal


class SetupStop(Refusal):
    """Printed on the terminal as it is; the program ends with 1."""

    def __str__(self) -> str:
        return f"{self.what}\n{self.why}\n{self.next}"
