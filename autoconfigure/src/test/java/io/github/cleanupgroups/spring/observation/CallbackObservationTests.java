package io.github.cleanupgroups.spring.observation;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;
import io.micrometer.tracing.test.simple.SimpleSpan;
import io.micrometer.tracing.test.simple.SimpleTracer;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.tracer.common.SpanContext;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;

import io.github.cleanupgroups.CallbackEnvironment;
import io.github.cleanupgroups.CloseOptions;
import io.github.cleanupgroups.Work;
import io.github.cleanupgroups.spring.CleanupGroups;
import io.github.cleanupgroups.spring.autoconfigure.CleanupGroupsAutoConfiguration;
import io.github.cleanupgroups.spring.metrics.CleanupGroupMetricsAutoConfiguration;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * One observation a callback, in a real context.
 */
@Timeout(120)
class CallbackObservationTests {

	private final TestObservationRegistry observations = TestObservationRegistry.create();

	private final SimpleTracer tracer = new SimpleTracer();

	private final ApplicationContextRunner runner = new ApplicationContextRunner()
		.withConfiguration(AutoConfigurations.of(CleanupGroupsAutoConfiguration.class,
				CleanupGroupObservationAutoConfiguration.class, CleanupGroupMetricsAutoConfiguration.class))
		.withBean(ObservationRegistry.class, () -> this.observations)
		.withPropertyValues("cleanup-groups.groups.mail.on-close=cancel", "cleanup-groups.pools.default.max-threads=1");

	private final ApplicationContextRunner observing = this.runner
		.withPropertyValues("cleanup-groups.observations.enabled=true");

	private static CallbackEnvironment mail(ApplicationContext context) {
		return context.getBean(CleanupGroups.class).environmentBuilder("mail").memberName("letter").build();
	}

	/** After this, observations have ended. */
	private static void close(ApplicationContext context) throws InterruptedException {
		context.getBean(CleanupGroups.class).get("mail").closeMembers(CloseOptions.awaitPending());
	}

	private TestObservationRegistryAssert.TestObservationRegistryAssertReturningObservationContextAssert callback() {
		return TestObservationRegistryAssert.assertThat(this.observations)
			.hasObservationWithNameEqualTo("cleanup.group.callback")
			.that();
	}

	@Test
	void observation_ofACallback_hasItsKeysAndItsSubmittersAsParent() {
		this.observing.run((context) -> {
			Observation request = Observation.start("request", this.observations);
			String inside = request.scoped(() -> mail(context).submit(() -> name(this.observations)).join());
			request.stop();
			close(context);
			assertThat(inside).isEqualTo("cleanup.group.callback");
			callback().hasLowCardinalityKeyValue("group", "mail")
				.hasLowCardinalityKeyValue("kind", "callback")
				.hasLowCardinalityKeyValue("outcome", "success")
				.hasHighCardinalityKeyValue("member", "letter")
				.hasContextualNameEqualTo("mail letter")
				.hasParentObservationEqualTo(request)
				.hasBeenStarted()
				.hasBeenStopped()
				.doesNotHaveError();
		});
	}

	private static @Nullable String name(ObservationRegistry registry) {
		Observation current = registry.getCurrentObservation();
		return (current != null) ? current.getContext().getName() : null;
	}

	@Test
	void observation_ofACallbackThatFails_hasTheError() {
		this.observing.run((context) -> {
			IllegalStateException failure = new IllegalStateException("no stamp");
			mail(context).submit(() -> {
				throw failure;
			}).handle((value, thrown) -> thrown).join();
			close(context);
			callback().hasLowCardinalityKeyValue("outcome", "error").hasError(failure).hasBeenStopped();
		});
	}

	@Test
	void observation_ofACallOfAFuture_lastsUntilItIsComplete() {
		this.observing.run((context) -> {
			CompletableFuture<String> stage = new CompletableFuture<>();
			CompletableFuture<String> future = mail(context).submitAsync(() -> stage);
			// The one thread has come back once it runs the next.
			CallbackEnvironment.builder()
				.pool(context.getBean(CleanupGroups.class).pool("mail"))
				.build()
				.submit(() -> "next")
				.join();
			callback().hasBeenStarted().isNotStopped();
			IllegalStateException failure = new IllegalStateException("lost");
			stage.completeExceptionally(failure);
			close(context);
			assertThat(future).isCompletedExceptionally();
			callback().hasBeenStopped().hasError(failure).hasLowCardinalityKeyValue("outcome", "error");
		});
	}

	@Test
	void observations_ofAnObject_areOneForEachCallback() {
		this.observing.run((context) -> {
			Work work = mail(context).newWork((instance) -> {
			});
			work.submit();
			work.submit();
			close(context);
			TestObservationRegistryAssert.assertThat(this.observations).hasNumberOfObservationsEqualTo(2);
			callback().hasLowCardinalityKeyValue("kind", "work");
		});
	}

