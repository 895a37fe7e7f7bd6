"""Why a card was overridden: HL7's codes for that, and what the codes of one CDS Client mean in them."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class StandardReasons:
    """HL7's code system of reasons for not following advice (`hooks/override_reasons.toml`): its URL and its codes."""

    system: str = ""
    codes: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonTable:
    """How one client tells a reason, and what that is in HL7's codes.

    Attributes:
        standard: HL7's codes.
        assumed_system: the code system of a code that came without one; empty when nobody can tell.
        meanings: (system, code) as the client sends them -> HL7's code.
        extensions: names of extensions that hold the reason where the client tells it in no other way. A bare code in
            one is taken to be of a code system of the extension's name.
    """

    standard: StandardReasons
    assumed_system: str = ""
    meanings: Mapping[tuple[str, str], str] = field(default_factory=dict)
    extensions: tuple[str, ...] = ()

    def standard_code(self, system: str, code: str) -> str:
        """HL7's code for a reason as it was sent; empty where nothing says which it is: it is never guessed."""
        agreed = self.meanings.get((system, code))
        if agreed is not None:
            return agreed
        of_standard = code and (system or self.assumed_system) == self.standard.system
        return code if of_standard and code in self.standard.codes else ""
