package io.github.cleanupgroups.sample;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.concurrent.CancellationException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * How much of a scan is under way at a time.
 */
@Timeout(60)
class ScanRunTests {

	@TempDir
	private Path directory;

	@Test
	void step_whileAnotherOneIsTaken_doesNotBegin() throws Exception {
		ScanRun run = run(1);
		assertThat(run.beginStep(8)).isEqualTo(8);
		assertThat(run.beginStep(8)).isZero();
		run.endStep(0);
		assertThat(run.beginStep(8)).isEqualTo(8);
	}

	@Test
	void step_whileMoreThanHalfOfTheShareIsUnderWay_doesNotBegin() throws Exception {
		ScanRun run = run(1);
		run.beginStep(8);
		run.endStep(6);
		assertThat(run.beginStep(8)).isZero();
		run.leave();
		assertThat(run.beginStep(8)).isZero();
		run.leave();
		assertThat(run.beginStep(8)).as("room beside 4 under way").isEqualTo(4);
	}

	@Test
	void step_afterTheShareHasShrunk_waitsUntilThatIsFree() throws Exception {
		ScanRun run = run(1);
		run.beginStep(8);
		run.endStep(3);
		for (int left = 3; left > 0; left--) {
			assertThat(run.beginStep(1)).isZero();
			run.leave();
		}
		assertThat(run.beginStep(1)).isEqualTo(1);
	}

	@Test
	void end_whileFilesAreUnderWay_isNotYetThere() throws Exception {
		ScanRun run = run(2);
		run.beginStep(8);
		run.endStep(run.walk().next(8).size());
		assertThat(run.beginStep(8)).as("walked through").isZero();
		run.leave();
		assertThat(run.end()).isFalse();
		run.leave();
		assertThat(run.end()).isTrue();
		assertThat(run.end()).as("once").isFalse();
		assertThat(run.stopped()).isNull();
	}

	@Test
	void end_ofARunThatWasStopped_comesWithItsLastFile() throws Exception {
		ScanRun run = run(20);
		run.beginStep(8);
		run.endStep(run.walk().next(8).size());
		CancellationException first = new CancellationException();
		run.stop(first);
		run.stop(new CancellationException());
		for (int i = 0; i < 8; i++) {
			assertThat(run.end()).isFalse();
			assertThat(run.beginStep(100)).isZero();
			run.leave();
		}
		assertThat(run.end()).isTrue();
		assertThat(run.stopped()).isSameAs(first);
	}

	private ScanRun run(int files) throws Exception {
		for (int i = 0; i < files; i++) {
			Files.createFile(this.directory.resolve("file" + i));
		}
		String root = this.directory.toString();
		return new ScanRun(new Scan(1, root, ScanState.RUNNING, 0, 0, 0, Instant.EPOCH, null, null), ScanRoot.of(root),
				false);
	}

}
