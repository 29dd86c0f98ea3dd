"""Runs all cases side by side against one broker, and sees that no option was forgotten."""

import concurrent.futures
import os
import traceback

from broker import Broker, StartFailed

from .case import ALL, CASES, CaseFailed
from .options import LEFT_OUT, LONG_NAMES, known_options, known_properties
from .run import Run
from .tap import Tap

# Most of a case is waiting, for processes to start and for seconds to pass.
SIDE_BY_SIDE = 12


class Suite:
    def __init__(self, kind, folder):
        self.kind = kind
        self.folder = folder
        self.empty_folder = self.subfolder("empty")
        self.broker = None
        self.unix_path = None
        self.notes = []

    def __enter__(self):
        """A broker with a Unix socket; if it cannot have one, one that we forward to its port."""
        self.broker = Broker(self.kind, self.subfolder("with-unix-socket"), unix_socket=True)
        try:
            self.broker.start()
            self.unix_path = self.broker.unix_path
        except StartFailed as problem:
            if "Unix socket" not in str(problem):
                raise
            self.broker = Broker(self.kind, self.subfolder("broker"))
            self.broker.start()
            self.unix_path = os.path.join(self.folder, "relay.sock")
            Tap(self.broker.port, self.unix_path)
            self.notes.append("--unix went through a relay: the broker has no Unix socket yet")
        return self

    def __exit__(self, *problem):
        self.broker.kill()

    def subfolder(self, name):
        path = os.path.join(self.folder, name)
        os.mkdir(path)
        return path

    def run_all(self, wanted):
        """All cases whose names hold the wanted text; true if all went well and none is missing."""
        jobs = [
            (case, spells_long)
            for case in CASES
            for spells_long in (False, True)
            if wanted in f"{case.program} {case.name}"
            and (not spells_long or any(option in LONG_NAMES for option in case.options))
        ]
        # What waits longest begins first, so that the rest goes on meanwhile.
        jobs.sort(key=lambda job: "wait" not in job[0].body.__code__.co_names)
        with concurrent.futures.ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            outcomes = list(pool.map(self.run_one, range(len(jobs)), *zip(*jobs)))
        good = sum(problem is None for problem, used in outcomes)
        complete = wanted != "" or self.is_complete(used for problem, used in outcomes)
        for note in self.notes:
            print("note ", note)
        print(f"{self.kind}: {good} of {len(jobs)} cases passed")
        return good == len(jobs) and complete

    def run_one(self, number, case, spells_long):
        """Prints the outcome; returns the problem if any, and what is proven by it."""
        proven = set()
        try:
            with Run(case, self, f"case{number}", spells_long) as run:
                case.body(run)
                for named in (*map(run.spell, case.options), *case.properties):
                    if named not in run.used:
                        raise CaseFailed(f"the case never passed {named}")
                    proven.add((case.program, named))
            problem = None
        except CaseFailed as failure:
            problem = str(failure)
        except Exception:  # A mistake in a case must not hide the other cases.
            problem = traceback.format_exc()
        spelling = " (long names)" if spells_long else ""
        title = f"{'ok  ' if problem is None else 'FAIL'}  {case.program:3}  {case.name}{spelling}"
        named = " ".join(case.options)
        detail = (f"  [{named}]" if named else "") + (f": {problem}" if problem else "")
        print(title + detail, flush=True)
        return problem, proven if problem is None else set()

    def is_complete(self, proven_sets):
        proven = set().union(*proven_sets)
        missing = [
            (program, named)
            for program in ALL
            for named in sorted(known_options(program) | known_properties(program))
            if named not in LEFT_OUT and (program, named) not in proven
        ]
        for program, named in missing:
            print(f"FAIL  {program:3}  no case has proven {named}")
        for named, why in LEFT_OUT.items():
            print(f"left out: {named} ({why})")
        return not missing
