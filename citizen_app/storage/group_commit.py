"""Group commit: concurrent items share one unit of work.

A thread that finds no leader becomes the leader and commits immediately, without a batching delay. Threads
that arrive meanwhile queue as followers; when the leader is done, the first in the queue leads the next
batch, with everything queued by then. Items are opaque here.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable, Sequence
from typing import Final, Generic, TypeVar

from citizen_app.storage.dialects import LOCK_TIMEOUT_SECONDS, WriteLockTimeout, is_conflict, is_outage

MOST_IN_BATCH: Final = 32

Item = TypeVar("Item")
Result = TypeVar("Result")


class _Entry(Generic[Item, Result]):
    """One queued item. `turn` is released when its thread may continue: a leader has committed its item, or
    it becomes the leader."""

    __slots__ = ("error", "item", "result", "taken", "turn")

    def __init__(self, item: Item) -> None:
        self.item = item
        self.turn = threading.Lock()
        self.turn.acquire()
        self.taken = False
        self.result: Result | None = None
        self.error: Exception | None = None


class GroupCommit(Generic[Item, Result]):
    """The queue of one process for one kind of item.

    `commit` commits a batch and returns a result for each item, None for an item that it left out. Those are
    committed alone, each by its own thread, and so are all items of a batch that failed, because one of them
    may be at fault; a database outage is raised to all directly. Items with the same key never share a batch:
    the second must find the first committed.
    """

    def __init__(
        self,
        commit: Callable[[Sequence[Item]], Sequence[Result | None]],
        key: Callable[[Item], Hashable],
        *,
        leaders: int = 1,
    ) -> None:
        self._commit = commit
        self._key = key
        self._lock = threading.Lock()
        self._free_leaders = leaders
        self._queue: deque[_Entry[Item, Result]] = deque()

    def submit(self, item: Item) -> Result:
        """The committed result of an item. Raises `WriteLockTimeout` after too long a wait, and whatever
        `commit` raises."""
        entry = _Entry[Item, Result](item)
        if self._try_to_lead(entry) or not self._wait(entry):
            self._lead(entry)
        if entry.error is not None:
            raise entry.error
        return entry.result if entry.result is not None else self._commit_alone(item)

    def _try_to_lead(self, entry: _Entry[Item, Result]) -> bool:
        with self._lock:
            if self._free_leaders:
                self._free_leaders -= 1
                return True
            self._queue.append(entry)
            return False

    def _wait(self, entry: _Entry[Item, Result]) -> bool:
        """Wait; True when a leader has committed the item, False when this thread is to lead."""
        if not entry.turn.acquire(timeout=LOCK_TIMEOUT_SECONDS):
            with self._lock:
                if entry in self._queue:
                    self._queue.remove(entry)
                    raise WriteLockTimeout(f"no turn within {LOCK_TIMEOUT_SECONDS:.0f} s")
            entry.turn.acquire()  # its turn came between the time-out and here
        return entry.taken

    def _lead(self, leader: _Entry[Item, Result]) -> None:
        batch = self._batch(leader)
        try:
            for entry, result in zip(batch, self._commit([entry.item for entry in batch]), strict=True):
                entry.result = result
        except Exception as error:
            if len(batch) == 1 or (is_outage(error) and not is_conflict(error)):
                for entry in batch:
                    entry.error = error
        finally:
            self._pass_leadership()
            for follower in batch[1:]:
                follower.turn.release()

    def _batch(self, leader: _Entry[Item, Result]) -> list[_Entry[Item, Result]]:
        batch, left, keys = [leader], deque[_Entry[Item, Result]](), {self._key(leader.item)}
        with self._lock:
            while self._queue and len(batch) < MOST_IN_BATCH:
                entry = self._queue.popleft()
                key = self._key(entry.item)
                if key in keys:
                    left.append(entry)
                else:
                    keys.add(key)
                    entry.taken = True
                    batch.append(entry)
            self._queue.extendleft(reversed(left))
        return batch

    def _pass_leadership(self) -> None:
        with self._lock:
            if self._queue:
                self._queue.popleft().turn.release()
            else:
                self._free_leaders += 1

    def _commit_alone(self, item: Item) -> Result:
        (result,) = self._commit([item])
        assert result is not None, "an item that is alone is never left over"
        return result
