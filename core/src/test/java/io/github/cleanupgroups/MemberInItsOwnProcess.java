package io.github.cleanupgroups;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Runs a member, closes it, and looks for the recorder, in a process that does nothing
 * else.
 */
final class MemberInItsOwnProcess {

	private MemberInItsOwnProcess() {
	}

	/** What it prints; the directory is for that. */
	static String outputOf(Path directory, String... options) throws Exception {
		Path output = directory.resolve("output");
		List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElseThrow()));
		command.addAll(List.of(options));
		command.addAll(List.of("-cp", System.getProperty("java.class.path"), MemberInItsOwnProcess.class.getName()));
		Process process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
		assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
		assertThat(process.exitValue()).as(Files.readString(output)).isZero();
		return Files.readString(output);
	}

	public static void main(String[] arguments) throws Exception {
		try (ThreadPool pool = ThreadPool.builder("work").build()) {
			CleanupGroup group = CleanupGroup.create("mail");
			List<String> ran = new ArrayList<>();
			CountDownLatch entered = new CountDownLatch(1);
			CallbackEnvironment.builder().pool(pool).cleanupGroup(group).build().trySubmit((instance) -> {
				entered.countDown();
				while (!instance.isClosing()) {
					Thread.onSpinWait();
				}
				ran.add("ran");
			});
			entered.await();
			System.out.println(group.close(CloseOptions.awaitPending()) + " " + ran);
			boolean present = ModuleLayer.boot().findModule("jdk.jfr").isPresent();
			System.out.println("recorder: " + present + (present ? ", set up: " + isSetUp() : ""));
		}
	}

	private static boolean isSetUp() {
		return jdk.jfr.FlightRecorder.isInitialized();
	}

}
