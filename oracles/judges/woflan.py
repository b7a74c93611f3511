"""Asks pm4py's WOFLAN whether workflow nets are sound, and compares with the verdicts of the verifier.

usage: python woflan.py asked.json
"""

import json
import signal
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor

import networkx
from pm4py.algo.analysis.woflan import algorithm as woflan
from pm4py.algo.analysis.woflan.graphs.reachability_graph import reachability_graph
from pm4py.objects.petri_net.obj import Marking, PetriNet
from pm4py.objects.petri_net.utils.petri_utils import add_arc_from_to

# Of the processor. A net that takes longer is told of, and counts as no agreement.
SECONDS = 120

# What of the verdicts makes up soundness. Whoever is stuck reaches no outcome; a ground that nothing asks for is in no net.
SOUNDNESS = {
    "outcome-reachable-from-everywhere",
    "closes-all",
    "no-dead-act",
    "no-dead-stage",
    "no-dead-clock",
    "no-clock-that-is-never-met",
    "no-expiry-without-its-effect",
}

# Once the verdict is given WOFLAN looks for every sequence that shows why, which may take hours. Nobody asks for them here.
woflan.compute_unbounded_sequences = lambda _: []
woflan.compute_non_live_sequences = lambda _: []


class TooLong(Exception):
    pass


def out_of_time(_signal, _frame):
    raise TooLong


def build(transitions, places=()):
    """The net with the place where it begins and the one where it ends."""
    net = PetriNet("procedure")
    names = {"i", "o", *places}
    names.update(name for one in transitions for name in one["takes"] + one["puts"])
    places = {name: PetriNet.Place(name) for name in names}
    net.places.update(places.values())
    for one in transitions:
        transition = PetriNet.Transition(one["name"], one["task"])
        net.transitions.add(transition)
        for name in one["takes"]:
            add_arc_from_to(places[name], transition, net)
        for name in one["puts"]:
            add_arc_from_to(transition, places[name], net)
    return net, Marking({places["i"]: 1}), Marking({places["o"]: 1})


class Reached:
    """What pm4py finds to be reachable."""

    def __init__(self, asked):
        net, begins, _ = build(asked["transitions"])
        self.graph = reachability_graph.apply(net, begins)
        names = sorted(place.name for place in net.places)
        self.marked = {
            node: {name for name, count in zip(names, data["marking"]) if count}
            for node, data in self.graph.nodes(data=True)
        }
        self.fired = {data["transition"].name for _, _, data in self.graph.edges(data=True)}
        self.places = set().union(*self.marked.values())
        for one in asked["transitions"]:
            if one["name"] in self.fired:
                self.places.update(one["ends at"])

    def ends(self, ends):
        """Where the first track stands at an outcome, or the net is being closed."""
        over = set(ends) | {"o"}
        return {
            node
            for node, marked in self.marked.items()
            if marked & over or any(name.startswith("closing-") for name in marked)
        }


def dead(is_there):
    missing = sorted(thing for thing, there in is_there.items() if not there)
    return ("refuted" if missing else "proved"), missing


def of_tasks(asked, reached):
    """What is dead: acts, stages, clocks."""
    alive = {one["task"] for one in asked["transitions"] if one["name"] in reached.fired}
    clocks = asked["clocks"]
    return {
        "no-dead-act": dead({act: act in alive for act in asked["acts"]}),
        "no-dead-stage": dead({stage: place in reached.places for stage, place in asked["stages"].items()}),
        "no-dead-clock": dead({name: f"{clock['place']}.running" in reached.places for name, clock in clocks.items()}),
        "no-clock-that-is-never-met": dead(
            {name: f"{clock['place']}.met" in reached.places for name, clock in clocks.items() if clock["can be met"]}
        ),
        "no-expiry-without-its-effect": dead({name: name in alive for name in clocks}),
    }


def never_stuck(asked, reached, over):
    """An act may be open only once something is known that may become known at any time. That alone is no going on."""
    tasks = {one["name"]: one["task"] for one in asked["transitions"]}
    goes_on = {
        source for source, _, data in reached.graph.edges(data=True) if tasks[data["transition"].name] != "input"
    }
    goes_on = can_reach(reached.graph, goes_on, lambda data: tasks[data["transition"].name] == "input")
    return ("proved" if goes_on | over == set(reached.graph.nodes) else "refuted"), []


def can_reach(graph, goals, is_taken=lambda data: True):
    """From where some way leads to a goal."""
    back = networkx.MultiDiGraph()
    back.add_nodes_from(graph.nodes)
    back.add_edges_from((to, source) for source, to, data in graph.edges(data=True) if is_taken(data))
    found, todo = set(goals), list(goals)
    while todo:
        for source in back.successors(todo.pop()):
            if source not in found:
                found.add(source)
                todo.append(source)
    return found


