package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ApplicationListener;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextClosedEvent;

import io.github.cleanupgroups.CleanupGroup;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.spring.CleanupGroupClosedEvent;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.autoconfigure.TestContexts.Gate;
import io.github.cleanupgroups.spring.metrics.CleanupGroupMetricsAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

/**
 * Groups that are opened below another one, live shorter than the application, and are
 * closed before their parent.
 */
@Timeout(120)
@SuppressWarnings("FutureReturnValueIgnored")
class OpenedGroupTests {

	private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

	private final AnnotationConfigApplicationContext context = TestContexts.prepared(
			"cleanup-groups.groups.tenants.on-close=await", "cleanup-groups.groups.tenants.pool=work",
			"cleanup-groups.pools.work.max-threads=8", "cleanup-groups.groups.tenants.phase=7");

	private CleanupGroups groups;

	private CleanupGroup parent;

	@BeforeEach
	void start() {
		this.context.registerBean(MeterRegistry.class, SimpleMeterRegistry::new);
		this.context.register(Metered.class);
		this.context.addApplicationListener((ApplicationListener<CleanupGroupClosedEvent>) (event) -> this.heard
			.add(event.report().group() + " " + event.report().completedCallbacks()));
		this.context.refresh();
		this.groups = this.context.getBean(CleanupGroups.class);
		this.parent = this.groups.get("tenants");
	}

	@AfterEach
	void close() {
		this.context.close();
	}

	@Test
	void group_belowAnother_usesItsPoolAndIsGoneAfterItsClose() {
		CleanupGroup opened = this.groups.open("tenant-42", this.parent);
		assertThat(this.groups.names()).containsExactly("tenants", "tenant-42");
		assertThat(this.groups.pool("tenant-42")).isSameAs(this.groups.pool("tenants"));
		assertThat(this.groups.environment("tenant-42").submit(opened::isInside).join()).isTrue();
		assertThat(metersOf("tenant-42")).isPositive();
		opened.close();
		assertThat(this.groups.names()).containsExactly("tenants");
		assertThat(metersOf("tenant-42")).isZero();
		assertThat(this.groups.open("tenant-42", this.parent)).isNotSameAs(opened);
	}

	@Test
	void parent_closed_closesThoseBelowAndFreesTheirNamesAndMeters() {
		CleanupGroup opened = this.groups.open("tenant-42", this.parent);
		CleanupGroup below = this.groups.open("session-1", opened);
		this.groups.open("other");
		opened.close();
		assertThat(below.isClosed()).isTrue();
		assertThat(this.groups.names()).containsExactly("tenants", "other");
		assertThat(metersOf("session-1")).isZero();
	}

	@Test
	void members_ofAParentClosed_includeThoseBelowWhichLiveOn() throws Exception {
		CleanupGroup opened = this.groups.open("tenant-42", this.parent);
		this.groups.environment("tenant-42").newWork((instance) -> {
		});
		assertThat(this.parent.closeMembers(CloseOptions.awaitPending()).closedMembers()).isEqualTo(1);
		assertThat(this.groups.get("tenant-42")).isSameAs(opened);
		assertThat(opened.isAccepting()).isTrue();
	}

	@Test
	void context_closed_closesWhatIsBelowBeforeItsParent() {
		CleanupGroup opened = this.groups.open("tenant-42", this.parent);
		this.groups.open("session-1", opened);
		Gate child = new Gate(this.context, "session-1");
		Gate own = new Gate(this.context, "tenants");
		child.result.thenRun(() -> this.heard.add("child ended"));
		this.context.addApplicationListener((event) -> {
			if (event instanceof ContextClosedEvent) {
				child.open();
				own.open();
			}
		});
		this.context.close();
		assertThat(this.heard).hasSize(4)
			.contains("child ended")
			.filteredOn((each) -> !each.equals("child ended"))
			.extracting((each) -> each.substring(0, each.indexOf(' ')))
			.containsExactly("session-1", "tenant-42", "tenants");
		assertThat(opened.isClosed()).isTrue();
	}

