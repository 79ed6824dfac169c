package io.github.cleanupgroups;

import java.util.Arrays;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How kinds, states and modes are spelled wherever somebody reads them: dashboards and
 * scripts depend on it.
 */
@Timeout(60)
class LabelTests {

	@Test
	void label_ofAKind_isOneWordInLowerCase() {
		assertThat(Arrays.stream(MemberKind.values()).map(MemberKind::label)).containsExactly("work", "timer", "wait",
				"io", "callback");
	}

	@Test
	void label_ofAState_isOneWordInLowerCase() {
		assertThat(Arrays.stream(MemberState.values()).map(MemberState::label)).containsExactly("idle", "queued",
				"running");
	}

	@Test
	void label_ofAMode_isInLowerCaseWithDashes() {
		assertThat(Arrays.stream(CloseMode.values()).map(CloseMode::label)).containsExactly("await", "cancel",
				"await-then-cancel");
	}

}
