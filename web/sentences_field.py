"""Sentences that the registry says of visits, trips and what is sent from the road, listed so that translators find them."""
from web.sentences import N_

FAULTS = (
    N_("How exact it is says nothing without the area"),
    N_("Metres that the outline may be off: more than 0 and at most 100,000"),
    N_("An area has from 3 to 100 corners, one a line"),
    N_("These corners make no area that can have been covered: look at their order and at each number"),
    N_("A corner is not read as one place: give latitude and longitude, or MGRS"),
    N_("A radius is a number of kilometres, at most 10"),
    N_("At most six photographs with one visit: record another visit of the day for more"),
    N_("A photograph is a JPEG or a PNG"),
    N_("A photograph has at most 12 MB"),
    N_("Say by when you are back: an hour to come, within fourteen days"),
    N_("Name a colleague by the name of the account: somebody else, who may see this place"),
    N_("This was sent already, with other words"),
    N_("Of records it is said apart who is let to see them (records_access)"),
    N_("It is allowed until a day within ninety days"),
    N_("Nobody of that name works in the field"),
)
REFUSALS = (
    N_("You are on the way already: say first that you are safely back."),
    N_("Another steward allows it: nobody for himself."),
)
