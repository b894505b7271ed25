"""What guards of the verification levels say, and the pieces of evidence that they ask for; shown by `said`."""
from web.sentences import N_

NEEDS = (
    N_("Or:"),
    N_("Cite at least one live claim that says so."),
    N_("Cite a claim of this kind with both grades judged (reliability A-E, credibility 1-5)."),
    N_("Record a graded place with its uncertainty first."),
    N_("A duplicate is merged, not refuted: propose or end the merge."),
    N_("Say in the reason why the report is set aside (10 letters or more)."),
    N_("A source of grade A or B contradicts: settle that first."),
    N_("Cite two independent origins of two source types, one of them at least C3, or three independent first-hand accounts that "
       "agree on the place."),
    N_("Cite the claim of a visit to the place or of a recovery."),
    N_("Cite remains seen in place by a competent body, an excavation record, or documented removal or destruction (dated imagery, "
       "two first-hand origins, an expert's note, evidence in place = no)."),
    N_("Cite an authentic record or a visit, and a first-hand source of another origin."),
    N_("Another body's level is taken over by one decision for its whole batch."),
    N_("The batch must hold live status claims of that body with the codes that are mapped."),
    N_("Cite the claim of a visit or review that says what it covered."),
    N_("Cite a negative visit with what it covered, or name the cited claim of grade A or B that is decisive against it (value: "
       "contrary)."),
    N_("A claim under the confirmation must have been retracted or downgraded, or be named as invalid (value: invalid)."),
    N_("Cite an expert's report (source connection expert, or a forensic record)."),
    N_("Cite a claim recorded since, or show the error in the earlier coverage (value: error)."),
    N_("A claim that the level rests on must have been retracted or downgraded."),
)
PIECES = (
    N_("an account of this kind with both grades judged"),
    N_("a graded place with its uncertainty"),
    N_("independent origins"),
    N_("different types of source"),
    N_("a fairly reliable source that is possibly true (C3 or better)"),
    N_("no source of grade A or B that contradicts"),
    N_("independent first-hand accounts that agree on the place"),
    N_("a visit to the place that found something"),
    N_("an account of a recovery"),
    N_("remains seen in place by a competent body"),
    N_("an excavation record"),
    N_("a measure that is active"),
    N_("somebody who answers for the protection"),
    N_("the next review within twelve months"),
    N_("each disturbance ended, with what was done about it"),
    N_("a visit or remote review after the disturbance that assessed the damage"),
    N_("an account that all remains were removed"),
    N_("where the remains are now"),
    N_("an account that the place became a memorial"),
    N_("an account that the recovery is complete"),
    N_("to whom the place was handed over"),
    N_("dated imagery"),
    N_("first-hand accounts of different origins"),
    N_("an expert's note"),
    N_("it is said that no evidence is left in place"),
    N_("an authentic record or a visit"),
    N_("a first-hand source of another origin"),
    N_("a visit or review that says what it covered"),
    N_("a visit that found nothing and says what it covered"),
    N_("a cited account of grade A or B is named as decisive against it"),
    N_("an expert's report or a forensic record"),
)
PAST = (
    N_("What was known on a past day is told from tier 1 on."),
    N_("A past day is before today: the page itself shows today"),
    N_("Choose a day before today."),
)
SAYING = (
    N_("This is not read as a day, a month or a year"),
    N_("Say at least one figure"),
    N_("At least, most likely and at most go upwards"),
    N_("No place was read from this: choose one, or say it otherwise"),
    N_("This is no live claim that you may see"),
)
REVIEW = (
    N_("Nothing is ticked"),
    N_("Tick each proposal that you looked at."),
    N_("These are of different kinds"),
    N_("Review proposals of one kind at a time."),
)
