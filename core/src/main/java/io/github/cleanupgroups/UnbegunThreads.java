package io.github.cleanupgroups;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The {@linkplain UnbegunThread threads} that were made for lanes of one pool and have
 * not begun. Guarded by the pool's lock, but for {@link #forgotten}.
 */
final class UnbegunThreads {

	/** Linked, for whoever takes one after another takes the first. No set is empty. */
	private final Map<Lane, Set<UnbegunThread>> listed = new LinkedHashMap<>();

	private final ReferenceQueue<MemberThread> forgotten = new ReferenceQueue<>();

	/** What becomes of it when nobody has it any more. No lock. */
	ReferenceQueue<MemberThread> forgotten() {
		return this.forgotten;
	}

	void add(UnbegunThread thread) {
		this.listed.computeIfAbsent(thread.lane, (lane) -> new LinkedHashSet<>()).add(thread);
		thread.lane.countUnbegun(+1);
		removeForgotten();
	}

	/** Returns false where it is not listed any more. */
	boolean remove(UnbegunThread thread) {
		Set<UnbegunThread> ofLane = this.listed.get(thread.lane);
		if (ofLane == null || !ofLane.remove(thread)) {
			return false;
		}
		if (ofLane.isEmpty()) {
			this.listed.remove(thread.lane);
		}
		thread.lane.countUnbegun(-1);
		return true;
	}

	/** Those of a lane that is sealed are left to its close, which looks at its end. */
	private void removeForgotten() {
		for (Reference<?> each = this.forgotten.poll(); each != null; each = this.forgotten.poll()) {
			UnbegunThread thread = (UnbegunThread) each;
			if (thread.lane.state == Lane.OPEN) {
				remove(thread);
			}
		}
	}

	boolean isEmpty() {
		return this.listed.isEmpty();
	}

	/** One of any lane. */
	@Nullable UnbegunThread first() {
		return isEmpty() ? null : this.listed.values().iterator().next().iterator().next();
	}

	/** One of a lane. */
	@Nullable UnbegunThread first(Lane lane) {
		Set<UnbegunThread> ofLane = this.listed.get(lane);
		return (ofLane != null) ? ofLane.iterator().next() : null;
	}

	/** Those of a lane. */
	List<UnbegunThread> of(Lane lane) {
		return List.copyOf(this.listed.getOrDefault(lane, Set.of()));
	}

}
