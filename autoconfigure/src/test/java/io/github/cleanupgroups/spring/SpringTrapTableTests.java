package io.github.cleanupgroups.spring;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table of the lifecycle's traps is complete, and names tests that exist.
 */
class SpringTrapTableTests {

	private static final Path TABLE = Path.of("..", "docs", "design", "spring-traps.md");

	private static final Pattern ROW = Pattern.compile("\\| (\\d+) \\|.*");

	private static final Pattern REFERENCE = Pattern.compile("`(\\w+Tests)#(\\w+)`");

	private static final List<String> PACKAGES = List.of("autoconfigure", "actuate", "metrics");

	private static List<String> lines() throws Exception {
		try (Stream<String> lines = Files.lines(TABLE)) {
			return lines.filter((line) -> line.startsWith("| ") && !line.matches("\\| (#|regression) \\|.*")).toList();
		}
	}

	@Test
	void table_ofTraps_hasEachOfThemOnceAndInOrder() throws Exception {
		List<Integer> numbers = lines().stream()
			.map(ROW::matcher)
			.filter(Matcher::matches)
			.map((row) -> Integer.valueOf(row.group(1)))
			.toList();
		assertThat(numbers).isEqualTo(IntStream.rangeClosed(1, 12).boxed().toList());
	}

	@Test
	void row_ofEachTrap_namesATest() throws Exception {
		assertThat(lines()).hasSizeGreaterThan(12).allMatch((row) -> REFERENCE.matcher(row).find());
	}

	@Test
	void test_namedInTheTable_exists() throws Exception {
		List<String> missing = new ArrayList<>();
		for (MatchResult reference : REFERENCE.matcher(Files.readString(TABLE)).results().toList()) {
			if (PACKAGES.stream().noneMatch((each) -> exists(each, reference.group(1), reference.group(2)))) {
				missing.add(reference.group());
			}
		}
		assertThat(missing).isEmpty();
	}

	private static boolean exists(String packageName, String type, String method) {
		try {
			Class<?> found = Class
				.forName(SpringTrapTableTests.class.getPackageName() + "." + packageName + "." + type);
			return Arrays.stream(found.getDeclaredMethods())
				.anyMatch((each) -> each.isAnnotationPresent(Test.class) && each.getName().equals(method));
		}
		catch (ClassNotFoundException ex) {
			return false;
		}
	}

}
