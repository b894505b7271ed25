"""What the registry says at the door of partners and to those who open what came through it; shown by `said`."""
from web.sentences import N_

DOOR = (
    N_("Give it a title of your own"),
    N_("Five submissions are not sent yet: send them, or drop them."),
    N_("You began as much today as one partner may: go on tomorrow."),
    N_("As much of yours waits to be read as may wait: go on when some of it was read."),
    N_("This was sent already"),
    N_("Begin another submission."),
    N_("A part is sealed before it is sent"),
    N_("Load the page again, and send it once more."),
    N_("Not all of it has come yet"),
    N_("Choose the same files again: what has come is not sent again."),
    N_("The sealed parts are not those that were sent"),
    N_("The letter is not as the door makes it"),
    N_("Ask whoever keeps the server."),
    N_("It was sealed before your key was made"),
    N_("A colleague with an older key opens it."),
    N_("A file is taken in by a data steward"),
    N_("Ask a handler who is a data steward, too."),
    N_("The file is not the one that its sender named"),
    N_("Ask the partner to send it again."),
)
