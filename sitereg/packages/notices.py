"""Notices to those who hold what was retracted, corrected or is shown less: what to do, never why; delivered, acknowledged."""
import json
import shutil

from sitereg import sealing
from sitereg.errors import NotFound
from sitereg.packages import folders

SAYS = {
    "retracted": ("What you hold of these records is retracted: use it no more, destroy every copy, tell whoever had it.",
                  "سُحب ما لديكم من هذه السجلات: لا تستعملوه بعد الآن، وأتلفوه مع كل نسخة منه، وأخبروا من أخذه عنكم."),
    "corrected": ("What you hold of these records was corrected: do not rely on it; ask for another package.",
                  "صُحّح ما لديكم من هذه السجلات: لا تعتمدوا عليه، واطلبوا حزمة أخرى."),
    "restricted": ("These records are shown less exactly from now on: destroy what you hold of them, and ask for another package.",
                   "تُعرض هذه السجلات من الآن بدقة أقل: أتلفوا ما لديكم منها، واطلبوا حزمة أخرى."),
    "ended": ("What you were shown is shown no more: use it no more, destroy what you copied of it.",
              "لم يعد يُعرض عليكم ما كان يُعرض: لا تستعملوه بعد الآن، وأتلفوا ما نسختم منه."),
}
ANSWER = ("Say in writing that you did.", "أكّدوا كتابةً أنكم فعلتم.")

__all__ = ["SAYS", "listed", "step", "write"]


def listed(session, *, open=True):
    """The notices of one's own packages, of all for releasers and auditors; `open`: those not acknowledged yet."""
    return session.rows("notices", open=open)


def step(session, notice, step, *, how):
    """It stands recorded that a notice was delivered, or acknowledged; `how` says how and by whom. Refused (order), NotFound."""
    session.call("notice_step", notice=notice, step=step, how=how)


def write(session, settings, folder, notice):
    """The notice as a signed folder to be sent, in English and Arabic; sealed to the recipient's key where his package was."""
    folder = folders.free(folder)
    told = next((row for row in listed(session, open=False) if row["id"] == notice), None)
    if told is None:
        raise NotFound
    key = session.value("package_key", package=told["package"])
    english, arabic = SAYS[told["what"]]
    said = {"notice": str(notice), "package": str(told["package"]), "copy": told["copy"], "what": told["what"],
            "records": told["codes"], "date": told["opened_on"].isoformat(),
            "en": f"{english} {ANSWER[0]}", "ar": f"{arabic} {ANSWER[1]}"}
    raw = (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()
    made = folders.started(folder)
    try:
        if key:
            (made / "notice.json.age").write_bytes(sealing.sealed(raw, [key]))
        else:
            (made / "notice.json").write_bytes(raw)
        folders.finish(made, settings, {"what": "notice", "package": str(told["package"]), "date": said["date"]})
        folders.named(made, folder)
    finally:
        shutil.rmtree(made, ignore_errors=True)
    return said
