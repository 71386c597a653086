"""Mistakes in a claim, its faults and its workload: each is told with what mends it, before anything is started."""

from __future__ import annotations

from dataclasses import replace

from harness.foreign.testing_mistakes import RUN, Mistake, in_claim
from harness.foreign.testing_shop import KILL

WORKLOAD = "lambda seed: Orders(),\n"
NEMESIS = f"lambda seed: PlanNemesis(Plan(tuple([{KILL}]))),\n"
CHECKS = "(LivenessCheck(frozenset(), recovery_seconds=20.0, ends={}), ReplayCheck(), LeaksCheck()),\n"
SERVICE = KILL.replace("worker-kill", "service-refuses").replace('"down_seconds"', '"service": "mail", "for_seconds"')
HOLD = """(assay := __import__("assay")).PlannedFault(
    "f", "worker-kill", {"down_seconds": 1.0}, hold=assay.HoldPoint("mail", "send", 1, "after_commit")
)"""
SETTLE = "    async def settle(self, site):\n        return True\n"
OPERATIONS = "        return [\n            PlannedOperation("


def part(old: str, new: str, told: str) -> Mistake:
    """A part of the claim is wrong."""
    return in_claim(old, new, rf"claims/test_orders.py:\d+: TypeError: {told}")


def fault(old: str, new: str, told: str) -> Mistake:
    """The fault of the plan is wrong; its line is that of the nemesis."""
    return in_claim(KILL, KILL.replace(old, new), rf"claims/test_orders.py:\d+: {told}")


def operation(old: str, new: str, told: str) -> Mistake:
    """An operation is wrong; the line is that of the function that plans them."""
    return in_claim(old, new, rf"workload's operations: .*claims/test_orders.py:\d+: {told}")


