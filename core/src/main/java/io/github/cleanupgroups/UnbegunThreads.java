package io.github.cleanupgroups;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The {@linkplain UnbegunThread threads} that were made for lanes of one pool and have
 * not begun. Guarded by the pool's lock, but for {@link #forgotten}.
 */
final class UnbegunThreads {

	private final Set<UnbegunThread> listed = Collections.newSetFromMap(new IdentityHashMap<>());

	private final ReferenceQueue<MemberThread> forgotten = new ReferenceQueue<>();

	/** What becomes of it when nobody has it any more. No lock. */
	ReferenceQueue<MemberThread> forgotten() {
		return this.forgotten;
	}

	void add(UnbegunThread thread) {
		this.listed.add(thread);
		thread.lane.countUnbegun(+1);
		removeForgotten();
	}

	/** Returns false where it is not listed any more. */
	boolean remove(UnbegunThread thread) {
		boolean removed = this.listed.remove(thread);
		if (removed) {
			thread.lane.countUnbegun(-1);
		}
		return removed;
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

	/** Those of a lane, of all where it is null. */
	List<UnbegunThread> of(@Nullable Lane lane) {
		return this.listed.stream().filter((thread) -> lane == null || thread.lane == lane).toList();
	}

}
