"""Plays statecharts in sismic and compares where the tracks stand after every act.

usage: python play.py asked.json
"""

import json
import sys
from concurrent.futures import ProcessPoolExecutor

from sismic.clock import SimulatedClock
from sismic.interpreter import Interpreter
from sismic.io import import_from_yaml


def stands(chart):
    return sorted(state for state in chart.configuration if state.startswith("t") and "." in state)


def look(chart, moments, until):
    """Lets every limit run out at its own time: the interpreter sees its clock only when it is asked."""
    for moment in sorted(moment for moment in moments if chart.clock.time < moment <= until):
        chart.clock.time = moment
        chart.execute()
    chart.clock.time = until
    chart.execute()


def judge(procedure):
    # JSON is YAML, which sismic reads.
    chart_text = json.dumps(procedure["chart"], indent=1)
    statechart = import_from_yaml(chart_text)
    lengths = set(procedure["clocks"].values())
    steps = moved = refused = ran_out = 0
    for number, run in enumerate(procedure["runs"]):
        chart = Interpreter(statechart, clock=SimulatedClock())
        chart.execute()
        before = stands(chart)
        moments = set()
        story = []
        for step in run:
            look(chart, moments, step["at"])
            ran_out += before != stands(chart)
            if step["act"]:
                chart.queue(step["act"])
                chart.execute()
                moments |= {step["at"] + length for length in lengths}
                refused += not step["recorded"]
            found, wanted = stands(chart), sorted(step["stands"])
            steps += 1
            moved += found != before
            before = found
            story.append((step["at"], step["act"], found))
            if found != wanted:
                told = [f"seed {procedure['seed']}, run {number}"]
                told += [f"  {at:>9} s  {act}: {' '.join(at_stage)}" for at, act, at_stage in story]
                told += [f"  the engine says       {' '.join(wanted)}", chart_text]
                return "\n".join(told), steps, moved, refused, ran_out
    return None, steps, moved, refused, ran_out


def main():
    with open(sys.argv[1], encoding="utf-8") as asked:
        procedures = json.load(asked)["procedures"]
    runs = sum(len(procedure["runs"]) for procedure in procedures)
    differences = 0
    totals = [0, 0, 0, 0]
    with ProcessPoolExecutor(max_workers=2) as pool:
        for difference, *counts in pool.map(judge, procedures):
            totals = [total + count for total, count in zip(totals, counts)]
            if difference:
                differences += 1
                print(difference)
    steps, moved, refused, ran_out = totals
    print(
        f"{len(procedures)} procedures, {runs} runs, {steps} steps ({moved} moved something, {ran_out} by a limit, "
        f"{refused} acts refused): {differences} differences"
    )
    # Judges that were asked nothing agree with everything.
    sys.exit(1 if differences or not (moved and refused and ran_out) else 0)


if __name__ == "__main__":
    main()
