package io.github.cleanupgroups;

import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The table of footguns is complete, and names tests that exist.
 */
class FootgunTableTests {

	private static final Path TABLE = Path.of("..", "docs", "design", "footguns.md");

	private static final Pattern ROW = Pattern.compile("\\| F(\\d+) \\|.*");

	private static final Pattern REFERENCE = Pattern.compile("`(\\w+Tests)#(\\w+)`");

	private static List<String> rows() throws Exception {
		try (Stream<String> lines = Files.lines(TABLE)) {
			return lines.filter((line) -> ROW.matcher(line).matches()).toList();
		}
	}

	@Test
	void table_ofFootguns_hasEachOfThemOnceAndInOrder() throws Exception {
		List<Integer> numbers = rows().stream().map((row) -> {
			Matcher matcher = ROW.matcher(row);
			assertThat(matcher.matches()).isTrue();
			return Integer.valueOf(matcher.group(1));
		}).toList();
		assertThat(numbers).isEqualTo(Stream.iterate(1, (number) -> number + 1).limit(47).toList());
	}

	@Test
	void row_ofEachFootgun_namesATest() throws Exception {
		assertThat(rows()).allMatch((row) -> REFERENCE.matcher(row).find());
	}

	@Test
	void test_namedInTheTable_exists() throws Exception {
		List<String> missing = new ArrayList<>();
		for (MatchResult reference : REFERENCE.matcher(Files.readString(TABLE)).results().toList()) {
			if (!exists(reference.group(1), reference.group(2))) {
				missing.add(reference.group());
			}
		}
		assertThat(missing).isEmpty();
	}

	private static boolean exists(String type, String method) {
		try {
			Class<?> found = Class.forName(FootgunTableTests.class.getPackageName() + "." + type, false,
					FootgunTableTests.class.getClassLoader());
			return Stream.of(found.getDeclaredMethods())
				.filter((each) -> each.getAnnotations().length > 0)
				.map(Method::getName)
				.anyMatch(method::equals);
		}
		catch (ClassNotFoundException ex) {
			return false;
		}
	}

}