def of_paths(asked, reached):
    over = reached.ends(asked["ends"])
    is_closed = all(marked == {"o"} for marked in reached.marked.values() if "o" in marked)
    says = {
        "outcome-reachable-from-everywhere": (
            "proved" if can_reach(reached.graph, over) == set(reached.graph.nodes) else "refuted",
            [],
        ),
        "closes-all": ("proved" if is_closed else "refuted", []),
        "never-stuck": never_stuck(asked, reached, over),
    }
    for name, ways in asked["asked"].items():
        is_shown = any(marked.issuperset(way) for way in ways for marked in reached.marked.values())
        says[name] = ("proved" if is_shown == (name == "random-possible") else "refuted", [])
    return says


def pruned(asked, reached):
    """The net without the ways of an act that never come up, while another does: WOFLAN would call each a dead task.

    And with the places that nothing leads to: a net in which they lead nowhere is no workflow net.
    """
    alive = {one["task"] for one in asked["transitions"] if one["name"] in reached.fired}
    tasks = set(asked["acts"]) | set(asked["clocks"])
    transitions = [
        one
        for one in asked["transitions"]
        if one["name"] in reached.fired or one["task"] in tasks and one["task"] not in alive
    ]
    places = set(asked["stages"].values())
    for clock in asked["clocks"].values():
        places |= {f"{clock['place']}.running"} | ({f"{clock['place']}.met"} if clock["can be met"] else set())
    return transitions, places - reached.places


def judge(asked):
    signal.signal(signal.SIGPROF, out_of_time)
    signal.setitimer(signal.ITIMER_PROF, SECONDS)
    try:
        reached = Reached(asked)
        says = of_tasks(asked, reached) | of_paths(asked, reached)
        net, begins, ends = build(*pruned(asked, reached))
        is_sound, told = woflan.apply(
            net, begins, ends, {"print_diagnostics": False, "return_diagnostics": True}
        )
        told = [str(value) for key, value in told.items() if getattr(key, "value", key) == "diagnostic_messages"]
        return asked["seed"], len(reached.graph), says, is_sound, told
    except TooLong:
        return asked["seed"], 0, None, None, []
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def is_borne_out(name, ours, stands, missing):
    """Whether the net, which knows no time, has the path that the verifier found and dates may rule out."""
    if name.startswith("no-"):
        return not set(ours["about"]) & set(missing)
    if name == "outcome-reachable-from-everywhere":
        return True
    return stands == ("proved" if name == "random-possible" else "refuted")


def compare(asked, says, is_sound, told):
    """The differences; what was not decided; and whether the whole is sound."""
    differences, undecided = [], []
    verdicts = asked["verdicts"]
    for name, (stands, missing) in says.items():
        ours = verdicts.get(name)
        if ours is None:
            continue
        if ours["verdict"] == "undecided":
            undecided.append(name)
            agrees = is_borne_out(name, ours, stands, missing)
        else:
            agrees = ours["verdict"] == stands and (not name.startswith("no-") or sorted(ours["about"]) == missing)
        if not agrees:
            differences.append(f"{name}: the verifier says {ours}, the net {stands} {missing}")
    parts = {ours["verdict"] for name, ours in verdicts.items() if name in SOUNDNESS}
    whole = "not sound" if "refuted" in parts else "undecided" if "undecided" in parts else "sound"
    if whole != "undecided" and (whole == "sound") != is_sound:
        differences.append(f"as a whole: the verifier says {whole}, WOFLAN {is_sound}: {told}")
    return differences, undecided, whole


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        procedures = json.load(file)["procedures"]
    by_seed = {asked["seed"]: asked for asked in procedures}
    kinds, alone, undecided, wholes = Counter(), Counter(), Counter(), Counter()
    sizes, late, differences = [], [], 0
    with ProcessPoolExecutor(max_workers=2) as pool:
        for seed, markings, says, is_sound, told in pool.map(judge, procedures, chunksize=4):
            asked = by_seed[seed]
            if says is None:
                late.append(seed)
                continue
            found, doubtful, whole = compare(asked, says, is_sound, told)
            undecided.update(doubtful)
            wholes[whole] += 1
            refuted = [name for name, ours in asked["verdicts"].items() if ours["verdict"] == "refuted"]
            kinds.update(refuted)
            alone.update(refuted if len(refuted) == 1 else [])
            sizes.append(markings)
            if found:
                differences += 1
                print("\n  ".join([f"seed {seed}", *found]))
    count = sum(wholes.values())
    print(f"{count} nets of up to {max(sizes, default=0)} markings: " + shares(wholes, count))
    print(f"the verifier refutes (nothing else): {shares(kinds, count, alone)}")
    print(f"undecided, for dates may rule the path out: {shares(undecided, count) or 'nothing'}")
    if late:
        print(f"not judged within {SECONDS} seconds: seeds {late}")
    print(f"{differences} differences")
    # Judges that were asked nothing, or too little, agree with everything.
    is_enough = 100 * len(late) <= len(procedures) and wholes["sound"] and wholes["not sound"]
    sys.exit(1 if differences or not is_enough else 0)


def shares(counted, count, alone=None):
    told = []
    for name, number in counted.most_common():
        only = f" ({alone[name]})" if alone is not None else ""
        told.append(f"{name} {number}{only}, {100 * number / count:.0f} %")
    return "; ".join(told)


if __name__ == "__main__":
    main()
