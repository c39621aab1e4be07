# SPDX-License-Identifier: ISC
"""What goes wrong when: made from a seed alone, so that it can be repeated.

A schedule is a list of (seconds from the round's begin, action, arguments).
What lasts brings its own end with it; heal() ends the rest.
"""

import random
import signal
import time

from world import PREFIX, TTL, b64

TRAPS = ("drop", "lose", "crop", "stall", "hold")
NAMES = ("applying", "nodes", "lock")


def pattern(rng, name):
    """A request that names such a key; base64 of a prefix, so that it can be
    met at one of the three ways to stand in a message."""
    what = rng.choice(NAMES)
    if what == "lock":
        return "/v3/kv/txn"
    whole = b64(f"{PREFIX}/{what}/{name}")
    begin = '{"request_put":{"key":"' if what != "applying" or \
        rng.random() < 0.5 else '{"request_delete_range":{"key":"'
    return begin + whole.rstrip("=")


def link_fault(rng, names, members):
    node = rng.randrange(len(names))
    link = (node, rng.randrange(members))
    links = [link] if rng.random() < 0.5 else \
        [(node, m) for m in range(members)]
    way = rng.choice(("up", "down", "both"))
    command = rng.choice(("cut", "refuse", "truncate", f"swallow {way}",
                          f"freeze {way}", f"delay {rng.randrange(20, 900)}",
                          f"halve {rng.randrange(5, 60)}", "trap", "trap",
                          "trap"))
    if command == "trap":
        command = f"{rng.choice(TRAPS)} {pattern(rng, names[node])}"
        links = [(node, m) for m in range(members)]
    return ("link", links, command, rng.uniform(0.5, 2.5 * TTL))


def one_fault(rng, names, members):
    node = rng.choice(names)
    member = rng.randrange(members)
    span = rng.uniform(0.2, 2.5 * TTL)
    return rng.choices((
        lambda: link_fault(rng, names, members),
        lambda: ("member-kill", [member], span),
        lambda: ("member-stop", [member], span),
        lambda: ("member-stop", list(range(members)), span),
        lambda: ("member-kill", list(range(members)), span),
        lambda: ("node-kill", node, rng.random() < 0.5, span),
        lambda: ("node-term", node, span),
        lambda: ("node-stop", node, rng.uniform(0.2, 3 * TTL)),
        lambda: ("runner-kill", node),
        lambda: ("revoke", node),
        lambda: ("clear", node),
        lambda: ("flag", node, span),
    ), (10, 2, 2, 1, 1, 3, 1, 3, 3, 2, 2, 1))[0]()


def make(seed, number, seconds, names, members):
    rng = random.Random(f"{seed}/{number}")
    rate = rng.choice((0.3, 0.8, 1.5))  # a second
    steps, at = [], 0.0
    while at < seconds:
        steps.append((at, one_fault(rng, names, members)))
        at += rng.expovariate(rate)
    at = 0.1
    while at < seconds:
        kind = rng.choices(("good", "slow", "bad", "broken"), (5, 3, 2, 1))[0]
        steps.append((at, ("publish", kind)))
        at += rng.uniform(0.3, 4)
    return sorted(steps, key=lambda step: step[0])


class Player:
    """Carries a schedule out. what lasts is ended later by the same loop."""

    def __init__(self, world, log):
        self.world, self.log = world, log
        self.later = []  # (when, function)
        self.gen = 0
        self.dead = set()  # nodes of which nothing lives
        self.published = {}

    def after(self, seconds, function, *arguments):
        self.later.append((time.monotonic() + seconds, function, arguments))

    def run_due(self):
        now = time.monotonic()
        due = [one for one in self.later if one[0] <= now]
        self.later = [one for one in self.later if one[0] > now]
        for _, function, arguments in due:
            function(*arguments)

    def play(self, steps, stop):
        begin = time.monotonic()
        for at, action in steps:
            while time.monotonic() < begin + at and not stop():
                self.run_due()
                time.sleep(0.01)
            if stop():
                return
            self.log(f"{at:7.2f} {' '.join(map(str, action))}")
            getattr(self, "do_" + action[0].replace("-", "_"))(*action[1:])

    # --------------------------------------------------------------- actions

    def do_publish(self, kind):
        self.gen += 1
        self.published[self.gen] = kind
        # Unanswered it may have been carried out; a gap does no harm.
        self.world.publish(self.gen, kind)

    def do_link(self, links, command, span):
        for link in links:
            self.world.fault(link, command)
            if command.split()[0] == "hold":
                self.after(span, self.world.fault, link, "release")
            self.after(span, self.world.fault, link, "pass")

    def do_member_kill(self, members, span):
        for member in members:
            self.world.member_kill(member)
            self.after(span, self.member_back, member)

    def do_member_stop(self, members, span):
        for member in members:
            if self.world.members[member]:
                self.world.members[member].send_signal(signal.SIGSTOP)
            self.after(span, self.member_back, member)

    def member_back(self, member):
        if self.world.members[member]:
            self.world.members[member].send_signal(signal.SIGCONT)
        else:
            self.world.member_start(member)

    def do_node_kill(self, name, whole, span):
        self.world.node_kill(name, whole)
        if whole:
            self.dead.add(name)
        self.after(span, self.node_back, name)

    def do_node_term(self, name, span):
        self.world.node_signal(name, signal.SIGTERM)
        self.after(span, self.node_back, name)

    def do_node_stop(self, name, span):
        self.world.node_signal(name, signal.SIGSTOP)
        self.after(span, self.node_back, name)

    def node_back(self, name):
        self.world.node_signal(name, signal.SIGCONT)
        self.dead.discard(name)
        self.world.node_start(name)

    def do_runner_kill(self, name):
        self.world.runner_kill(name)

    def do_revoke(self, name):
        kvs = self.world.get(f"alive/{name}")
        for kv in (kvs or {}).values():
            self.world.ask("/v3/lease/revoke", {"ID": kv.get("lease", "0")})

    def do_clear(self, name):
        """An operator: whoever is declared dead is dead."""
        self.world.ctl(name, "flag", "clear", *sorted(self.dead)[:1])

    def do_flag(self, name, span):
        self.world.ctl(name, "flag", "set", "an operator's hold")
        self.after(span, self.world.ctl, name, "flag", "clear", "--all")

    def heal(self):
        """All faults end; what they have done remains."""
        self.later = []
        self.world.fault(None, "release")
        self.world.fault(None, "pass")
        for member in range(len(self.world.members)):
            self.member_back(member)
        for name in self.world.names:
            self.node_back(name)
