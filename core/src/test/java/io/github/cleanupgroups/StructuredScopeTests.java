package io.github.cleanupgroups;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/**
 * A {@code StructuredTaskScope} whose forks are members of a group. It is a preview API
 * of Java 25: what uses it is compiled here, and run in a process of its own.
 */
@Timeout(300)
@EnabledForJreRange(min = JRE.JAVA_25, max = JRE.JAVA_25)
class StructuredScopeTests {

	@TempDir
	private Path directory;

	/** What all scenarios have: a pool, a group, and scopes of it. */
	private static final String AROUND = """
			import io.github.cleanupgroups.*;
			import java.util.*;
			import java.util.concurrent.*;
			import java.util.concurrent.StructuredTaskScope.*;

			public class Scenario {
				static final ThreadPool pool = ThreadPool.builder("pool").build();
				static final CleanupGroup group = CleanupGroup.create("quotes");
				static final CallbackEnvironment environment = CallbackEnvironment.builder()
					.pool(pool).cleanupGroup(group).memberName("quote").build();
				static final ThreadFactory forks = environment.asThreadFactory();
				static <T, R> StructuredTaskScope<T, R> open(Joiner<T, R> joiner) {
					return StructuredTaskScope.open(joiner, (config) -> config.withThreadFactory(forks));
				}
				static void awaitRunning(int callbacks) throws Exception {
					while (group.memberCounts().runningCallbacks() < callbacks) {
						Thread.yield();
					}
				}
				static String waitForEver() throws InterruptedException {
					new CountDownLatch(1).await();
					return "waited";
				}
				public static void main(String[] arguments) throws Exception {
					SCENARIO
					pool.close();
					System.out.println("terminated: " + pool.awaitTermination(java.time.Duration.ofSeconds(20)));
				}
			}
			""";

	@Test
	void forks_ofAScope_areMembersOfTheGroup() throws Exception {
		assertThat(outputOf("""
				try (var scope = open(Joiner.<String>allSuccessfulOrThrow())) {
					for (int i = 0; i < 3; i++) {
						int number = i;
						scope.fork(() -> number + " in " + CleanupGroup.current().map(CleanupGroup::name).orElse("none")
								+ " on " + Thread.currentThread().isVirtual());
					}
					System.out.println(scope.join().map(Subtask::get).toList());
				}
				System.out.println(group.close(CloseOptions.awaitPending()).closedMembers() + " left, "
						+ pool.stats().completedCallbacks() + " ran");
				""")).containsExactly("[0 in quotes on true, 1 in quotes on true, 2 in quotes on true]",
				"0 left, 3 ran", "terminated: true");
	}

	@Test
	void close_whileAScopeWaits_interruptsItsForksAndFailsTheJoin() throws Exception {
		assertThat(outputOf(
				"""
						CompletableFuture<CloseReport> close = new CompletableFuture<>();
						Thread closer = Thread.ofPlatform().unstarted(() -> {
							try {
								awaitRunning(2);
								close.complete(group.close(CloseOptions.cancelPending().interruptAfter(java.time.Duration.ZERO)));
							}
							catch (Throwable ex) {
								close.completeExceptionally(ex);
							}
						});
						closer.start();
						try (var scope = open(Joiner.awaitAllSuccessfulOrThrow())) {
							scope.fork(Scenario::waitForEver);
							scope.fork(Scenario::waitForEver);
							scope.join();
						}
						catch (FailedException ex) {
							System.out.println("failed: " + ex.getCause().getClass().getSimpleName());
						}
						System.out.println(close.get().closedMembers() + " closed");
						"""))
			.containsExactly("failed: InterruptedException", "2 closed", "terminated: true");
	}

	@Test
	void fork_onceTheGroupIsClosed_isRefusedAndTheScopeCloses() throws Exception {
		assertThat(outputOf("""
				group.close(CloseOptions.awaitPending());
				try (var scope = open(Joiner.awaitAll())) {
					scope.fork(() -> System.out.println("ran"));
				}
				catch (GroupClosedException ex) {
					System.out.println(ex.getMessage());
				}
				""")).containsExactly("group 'quotes' is closed: callback 'quote' is refused", "terminated: true");
	}

