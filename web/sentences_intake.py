"""Sentences that imports say to people, listed so that translators find them: why a column is proposed, what a profile lacks."""

from web.sentences import N_

REASONS = (
    N_("its header says %(word)s"),
    N_("its header says %(word)s, and %(n)s of %(of)s cells read so"),
    N_("%(n)s of %(of)s cells read as coordinates"),
    N_("%(n)s of %(of)s cells are degrees that fit"),
    N_("%(n)s of %(of)s cells read as dates"),
    N_("%(n)s of %(of)s cells name a kind of site"),
    N_("each cell is another one, as of a list's own number"),
    N_("its cells are long texts"),
    N_("its header says %(word)s, but only %(n)s of %(of)s cells read so"),
    N_("nothing tells what it is"),
    N_("another column is that already"),
    N_("its cells are blank"),
)
REFUSALS = (
    N_("The profile cannot be used"),
    N_("this must be given"),
    N_("a site needs a claim of its kind"),
    N_("The file is empty"),
    N_("The file is too large"),
    N_("Choose the file, and send it again."),
    N_("Import it in parts, or in the shell."),
    N_("These rows are still held back"),
    N_("Correct what is named, or reject the rows."),
    N_("No row of this file was corrected"),
    N_("Correct cells of rows that were held back, and send the file again."),
    N_("This row is none of the batch that is corrected"),
    N_("Somebody settled this row since you looked at it"),
    N_("Only rows of the batch that were held back are settled"),
    N_("This batch was revoked already"),
    N_("The words of these rows are sealed"),
    N_("Correct the partner's own file and import it: rows that did not change write nothing. Or reject the rows."),
    N_("The text of this batch's profile was not kept"),
    N_("Revoke the batch and import its file again: then its rows can be corrected one by one."),
    N_("The batch must hold live status claims of that body with the codes that are mapped."),
    N_("Map each of that body's codes to suspected, probable, confirmed, refuted or inconclusive"),
    N_("Terms are needed before it is released: partner, terms, permitted uses and consent"),
    N_("Say why"),
)
