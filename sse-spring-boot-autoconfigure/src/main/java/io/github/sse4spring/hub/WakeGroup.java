package io.github.sse4spring.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The subscribers of one topic on one loop, which are woken together.
 */
final class WakeGroup {

	private final LoopDispatcher dispatcher;

	private final AtomicBoolean woken = new AtomicBoolean();

	/** On the loop only; a member knows its place, so that it leaves at once. */
	private final List<Cursor> members = new ArrayList<>();

	/** Under the lock of the hub only. */
	private int users = 1;

	WakeGroup(LoopDispatcher dispatcher) {
		this.dispatcher = dispatcher;
	}

	LoopDispatcher dispatcher() {
		return this.dispatcher;
	}

	void retain() {
		this.users++;
	}

	/** Let go of it; returns whether nobody uses it any more. */
	boolean release() {
		return --this.users == 0;
	}

	/** On any thread, after the tail was moved: at most one task until it has run. */
	void wake() {
		if (!this.woken.get() && this.woken.compareAndSet(false, true)) {
			this.dispatcher.wake(this);
		}
	}

	/** On the loop, before the tail is read: a publish from now on wakes it again. */
	void clearWoken() {
		this.woken.set(false);
	}

	/** On the loop. */
	List<Cursor> members() {
		return this.members;
	}

	/** On the loop. */
	void add(Cursor member) {
		member.setPlace(this.members.size());
		this.members.add(member);
	}

	/** On the loop: let a member go, if it is one. */
	void remove(Cursor member) {
		if (this.members.size() <= member.place() || this.members.get(member.place()) != member) {
			return;
		}
		Cursor last = this.members.remove(this.members.size() - 1);
		if (last != member) {
			this.members.set(member.place(), last);
			last.setPlace(member.place());
		}
	}

}
