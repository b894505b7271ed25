"""Backups sealed to a key that is kept out of the house: made, listed, let expire, proved, and brought back.

    making      base copies, kept files, keys; what expires
    manifests   what a base copy says of itself, signed; which log belongs to it
    opening     sealed things opened again, with distrust
    restoring   a copy proved beside the living registry, then put in its place; the drill
"""
