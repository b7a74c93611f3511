"""Plays statecharts in sismic and compares where the tracks stand after every act.

usage: python play.py asked.json
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor

from sismic.clock import SimulatedClock
from sismic.interpreter import Interpreter
from sismic.io import import_from_yaml
from sismic.model import Event


def stands(chart):
    return sorted(state for state in chart.configuration if state.startswith("t") and "." in state)


def acted(steps):
    """How many of the steps are conditions that move a track."""
    return sum(
        step.event is not None
        and step.event.name.startswith("condition ")
        and any(state.startswith("t") and "." in state for state in step.entered_states)
        for step in steps
    )


def look(chart, lengths, until):
    """Lets every limit run out at its own time: the interpreter sees its clock only when it is asked."""
    by_conditions = 0
    while True:
        began = chart.context["began"]
        ends = [began[name] + length for name, length in lengths.items() if f"{name}.running" in chart.configuration]
        due = [end for end in ends if chart.clock.time < end <= until]
        if not due:
            break
        chart.clock.time = min(due)
        by_conditions += acted(chart.execute())
    chart.clock.time = until
    return by_conditions + acted(chart.execute())


def judge(procedure):
    # JSON is YAML, which sismic reads.
    chart_text = json.dumps(procedure["chart"], indent=1)
    statechart = import_from_yaml(chart_text)
    lengths = procedure["clocks"]
    steps = moved = refused = ran_out = by_conditions = 0
    for number, run in enumerate(procedure["runs"]):
        chart = Interpreter(statechart, clock=SimulatedClock())
        by_conditions += acted(chart.execute())
        before = stands(chart)
        story = []
        for step in run:
            by_conditions += look(chart, lengths, step["at"])
            ran_out += before != stands(chart)
            if step["event"]:
                chart.queue(Event(step["event"], **step["with"]))
                by_conditions += acted(chart.execute())
                refused += not step["recorded"]
            found, wanted = stands(chart), sorted(step["stands"])
            steps += 1
            moved += found != before
            before = found
            story.append((step["at"], step["event"], step.get("with"), found))
            if found != wanted:
                told = [f"seed {procedure['seed']}, run {number}"]
                told += [f"  {at:>9} s  {event} {with_it or ''}: {' '.join(stage)}" for at, event, with_it, stage in story]
                told += [f"  the engine says       {' '.join(wanted)}", chart_text]
                return "\n".join(told), steps, moved, refused, ran_out, by_conditions
    return None, steps, moved, refused, ran_out, by_conditions


def main():
    with open(sys.argv[1], encoding="utf-8") as asked:
        procedures = json.load(asked)["procedures"]
    runs = sum(len(procedure["runs"]) for procedure in procedures)
    differences = 0
    totals = [0, 0, 0, 0, 0]
    with ProcessPoolExecutor(max_workers=2) as pool:
        for difference, *counts in pool.map(judge, procedures):
            totals = [total + count for total, count in zip(totals, counts)]
            if difference:
                differences += 1
                print(difference)
    steps, moved, refused, ran_out, by_conditions = totals
    print(
        f"{len(procedures)} procedures, {runs} runs, {steps} steps ({moved} moved something, {ran_out} by a limit, "
        f"{by_conditions} times a condition moved something, {refused} refused): {differences} differences"
    )
    # Judges that were asked nothing agree with everything.
    sys.exit(1 if differences or not (moved and refused and ran_out and by_conditions) else 0)


if __name__ == "__main__":
    main()
