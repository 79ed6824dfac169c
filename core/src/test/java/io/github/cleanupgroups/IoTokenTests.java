package io.github.cleanupgroups;

import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Tokens of operations: each has one end (R84, F25).
 */
@Timeout(60)
class IoTokenTests {

	private static final List<Consumer<IoOperation<Integer>>> ENDS = List.of((token) -> token.completed(1, null),
			(token) -> token.failed(new IllegalArgumentException("failed"), null), IoOperation::withdraw);

	@RegisterExtension
	final EngineInvariants engine = new EngineInvariants();

	private final ThreadPool pool = this.engine.pool(2);

	private final CleanupGroup group = this.engine.group("files");

	private final Queue<IoResult<Integer>> results = new ConcurrentLinkedQueue<>();

	private final Io<Integer> io = CallbackEnvironment.builder()
		.pool(this.pool)
		.cleanupGroup(this.group)
		.memberName("reader")
		.build()
		.newIo((instance, result) -> this.results.add(result));

	// F25
	@Test
	void token_endedTwice_throwsNamingMemberAndGroup() throws Exception {
		for (Consumer<IoOperation<Integer>> first : ENDS) {
			for (Consumer<IoOperation<Integer>> second : ENDS) {
				IoOperation<Integer> token = this.io.start();
				first.accept(token);
				assertThatIllegalStateException().isThrownBy(() -> second.accept(token))
					.withMessageContaining("'reader'")
					.withMessageContaining("'files'");
			}
		}
		this.io.awaitCallbacks(Pending.AWAIT);
		assertThat(this.results).hasSize(6);
	}

	// F25: also once its callback has run and its object is closed
	@Test
	void token_endedAgainAfterEverythingIsOver_throws() throws Exception {
		IoOperation<Integer> token = this.io.start();
		token.completed(1, null);
		this.group.close(CloseOptions.awaitPending());
		ENDS.forEach((end) -> assertThatIllegalStateException().isThrownBy(() -> end.accept(token)));
		assertThat(this.results).hasSize(1);
	}

	// R84: the late end of what was forgotten is no misuse, the one after it is
	@Test
	void token_ofAForgottenOperation_hasOneEndThatIsIgnored() throws Exception {
		for (Consumer<IoOperation<Integer>> late : ENDS) {
			IoOperation<Integer> token = this.io.start();
			this.io.awaitCallbacks(Pending.CANCEL);
			assertThatCode(() -> late.accept(token)).doesNotThrowAnyException();
			ENDS.forEach((end) -> assertThatIllegalStateException().isThrownBy(() -> end.accept(token)));
		}
		this.io.close();
		assertThat(this.io.released()).isCompleted();
		assertThat(this.results).isEmpty();
	}

	// R89: a cancel also drops what has completed and not begun; the token is spent then
	@Test
	void token_whoseQueuedCallbackWasDropped_isSpent() throws Exception {
		this.group.pause();
		IoOperation<Integer> token = this.io.start();
		token.completed(1, null);
		this.io.awaitCallbacks(Pending.CANCEL);
		this.group.resume();
		assertThatIllegalStateException().isThrownBy(token::withdraw);
		this.io.close();
		assertThat(this.io.released()).isCompleted();
		assertThat(this.results).isEmpty();
	}

	// F25: however many threads try, one of them ends it
	@Test
	void token_endedByManyThreadsAtOnce_endsOnce() throws Exception {
		int rounds = 300;
		int threads = 3;
		AtomicInteger refused = new AtomicInteger();
		AtomicInteger withdrawn = new AtomicInteger();
		List<IoOperation<Integer>> tokens = new ArrayList<>();
		for (int round = 0; round < rounds; round++) {
			tokens.add(this.io.start());
		}
		CyclicBarrier barrier = new CyclicBarrier(threads);
		List<Thread> enders = new ArrayList<>();
		for (int number = 0; number < threads; number++) {
			boolean withdraws = number == 0;
			enders.add(this.engine.start("ender-" + number, () -> {
				for (IoOperation<Integer> token : tokens) {
					barrier.await();
					try {
						if (withdraws) {
							token.withdraw();
							withdrawn.incrementAndGet();
						}
						else {
							token.completed(1, null);
						}
					}
					catch (IllegalStateException ex) {
						refused.incrementAndGet();
					}
				}
			}));
		}
		for (Thread ender : enders) {
			ender.join();
		}
		this.io.awaitCallbacks(Pending.AWAIT);
		assertThat(refused).hasValue(rounds * (threads - 1));
		assertThat(this.results.size() + withdrawn.get()).isEqualTo(rounds);
	}

}
