"""A report as text for people."""

from cds_service.ledger.proof.report import Covered, Report

SHOWN = 20  # faults


def told(report: Report, *, with_published: bool) -> str:
    """What was found, the first bad record first, and what no checkpoint covers.

    Args:
        report: of a verification.
        with_published: published checkpoints were looked at.
    """
    lines = [
        f"Log         {report.origin}",
        f"Records     {report.records}" + _kinds(report),
        f"Root        {report.root or 'cannot be reckoned'}",
        f"Checkpoints {report.checkpoints} hold",
        *([f"Erased      {report.erased} records, only their hashes are left"] if report.erased else []),
        *(f"Note        {remark}" for remark in report.remarks),
        *_coverage(report, with_published=with_published),
    ]
    first = report.first()
    if first is None:
        return "\n".join([*lines, "IN ORDER"])
    others = [f"  {fault}" for fault in report.faults if fault is not first][: SHOWN - 1]
    more = report.fault_count - len(others) - 1
    lines += [f"NOT IN ORDER: {report.fault_count} faults, first of them", f"  {first}", *others]
    return "\n".join([*lines, f"  and {more} more"] if more else lines)


def _kinds(report: Report) -> str:
    counted = ", ".join(f"{count} {kind}" for kind, count in sorted(report.kinds.items()))
    return f" ({counted})" if counted else ""


def _coverage(report: Report, *, with_published: bool) -> list[str]:
    lines = [f"Signed      {_covered(report.signed, 'stored')}: nobody without the signing key can change these"]
    if with_published:
        lines.append(f"Published   {_covered(report.published, 'published')}: nobody at all can change these unnoticed")
    else:
        lines.append("Published   no folder of published checkpoints was named, so none were looked at")
    tail, unsigned = report.records - report.published.size, report.records - report.signed.size
    if tail > 0:
        lines.append(
            f"UNPROTECTED {tail} records behind the last published checkpoint. Who can write the database can take the "
            "newest of them away together with their checkpoints, and who can sign, too, can rewrite them: neither "
            f"would show here. The newest {unsigned} are not signed yet: those can be rewritten without the key."
        )
    return lines


def _covered(covered: Covered, which: str) -> str:
    if covered.since is None:
        return f"no {which} checkpoint holds"
    return f"the first {covered.size} records, by a {which} checkpoint of {covered.since:%Y-%m-%d %H:%M:%S} UTC"
