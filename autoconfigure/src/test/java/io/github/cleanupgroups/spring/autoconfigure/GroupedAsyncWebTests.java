package io.github.cleanupgroups.spring.autoconfigure;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.tomcat.autoconfigure.servlet.TomcatServletWebServerAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.DispatcherServletAutoConfiguration;
import org.springframework.boot.webmvc.autoconfigure.WebMvcAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

import io.github.cleanupgroups.spring.GroupedAsync;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Grouped calls of requests to a real server.
 */
@Timeout(120)
class GroupedAsyncWebTests {

	@Test
	void call_ofARequestInFlightWhileTheApplicationCloses_runs() throws Exception {
		CompletableFuture<HttpResponse<String>> response;
		try (ConfigurableApplicationContext context = new SpringApplication(Letters.class).run("--server.port=0",
				"--server.address=127.0.0.1", "--server.shutdown=graceful",
				"--cleanup-groups.groups.mail.on-close=cancel")) {
			URI uri = URI.create("http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port"));
			response = HttpClient.newHttpClient()
				.sendAsync(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
			GroupedContexts.await(context.getBean(Letters.class).arrived);
		}
		assertThat(response.get(1, TimeUnit.MINUTES).statusCode()).isEqualTo(200);
		assertThat(response.get(1, TimeUnit.MINUTES).body()).isEqualTo("sent");
	}

	@RestController
	@Configuration(proxyBeanMethods = false)
	@Import(Mailer.class)
	@ImportAutoConfiguration({ TomcatServletWebServerAutoConfiguration.class, DispatcherServletAutoConfiguration.class,
			WebMvcAutoConfiguration.class, CleanupGroupsAutoConfiguration.class, GroupedAsyncAutoConfiguration.class })
	static class Letters {

		final CountDownLatch arrived = new CountDownLatch(1);

		private final CountDownLatch closing = new CountDownLatch(1);

		private final Mailer mailer;

		Letters(Mailer mailer) {
			this.mailer = mailer;
		}

		@EventListener
		void on(ContextClosedEvent event) {
			this.closing.countDown();
		}

		@GetMapping("/")
		String send() throws Exception {
			this.arrived.countDown();
			GroupedContexts.await(this.closing);
			return this.mailer.send().get(1, TimeUnit.MINUTES);
		}

	}

	static class Mailer {

		@GroupedAsync("mail")
		public CompletableFuture<String> send() {
			return CompletableFuture.completedFuture("sent");
		}

	}

}
