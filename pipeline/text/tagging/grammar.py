"""Closed-class words of English that bound names and phrases. Open lists (titles, given names, nouns) are CSV rows."""

_FUNCTION = (
    "a about above after against all along also although among an and another any are around as at be because been "
    "before behind being below beside between beyond both but by can could despite did do does during each either even "
    "every except few following for from had has have he her here him his how however i if in inside instead into is it "
    "its itself like many may me might more most must my near neither no nor not now of off on once one only onto or "
    "other our out outside over per perhaps said says several shall she should since so some still such than that the "
    "their them then there these they this those though through throughout to today tomorrow tonight too toward towards "
    "under unless unlike until up upon us was we were what when where whether which while who whom whose why will with "
    "within without would yes yesterday yet you your"
)
_OPENING = "Hey Hello Dear Thank Thanks Sorry Image Photo Video Read Updated Earlier Last Later Meanwhile Mr Mrs Ms Miss New Next Senior Soon Speaking Two Three Well Former"
_CALENDAR = (
    "Monday Tuesday Wednesday Thursday Friday Saturday Sunday January February March April May June July August "
    "September October November December"
)
_PARTICLES = "bin ibn al el ul van von der den de da dos del della di du la le abu ben ter"

FUNCTION_WORDS = frozenset(_FUNCTION.split())
# Capitalised only because they open a sentence or a title; never the first word of a name.
OPENERS = frozenset(word.capitalize() for word in FUNCTION_WORDS) | frozenset(_OPENING.split())
CALENDAR = frozenset(_CALENDAR.split())
PARTICLES = frozenset(_PARTICLES.split())
ARTICLES = frozenset(("the", "this", "our"))
DETERMINERS = frozenset(("the", "a", "an", "this", "that", "another", "one", "every", "each", "no"))
POSSESSORS = frozenset(("their", "his", "her", "its", "our", "my", "your"))
