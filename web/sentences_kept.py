"""Sentences that the registry says of kept views and watched sites, listed so that translators find them. Shown by `said`."""
from web.sentences import N_

KEPT = (
    N_("Colleagues find a view by its name: give it one"),
    N_("A partner keeps views for himself"),
    N_("A view is opened from a tier on that one has oneself, or a lower one"),
    N_("This is too much for one view"),
    N_("You have two hundred views: delete one first."),
    N_("Give it a name"),
    N_("A view holds no such thing"),
    N_("The middle of a view lies on the earth, and its zoom between 0 and 22"),
    N_("This is no number"),
    N_("This view was sealed with another key of the house"),
    N_("Restore the house's key from the backup of the keys, or delete the view."),
    N_("You watch three hundred sites: leave one first."),
    N_("An area has two corners (a rectangle) or three to forty"),
    N_("A corner is not read as one place: give latitude and longitude, or MGRS"),
    N_("The corners of an area follow one another along its edge, which crosses itself nowhere"),
    N_("Around an area: a number of kilometres, more than 0 and at most 500"),
    N_("A distance is around an area: draw it, or name its corners"),
    N_("Around an area is more than 0 and at most 500 km"),
    N_("Send place."),
    N_("Send what the page offers."),
)
