package io.github.cleanupgroups.spring.autoconfigure;

import java.lang.reflect.Method;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

import org.springframework.aop.interceptor.AsyncUncaughtExceptionHandler;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.scheduling.annotation.AsyncConfigurer;

import io.github.cleanupgroups.spring.GroupedAsync;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a {@code void} method throws is heard by somebody.
 */
@Timeout(120)
@ExtendWith(OutputCaptureExtension.class)
class GroupedAsyncUncaughtTests {

	@Test
	void voidMethod_thatThrows_isHeardByTheConfigurersHandler() {
		Handler handler = new Handler();
		runner().withBean(AsyncConfigurer.class, () -> new AsyncConfigurer() {

			@Override
			public AsyncUncaughtExceptionHandler getAsyncUncaughtExceptionHandler() {
				return handler;
			}

		}).run((context) -> {
			context.getBean(Failing.class).fail("no stamp");
			assertThat(handler.heard.get(1, TimeUnit.MINUTES)).isEqualTo("fail(no stamp) threw no stamp");
		});
	}

	@Test
	void voidMethod_thatThrows_isHeardByAHandlerBean() {
		Handler handler = new Handler();
		runner().withBean(AsyncUncaughtExceptionHandler.class, () -> handler)
			.withBean(AsyncConfigurer.class, () -> new AsyncConfigurer() {
			})
			.run((context) -> {
				context.getBean(Failing.class).fail("no stamp");
				assertThat(handler.heard.get(1, TimeUnit.MINUTES)).isEqualTo("fail(no stamp) threw no stamp");
			});
	}

	@Test
	void voidMethod_thatThrowsWithoutAHandler_isLogged(CapturedOutput output) {
		runner().run((context) -> {
			context.getBean(Failing.class).fail("no stamp at all");
			Awaitility.await().until(() -> output.getAll().contains("IllegalStateException: no stamp at all"));
			assertThat(output).contains("Failing.fail(java.lang.String)");
		});
	}

	@Test
	void voidMethod_whoseHandlerThrows_isLoggedAndThePoolGoesOn(CapturedOutput output) {
		runner().withBean(AsyncUncaughtExceptionHandler.class, () -> (failure, method, arguments) -> {
			throw new IllegalArgumentException("handled badly");
		}).run((context) -> {
			context.getBean(Failing.class).fail("no stamp");
			context.getBean(Failing.class).fail("no stamp");
			Awaitility.await()
				.until(() -> output.getAll().split("IllegalArgumentException: handled badly", -1).length > 2);
			assertThat(output).contains("IllegalStateException: no stamp");
		});
	}

	/** A close waits for the handler too, at a time when no bean can be made any more. */
	@Test
	void voidMethod_thatThrowsWhileTheContextCloses_isStillHeard() {
		Handler handler = new Handler();
		runner()
			.withBean(AsyncUncaughtExceptionHandler.class, () -> handler, (definition) -> definition.setLazyInit(true))
			.run((context) -> context.getBean(Failing.class).fail("too late"));
		assertThat(handler.heard).isCompletedWithValue("fail(too late) threw too late");
	}

	private static ApplicationContextRunner runner() {
		return GroupedContexts.runnerWithOneThread().withBean(Failing.class);
	}

	private static final class Handler implements AsyncUncaughtExceptionHandler {

		private final CompletableFuture<String> heard = new CompletableFuture<>();

		@Override
		public void handleUncaughtException(Throwable failure, Method method, @Nullable Object... arguments) {
			this.heard.complete(method.getName() + "(" + arguments[0] + ") threw " + failure.getMessage());
		}

	}

	static class Failing {

		@GroupedAsync("mail")
		public void fail(String message) {
			throw new IllegalStateException(message);
		}

	}

}
