"""Tries what seeds have drawn, several at a time, and draws another for each that is stillborn.

Data flow: seed → changes in the order of the draw, an engine → **trying** → seed → what came of each. Which are tried
does not depend on who is done first: they are always the first of each draw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait

from harness.mutants.generated.generated import Generated
from harness.mutants.generated.trial import End, Outcome, TrialEngine, Tried


def try_drawn(
    engine: TrialEngine,
    draws: Mapping[int, Iterator[Generated]],
    count: int,
    *,
    at_once: int,
    on_tried: Callable[[Tried], None] = lambda tried: None,
) -> dict[int, list[Tried]]:
    """Seed → ``count`` mutants that say something, and the stillborn ones between them, in the order of the draw.

    There are fewer where a draw has no more. What two seeds have drawn is tried once. Whatever ends this early, Ctrl-C
    among it, closes the engine.

    :param draws: seed → what it draws, as long as it is asked.
    :param at_once: trials side by side.
    :param on_tried: told of each mutant when it is done.
    """
    trials: dict[str, Future[Outcome]] = {}
    waiting: dict[Future[Outcome], Generated] = {}
    drawn: dict[int, list[Generated]] = {seed: [] for seed in draws}
    pool = ThreadPoolExecutor(at_once)

    def fill(seed: int) -> None:
        while sum(not _is_stillborn(trials[each.name]) for each in drawn[seed]) < count:
            mutant = next(draws[seed], None)
            if mutant is None:
                return
            drawn[seed].append(mutant)
            if mutant.name not in trials:
                trials[mutant.name] = pool.submit(engine.try_one, mutant)
                waiting[trials[mutant.name]] = mutant

    try:
        while True:
            for seed in draws:
                fill(seed)
            if not waiting:
                return {seed: [Tried(each, trials[each.name].result()) for each in drawn[seed]] for seed in draws}
            for trial in wait(waiting, return_when=FIRST_COMPLETED).done:
                on_tried(Tried(waiting.pop(trial), trial.result()))
    except BaseException:
        engine.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)


def _is_stillborn(trial: Future[Outcome]) -> bool:
    return trial.done() and trial.result().end is End.STILLBORN
