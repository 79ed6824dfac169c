package io.github.cleanupgroups.sample;

/**
 * When to act on changes that come in bursts: once they pause, but not later than
 * {@link #LONGEST} rounds after the first. Used by one thread at a time.
 */
final class Debounce {

	static final int LONGEST = 30;

	/** How many rounds have begun since the first change that is not acted on. */
	private int rounds;

	/**
	 * The next round.
	 * @param changed whether there were changes in it
	 * @return whether it is time to act
	 */
	boolean isDue(boolean changed) {
		if (this.rounds == 0 && !changed) {
			return false;
		}
		this.rounds++;
		if (changed && this.rounds < LONGEST) {
			return false;
		}
		this.rounds = 0;
		return true;
	}

}