	@Test
	void scope_insideAMemberOfAGroupWithOneSlot_isLetInWhileTheGroupDrains() throws Exception {
		assertThat(outputOf("""
				group.maxConcurrency(1);
				CountDownLatch closing = new CountDownLatch(1);
				CompletableFuture<List<String>> joined = new CompletableFuture<>();
				environment.trySubmit((instance) -> {
					closing.countDown();
					while (!instance.isClosing()) {
						Thread.onSpinWait();
					}
					try (var scope = open(Joiner.<String>allSuccessfulOrThrow())) {
						scope.fork(() -> "a");
						scope.fork(() -> "b");
						joined.complete(scope.join().map(Subtask::get).toList());
					}
				});
				closing.await();
				System.out.println(group.close(CloseOptions.awaitPending()).completedCallbacks() + " ran");
				System.out.println(joined.getNow(null));
				""")).containsExactly("3 ran", "[a, b]", "terminated: true");
	}

	@Test
	void example_ofTheDocumentation_compilesAndRuns() throws Exception {
		String page = Files.readString(Path.of("..", "docs", "reach.md"));
		String section = page.substring(page.indexOf("## Forks of a scope"));
		String example = section.substring(section.indexOf("```java") + 7, section.indexOf("```\n\n"));
		assertThat(outputOf("""
				record Order(int number) { }
				record Quote(int price) { }
				interface QuoteSupplier { Quote quote(Order order) throws Exception; }
				record Groups() {
					CallbackEnvironment.Builder environmentBuilder(String name) {
						return CallbackEnvironment.builder().pool(pool).cleanupGroup(group);
					}
				}
				record Quotes(Groups groups, List<QuoteSupplier> suppliers) {
					List<Quote> quotes(Order order) throws InterruptedException {
						EXAMPLE
					}
				}
				List<QuoteSupplier> suppliers = List.of((order) -> new Quote(order.number()), (order) -> new Quote(7));
				System.out.println(new Quotes(new Groups(), suppliers).quotes(new Order(42)));
				System.out.println(pool.stats().completedCallbacks() + " ran");
				group.close();
				""".replace("EXAMPLE", example))).containsExactly("[Quote[price=42], Quote[price=7]]", "2 ran",
				"terminated: true");
	}

	// Where a scope has been cancelled, it makes a thread and does not start it.
	@Test
	void closes_whileScopesAreCancelledAndFork_neverHangAndScopesNeither() throws Exception {
		assertThat(outputOf("""
				java.util.concurrent.atomic.AtomicInteger ran = new java.util.concurrent.atomic.AtomicInteger();
				Thread scopes = Thread.ofPlatform().start(() -> {
					for (int i = 0; i < 2_000; i++) {
						try (var scope = open(Joiner.<Integer>anySuccessfulResultOrThrow())) {
							for (int j = 0; j < 5; j++) {
								scope.fork(ran::incrementAndGet);
							}
							scope.join();
						}
						catch (InterruptedException ex) {
							throw new IllegalStateException(ex);
						}
					}
				});
				int closes = 0;
				while (scopes.isAlive()) {
					group.closeMembers(closes++ % 2 == 0 ? CloseOptions.awaitPending() : CloseOptions.cancelPending());
				}
				System.out.println(ran.get() >= 2_000);
				System.out.println(group.close(CloseOptions.awaitPending()).timedOut());
				""")).containsExactly("true", "false", "terminated: true");
	}

	private List<String> outputOf(String scenario) throws Exception {
		Path source = Files.writeString(this.directory.resolve("Scenario.java"), AROUND.replace("SCENARIO", scenario));
		JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
		assumeTrue(compiler != null, "a JDK, not a runtime only");
		Path messages = this.directory.resolve("messages");
		String classPath = System.getProperty("java.class.path");
		try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null);
				var writer = Files.newBufferedWriter(messages)) {
			boolean compiled = compiler
				.getTask(writer, files, null, List.of("--enable-preview", "--release", "25", "-proc:none", "-cp",
						classPath, "-d", this.directory.toString()), null, files.getJavaFileObjects(source))
				.call();
			writer.flush();
			assertThat(compiled).as(Files.readString(messages)).isTrue();
		}
		Path output = this.directory.resolve("output");
		List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
		command.addAll(List.of("--enable-preview", "-cp",
				classPath + System.getProperty("path.separator") + this.directory, "Scenario"));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		try {
			assertThat(process.waitFor(240, TimeUnit.SECONDS)).as(Files.readString(output)).isTrue();
		}
		finally {
			process.destroyForcibly();
		}
		assertThat(process.exitValue()).as(Files.readString(output)).isZero();
		return Files.readAllLines(output);
	}

}