FILE = {
    "import of what is not there": in_claim(
        "import asyncio\n", "from assay import Clam  # here\n", r"HERE: cannot import name 'Clam' from 'assay'"
    ),
    "syntax": in_claim("COUNT = 12", "COUNT = (12  # here", r"HERE: SyntaxError: '\(' was never closed"),
    "no claim": in_claim("CLAIM =", "CLAIMS =", r"test_orders.py assigns no CLAIM = Claim\(…\)"),
    "no Claim": in_claim(
        "CLAIM = Claim(", "CLAIM = 7\nClaim(", r"test_orders.py: CLAIM must be a Claim called 'orders'"
    ),
    "another name": in_claim('"orders",\n', '"order",\n', r"CLAIM must be .*'orders', as its file .*called 'order'"),
    "deeper than Python goes": in_claim(
        "COUNT = 12", f"COUNT = {'-' * 3000}12", r"the claim 'orders': cannot import .*RecursionError"
    ),
    "a NUL byte": in_claim("COUNT = 12", "COUNT = 12\0", r"the claim 'orders': cannot import .*null bytes"),
    "an unknown encoding": in_claim("import asyncio\n", "# coding: klingon\nimport asyncio\n", r"encoding: klingon"),
    "a module that raises": in_claim(
        "CLAIM = Claim(",
        "def __getattr__(name): raise LookupError(name)  # here\nif 0: CLAIM = 1\nClaim(",
        r"HERE: LookupError: CLAIM",
    ),
    "one that cannot be shown": in_claim(
        "CLAIM = Claim(",
        "class X:\n    def __repr__(self): raise KeyError\nCLAIM = X()\nClaim(",
        r"CLAIM must be a Claim called 'orders', .*; it is a X \(its __repr__ raises KeyError\)",
    ),
    "two of one name": Mistake("claims/full/test_orders.py", "", "CLAIM = 1\n", r"both the claim 'orders'; rename one"),
    "an unknown stack": in_claim("workers=2", "stacks=('docker',)", r"test_orders.py: .*'docker'; there are dev, full"),
}
CLAIM = {
    "a workload": part(WORKLOAD, "Orders(),\n", r".*workload cannot be .*, but a function of the seed"),
    "a nemesis": part(NEMESIS, "PlanNemesis(Plan(())),\n", r".*nemesis cannot be .*, but a function of the seed"),
    "a plan as a nemesis": part(NEMESIS, "lambda seed: Plan(()),\n", r".*which lacks describe, prepare, run, heal"),
    "one check": part(CHECKS, "(ReplayCheck()),\n", r".*checks cannot be .*but a tuple of checks, .* the comma"),
    "a class of checks": part("ReplayCheck(), L", "ReplayCheck, L", r".*checks cannot be .*such as \(ReplayCheck\(\)"),
    "evidence": part("Evidence(operations_ok=COUNT, faults_landed=1)", "1", r".*evidence cannot be 1, but an Evidence"),
    "evidence in words": part("operations_ok=COUNT", "operations_ok='12'", r".*operations_ok must be a whole number"),
    "no workers": part("workers=2", "workers=0", r".*workers cannot be 0, but a whole number, at least 1"),
    "settling": part("=60.0", "=-1", r".*settle_seconds cannot be -1, but a number of seconds, above 0"),
    "a stack as a text": part("workers=2", "stacks='dev'", r".*stacks cannot be 'dev', but a tuple .* mind the comma"),
    "ends of nothing": in_claim("ends={}", "ends={'Order': ends()}", r"name at least one, such as COMPLETED"),
    "an end without ends": part("ends={}", "ends={'Order': COMPLETED}", r".*ends of 'Order' must be ends\(…\)"),
    "ends of an unknown type": in_claim(
        "ends={}",
        "ends={'Ordr': ends(COMPLETED)}",
        r"test_orders.py:\d+: .*ends of 'Ordr', and no queue of shop_app serves a workflow .*; there are Order",
    ),
    "an end as a text": part("ends={}", "ends={'Order': ends('DONE')}", r"ends\(\) takes COMPLETED, .*not 'DONE'"),
}
FAULTS = {
    "an unknown kind": fault("worker-kill", "worker-kil", r".*no fault is called 'worker-kil'; there are worker-kill,"),
    "a wrong parameter": fault("down_seconds", "down", r".*worker-kill: .*; it takes down_seconds, slot"),
    "a parameter as a text": fault("1.0}", '"1"}', r".*down_seconds must be a number such as 1.0, not '1'"),
    "a negative parameter": fault("1.0}", "-1.0}", r".*down_seconds must not be below 0 .*, such as 1, not -1.0"),
    "parameters in a list": fault('{"down_seconds": 1.0}', "[1.0]", r".*must be a dict such as \{'for_seconds': 1.0\}"),
    "no moment": fault(", after_seconds=1.0", "", r".*'kill' has no moment: give it after_seconds=1.0, a hold or"),
    "a negative moment": fault("after_seconds=1.0", "after_seconds=-1", r".*after_seconds must be a number of seconds"),
    "two of one name": fault(KILL, f"{KILL}, {KILL}", r".*two faults of the plan are called 'kill'; rename one"),
    "an unknown slot": fault("1.0}", '1.0, "slot": 9}', r".*kill strikes slot 9, and there are 1 to 2; name one, or"),
    "an unknown process": fault(
        'worker-kill", {',
        'process-kill", {"process": "api", ',
        r".*kill breaks the process 'api', .*there are temp",
    ),
    "an unknown process of full": replace(
        fault(
            'worker-kill", {',
            'process-kill", {"process": "histroy", ',
            r".*kill breaks the process 'histroy', which is not there; there are history, .*postgres",
        ),
        typed=f"{RUN} --stack full",
    ),
    "a service without a world": in_claim(KILL, SERVICE, r"test_orders.py:\d+: .*or name a world in \[tool.assay\]"),
    "a hold without a world": in_claim(
        KILL,
        HOLD,
        r"test_orders.py:\d+: .*f waits for a hold point of a world; give it after_seconds, or name a",
    ),
    "a plan of numbers": in_claim(
        NEMESIS,
        f"lambda seed: type('N', (PlanNemesis,), {{'describe': lambda self: [3]}})(Plan(tuple([{KILL}]))),\n",
        r"the claim 'orders': its nemesis.*: AttributeError: ",
    ),
    "a link of dev": fault(
        'worker-kill", {"down_seconds"',
        'link-cut", {"link": "a", "for_seconds"',
        r".*say stacks=\('full',\) in the",
    ),
}
WORK = {
    "a method is missing": in_claim(SETTLE, "", r"test_orders.py:\d+: TypeError: .*which lacks settle"),
    "describes nothing": in_claim('return {"orders": COUNT}', "pass", r"returns None, and must return a dict"),
    "describes what is no JSON": in_claim('"orders": COUNT', '"orders": {COUNT}', r"cannot be written as JSON"),
    "describing fails": in_claim('": COUNT}', '": COUNTS}  # here', r"HERE: NameError: name 'COUNTS' is not defined"),
    "planning fails": operation(OPERATIONS, OPERATIONS.replace("return", "return COUNTS +"), "NameError: .*COUNTS"),
    "two of one id": operation('f"order/{n}"', '"order"', r".*same operation_id 'order'; give each one of its own"),
    "needs what is not there": operation("=known_as(n))", '=known_as(n), needs=("pay/1",))', r".*pay/1, .*it has o"),
    "needs a text": operation("=known_as(n))", '=known_as(n), needs="a")', r".*'order/0': its needs .*mind the comma"),
    "needs a number": operation(
        "=known_as(n))", "=known_as(n), needs=(3, 'a'))", r".*'order/0': its needs .*the comma, n"
    ),
    "needs nothing at all": operation(
        "=known_as(n))", "=known_as(n), needs=None)", r".*'order/0': its needs .* not None"
    ),
    "needs itself": operation(
        "=known_as(n))", '=known_as(n), needs=(f"order/{n}",))', r".*order/0 waits for order/0, for ever; take one out"
    ),
    "before it begins": operation("0.2 * n", "-0.2 * n", r".*'order/1': its after_seconds must be .*not below 0"),
    "a number as subject": operation("str(n), 0.2", "n, 0.2", r".*'order/0': its subject must be a text, not 0"),
    "no call": operation("start(n), w", "None, w", r".*'order/0': its call must be a coroutine function"),
    "a bundle": operation(
        OPERATIONS, "        raise ExceptionGroup('both', [NameError('COUNTS')])\n" + OPERATIONS, "NameError: COUNTS"
    ),
    "no list": operation("        return [\n", "        [\n", r".*returns None, and must return a list of PlannedOp"),
}
TABLE = {
    f"{place}: {name}": mistake
    for place, mistakes in {"file": FILE, "claim": CLAIM, "fault": FAULTS, "work": WORK}.items()
    for name, mistake in mistakes.items()
}
