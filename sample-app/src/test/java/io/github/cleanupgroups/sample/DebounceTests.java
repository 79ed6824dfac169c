package io.github.cleanupgroups.sample;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * When to act on changes.
 */
class DebounceTests {

	private final Debounce debounce = new Debounce();

	@Test
	void round_withoutAChange_isNoTimeToAct() {
		assertThat(this.debounce.isDue(false)).isFalse();
		assertThat(this.debounce.isDue(false)).isFalse();
	}

	@Test
	void round_afterTheLastChange_isTheTimeToActOnce() {
		assertThat(this.debounce.isDue(true)).isFalse();
		assertThat(this.debounce.isDue(true)).isFalse();
		assertThat(this.debounce.isDue(false)).isTrue();
		assertThat(this.debounce.isDue(false)).isFalse();
	}

	@Test
	void changes_thatNeverPause_areActedOnAllTheSame() {
		for (int burst = 0; burst < 3; burst++) {
			for (int round = 1; round < Debounce.LONGEST; round++) {
				assertThat(this.debounce.isDue(true)).isFalse();
			}
			assertThat(this.debounce.isDue(true)).isTrue();
		}
	}

}