	@Test
	void context_closed_closesWhatIsBelowAfterThoseThatItsParentClosesAfter() {
		AnnotationConfigApplicationContext ordered = TestContexts.started("cleanup-groups.groups.read.on-close=await",
				"cleanup-groups.groups.store.closes-after=read");
		CleanupGroups inOrder = ordered.getBean(CleanupGroups.class);
		CleanupGroup tenant = inOrder.open("tenant", inOrder.get("store"));
		CompletableFuture<CompletableFuture<String>> handedOn = new CompletableFuture<>();
		inOrder.environment("read").trySubmit((instance) -> {
			while (!instance.isClosing()) {
				Thread.onSpinWait();
			}
			// The groups whose turn it is begin together.
			long begun = System.nanoTime();
			while (tenant.isAccepting() && System.nanoTime() - begun < TimeUnit.MILLISECONDS.toNanos(100)) {
				Thread.onSpinWait();
			}
			handedOn.complete(inOrder.environment("tenant").submit(() -> "stored"));
		});
		ordered.close();
		assertThat(handedOn).isCompleted();
		assertThat(handedOn.join()).isCompletedWithValue("stored");
	}

	@Test
	void parents_closedOneAfterTheOther_freeWhatIsBelowThemAlone() {
		CleanupGroup first = this.groups.open("tenant-1", this.parent);
		CleanupGroup second = this.groups.open("tenant-2", this.parent);
		this.groups.open("session-1", this.groups.open("user-1", first));
		this.groups.open("session-2", second);
		first.close();
		assertThat(this.groups.names()).containsExactly("tenants", "tenant-2", "session-2");
		this.groups.open("session-1", this.groups.open("tenant-1", this.parent));
		second.close();
		assertThat(this.groups.names()).containsExactly("tenants", "tenant-1", "session-1");
	}

	// What a walk over all groups allocates is counted, for time says nothing in a test.
	@Test
	void close_ofAGroupAmongMany_allocatesNoMoreThanAmongFew() {
		closeTwenty("warm");
		long amongFew = closeTwenty("few");
		for (int i = 0; i < 1000; i++) {
			this.groups.open("other-" + i, this.parent);
		}
		assertThat(closeTwenty("many")).isLessThan(amongFew + 20 * 2000);
	}

	/** Returns how many bytes the closing thread has allocated. */
	private long closeTwenty(String name) {
		List<CleanupGroup> opened = new ArrayList<>();
		for (int i = 0; i < 20; i++) {
			opened.add(this.groups.open(name + "-" + i));
		}
		ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
		long before = threads.getCurrentThreadAllocatedBytes();
		opened.forEach(CleanupGroup::close);
		return threads.getCurrentThreadAllocatedBytes() - before;
	}

	@Test
	void settings_ofTheParentThatChange_areThoseOfWhatIsBelow() {
		CleanupGroup opened = this.groups.open("tenant-42", this.parent);
		this.groups.open("session-1", opened);
		this.groups.reconfigure(Map.of("cleanup-groups.groups.tenants.timeout", "7s"));
		assertThat(this.groups.closeOptions("session-1", null, null).timeout()).isEqualTo(Duration.ofSeconds(7));
	}

	@Test
	void parent_thatIsClosedOrOfNobody_isRefused() {
		CleanupGroup opened = this.groups.open("tenant-42", this.parent);
		opened.close();
		assertThatIllegalArgumentException().isThrownBy(() -> this.groups.open("session-1", opened))
			.withMessageContaining("'tenant-42'")
			.withMessageContaining("tenants");
		this.parent.refuse();
		assertThatIllegalStateException().isThrownBy(() -> this.groups.open("tenant-43", this.parent))
			.withMessageContaining("'tenants', which accepts nothing new");
		this.parent.accept();
		assertThatIllegalArgumentException().isThrownBy(() -> this.groups.open("tenants", this.parent))
			.withMessageContaining("'tenants'");
	}

	private long metersOf(String group) {
		return this.context.getBean(MeterRegistry.class)
			.getMeters()
			.stream()
			.filter((meter) -> group.equals(meter.getId().getTag("group")))
			.count();
	}

	@Configuration(proxyBeanMethods = false)
	@ImportAutoConfiguration(CleanupGroupMetricsAutoConfiguration.class)
	static class Metered {

	}

}
