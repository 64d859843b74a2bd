"""Word lists of the hints, each read from plain text."""


def words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# After a number these make it a measure, a date or a turn of phrase, not a count of things.
UNITS = words("""
    mm cm m km px pixel pixels percent degree degrees year years minute minutes second seconds hour hours day
    days am pm bit mp k fps inch inches foot feet ft kg g lb lbs dpi iso o x by s th of and or to in on at the a
    is january february march april may june july august september october november december century times metre
    metres meter meters mile miles kilometre kilometres kilometer kilometers watt watts
    point points pt percentile stories storeys story
    storey past oclock with from under over than for but per
""")
# Words with which a piece of a list begins when it names a thing, not a style.
ARTICLE = words("""
    a an the one two three four five six seven some several his her its their
""")
# Words in the names of places, periods, movements and things, not of people.
NOT_PEOPLE = words("""
    mount lake new old san santa saint st los las north south east west northern southern eastern western street
    tower bridge city river park castle cathedral church temple valley bay island beach golden grand great
    central big times square wall hall house palace station museum sea ocean desert forest mountain mountains
    canyon falls art deco nouveau pop swiss style baroque gothic renaissance bauhaus rococo victorian edwardian
    medieval roman greek egyptian ukiyo-e japanese chinese korean indian persian african american british
    english french german italian spanish dutch russian nordic scandinavian european asian mexican art-deco
    studio pixel vaporwave synthwave cyberpunk steampunk memphis polaroid kodak fuji leica canon nikon christmas
    easter halloween january february march april may june july august september october november december
    monday tuesday wednesday thursday friday saturday sunday mars venus jupiter saturn milky empire eiffel hong
    rio buenos the
""")
# After "no" or "without" these exclude nothing from the picture; backgrounds are transparency's business.
NOT_THINGS = words("""
    one longer more less matter doubt background backgrounds other idea way need two and or the a an any than
""")
