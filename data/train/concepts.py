"""The things that scenes are made of: hand-picked nouns, and the icon that shows each.

Every icon set names its icons after Unicode's short names, so one key finds the same thing in all of them.
Faces are left out where a set has the whole animal, and so are things whose icon few people could name.
"""

from __future__ import annotations

from dataclasses import dataclass

# A line is a kind of thing; an entry is NOUN[|SYNONYM…][=KEY][*], * where its colour can be changed.
# Without a key the noun is the key.
_TABLE = """
animal: ant; bat; bear; bird*; butterfly*; camel; cat; hen=chicken; chick=baby-chick; cow; crab*; crocodile; deer; dog;
 dolphin*; donkey; dragon*; duck; eagle; elephant*; fish*; flamingo; fox; frog*; giraffe; goat; goose; gorilla; hamster;
 hedgehog; hippo|hippopotamus=hippopotamus; bee|honeybee=honeybee; horse*; jellyfish*; kangaroo; koala;
 ladybug|ladybird=lady-beetle*; leopard; lion; lizard*; llama; lobster*; monkey; mouse; octopus*; otter; owl; panda;
 parrot; peacock; penguin; pig*; polar bear=polar-bear; rabbit|bunny=rabbit; raccoon; rhino|rhinoceros=rhinoceros;
 rooster; dinosaur=sauropod*; scorpion; seal; shark; sheep=ewe; shrimp*; skunk; sloth; snail*; snake*; spider; squid*;
 swan; tyrannosaurus=t-rex*; tiger; turkey; turtle*; unicorn; whale*; wolf; zebra
plant: cactus*; cherry blossom=cherry-blossom*; tree=deciduous-tree*; fir tree|pine tree=evergreen-tree*;
 clover=four-leaf-clover; maple leaf=maple-leaf*; mushroom*; palm tree=palm-tree; rose*; seedling; sunflower; tulip*;
 potted plant=potted-plant; bouquet; flower=blossom*; lotus flower|lotus=lotus*; leaf=fallen-leaf*
food: avocado; bagel; baguette=baguette-bread; banana*; pepper=bell-pepper*; cake|birthday cake=birthday-cake*;
 loaf of bread=bread; broccoli; candy*; carrot*; piece of cheese=cheese-wedge; cherry=cherries*;
 chocolate bar=chocolate-bar; coconut; cookie; croissant; cucumber; cupcake*; doughnut|donut=doughnut*;
 ear of corn=ear-of-corn; egg; aubergine|eggplant=eggplant*; bunch of grapes=grapes*; apple=red-apple*;
 burger|hamburger=hamburger; cup of coffee=hot-beverage; hot dog=hot-dog; chilli=hot-pepper*; kiwi=kiwi-fruit; lemon*;
 lollipop*; mango*; melon*; onion*; peach*; pear*; pie; pineapple; pizza|slice of pizza=pizza; box of popcorn=popcorn*;
 potato; pretzel; sandwich; ice cream cone=soft-ice-cream; strawberry*; taco; orange=tangerine; teapot*; tomato*; waffle;
 slice of watermelon|watermelon=watermelon; glass of wine=wine-glass; mug of beer=beer-mug
vehicle: plane|airplane=airplane*; ambulance; car=automobile*; bicycle|bike=bicycle*; bus*; canoe*;
 truck=delivery-truck*; fire truck=fire-engine; flying saucer|ufo=flying-saucer*; helicopter*;
 scooter=motor-scooter*; steam train|locomotive=locomotive*; motorcycle|motorbike=motorcycle*; pickup truck=pickup-truck*;
 police car=police-car; racing car=racing-car*; rocket*; sailboat|sailing boat=sailboat*; ship*; speedboat*;
 jeep=sport-utility-vehicle*; taxi; tractor*; train*; tram*
place: castle*; church; factory; ferris wheel=ferris-wheel*; fountain; house*; hut*; lighthouse; office building=office-building*;
 tent*; volcano; mountain*; circus tent=circus-tent*
sky: cloud*; crescent moon|moon=crescent-moon*; full moon=full-moon*; rainbow; planet=ringed-planet*; star*; sun*;
 snowflake*; globe=globe-showing-americas; comet; snowman
shape: circle*; square*; triangle*; heart*; ring=ring-shape*; pentagon*; hexagon*; cross=cross-shape*; ball|sphere=sphere*; cube*;
 cone*
thing: alarm clock=alarm-clock*; anchor*; axe; backpack*; balloon*; baseball; basketball; bathtub; battery*; bed*; bell*;
 cap=billed-cap*; stack of books=books; bow and arrow=bow-and-arrow; briefcase*; broom; bucket*; camera*; candle*; chair*;
 book=closed-book*; coat*; compass; couch|sofa=couch-and-lamp*; crayon*; crown*; computer=desktop-computer; door*; dress*;
 drum*; envelope*; fire|flame=fire*; gear*; diamond|gem=gem-stone*; pair of glasses=glasses*; pair of gloves=gloves*;
 guitar*; hammer; handbag*; pair of headphones=headphone*; hourglass=hourglass-done*; pumpkin=jack-o-lantern;
 pair of jeans=jeans*; key*; kite*; ladder*; laptop; light bulb=light-bulb*; lipstick*; padlock=locked*; suitcase=luggage*;
 magnet*; microphone*; microscope*; mirror; phone|mobile phone=mobile-phone*; paintbrush*; parachute*; pen*; pencil*; piano=musical-keyboard;
 radio*; shoe|sneaker=running-shoe*; saxophone*; scarf*; pair of scissors=scissors*; shield*; skateboard*;
 football|soccer ball=soccer-ball*; pair of socks=socks*; pair of sunglasses=sunglasses*; shirt|t-shirt=t-shirt*;
 teddy bear=teddy-bear; telephone*; telescope*; television|tv=television*; toilet; toothbrush*; top hat=top-hat; trophy*;
 trumpet*; umbrella*; violin*; watch*; boot=womans-boot*; hat=womans-hat*; gift|present=wrapped-gift*; wrench;
 ball of yarn=yarn*; christmas tree=christmas-tree
"""

