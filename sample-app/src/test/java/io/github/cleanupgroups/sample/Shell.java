package io.github.cleanupgroups.sample;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The tools of the system, to compare with: they know nothing of the code under test.
 */
final class Shell {

	/**
	 * What goes before a command that is not to read what permissions forbid, even if the
	 * tests run as root; empty where they do not, and where that cannot be had.
	 */
	static final List<String> WITHOUT_PRIVILEGES = withoutPrivileges();

	private Shell() {
	}

	private static List<String> withoutPrivileges() {
		List<String> prefix = List.of("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all");
		List<String> attempt = new ArrayList<>(prefix);
		attempt.add("true");
		try {
			Process process = new ProcessBuilder(attempt).redirectErrorStream(true)
				.redirectOutput(ProcessBuilder.Redirect.DISCARD)
				.start();
			return (process.waitFor() == 0) ? prefix : List.of();
		}
		catch (IOException ex) {
			return List.of();
		}
		catch (InterruptedException ex) {
			Thread.currentThread().interrupt();
			throw new IllegalStateException(ex);
		}
	}

	/** Whether permissions mean something to {@link #WITHOUT_PRIVILEGES}. */
	static boolean permissionsCount() throws IOException, InterruptedException {
		return !WITHOUT_PRIVILEGES.isEmpty()
				|| !"0".equals(new String(run("id -u"), StandardCharsets.US_ASCII).strip());
	}

	/**
	 * What a script prints that must succeed, to be found at {@code $1}, {@code $2}..
	 * what is passed.
	 */
	static byte[] run(String script, Object... arguments) throws IOException, InterruptedException {
		Process process = start(script, "set -euo pipefail\n", arguments);
		byte[] output = read(process);
		assertThat(process.waitFor()).as("exit code of%n%s", script).isZero();
		return output;
	}

	/** What a script prints, however it ends. */
	static byte[] output(String script, Object... arguments) throws IOException, InterruptedException {
		Process process = start(script, "", arguments);
		byte[] output = read(process);
		process.waitFor();
		return output;
	}

	private static byte[] read(Process process) throws IOException {
		try (InputStream in = process.getInputStream()) {
			return in.readAllBytes();
		}
	}

	private static Process start(String script, String before, Object... arguments) throws IOException {
		List<String> command = new ArrayList<>(WITHOUT_PRIVILEGES);
		command.addAll(List.of("bash", "-c", before + script, "bash"));
		for (Object argument : arguments) {
			command.add(argument.toString());
		}
		ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
		builder.environment().put("LC_ALL", "C");
		return builder.start();
	}

	/** A script that goes on until its process is ended, whose id it writes to a file. */
	static String endlessScript(Path id) {
		return "echo $$ > '%1$s.new'; mv '%1$s.new' '%1$s'; exec tail -f /dev/null".formatted(id);
	}

	/**
	 * What {@code sha256sum} prints of all regular files below a directory, or below that
	 * to which a link leads. It complains of unreadable ones elsewhere.
	 */
	static byte[] sha256sums(Path root) throws IOException, InterruptedException {
		return output("find -H \"$1\" -type f -print0 | sort -z | xargs -0 -r sha256sum", root);
	}

}
