package io.github.cleanupgroups.sample;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.context.ConfigurableApplicationContext;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The dashboard asks for what a scrape of a running application has: meters, labels and
 * values of labels. So it cannot rot when a meter changes.
 */
@Timeout(300)
class DashboardTests {

	private static final Path DASHBOARD = Path.of("..", "dashboards", "cleanup-groups.json");

	private static final Pattern SAMPLE = Pattern.compile("([a-zA-Z_:][\\w:]*)\\{([^}]*)} \\S+");

	private static final Pattern LABEL = Pattern.compile("(\\w+)=\"([^\"]*)\"");

	private static final Pattern SELECTOR = Pattern.compile("(cleanup_\\w+)\\{([^}]*)}");

	private static final Pattern MATCHER = Pattern.compile("(\\w+)(=~?)\"([^\"]*)\"");

	private static final Pattern GROUPING = Pattern.compile("\\bby \\(([^)]*)\\)");

	private static final Pattern LEGEND = Pattern.compile("\\{\\{(\\w+)}}");

	/** Values by label, by metric. */
	private final Map<String, Map<String, Set<String>>> scraped = new HashMap<>();

	@TempDir
	private Path directory;

	@Test
	void dashboard_ofGroups_asksForWhatAScrapeHas() throws Exception {
		scrapeARunningApplication();
		JsonNode dashboard = new JsonMapper().readTree(Files.readString(DASHBOARD));
		List<JsonNode> targets = new ArrayList<>();
		dashboard.get("panels").forEach((panel) -> panel.get("targets").forEach(targets::add));
		assertThat(targets).hasSizeGreaterThan(10).allSatisfy((target) -> {
			String query = target.get("expr").asString();
			Set<String> labels = checkSelectors(query);
			for (String label : names(GROUPING, query)) {
				assertThat(labels).as(query).contains(label);
			}
			assertThat(names(GROUPING, query)).as(query)
				.containsAll(names(LEGEND, target.get("legendFormat").asString()));
		});
	}

	/** What no query of the dashboard shows nobody looks at. */
	@Test
	void dashboard_ofGroups_showsEveryMeter() throws Exception {
		scrapeARunningApplication();
		String dashboard = Files.readString(DASHBOARD);
		assertThat(this.scraped.keySet()).filteredOn((name) -> name.startsWith("cleanup_"))
			.isNotEmpty()
			.allSatisfy((name) -> assertThat(dashboard).contains(family(name)));
	}

	/** What the meter is called without what it measures. */
	private static String family(String name) {
		return name.replaceAll("_(active_count|duration_sum|count|sum|max)$", "");
	}

	/** Returns the labels that every metric of the query has. */
	private Set<String> checkSelectors(String query) {
		Matcher selectors = SELECTOR.matcher(query);
		Set<String> common = null;
		while (selectors.find()) {
			Map<String, Set<String>> labels = this.scraped.get(selectors.group(1));
			assertThat(labels).as(selectors.group(1)).isNotNull();
			Matcher matchers = MATCHER.matcher(selectors.group(2));
			while (matchers.find()) {
				// Who scrapes adds this one; a variable may be anything.
				if (!matchers.group(1).equals("job")) {
					assertThat(labels).as(query).containsKey(matchers.group(1));
					if (matchers.group(2).equals("=")) {
						assertThat(labels.get(matchers.group(1))).as(query).contains(matchers.group(3));
					}
				}
			}
			if (common == null) {
				common = new HashSet<>(labels.keySet());
			}
			common.retainAll(labels.keySet());
		}
		assertThat(common).as("metrics with a selector in " + query).isNotNull();
		assertThat(query.split("cleanup_", -1)).as(query).hasSize((int) SELECTOR.matcher(query).results().count() + 1);
		return common;
	}

	private static Set<String> names(Pattern pattern, String text) {
		Set<String> names = new HashSet<>();
		pattern.matcher(text).results().forEach((each) -> names.addAll(List.of(each.group(1).split(", "))));
		return names;
	}

	private void scrapeARunningApplication() throws Exception {
		try (ConfigurableApplicationContext context = SampleContext.start(this.directory)) {
			String scrape = new String(SampleContext.client(context).get("/actuator/prometheus").body(),
					StandardCharsets.UTF_8);
			Matcher samples = SAMPLE.matcher(scrape);
			while (samples.find()) {
				Map<String, Set<String>> labels = this.scraped.computeIfAbsent(samples.group(1),
						(name) -> new HashMap<>());
				Matcher each = LABEL.matcher(samples.group(2));
				while (each.find()) {
					labels.computeIfAbsent(each.group(1), (name) -> new HashSet<>()).add(each.group(2));
				}
			}
		}
	}

}
