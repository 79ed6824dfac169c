package io.github.cleanupgroups;

import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Time that stands still does not leave a thread parked that has seen it move.
 */
@Timeout(20)
class ManualTimeSourceTests {

	private final ManualTimeSource time = new ManualTimeSource();

	@Test
	void park_afterTheTimeHasMovedBetweenTwoReadings_returnsAtOnce() {
		long before = this.time.nanoTime();
		this.time.advance(Duration.ofSeconds(1));
		assertThat(this.time.nanoTime()).isNotEqualTo(before);
		this.time.parkNanos(this, Duration.ofSeconds(1).toNanos());
	}

}
