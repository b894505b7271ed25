"""Sentences of merging, splitting, publishing and restricting that are said by code, for the translators' list."""
from web.sentences import N_

SAID = (
    N_("Nothing was allowed to that account"),
    N_("It may have ended by itself."),
    N_("There is no site of this code in what you may see"),
    N_("Look at the code once more."),
    N_("It was merged into another"),
    N_("Tick the accounts that are to be restricted."),
    N_("It is a private house: without its owner's consent, said in words (owner consent), nothing finer than the sub-district "
       "is published."),
    N_("Sealed words are restricted with the case as a whole."),
    N_("These claims have that tier already."),
    N_("It has that tier already."),
    N_("Name the site that stays: another of the same sort that is itself not merged."),
    N_("Only a site is split."),
    N_("Name each part and the claims that go with it."),
    N_("A claim goes to one part only."),
    N_("Every claim that moves must be a live claim of this site."),
    N_("At least one claim of a kind stays with the site."),
    N_("The site that was to stay was itself merged since: propose the merge anew."),
)
