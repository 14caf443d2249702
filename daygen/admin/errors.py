"""How an operator is refused."""

from daygen.kit.problems import NotFound


class DeadLetterNotFound(NotFound):
    """No such dead letter: it never was one, or somebody else has replayed it."""

    code = "admin.dead_letter_not_found"
    title = "There is no such dead letter"

    def __init__(self) -> None:
        super().__init__("There is no such dead letter. Somebody may have replayed it already.")
