"""What a profile is refused for; shown by `said` on the page of the ground."""
from web.sentences import N_

PROFILE = (
    N_("That is too far for one profile"), N_("At most 50 km: take nearer ends."),
    N_("The raster does not reach this place"), N_("Take one that does."),
    N_("That is too far in too small steps"), N_("That is more than is read at once"), N_("Ask for a smaller part."),
)
