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
    N_("%(n)s of %(of)s cells read as ages"),
    N_("%(n)s of %(of)s cells say male or female"),
    N_("%(n)s of %(of)s cells begin with Abu or Umm"),
    N_("its header is the word for family name in papers, and only %(n)s of %(of)s cells begin with Abu or Umm"),
    N_("its header says %(word)s, but only %(n)s of %(of)s cells read so"),
    N_("nothing tells what it is"),
    N_("another column is that already"),
    N_("its cells are blank"),
    N_("it is a column that %(word)s adds to its exports"),
)
REFUSALS = (
    N_("The profile cannot be used"),
    N_("this must be given"),
    N_("a site needs a claim of its kind"),
    N_("A list of persons is taken in by a data steward who holds the compartment names"),
    N_("Ask an admin for the compartment, or a colleague who holds it to take the file in."),
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
    N_("A data steward who holds the compartment names opens and corrects them; or correct the partner's own file and import it."),
    N_("The file holds another number of rows than the partner says"),
    N_("Ask for the whole file; or, if the number was wrong, say the one that is right."),
    N_("The text of this batch's profile was not kept"),
    N_("Revoke the batch and import its file again: then its rows can be corrected one by one."),
    N_("The batch must hold live status claims of that body with the codes that are mapped."),
    N_("Map each of that body's codes to suspected, probable, confirmed, refuted or inconclusive"),
    N_("Terms are needed before it is released: partner, terms, permitted uses and consent"),
    N_("Say why"),
)
LOOKS = (
    N_("The day of the image cannot be read"),
    N_("A day, a month or a year, such as 2013-05-12"),
    N_("Whoever looks for living people sees the pictures: whoever sees exact places, or who kept them."),
    N_("Living people may be told from it: somebody looks and says that there are none, or a redacted copy is given."),
)
TASKS = (
    N_("One account tells of a death or its notice, another of life after that: both stand and nothing is settled. Weigh them."),
    N_("A claim speaks for being alive after the death that was settled: one of the two is wrong."),
)
