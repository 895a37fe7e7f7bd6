"""One hook call at any CDS service, and its answer as people read it.

What a service answers is not trusted: `exchange` bounds sizes and times, `render` takes control characters out.
"""

import json

from rich.console import Console
from rich.text import Text

from cds_service.console.exchange import Answer, AnswerNotUsableError, Service, UnreachableError
from cds_service.console.render import show_answer, show_problem
from cds_service.console.stories import TargetUnusableError, hook_request
from cds_service.console.untrusted import members, plain

OK, NOT_IN_ORDER, USAGE, UNREACHABLE = 0, 1, 2, 3


def fire(
    target: str,
    url: str,
    *,
    hook: str | None = None,
    service: str | None = None,
    show_raw: bool = False,
    console: Console | None = None,
) -> int:
    """Fire one hook call and print the answer.

    Args:
        target: name of a story of `fhir_fixtures`, or path of a JSON file with a hook request.
        url: base URL of the service.
        hook: hook to fire; default: the one the file names, of a story order-sign.
        service: id of the service; default: the first that discovery lists for the hook.
        show_raw: print request and answer as JSON as well.
        console: where to print; default: standard output.

    Returns:
        Exit code: 0 answered with cards (or none), 1 the answer is an error or no CDS Hooks answer, 2 this cannot be
        fired, 3 the service cannot be reached.
    """
    console = console or Console()
    try:
        request = hook_request(target, hook)
        with Service(url) as asked:
            service_id = service or asked.discover(request["hook"])
            console.print(Text(f"{request['hook']} → {asked.base}/cds-services/{plain(service_id)}", style="bold"))
            answer = asked.call(service_id, json.dumps(request).encode())
    except TargetUnusableError as error:
        return _complain(console, error, USAGE)
    except AnswerNotUsableError as error:
        return _complain(console, error, NOT_IN_ORDER)
    except UnreachableError as error:
        return _complain(console, error, UNREACHABLE)
    if show_raw:
        console.print_json(data=request, ensure_ascii=True)
        console.print_json(data=answer.content, ensure_ascii=True)
    return _show(console, answer)


def _show(console: Console, answer: Answer) -> int:
    if not answer.ok:
        show_problem(console, answer.status, answer.content)
        return NOT_IN_ORDER
    if not isinstance(members(answer.content).get("cards"), list):
        message = f"Status {answer.status}, but no JSON object with a list `cards`: not an answer of CDS Hooks."
        return _complain(console, AnswerNotUsableError(message), NOT_IN_ORDER)
    show_answer(console, members(answer.content), answer.milliseconds)
    return OK


def _complain(console: Console, error: Exception, code: int) -> int:
    console.print(Text(plain(str(error)), style="red"))
    return code
