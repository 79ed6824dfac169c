package io.github.cleanupgroups.spring.autoconfigure;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The metadata that editors read describes every key, those below names included, which
 * no processor writes down.
 */
class MetadataTests {

	private final JsonNode metadata = read();

	@Test
	void metadata_ofEveryKey_describesIt() {
		Map<String, String> described = new HashMap<>();
		this.metadata.get("properties")
			.forEach((property) -> described.put(property.get("name").asString(),
					property.path("description").asString("")));
		assertThat(described).containsOnlyKeys(keys());
		assertThat(described).allSatisfy((name, description) -> assertThat(description).as(name)
			.endsWith(".")
			.doesNotStartWith("The ")
			.doesNotStartWith("A "));
	}

	@Test
	void hints_ofKeys_areAboutKeysThatThereAre() {
		List<String> keys = keys();
		keys.add("cleanup-groups.groups.keys");
		keys.add("cleanup-groups.pools.keys");
		this.metadata.get("hints").forEach((hint) -> assertThat(keys).contains(hint.get("name").asString()));
	}

	@Test
	void hints_ofEnumerations_nameEveryConstant() {
		assertThat(hinted("cleanup-groups.groups.*.on-close")).containsExactly("await", "cancel", "await-then-cancel");
		assertThat(hinted("cleanup-groups.groups.*.overflow")).containsExactly("reject", "block", "caller-runs");
		assertThat(hinted("cleanup-groups.groups.*.priority")).containsExactly("high", "normal", "low");
	}

	private List<String> hinted(String name) {
		List<String> values = new ArrayList<>();
		this.metadata.get("hints").forEach((hint) -> {
			if (hint.get("name").asString().equals(name)) {
				hint.get("values").forEach((value) -> values.add(value.get("value").asString()));
			}
		});
		return values;
	}

	private static List<String> keys() {
		List<String> keys = new ArrayList<>(List.of("cleanup-groups.pools", "cleanup-groups.groups",
				"cleanup-groups.propagate-context", "management.health.cleanupgroups.enabled",
				"management.endpoint.cleanupgroups.access", "management.endpoint.cleanupgroups.cache.time-to-live"));
		addKeys(keys, "cleanup-groups.pools.*.", CleanupGroupsProperties.Pool.class);
		addKeys(keys, "cleanup-groups.groups.*.", CleanupGroupsProperties.Group.class);
		addKeys(keys, "cleanup-groups.shutdown.", CleanupGroupsProperties.Shutdown.class);
		addKeys(keys, "cleanup-groups.observations.", CleanupGroupsProperties.Observations.class);
		addKeys(keys, "cleanup-groups.stuck.", CleanupGroupsProperties.Stuck.class);
		addKeys(keys, "cleanup-groups.application-executor.", CleanupGroupsProperties.ApplicationExecutor.class);
		addKeys(keys, "cleanup-groups.scheduler.", CleanupGroupsProperties.Scheduler.class);
		return keys;
	}

	private static void addKeys(List<String> keys, String prefix, Class<?> type) {
		for (RecordComponent component : type.getRecordComponents()) {
			keys.add(prefix + DataObjectPropertyName.toDashedForm(component.getName()));
		}
	}

	private static JsonNode read() {
		try (InputStream json = CleanupGroupsProperties.class
			.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
			// Other jars have a file of that name too; ours comes first, as classes do.
			JsonNode metadata = new JsonMapper().readTree(json);
			assertThat(metadata.toString()).contains("cleanup-groups.shutdown.deadline");
			return metadata;
		}
		catch (IOException ex) {
			throw new IllegalStateException(ex);
		}
	}

}