	@Test
	void observation_ofWhatIsCancelled_isNone() {
		this.observing.run((context) -> {
			CountDownLatch running = new CountDownLatch(1);
			CountDownLatch end = new CountDownLatch(1);
			CleanupGroups groups = context.getBean(CleanupGroups.class);
			CallbackEnvironment.builder().pool(groups.pool("mail")).build().trySubmit((instance) -> {
				running.countDown();
				end.await();
			});
			running.await();
			CompletableFuture<String> future = mail(context).submit(() -> "never");
			groups.get("mail").closeMembers(CloseOptions.cancelPending());
			assertThat(future).isCompletedExceptionally();
			TestObservationRegistryAssert.assertThat(this.observations).doesNotHaveAnyObservation();
			end.countDown();
		});
	}

	@Test
	void convention_ofTheApplication_replacesOurs() {
		this.observing.withBean(CallbackObservationConvention.class, () -> new DefaultCallbackObservationConvention() {

			@Override
			public String getName() {
				return "post.office";
			}

		}).run((context) -> {
			mail(context).submit(() -> "sent").join();
			close(context);
			TestObservationRegistryAssert.assertThat(this.observations)
				.hasObservationWithNameEqualTo("post.office")
				.that()
				.hasLowCardinalityKeyValue("group", "mail");
		});
	}

	@Test
	void handler_thatThrows_doesNotKeepTheCallbackFromRunning() {
		this.observations.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {

			@Override
			public void onStart(Observation.Context context) {
				throw new IllegalStateException("broken");
			}

			@Override
			public boolean supportsContext(Observation.Context context) {
				return true;
			}

		});
		this.observing.run((context) -> assertThat(mail(context).submit(() -> "sent").join()).isEqualTo("sent"));
	}

	@Test
	void observations_whereNobodyAskedForThem_areNone() {
		this.runner.run((context) -> {
			mail(context).submit(() -> "sent").join();
			close(context);
			assertThat(context).doesNotHaveBean(CallbackObservations.class);
			TestObservationRegistryAssert.assertThat(this.observations).doesNotHaveAnyObservation();
		});
	}

	@Test
	void observations_withoutTheLibrary_areGoneAndTheGroupsAreThere() {
		new ApplicationContextRunner().withUserConfiguration(Imported.class)
			.withPropertyValues("cleanup-groups.observations.enabled=true")
			.withClassLoader(new FilteredClassLoader("io.micrometer.observation"))
			.run((context) -> assertThat(context).hasNotFailed().hasSingleBean(CleanupGroups.class));
	}

	@Test
	void span_ofACallback_isOneOfTheSubmittersTrace() {
		this.observations.observationConfig().observationHandler(new DefaultTracingObservationHandler(this.tracer));
		this.observing.run((context) -> {
			Observation.createNotStarted("request", this.observations)
				.observe(() -> mail(context).submit(() -> "sent").join());
			close(context);
			assertThat(this.tracer.getSpans()).extracting(SimpleSpan::getName)
				.containsExactly("request", "mail letter");
			SimpleSpan request = this.tracer.getSpans().peekFirst();
			SimpleSpan callback = this.tracer.getSpans().peekLast();
			assertThat(callback.context().traceId()).isEqualTo(request.context().traceId());
			assertThat(callback.context().parentId()).isEqualTo(request.context().spanId());
		});
	}

	@Test
	void exemplars_ofCallbackTimersWithHistograms_areTheCallbacksSpans() {
		this.observations.observationConfig().observationHandler(new DefaultTracingObservationHandler(this.tracer));
		PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT,
				new PrometheusRegistry(), Clock.SYSTEM, new CurrentSpan());
		prometheus.config().meterFilter(new MeterFilter() {

			@Override
			public DistributionStatisticConfig configure(Meter.Id id, DistributionStatisticConfig config) {
				return DistributionStatisticConfig.builder().percentilesHistogram(true).build().merge(config);
			}

		});
		this.observing.withBean(MeterRegistry.class, () -> prometheus).run((context) -> {
			Observation.createNotStarted("request", this.observations)
				.observe(() -> mail(context).submit(() -> "sent").join());
			close(context);
			String trace = this.tracer.getSpans().peekLast().context().traceId();
			List<String> withExemplar = prometheus.scrape("application/openmetrics-text")
				.lines()
				.filter((line) -> line.contains("trace_id=\"" + trace))
				.toList();
			assertThat(withExemplar).anyMatch((line) -> line.startsWith("cleanup_group_callbacks_seconds_bucket"))
				.anyMatch((line) -> line.startsWith("cleanup_group_callbacks_wait_seconds_bucket"));
		});
	}

	/** The tracer as Prometheus asks for it. */
	private final class CurrentSpan implements SpanContext {

		@Override
		public @Nullable String getCurrentTraceId() {
			SimpleSpan span = CallbackObservationTests.this.tracer.currentSpan();
			return (span != null) ? span.context().traceId() : null;
		}

		@Override
		public @Nullable String getCurrentSpanId() {
			SimpleSpan span = CallbackObservationTests.this.tracer.currentSpan();
			return (span != null) ? span.context().spanId() : null;
		}

		@Override
		public boolean isCurrentSpanSampled() {
			return CallbackObservationTests.this.tracer.currentSpan() != null;
		}

		@Override
		public void markCurrentSpanAsExemplar() {
		}

	}

	@ImportAutoConfiguration({ CleanupGroupsAutoConfiguration.class, CleanupGroupObservationAutoConfiguration.class })
	static class Imported {

	}

}
