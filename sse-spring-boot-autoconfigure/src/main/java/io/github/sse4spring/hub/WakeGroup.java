package io.github.sse4spring.hub;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The subscribers of one topic on one loop, which are woken together.
 */
final class WakeGroup {

	private final Loop loop;

	private final AtomicBoolean woken = new AtomicBoolean();

	/** Used on the loop only. */
	private final List<Member> members = new ArrayList<>();

	/** Used under the lock of the log only. */
	private int users = 1;

	WakeGroup(Loop loop) {
		this.loop = loop;
	}

	Loop loop() {
		return this.loop;
	}

	void retain() {
		this.users++;
	}

	/**
	 * Release the group for one subscriber. Return whether no subscriber uses the group
	 * any more.
	 */
	boolean release() {
		return --this.users == 0;
	}

	/**
	 * On any thread, after the tail was moved: let the loop wake the members, unless that
	 * is pending already.
	 */
	void wake() {
		if (!this.woken.get() && this.woken.compareAndSet(false, true)) {
			this.loop.wake(this);
		}
	}

	/**
	 * On the loop, before the tail is read: a publish from now on wakes the group again.
	 */
	void clearWoken() {
		this.woken.set(false);
	}

	/** On the loop. */
	List<Member> members() {
		return this.members;
	}

	/**
	 * The loop of a group.
	 */
	interface Loop {

		/** On any thread: wake the members of a group. */
		void wake(WakeGroup group);

	}

	/**
	 * A subscription in a group. It knows its place in the list, so leaving takes
	 * constant time. Used on the loop only.
	 */
	static final class Member {

		private final WakeGroup group;

		private final Wakeable wakeable;

		private int place;

		Member(WakeGroup group, Wakeable wakeable) {
			this.group = group;
			this.wakeable = wakeable;
		}

		WakeGroup group() {
			return this.group;
		}

		void join() {
			this.place = this.group.members.size();
			this.group.members.add(this);
		}

		/** Leave the group, if it has joined. The last member takes the free place. */
		void leave() {
			List<Member> members = this.group.members;
			if (members.size() <= this.place || members.get(this.place) != this) {
				return;
			}
			Member last = members.remove(members.size() - 1);
			if (last != this) {
				members.set(this.place, last);
				last.place = this.place;
			}
		}

		void wake() {
			if (this.wakeable.hasEnded()) {
				// The loop may have refused the task that removes this member from the
				// group.
				leave();
			}
			else {
				this.wakeable.wake();
			}
		}

	}

}