_IRREGULAR = {
    "mouse": "mice", "goose": "geese", "fish": "fish", "deer": "deer", "sheep": "sheep", "wolf": "wolves",
    "jellyfish": "jellyfish", "squid": "squid", "leaf": "leaves", "maple leaf": "maple leaves", "scarf": "scarves",
    "cactus": "cacti", "loaf": "loaves", "dice": "dice", "potato": "potatoes", "tomato": "tomatoes", "mango": "mangoes",
    "volcano": "volcanoes", "hippo": "hippos",
}

NUMBERS = ("no", "one", "two", "three", "four", "five")


@dataclass(frozen=True)
class Concept:
    """A thing: its key in the icon sets, its names (the usual one first), and whether it can be recoloured."""

    key: str
    names: tuple[str, ...]
    recolours: bool
    kind: str

    @property
    def noun(self) -> str:
        return self.names[0]


def _parse() -> dict[str, Concept]:
    concepts: dict[str, Concept] = {}
    kind = ""
    for line in _TABLE.strip().splitlines():
        if not line.startswith(" "):
            kind, line = line.split(":", 1)
        for entry in filter(None, (part.strip() for part in line.split(";"))):
            names, _, key = entry.rstrip("*").partition("=")
            nouns = tuple(name.strip() for name in names.split("|"))
            key = key or nouns[0]
            concepts[key] = Concept(key, nouns, entry.endswith("*"), kind)
    return concepts


CONCEPTS = _parse()


def plural(noun: str) -> str:
    """The plural of a noun of the table: "pair of socks" is "pairs of socks"."""
    head, of, rest = noun.partition(" of ")
    if of:
        return plural(head) + of + rest
    if noun in _IRREGULAR:
        return _IRREGULAR[noun]
    if noun.endswith(("s", "x", "ch", "sh")):
        return noun + "es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + "s"


def article(words: str) -> str:
    """“a” or “an”, by the sound of what follows."""
    if words.startswith(("uni", "ufo", "one", "eu")):
        return "a"
    return "an" if words[0] in "aeiou" or words.startswith("hour") else "a"
